/* spec_cross.c - one value of a spec against another: duplicates, strangers,
 * contradictions.
 */

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/mem.h"
#include "dom-templates/dom_template.h"
#include "provisioning/spec_check.h"

#define SEP "\1" /* between scope and text; no text has it */

#define NAMES_MAX 62 /* of a VE and an enterprise; with '.' a role's 63 */

/* Values of one field, to be compared with one another. */
struct seen {
	struct entry {
		char *key;   /* scope, SEP, text */
		char *field; /* where it stands */
		unsigned line;
		size_t order;
	} * list;
	size_t count;
	bool scoped; /* unique within its list only, not in the whole file */
};

static void seen_done(struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++) {
		free(seen->list[i].key);
		free(seen->list[i].field);
	}
	free(seen->list);
}

static void seen_add(
    struct seen *seen, char *key, const char *field, unsigned line)
{
	seen->list =
	    hs_realloc_array(seen->list, seen->count + 1, sizeof(*seen->list));
	seen->list[seen->count] = (struct entry) { .key = key,
		.field = hs_strdup(field),
		.line = line,
		.order = seen->count };
	seen->count++;
}

/* "enterprises[2].people[0].login" -> the length of "enterprises[2].people" */
static size_t scope_len(const char *field)
{
	const char *last = strrchr(field, '[');

	return last != NULL ? (size_t)(last - field) : 0;
}

static void on_value(void *arg, const struct hs_conf_value *value)
{
	struct seen *seen = arg;

	if (value->text == NULL || value->text[0] == '\0')
		return;
	seen_add(seen,
	    hs_printf("%.*s" SEP "%s",
		seen->scoped ? (int)scope_len(value->field) : 0, value->field,
		value->text),
	    value->field, value->line);
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int by_key = strcmp(x->key, y->key);

	if (by_key != 0)
		return by_key;
	return x->order < y->order ? -1 : 1;
}

static void report_twins(
    struct seen *seen, const char *what, struct hs_faults *faults)
{
	size_t first = 0;

	if (seen->count > 0)
		qsort(seen->list, seen->count, sizeof(*seen->list), compare);
	for (size_t i = 1; i < seen->count; i++) {
		const struct entry *e = &seen->list[i];
		hs_auto(hs_freep) char *shown =
		    hs_fault_shown(strchr(e->key, SEP[0]) + 1);

		if (strcmp(e->key, seen->list[first].key) != 0) {
			first = i;
			continue;
		}
		hs_faults_add(faults, e->line, e->field,
		    "%s '%s' is here twice; the first is in line %u", what,
		    shown, seen->list[first].line);
	}
}

/* clang-format off */
static const struct {
	const char *field, *what;
	bool scoped;
} uniques[] = {
	{ "enterprises[].name",                 "enterprise",       false },
	{ "enterprises[].sites[].id",           "site",             true  },
	{ "enterprises[].people[].login",       "login",            true  },
	{ "relations[].items[].buyers_item_id", "item",             true  },
};
/* clang-format on */

static void check_uniques(const struct hs_conf *conf, struct hs_faults *faults)
{
	for (size_t i = 0; i < ARRAY_LEN(uniques); i++) {
		struct seen seen = { .scoped = uniques[i].scoped };

		hs_conf_each(conf, uniques[i].field, on_value, &seen);
		report_twins(&seen, uniques[i].what, faults);
		seen_done(&seen);
	}
}

/* What relations are checked with. */
struct relations {
	const struct hs_conf *conf;
	struct hs_faults *faults;
	struct seen names; /* of enterprises, sorted by name */
	struct seen pairs;
};

static const char *text_of(
    const struct hs_conf *conf, const char *parent, const char *key)
{
	hs_auto(hs_freep) char *field = hs_printf("%s.%s", parent, key);

	return hs_conf_text(conf, field);
}

static bool is_known(const struct seen *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->list[i].key + 1, name) == 0)
			return true;
	return false;
}

static const char *nearest(const struct seen *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (hs_is_like(name, names->list[i].key + 1))
			return names->list[i].key + 1;
	return NULL;
}

static void on_party(void *arg, const struct hs_conf_value *value)
{
	struct relations *r = arg;
	hs_auto(hs_freep) char *shown = NULL;
	const char *near;

	if (value->text == NULL || value->text[0] == '\0' ||
	    is_known(&r->names, value->text))
		return;
	shown = hs_fault_shown(value->text);
	near = nearest(&r->names, value->text);
	if (near != NULL)
		hs_faults_add(r->faults, value->line, value->field,
		    "'%s' is no enterprise of this spec; did you mean '%s'?",
		    shown, near);
	else
		hs_faults_add(r->faults, value->line, value->field,
		    "'%s' is no enterprise of this spec", shown);
}

static void on_relation(void *arg, const struct hs_conf_value *value)
{
	struct relations *r = arg;
	const char *buyer = text_of(r->conf, value->field, "buyer");
	const char *seller = text_of(r->conf, value->field, "seller");
	hs_auto(hs_freep) char *field = hs_printf("%s.seller", value->field);
	hs_auto(hs_freep) char *shown = NULL;

	if (buyer == NULL || seller == NULL || buyer[0] == '\0')
		return;
	shown = hs_fault_shown(buyer);
	if (strcmp(buyer, seller) == 0)
		hs_faults_add(r->faults, hs_conf_line(r->conf, field), field,
		    "'%s' cannot trade with itself", shown);
	else
		seen_add(&r->pairs, hs_printf(SEP "%s -> %s", buyer, seller),
		    value->field, value->line);
}

