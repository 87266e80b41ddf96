/* param.c - parameters out of YAML: each with its unit, bounds and origin. */

#include "tco-report/input/param.h"

#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/date.h"
#include "tco-report/input/param_read.h"

#define PARAMS_MAX 1000

static const cyaml_schema_field_t param_fields[] = {
	TCO_TEXT("name", raw_param, name),
	TCO_TEXT("value", raw_param, value),
	TCO_TEXT("unit", raw_param, unit),
	TCO_MAY("low", raw_param, low),
	TCO_MAY("high", raw_param, high),
	TCO_ORIGIN(raw_param),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t raw_param_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_param, param_fields),
};

/* A file of parameters alone. */
struct raw_file {
	struct raw_param *params;
	unsigned count;
};

static const cyaml_schema_field_t file_fields[] = {
	CYAML_FIELD_SEQUENCE_COUNT("parameters", CYAML_FLAG_POINTER,
	    struct raw_file, params, count, &raw_param_schema, 1, PARAMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_file, file_fields),
};

void input_fault(const struct input *in, const char *field, const char *member,
    const char *fmt, ...)
{
	hs_auto(hs_freep) char *path = hs_printf("%s%s%s", field,
	    field[0] != '\0' && member[0] != '\0' ? "." : "", member);
	hs_auto(hs_freep) char *message = NULL;
	unsigned line = hs_conf_line(in->conf, path);
	va_list ap;

	va_start(ap, fmt);
	message = hs_vprintf(fmt, ap);
	va_end(ap);
	if (line == 0)
		line = hs_conf_line(in->conf, field);
	hs_faults_add(in->faults, line, path, "%s", message);
}

const char *input_unit(
    struct hs_arena *arena, const char *unit, const char *currency)
{
	if (strncmp(unit, "CUR", 3) != 0)
		return hs_arena_strdup(arena, unit);
	return hs_arena_printf(arena, "%s%s", currency, unit + 3);
}

/* NULL if it is within bounds; else why not, owned by the caller. */
static char *out_of_bounds(struct num_pool *pool, const struct num *value,
    const char *text, const struct tco_kind *kind)
{
	const struct num *min = NULL, *max = NULL;
	hs_auto(hs_freep) char *shown = hs_fault_shown(text);

	(void)num_parse(pool, kind->min, &min, NULL);
	(void)num_parse(pool, kind->max, &max, NULL);
	if (kind->is_whole && !num_is_whole(value))
		return hs_printf("found '%s'; expected a whole number", shown);
	if (num_cmp(value, min) < 0 || num_cmp(value, max) > 0)
		return hs_printf("found '%s'; expected a number from %s to %s",
		    shown, kind->min, kind->max);
	return NULL;
}

const struct num *input_number(const struct input *in, const char *field,
    const char *member, const char *text, const struct tco_kind *bounds)
{
	hs_auto(hs_freep) char *why = NULL;
	struct hs_err err = { 0 };
	const struct num *value;

	if (num_parse(in->pool, text, &value, &err) < 0) {
		input_fault(in, field, member, "%s", err.msg);
		return NULL;
	}
	why = out_of_bounds(in->pool, value, text, bounds);
	if (why == NULL)
		return value;
	input_fault(in, field, member, "%s", why);
	return NULL;
}

static int confidence_find(const char *word)
{
	for (int i = 0; i < TCO_YOURS; i++)
		if (strcmp(tco_confidence_name((enum tco_confidence)i), word) ==
		    0)
			return i;
	return -1;
}

/* A day, or as much of one as the source says: 2024, 2024-05, 2024-05-01; or
 * that it does not say. */
static int check_date(const char *date, struct hs_err *err)
{
	static const char rest[] = "0000-01-01";
	char whole[sizeof(rest)];
	size_t len = strlen(date);
	int32_t day;

	if (strcmp(date, "undated") == 0)
		return 0;
	if (len != 4 && len != 7)
		return tco_day_parse(date, &day, err);
	memcpy(whole, rest, sizeof(rest));
	memcpy(whole, date, len);
	return tco_day_parse(whole, &day, err);
}

static void origin_date(const struct input *in, const char *field,
    const char *date, struct origin *ret_origin)
{
	struct hs_err err = { 0 };

	if (date == NULL)
		input_fault(in, field, "date",
		    "is missing; expected the day of the source, or "
		    "undated");
	else if (check_date(date, &err) < 0)
		input_fault(in, field, "date", "%s", err.msg);
	else
		ret_origin->date = hs_arena_strdup(in->arena, date);
}

