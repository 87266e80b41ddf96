/* case.c - a case out of YAML, and the files beside it that it names. */

#include "tco-report/input/case.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/text.h"
#include "tco-report/exact/number.h"
#include "tco-report/input/case_part.h"
#include "tco-report/input/date.h"
#include "tco-report/input/param_read.h"
#include "tco-report/input/usage.h"

#define FILES_MAX  16
#define PARAMS_MAX 1000
#define LABEL_MAX  63
#define MONTHS_MAX 120

struct raw_period {
	char *from;
	unsigned months;
};

struct raw_enterprise {
	char *name, *title, *servers, *domains;
	struct raw_param *params;
	unsigned params_count;
};

struct raw_case {
	char *title, *currency, *prices, *usage, *load;
	char **from;
	unsigned from_count;
	struct raw_period *period;
	struct raw_enterprise *enterprises;
	unsigned enterprises_count;
	struct raw_param *params;
	unsigned params_count;
};

#define POINTER CYAML_FLAG_POINTER
#define MAY     (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t text_schema = {
	CYAML_VALUE_STRING(POINTER, char *, 1, 1024),
};

static const cyaml_schema_field_t period_fields[] = {
	TCO_TEXT("from", raw_period, from),
	CYAML_FIELD_UINT(
	    "months", CYAML_FLAG_DEFAULT, struct raw_period, months),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t enterprise_fields[] = {
	TCO_TEXT("name", raw_enterprise, name),
	TCO_MAY("title", raw_enterprise, title),
	TCO_TEXT("servers", raw_enterprise, servers),
	TCO_TEXT("domains", raw_enterprise, domains),
	CYAML_FIELD_SEQUENCE_COUNT("parameters", MAY, struct raw_enterprise,
	    params, params_count, &raw_param_schema, 0, PARAMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t enterprise_schema = {
	CYAML_VALUE_MAPPING(
	    CYAML_FLAG_DEFAULT, struct raw_enterprise, enterprise_fields),
};

static const cyaml_schema_field_t case_fields[] = {
	TCO_TEXT("title", raw_case, title),
	TCO_TEXT("currency", raw_case, currency),
	CYAML_FIELD_SEQUENCE_COUNT("parameters_from", MAY, struct raw_case,
	    from, from_count, &text_schema, 0, FILES_MAX),
	TCO_MAY("prices", raw_case, prices),
	TCO_MAY("usage", raw_case, usage),
	TCO_MAY("load", raw_case, load),
	CYAML_FIELD_MAPPING_PTR(
	    "period", MAY, struct raw_case, period, period_fields),
	CYAML_FIELD_SEQUENCE_COUNT("enterprises", POINTER, struct raw_case,
	    enterprises, enterprises_count, &enterprise_schema, 1,
	    TCO_ENTERPRISES_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("parameters", MAY, struct raw_case, params,
	    params_count, &raw_param_schema, 0, PARAMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t case_schema = {
	CYAML_VALUE_MAPPING(POINTER, struct raw_case, case_fields),
};

static const struct tco_kind server_bounds = {
	.min = "0", .max = "100000", .is_whole = true
};
static const struct tco_kind domain_bounds = {
	.min = "1", .max = "100000", .is_whole = true
};

int case_find(const struct tco_case *tcase, const char *name)
{
	for (size_t i = 0; i < tcase->count; i++)
		if (strcmp(tcase->enterprises[i].name, name) == 0)
			return (int)i;
	return -1;
}

static void read_enterprise(const struct input *in, size_t index,
    const struct raw_enterprise *raw, struct tco_case *tcase)
{
	struct tco_enterprise *e = &tcase->enterprises[index];
	hs_auto(hs_freep) char *field = hs_printf("enterprises[%zu]", index);
	hs_auto(hs_freep) char *list = hs_printf("%s.parameters", field);
	hs_auto(hs_freep) char *shown = hs_fault_shown(raw->name);
	int twin = case_find(tcase, raw->name);

	if (!hs_is_label(raw->name, LABEL_MAX))
		input_fault(in, field, "name",
		    "found '%s'; expected a label: a-z, 0-9 and '-', beginning "
		    "with a letter, not ending with '-'",
		    shown);
	else if (twin >= 0)
		input_fault(in, field, "name",
		    "'%s' is here twice; the first is in line %u", shown,
		    tcase->enterprises[twin].line);
	e->line = hs_conf_line(in->conf, field);
	e->name = hs_arena_strdup(in->arena, raw->name);
	e->title = raw->title != NULL ? hs_arena_strdup(in->arena, raw->title)
				      : e->name;
	e->servers =
	    input_number(in, field, "servers", raw->servers, &server_bounds);
	e->domains =
	    input_number(in, field, "domains", raw->domains, &domain_bounds);
	params_read(in, list, raw->params, raw->params_count, true, e->own);
	tcase->count = index + 1;
}

static bool is_currency(const char *text)
{
	return strlen(text) == 3 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static void read_period(const struct input *in, const struct raw_period *raw,
    struct tco_case *tcase)
{
	struct hs_err err = { 0 };

	if (raw == NULL)
		return;
	if (tco_day_parse(raw->from, &tcase->from, &err) < 0)
		input_fault(in, "period", "from", "%s", err.msg);
	if (raw->months < 1 || raw->months > MONTHS_MAX)
		input_fault(in, "period", "months",
		    "found %u; expected 1 to %d months", raw->months,
		    MONTHS_MAX);
	tcase->months = raw->months;
}

/* Of the case's own file: all but the parameters, which come last. */
static void read_own(
    const struct input *in, const struct raw_case *raw, struct tco_case *tcase)
{
	if (!is_currency(raw->currency))
		input_fault(in, "currency", "",
		    "expected three capital letters such as EUR");
	tcase->title = hs_arena_strdup(tcase->arena, raw->title);
	read_period(in, raw->period, tcase);
	tcase->enterprises = hs_arena_alloc(
	    tcase->arena, raw->enterprises_count * sizeof(*tcase->enterprises));
	for (size_t i = 0; i < raw->enterprises_count; i++)
		read_enterprise(in, i, &raw->enterprises[i], tcase);
}

/* From here on faults are the case's own file's again. */
static void own_faults(const struct input *in)
{
	hs_faults_done(in->faults);
	in->faults->file = hs_strdup(in->file);
}

/*
 * A file beside the case's. A case may come from a form, so what it names
 * stays below its folder.
 */
static int beside(const struct input *in, const char *field, const char *name,
    const char **ret_path, struct hs_err *err)
{
	const char *slash = strrchr(in->file, '/');

	if (name[0] == '/' || strstr(name, "..") != NULL) {
		own_faults(in);
		input_fault(in, field, "",
		    "expected a file beside the case, or in a folder there");
		return hs_faults_fail(in->faults, err);
	}
	if (slash == NULL)
		*ret_path = hs_arena_strdup(in->arena, name);
	else
		*ret_path = hs_arena_printf(in->arena, "%.*s/%s",
		    (int)(slash - in->file), in->file, name);
	return 0;
}

static int read_sets(const struct input *in, const struct raw_case *raw,
    struct tco_case *tcase, struct hs_err *err)
{
	for (size_t i = 0; i < raw->from_count; i++) {
		hs_auto(hs_freep) char *field =
		    hs_printf("parameters_from[%zu]", i);
		struct input set = *in;

		if (beside(in, field, raw->from[i], &set.file, err) < 0 ||
		    params_load(&set, tcase->params, err) < 0)
			return -1;
	}
	return 0;
}

static int read_prices(const struct input *in, const struct raw_case *raw,
    struct tco_case *tcase, struct hs_err *err)
{
	const char *path;

	if (raw->prices == NULL)
		return 0;
	if (beside(in, "prices", raw->prices, &path, err) < 0 ||
	    tco_prices_load(
		path, NULL, tcase->pool, &tcase->prices, in->faults, err) < 0)
		return -1;
	if (strcmp(tcase->prices->currency, tcase->currency) == 0)
		return 0;
	own_faults(in);
	input_fault(in, "prices", "", "are in %s; the case is in %s",
	    tcase->prices->currency, tcase->currency);
	return hs_faults_fail(in->faults, err);
}

static int read_counts(const struct input *in, const struct raw_case *raw,
    struct tco_case *tcase, struct hs_err *err)
{
	const char *path;

	if (raw->usage != NULL &&
	    (beside(in, "usage", raw->usage, &path, err) < 0 ||
		usage_load(path, NULL, tcase, in->faults, err) < 0))
		return -1;
	if (raw->load != NULL &&
	    (beside(in, "load", raw->load, &path, err) < 0 ||
		load_load(path, NULL, tcase, in->faults, err) < 0))
		return -1;
	return 0;
}

static int apply_settings(const struct input *in,
    const struct tco_setting *settings, size_t count, struct tco_case *tcase,
    struct hs_err *err)
{
	for (size_t i = 0; i < count; i++)
		if (params_set(in, settings[i].name, settings[i].value,
			tcase->params, err) < 0)
			return -1;
	return 0;
}

/* Everything of all files; the case's faults are its own file's again. */
static int read_case(const struct input *in, const struct raw_case *raw,
    struct tco_case *tcase, struct hs_err *err)
{
	read_own(in, raw, tcase);
	if (hs_faults_fail(in->faults, err) < 0 ||
	    read_sets(in, raw, tcase, err) < 0 ||
	    read_prices(in, raw, tcase, err) < 0 ||
	    read_counts(in, raw, tcase, err) < 0)
		return -1;
	own_faults(in);
	params_read(in, "parameters", raw->params, raw->params_count, false,
	    tcase->params);
	return hs_faults_fail(in->faults, err);
}

static int load(struct tco_case *tcase, const char *text,
    const struct tco_setting *settings, size_t count, struct hs_faults *faults,
    struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	struct input in = { .file = tcase->file,
		.pool = tcase->pool,
		.arena = tcase->arena,
		.faults = faults };
	const struct raw_case *raw;
	void *data;

	if (hs_conf_load(
		tcase->file, text, &case_schema, &conf, &data, faults, err) < 0)
		return -1;
	raw = data;
	in.conf = conf;
	tcase->currency = hs_arena_strdup(tcase->arena, raw->currency);
	in.currency = tcase->currency;
	if (read_case(&in, raw, tcase, err) < 0 ||
	    apply_settings(&in, settings, count, tcase, err) < 0)
		return -1;
	case_check(tcase, conf, faults);
	return hs_faults_fail(faults, err);
}

int tco_case_load(const char *name, const char *text,
    const struct tco_setting *settings, size_t count,
    struct tco_case **ret_case, struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(tco_case_freep) struct tco_case *tcase =
	    hs_alloc(sizeof(*tcase));
	struct hs_faults own = { 0 };
	int ret;

	tcase->pool = num_pool_new();
	tcase->arena = hs_arena_new();
	tcase->file = hs_arena_strdup(tcase->arena, name);
	ret = load(
	    tcase, text, settings, count, faults != NULL ? faults : &own, err);
	hs_faults_done(&own);
	if (ret == 0)
		*ret_case = hs_steal(&tcase);
	return ret;
}

void tco_case_free(struct tco_case *tcase)
{
	if (tcase == NULL)
		return;
	tco_prices_free(tcase->prices);
	free(tcase->load);
	num_pool_free(tcase->pool);
	hs_arena_free(tcase->arena);
	free(tcase);
}

const struct tco_param *tco_param_of(const struct tco_case *tcase,
    const struct tco_enterprise *enterprise, enum tco_param_id id)
{
	if (enterprise != NULL && enterprise->own[id].value != NULL)
		return &enterprise->own[id];
	return &tcase->params[id];
}