/* "VE.ENTERPRISE" is a role's name, which PostgreSQL would cut. */
static void on_role_name(void *arg, const struct hs_conf_value *value)
{
	const struct relations *r = arg;
	const char *ve = hs_conf_text(r->conf, "ve");

	if (ve == NULL || value->text == NULL || strlen(ve) > 32 ||
	    strlen(value->text) > 32 ||
	    strlen(ve) + strlen(value->text) <= NAMES_MAX)
		return;
	hs_faults_add(r->faults, value->line, value->field,
	    "has %zu characters together with '%s'; expected at most %d",
	    strlen(ve) + strlen(value->text), ve, NAMES_MAX);
}

/* Whom an enterprise must not share a host with: another one, or "db". */
static void on_avoided(void *arg, const struct hs_conf_value *value)
{
	struct relations *r = arg;
	const char *end = strstr(value->field, ".placement");
	hs_auto(hs_freep) char *parent = hs_strndup(
	    value->field, end != NULL ? (size_t)(end - value->field) : 0);
	const char *own = text_of(r->conf, parent, "name");

	if (value->text == NULL || strcmp(value->text, "db") == 0)
		return;
	if (own != NULL && strcmp(value->text, own) == 0)
		hs_faults_add(r->faults, value->line, value->field,
		    "an enterprise cannot avoid itself");
	else
		on_party(arg, value);
}

static void check_relations(
    const struct hs_conf *conf, struct hs_faults *faults)
{
	struct relations r = { .conf = conf, .faults = faults };

	hs_conf_each(conf, "enterprises[].name", on_role_name, &r);
	hs_conf_each(conf, "enterprises[].name", on_value, &r.names);
	hs_conf_each(conf, "enterprises[].placement.avoid[]", on_avoided, &r);
	hs_conf_each(conf, "relations[].buyer", on_party, &r);
	hs_conf_each(conf, "relations[].seller", on_party, &r);
	hs_conf_each(conf, "relations[]", on_relation, &r);
	report_twins(&r.pairs, "relation", faults);
	seen_done(&r.names);
	seen_done(&r.pairs);
}

/* clang-format off */
/* Which driver cannot give which isolation. */
static const struct {
	const char *driver, *isolation, *why;
} contradictions[] = {
	{ "lxc",  "vm",        "lxc makes containers" },
	{ "qemu", "container", "qemu makes virtual machines" },
	{ "xen",  "container", "xen makes virtual machines" },
};
/* clang-format on */

/* @field: which of the two said it, for the line */
static void contradiction(const struct relations *r, const char *field,
    const char *driver, const char *isolation)
{
	if (driver == NULL || isolation == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(contradictions); i++)
		if (strcmp(driver, contradictions[i].driver) == 0 &&
		    strcmp(isolation, contradictions[i].isolation) == 0)
			hs_faults_add(r->faults, hs_conf_line(r->conf, field),
			    field, "%s, but isolation is '%s'",
			    contradictions[i].why, isolation);
}

/* An enterprise's own words, or else the VE's; silent if both are the VE's. */
static void on_enterprise(void *arg, const struct hs_conf_value *value)
{
	const struct relations *r = arg;
	const char *driver = text_of(r->conf, value->field, "driver");
	const char *isolation = text_of(r->conf, value->field, "isolation");
	hs_auto(hs_freep) char *field = hs_printf(
	    "%s.%s", value->field, driver != NULL ? "driver" : "isolation");

	if (driver == NULL && isolation == NULL)
		return;
	contradiction(r, field,
	    driver != NULL ? driver : hs_conf_text(r->conf, "driver"),
	    isolation != NULL ? isolation : hs_conf_text(r->conf, "isolation"));
}

static void check_isolation(
    const struct hs_conf *conf, struct hs_faults *faults)
{
	struct relations r = { .conf = conf, .faults = faults };

	contradiction(&r, "driver", hs_conf_text(conf, "driver"),
	    hs_conf_text(conf, "isolation"));
	hs_conf_each(conf, "enterprises[]", on_enterprise, &r);
}

/* A template needs its memory; how much a number of a spec may be at all has
 * been checked. */
static void on_template(void *arg, const struct hs_conf_value *value)
{
	const struct relations *r = arg;
	const char *name = text_of(r->conf, value->field, "template");
	const char *memory = text_of(r->conf, value->field, "memory_mib");
	const struct dom_kind *kind = name != NULL ? dom_kind_find(name) : NULL;
	hs_auto(hs_freep) char *field =
	    hs_printf("%s.memory_mib", value->field);
	unsigned long has = memory != NULL ? strtoul(memory, NULL, 10) : 0;

	if (kind == NULL || has < 128 || has >= kind->memory_min_mib)
		return;
	hs_faults_add(r->faults, hs_conf_line(r->conf, field), field,
	    "found %lu; template '%s' needs at least %u", has, kind->name,
	    kind->memory_min_mib);
}

static void check_templates(
    const struct hs_conf *conf, struct hs_faults *faults)
{
	struct relations r = { .conf = conf, .faults = faults };

	hs_conf_each(conf, "enterprises[]", on_template, &r);
}

static void on_dedicated_only(void *arg, const struct hs_conf_value *value)
{
	hs_faults_add(arg, value->line, value->field,
	    "is for class 'dedicated' only; the class is 'shared'");
}

static void check_database(const struct hs_conf *conf, struct hs_faults *faults)
{
	const char *class = hs_conf_text(conf, "database.class");

	if (class != NULL && strcmp(class, "shared") != 0)
		return;
	hs_conf_each(conf, "database.memory_mib", on_dedicated_only, faults);
	hs_conf_each(conf, "database.disk_gib", on_dedicated_only, faults);
}

void spec_cross_check(const struct hs_conf *conf, struct hs_faults *faults)
{
	check_uniques(conf, faults);
	check_relations(conf, faults);
	check_isolation(conf, faults);
	check_templates(conf, faults);
	check_database(conf, faults);
}