/* With a source come its date and how sure it is; without one, neither. */
void input_origin(const struct input *in, const char *field,
    const struct raw_origin *raw, struct origin *ret_origin)
{
	int confidence =
	    raw->confidence != NULL ? confidence_find(raw->confidence) : -1;

	*ret_origin = (struct origin) { .confidence = TCO_YOURS };
	if (raw->source == NULL) {
		if (raw->date != NULL || raw->confidence != NULL)
			input_fault(in, field, "source",
			    "is missing; a figure with a date or a confidence "
			    "has a source, without them it is your figure");
		return;
	}
	ret_origin->source = hs_arena_strdup(in->arena, raw->source);
	origin_date(in, field, raw->date, ret_origin);
	if (confidence < 0)
		input_fault(in, field, "confidence",
		    "%s; expected measured, contract, published or assumption",
		    raw->confidence == NULL ? "is missing" : "is another word");
	else
		ret_origin->confidence = (enum tco_confidence)confidence;
}

static void read_range(const struct input *in, const char *field,
    const struct raw_param *raw, const struct tco_kind *kind,
    struct tco_param *param)
{
	if (raw->low == NULL && raw->high == NULL)
		return;
	if (raw->low == NULL || raw->high == NULL) {
		input_fault(in, field, raw->low == NULL ? "low" : "high",
		    "is missing; a range has both ends");
		return;
	}
	param->low = input_number(in, field, "low", raw->low, kind);
	param->high = input_number(in, field, "high", raw->high, kind);
	if (param->low == NULL || param->high == NULL || param->value == NULL)
		return;
	if (num_cmp(param->low, param->value) > 0)
		input_fault(in, field, "low", "is above the value");
	if (num_cmp(param->high, param->value) < 0)
		input_fault(in, field, "high", "is below the value");
}

static void fault_name(
    const struct input *in, const char *field, const char *name)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(name);

	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		if (hs_is_like(name, tco_kinds[i].name)) {
			input_fault(in, field, "name",
			    "there is no parameter '%s'; did you mean '%s'?",
			    shown, tco_kinds[i].name);
			return;
		}
	input_fault(in, field, "name",
	    "there is no parameter '%s'; hanse-tco parameters lists them",
	    shown);
}

static void read_one(const struct input *in, const char *field,
    const struct raw_param *raw, const struct tco_kind *kind,
    struct tco_param *param)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(raw->unit);
	struct origin origin;

	*param = (struct tco_param) {
		.unit = input_unit(in->arena, kind->unit, in->currency),
		.file = in->file,
		.line = hs_conf_line(in->conf, field),
	};
	param->value = input_number(in, field, "value", raw->value, kind);
	if (strcmp(raw->unit, param->unit) != 0)
		input_fault(in, field, "unit",
		    "found '%s'; expected '%s', the unit of %s", shown,
		    param->unit, kind->name);
	read_range(in, field, raw, kind, param);
	input_origin(in, field, &raw->origin, &origin);
	param->source = origin.source;
	param->date = origin.date;
	param->confidence = origin.confidence;
}

void params_read(const struct input *in, const char *list,
    const struct raw_param *raw, size_t count, bool enterprise,
    struct tco_param table[TCO_PARAM_COUNT])
{
	unsigned lines[TCO_PARAM_COUNT] = { 0 };

	for (size_t i = 0; i < count; i++) {
		hs_auto(hs_freep) char *field = hs_printf("%s[%zu]", list, i);
		int id = tco_kind_find(raw[i].name);

		if (id < 0) {
			fault_name(in, field, raw[i].name);
		} else if (lines[id] != 0) {
			input_fault(in, field, "name",
			    "%s is here twice; the first is in line %u",
			    raw[i].name, lines[id]);
		} else if (enterprise && !tco_kinds[id].is_own) {
			input_fault(in, field, "name",
			    "%s is the same for everybody; an enterprise has "
			    "no figure of its own for it",
			    raw[i].name);
		} else {
			read_one(
			    in, field, &raw[i], &tco_kinds[id], &table[id]);
			lines[id] = table[id].line;
		}
	}
}

int params_load(const struct input *in, struct tco_param table[TCO_PARAM_COUNT],
    struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	struct input here = *in;
	const struct raw_file *raw;
	void *data;

	if (hs_conf_load(in->file, NULL, &file_schema, &conf, &data, in->faults,
		err) < 0)
		return -1;
	raw = data;
	here.conf = conf;
	params_read(&here, "parameters", raw->params, raw->count, false, table);
	return hs_faults_fail(in->faults, err);
}

int params_set(const struct input *in, const char *name, const char *value,
    struct tco_param table[TCO_PARAM_COUNT], struct hs_err *err)
{
	hs_auto(hs_freep) char *why = NULL;
	int id = tco_kind_find(name);
	const struct num *number;

	if (id < 0)
		return hs_fail(err, HS_EINVAL,
		    "there is no parameter '%s'; hanse-tco parameters lists "
		    "them",
		    name);
	if (num_parse(in->pool, value, &number, err) < 0)
		return hs_wrap(err, "%s", name);
	why = out_of_bounds(in->pool, number, value, &tco_kinds[id]);
	if (why != NULL)
		return hs_fail(err, HS_EINVAL, "%s: %s", name, why);
	table[id] = (struct tco_param) {
		.value = number,
		.unit = input_unit(in->arena, tco_kinds[id].unit, in->currency),
		.confidence = TCO_YOURS,
		.file = "--set",
	};
	return 0;
}
