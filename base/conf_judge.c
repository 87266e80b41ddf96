/* conf_judge.c - a tree against a libcyaml schema: every difference.
 *
 * libcyaml stops at the first difference and takes what people hardly mean
 * (0x10, 010, any word as "true"); so the schema is judged here, and libcyaml
 * only fills the struct from a text that is known to be good.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/conf_tree.h"
#include "base/mem.h"
#include "base/text.h"

#define WORD_MAX 40 /* bytes of words that may be alike */

/* Where we are, from the leaf up; index if key is NULL. */
struct place {
	const struct place *up;
	const char *key;
	size_t index;
};

struct judge {
	struct hs_faults *faults;
};

static void judge_value(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place);

static void add_place(struct hs_text *text, const struct place *place)
{
	if (place == NULL)
		return;
	add_place(text, place->up);
	if (place->key == NULL)
		hs_text_addf(text, "[%zu]", place->index);
	else
		hs_text_addf(
		    text, "%s%s", text->len > 0 ? "." : "", place->key);
}

static void fault(struct judge *j, unsigned line, const struct place *place,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void fault(struct judge *j, unsigned line, const struct place *place,
    const char *fmt, ...)
{
	hs_auto(hs_text_done) struct hs_text field = { 0 };
	hs_auto(hs_freep) char *message = NULL;
	va_list ap;

	add_place(&field, place);
	va_start(ap, fmt);
	message = hs_vprintf(fmt, ap);
	va_end(ap);
	hs_faults_add(
	    j->faults, line, field.len > 0 ? field.data : "", "%s", message);
}

static const char *kind_name(const struct conf_node *node)
{
	switch (node->kind) {
	case CONF_SCALAR:
		return "a single value";
	case CONF_SEQUENCE:
		return "a list";
	case CONF_MAPPING:
		return "a group of keys";
	case CONF_ALIAS:
		return "an alias";
	}
	return "?";
}

/* "found 'x'", owned by the caller. */
static char *found(const char *text)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(text);

	if (text[0] == '\0')
		return hs_strdup("is empty");
	return hs_printf("found '%s'", shown);
}

static bool want_kind(struct judge *j, const struct conf_node *node,
    enum conf_kind kind, const char *name, const struct place *place)
{
	if (node->kind == kind)
		return true;
	if (node->kind == CONF_SCALAR && node->text[0] == '\0')
		fault(j, node->line, place, "is empty; expected %s", name);
	else if (node->kind != CONF_ALIAS)
		fault(j, node->line, place, "found %s; expected %s",
		    kind_name(node), name);
	return false;
}

static bool is_decimal(const char *s)
{
	if (*s == '-')
		s++;
	if (*s == '0')
		return s[1] == '\0';
	return *s != '\0' && strspn(s, "0123456789") == strlen(s);
}

static uint64_t unsigned_max(uint32_t size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
}

static void judge_int(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	const int64_t max = (int64_t)(unsigned_max(schema->data_size) >> 1);
	hs_auto(hs_freep) char *text = found(node->text);
	int64_t value;

	if (!is_decimal(node->text)) {
		fault(j, node->line, place,
		    "%s; expected a whole number in plain digits", text);
		return;
	}
	errno = 0;
	value = strtoll(node->text, NULL, 10);
	if (errno == ERANGE || value > max || value < -max - 1)
		fault(j, node->line, place,
		    "%s; expected a number from %" PRId64 " to %" PRId64, text,
		    -max - 1, max);
}

static void judge_uint(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	const uint64_t max = unsigned_max(schema->data_size);
	hs_auto(hs_freep) char *text = found(node->text);
	uint64_t value;

	if (!is_decimal(node->text)) {
		fault(j, node->line, place,
		    "%s; expected a whole number in plain digits", text);
		return;
	}
	errno = 0;
	value = strtoull(node->text, NULL, 10);
	if (node->text[0] == '-' || errno == ERANGE || value > max)
		fault(j, node->line, place,
		    "%s; expected a number from 0 to %" PRIu64, text, max);
}

static void judge_bool(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	static const char *const good[] = { "true", "false", "yes", "no" };
	hs_auto(hs_freep) char *text = found(node->text);

	(void)schema;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (strcmp(node->text, good[i]) == 0)
			return;
	fault(j, node->line, place, "%s; expected true or false", text);
}

