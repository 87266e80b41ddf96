/* change.c - how a change of a domain comes about, as one table. */

#include "provisioning/change.h"

#include <string.h>

#include "base/text.h"

static const char *const way_names[CHANGE_WAY_COUNT] = {
	[CHANGE_LIVE] = "live",
	[CHANGE_ROLL] = "roll",
	[CHANGE_RESTART] = "restart",
};

const char *change_way_name(enum change_way way)
{
	return way_names[way];
}

/* -- What a driver can do while the domain runs ---------------------------- */

/** A number that is asked for of a domain that has another. */
struct size {
	const struct hv_caps *caps;
	json_int_t from, to;
	json_int_t max; /* of its definition, or whether it can at all; 0: it
			 * has none, or it is not known */
};

typedef bool live_test(const struct size *size);

static bool always(const struct size *size)
{
	(void)size;
	return true;
}

static bool fits(const struct size *size)
{
	return !size->caps->has_maxima ||
	       (size->max > 0 && size->to <= size->max);
}

/* Less could be less than it uses. */
static bool live_memory(const struct size *size)
{
	return size->caps->live_memory && size->to >= size->from && fits(size);
}

static bool live_vcpus(const struct size *size)
{
	return size->caps->live_vcpus && fits(size) &&
	       (size->to >= size->from || size->caps->fewer_vcpus);
}

/* The host's kernel may refuse it. */
static bool live_disk(const struct size *size)
{
	return size->max > 0 && size->to >= size->from;
}

/* -- The table ------------------------------------------------------------- */

/* What is not listed is in the domain's files or definition: a member's is
 * rolled, a database restarted. */
/* clang-format off */
static const struct {
	const char *field;
	live_test *live;
	const char *max; /* as observed, in params */
} rows[] = {
	{ "state",      always,      NULL             },
	{ "memory_mib", live_memory, "memory_max_mib" },
	{ "vcpus",      live_vcpus,  "vcpus_max"      },
	{ "disk_gib",   live_disk,   "disk_live"      },
};
/* clang-format on */

static bool is_domain(enum object_kind kind)
{
	return kind == OBJ_DOMAIN || kind == OBJ_DB_DOMAIN;
}

static bool is_live(
    const struct plan_change *c, const char *field, const struct hv_caps *caps)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct size size = {
			.caps = caps,
			.from = object_number(c->actual, field),
			.to = object_number(c->wanted, field),
			.max = rows[i].max != NULL
				   ? object_number(c->actual, rows[i].max)
				   : 0,
		};

		if (strcmp(rows[i].field, field) == 0)
			return rows[i].live(&size);
	}
	return false;
}

static const struct hv_caps *caps_of(const struct plan_change *c)
{
	enum hv_driver driver = HV_LXC;

	(void)hv_driver_find(object_text(c->actual, "driver"), &driver);
	return hv_caps(driver);
}

enum change_way change_field(const struct plan_change *c, const char *field)
{
	if (!is_domain(c->wanted->kind) || is_live(c, field, caps_of(c)))
		return CHANGE_LIVE;
	return c->wanted->kind == OBJ_DOMAIN ? CHANGE_ROLL : CHANGE_RESTART;
}

/* -- Edits: what runs is still as wanted ----------------------------------- */

static const char *text_of(const struct plan_change *c, const char *field)
{
	return object_text(c->actual, field);
}

/* Of the definition alone, or beside the domain; not of what runs. */
static bool is_beside(const struct plan_change *c, const char *field)
{
	static const char *const fields[] = { "definition", "source", "limits",
		"autostart", "wall" };
	json_t *runs =
	    json_object_get(json_object_get(c->actual->params, "live"), field);

	/* Made by a version that kept no marks. */
	if (strcmp(text_of(c, field), "unrecorded") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strcmp(field, fields[i]) == 0)
			return true;
	if (strcmp(field, "state") == 0)
		return strcmp(text_of(c, field), "paused") == 0;
	if (strcmp(field, "mounts") == 0)
		return strncmp(text_of(c, field), "root", 4) == 0;
	if (strcmp(field, "link") == 0)
		return strcmp(text_of(c, field), "gone") != 0;
	return runs != NULL &&
	       json_equal(runs, json_object_get(c->wanted->attrs, field));
}