static void judge_float(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	hs_auto(hs_freep) char *text = found(node->text);
	char *end = NULL;

	(void)schema;
	errno = 0;
	(void)strtod(node->text, &end);
	if (node->text[strspn(node->text, "0123456789.eE+-")] != '\0' ||
	    end == node->text || *end != '\0' || errno == ERANGE)
		fault(j, node->line, place, "%s; expected a number", text);
}

static void judge_string(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	size_t len = strlen(node->text);

	if (len < schema->string.min && len == 0)
		fault(j, node->line, place, "is empty; expected a text");
	else if (len < schema->string.min)
		fault(j, node->line, place,
		    "has %zu bytes; expected at least %u", len,
		    schema->string.min);
	else if (len > schema->string.max)
		fault(j, node->line, place,
		    "has %zu bytes; expected at most %u", len,
		    schema->string.max);
}

/* Insertions, deletions and replacements that make b of a. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b);

	if (m > WORD_MAX || n > WORD_MAX)
		return SIZE_MAX;
	for (size_t k = 0; k <= n; k++)
		row[k] = k;
	for (size_t i = 1; i <= m; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= n; k++) {
			size_t best = corner + (a[i - 1] != b[k - 1]);

			corner = row[k];
			if (row[k] + 1 < best)
				best = row[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[n];
}

bool hs_is_like(const char *word, const char *known)
{
	size_t d = distance(word, known);

	return d <= 2 && d < strlen(known);
}

static void list_words(const cyaml_schema_value_t *schema, struct hs_text *list)
{
	for (uint32_t i = 0; i < schema->enumeration.count; i++)
		hs_text_addf(list, "%s%s", i > 0 ? ", " : "",
		    schema->enumeration.strings[i].str);
}

static void judge_enum(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	hs_auto(hs_text_done) struct hs_text list = { 0 };
	hs_auto(hs_freep) char *text = found(node->text);
	const char *near = NULL;

	for (uint32_t i = 0; i < schema->enumeration.count; i++)
		if (strcmp(node->text, schema->enumeration.strings[i].str) == 0)
			return;
	for (uint32_t i = 0; i < schema->enumeration.count && near == NULL; i++)
		if (hs_is_like(node->text, schema->enumeration.strings[i].str))
			near = schema->enumeration.strings[i].str;
	list_words(schema, &list);
	fault(j, node->line, place, "%s; expected one of: %s%s%s%s", text,
	    list.data, near != NULL ? "; did you mean '" : "",
	    near != NULL ? near : "", near != NULL ? "'?" : "");
}

static void judge_flags(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	if (!want_kind(j, node, CONF_SEQUENCE, "a list", place))
		return;
	for (size_t i = 0; i < node->count; i++) {
		const struct conf_node *part = node->parts[i];
		const struct place here = { .up = place, .index = i };

		if (!want_kind(j, part, CONF_SCALAR, "a single value", &here))
			continue;
		judge_enum(j, part, schema, &here);
		for (size_t k = 0; k < i && k < 64; k++)
			if (node->parts[k]->text != NULL &&
			    strcmp(node->parts[k]->text, part->text) == 0) {
				fault(j, part->line, &here,
				    "'%s' is in the list twice", part->text);
				break;
			}
	}
}

static void judge_sequence(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	if (!want_kind(j, node, CONF_SEQUENCE, "a list", place))
		return;
	if (node->count < schema->sequence.min)
		fault(j, node->line, place,
		    "has %zu entries; expected at least %u", node->count,
		    schema->sequence.min);
	if (node->count > schema->sequence.max)
		fault(j, node->line, place,
		    "has %zu entries; expected at most %u", node->count,
		    schema->sequence.max);
	for (size_t i = 0; i < node->count; i++) {
		const struct place here = { .up = place, .index = i };

		judge_value(j, node->parts[i], schema->sequence.entry, &here);
	}
}

static const char *nearest_key(
    const cyaml_schema_field_t *fields, const char *key)
{
	for (size_t i = 0; fields[i].key != NULL; i++)
		if (hs_is_like(key, fields[i].key))
			return fields[i].key;
	return NULL;
}

static void unknown_key(struct judge *j, const struct conf_node *key,
    const cyaml_schema_field_t *fields, const struct place *place)
{
	hs_auto(hs_freep) char *text = hs_fault_shown(key->text);
	const struct place here = { .up = place, .key = text };
	hs_auto(hs_text_done) struct hs_text known = { 0 };
	const char *near = nearest_key(fields, key->text);

	for (size_t i = 0; fields[i].key != NULL; i++)
		hs_text_addf(&known, "%s%s", i > 0 ? ", " : "", fields[i].key);
	if (near != NULL)
		fault(j, key->line, &here, "unknown key; did you mean '%s'?",
		    near);
	else
		fault(j, key->line, &here, "unknown key; expected one of: %s",
		    known.len > 0 ? known.data : "none");
}

/* The field of a key; NULL after having said what is wrong with it. */
static const cyaml_schema_field_t *field_of(struct judge *j,
    const struct conf_node *key, const cyaml_schema_field_t *fields,
    const struct place *place)
{
	if (!want_kind(j, key, CONF_SCALAR, "a key", place))
		return NULL;
	for (size_t i = 0; fields[i].key != NULL; i++)
		if (strcmp(fields[i].key, key->text) == 0)
			return &fields[i];
	unknown_key(j, key, fields, place);
	return NULL;
}

static void missing_keys(struct judge *j, const struct conf_node *node,
    const cyaml_schema_field_t *fields, const unsigned *first_lines,
    const struct place *place)
{
	for (size_t i = 0; fields[i].key != NULL; i++) {
		const struct place here = { .up = place, .key = fields[i].key };

		if (first_lines[i] == 0 &&
		    (fields[i].value.flags & CYAML_FLAG_OPTIONAL) == 0)
			fault(j, node->line, &here, "is missing");
	}
}

static void judge_mapping(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	const cyaml_schema_field_t *fields = schema->mapping.fields, *field;
	hs_auto(hs_freep) unsigned *lines = NULL; /* first ones, per field */
	size_t count = 0;

	if (!want_kind(j, node, CONF_MAPPING, "a group of keys", place))
		return;
	while (fields[count].key != NULL)
		count++;
	lines = hs_alloc((count + 1) * sizeof(*lines));
	for (size_t i = 0; i + 1 < node->count; i += 2) {
		const struct conf_node *key = node->parts[i];
		struct place here = { .up = place };

		field = field_of(j, key, fields, place);
		if (field == NULL)
			continue;
		here.key = field->key;
		if (lines[field - fields] != 0) {
			fault(j, key->line, &here,
			    "is here twice; the first is in line %u",
			    lines[field - fields]);
			continue;
		}
		lines[field - fields] = key->line;
		judge_value(j, node->parts[i + 1], &field->value, &here);
	}
	missing_keys(j, node, fields, lines, place);
}

static void judge_any(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	(void)j;
	(void)node;
	(void)schema;
	(void)place;
}

/* clang-format off */
static const struct {
	bool scalar; /* want_kind() has been asked */
	void (*judge)(struct judge *j, const struct conf_node *node,
	    const cyaml_schema_value_t *schema, const struct place *place);
} judges[CYAML__TYPE_COUNT] = {
	[CYAML_INT]            = { true,  judge_int },
	[CYAML_UINT]           = { true,  judge_uint },
	[CYAML_BOOL]           = { true,  judge_bool },
	[CYAML_ENUM]           = { true,  judge_enum },
	[CYAML_FLAGS]          = { false, judge_flags },
	[CYAML_FLOAT]          = { true,  judge_float },
	[CYAML_STRING]         = { true,  judge_string },
	[CYAML_MAPPING]        = { false, judge_mapping },
	[CYAML_BITFIELD]       = { false, judge_any }, /* nobody uses them */
	[CYAML_SEQUENCE]       = { false, judge_sequence },
	[CYAML_SEQUENCE_FIXED] = { false, judge_sequence },
	[CYAML_IGNORE]         = { false, judge_any },
};
/* clang-format on */

static bool is_null(
    const struct conf_node *node, const cyaml_schema_value_t *schema)
{
	const unsigned null_flag =
	    CYAML_FLAG_POINTER_NULL & ~(unsigned)CYAML_FLAG_POINTER;

	return (schema->flags & null_flag) != 0 && node->kind == CONF_SCALAR &&
	       node->text[0] == '\0';
}

static void judge_value(struct judge *j, const struct conf_node *node,
    const cyaml_schema_value_t *schema, const struct place *place)
{
	if (is_null(node, schema))
		return;
	if (judges[schema->type].scalar &&
	    !want_kind(j, node, CONF_SCALAR, "a single value", place))
		return;
	judges[schema->type].judge(j, node, schema, place);
}

void conf_judge(const struct conf_node *root,
    const cyaml_schema_value_t *schema, struct hs_faults *faults)
{
	struct judge j = { .faults = faults };

	judge_value(&j, root, schema, NULL);
}