bool change_keeps_running(const struct plan_change *c)
{
	const char *field;
	json_t *to;

	if (c->actual == NULL ||
	    !json_is_object(json_object_get(c->actual->params, "live")))
		return false;
	json_object_foreach (c->wanted->attrs, field, to)
		if (!json_equal(json_object_get(c->actual->attrs, field), to) &&
		    !is_beside(c, field) &&
		    (strcmp(field, "state") == 0 ||
			change_field(c, field) != CHANGE_LIVE))
			return false;
	return true;
}

/* -- Changes of a plan ----------------------------------------------------- */

static bool serves(const struct object *domain)
{
	return strcmp(object_text(domain, "state"), "running") == 0;
}

static enum change_way way_of(const struct plan_change *c)
{
	enum change_way most = CHANGE_LIVE;
	size_t i;
	json_t *one;

	json_array_foreach (c->detail, i, one) {
		const char *field =
		    json_string_value(json_object_get(one, "field"));
		enum change_way way =
		    is_beside(c, field) ? CHANGE_LIVE : change_field(c, field);

		if (way > most)
			most = way;
	}
	return most;
}

enum change_way change_of(const struct plan_change *c)
{
	if (c->action != PLAN_UPDATE || !is_domain(c->wanted->kind) ||
	    !serves(c->actual))
		return CHANGE_LIVE;
	return way_of(c);
}

static const struct object *predecessor(
    const struct plan *plan, const struct object *created)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_change *c = &plan->list[i];

		if (c->action == PLAN_DELETE &&
		    object_is_member(c->actual, OBJ_DOMAIN, created->ve,
			created->enterprise))
			return c->actual;
	}
	return NULL;
}

/* Its own address is no reason; that it is another one is, if nothing else. */
static json_t *reason_of(
    const struct object *created, const struct object *before)
{
	json_t *all = plan_difference(created, before), *one;
	json_t *why = json_array();
	size_t i;

	json_array_foreach (all, i, one) {
		const char *field =
		    json_string_value(json_object_get(one, "field"));

		if (strcmp(field, "address") != 0 && strcmp(field, "mac") != 0)
			(void)json_array_append(why, one);
	}
	json_decref(all);
	if (json_array_size(why) == 0)
		(void)json_array_append_new(
		    why, json_pack("{s:s, s:s, s:s}", "field", "instance",
			     "from", before->name, "to", created->name));
	return why;
}

void change_explain_rolls(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_change *c = &plan->list[i];
		const struct object *before;

		if (c->action != PLAN_CREATE || c->wanted->kind != OBJ_DOMAIN ||
		    c->detail != NULL)
			continue;
		before = predecessor(plan, c->wanted);
		if (before != NULL)
			c->detail = reason_of(c->wanted, before);
	}
}

bool change_is_roll(const struct plan_change *c)
{
	return c->action == PLAN_CREATE && c->detail != NULL;
}

bool change_is_in_place(const struct plan_change *c)
{
	return c->action == PLAN_UPDATE && serves(c->actual) &&
	       way_of(c) == CHANGE_LIVE;
}

/* -- Restarts -------------------------------------------------------------- */

static void add_restart(struct hs_text *text, const struct plan_change *c)
{
	size_t i;
	json_t *one;

	hs_text_addf(
	    text, "%s%s (", text->len > 0 ? ", " : "", c->wanted->name);
	json_array_foreach (c->detail, i, one) {
		hs_auto(hs_freep) char *from =
		    json_dumps(json_object_get(one, "from"), JSON_ENCODE_ANY);
		hs_auto(hs_freep) char *to =
		    json_dumps(json_object_get(one, "to"), JSON_ENCODE_ANY);

		hs_text_addf(text, "%s%s: %s -> %s", i > 0 ? ", " : "",
		    json_string_value(json_object_get(one, "field")),
		    from != NULL ? from : "none", to != NULL ? to : "none");
	}
	hs_text_add_char(text, ')');
}

char *change_restarts(const struct plan *plan)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; i < plan->count; i++)
		if (change_of(&plan->list[i]) == CHANGE_RESTART)
			add_restart(&text, &plan->list[i]);
	return text.len > 0 ? hs_text_take(&text) : NULL;
}

void change_defer_restarts(struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (change_of(&plan->list[i]) == CHANGE_RESTART)
			json_decref(plan->list[i].detail);
		else
			plan->list[kept++] = plan->list[i];
	plan->count = kept;
}
