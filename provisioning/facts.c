/* facts.c - what of a VE's database decides who may see and do what. */

#include "provisioning/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/mark.h"

#define TOLD_MAX 20

int facts_digest(struct hs_db *db, char **ret_digest, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(db, prov_sql_schema_facts, &rows, err, "digest") < 0)
		return -1;
	*ret_digest = hs_strdup(hs_rows_get(rows, 0, "key"));
	return 0;
}

static int store_facts(struct hs_db *store, const struct hs_rows *rows,
    const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	json_t *list = json_array();

	for (size_t i = 0; i < hs_rows_count(rows); i++)
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:i, s:s?}", "key",
			      hs_rows_get(rows, i, "key"), "value",
			      hs_rows_get(rows, i, "value"), "rank",
			      atoi(hs_rows_get(rows, i, "rank")), "make",
			      hs_rows_get(rows, i, "make")));
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	if (HS_DB_QUERY(store, prov_sql_made_schema_clear, NULL, err, name) < 0)
		return -1;
	return HS_DB_QUERY(
	    store, prov_sql_made_schema_add, NULL, err, name, text);
}

int facts_keep(
    struct plat *plat, struct hs_db *db, const char *name, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *digest = NULL;
	struct hs_db *store;

	if (facts_digest(db, &digest, err) < 0 ||
	    HS_DB_QUERY(db, prov_sql_schema_facts, &rows, err, "all") < 0 ||
	    plat_store(plat, &store, err) < 0 ||
	    store_facts(store, rows, name, err) < 0)
		return hs_wrap(err, "remember the schema of '%s'", name);
	return mark_put(
	    plat, OBJ_DATABASE, name, json_pack("{s:s}", "facts", digest), err);
}

/* -- Differences ----------------------------------------------------------- */

/** What was kept, and what is. */
struct sides {
	struct hs_rows *kept, *now;
	json_t *kept_by_key, *now_by_key; /* the row's number */
};

static void sides_done(struct sides *s)
{
	hs_rows_free(s->kept);
	hs_rows_free(s->now);
	json_decref(s->kept_by_key);
	json_decref(s->now_by_key);
}

static json_t *by_key(const struct hs_rows *rows)
{
	json_t *index = json_object();

	for (size_t i = 0; i < hs_rows_count(rows); i++)
		(void)json_object_set_new(index, hs_rows_get(rows, i, "key"),
		    json_integer((json_int_t)i));
	return index;
}

static int sides_read(struct plat *plat, struct hs_db *db, const char *name,
    struct sides *ret_sides, struct hs_err *err)
{
	struct hs_db *store;

	*ret_sides = (struct sides) { 0 };
	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_made_schema_list, &ret_sides->kept, err,
		name) < 0 ||
	    HS_DB_QUERY(
		db, prov_sql_schema_facts, &ret_sides->now, err, "all") < 0)
		return -1;
	ret_sides->kept_by_key = by_key(ret_sides->kept);
	ret_sides->now_by_key = by_key(ret_sides->now);
	return 0;
}

/* -1: not there; 0: other; 1: the same. */
static int is_same(const struct sides *s, size_t kept)
{
	json_t *at =
	    json_object_get(s->now_by_key, hs_rows_get(s->kept, kept, "key"));

	if (at == NULL)
		return -1;
	return strcmp(hs_rows_get(s->kept, kept, "value"),
		   hs_rows_get(
		       s->now, (size_t)json_integer_value(at), "value")) == 0;
}

static bool is_new(const struct sides *s, size_t now)
{
	return json_object_get(
		   s->kept_by_key, hs_rows_get(s->now, now, "key")) == NULL;
}

static void tell(json_t *list, const char *what, const char *key)
{
	hs_auto(hs_freep) char *text = hs_printf("%s: %s", what, key);

	if (json_array_size(list) < TOLD_MAX)
		(void)json_array_append_new(list, json_string(text));
}

int facts_compare(struct plat *plat, struct hs_db *db, const char *name,
    json_t **ret_list, struct hs_err *err)
{
	hs_auto(sides_done) struct sides s = { 0 };
	json_t *list;

	if (sides_read(plat, db, name, &s, err) < 0)
		return -1;
	list = json_array();
	for (size_t i = 0; i < hs_rows_count(s.kept); i++) {
		int same = is_same(&s, i);

		if (same != 1)
			tell(list, same < 0 ? "missing" : "changed",
			    hs_rows_get(s.kept, i, "key"));
	}
	for (size_t i = 0; i < hs_rows_count(s.now); i++)
		if (is_new(&s, i))
			tell(list, "added", hs_rows_get(s.now, i, "key"));
	*ret_list = list;
	return 0;
}

/* -- Mending --------------------------------------------------------------- */

static int take_away(
    struct hs_db *db, const struct sides *s, struct hs_err *err)
{
	for (size_t i = hs_rows_count(s->now); i-- > 0;) {
		const char *unmake = hs_rows_get(s->now, i, "unmake");

		if (is_new(s, i) && unmake != NULL &&
		    hs_db_run(db, unmake, err) < 0)
			return hs_wrap(err, "take away: %s",
			    hs_rows_get(s->now, i, "key"));
	}
	return 0;
}

static int make_again(
    struct hs_db *db, const struct sides *s, struct hs_err *err)
{
	for (size_t i = 0; i < hs_rows_count(s->kept); i++) {
		const char *make = hs_rows_get(s->kept, i, "make");
		const char *key = hs_rows_get(s->kept, i, "key");

		if (is_same(s, i) == 1)
			continue;
		if (make == NULL)
			return hs_fail(err, HS_ECONFLICT,
			    "%s cannot be made again; restore the database",
			    key);
		if (hs_db_run(db, make, err) < 0)
			return hs_wrap(err, "make again: %s", key);
	}
	return 0;
}

int facts_mend(
    struct plat *plat, struct hs_db *db, const char *name, struct hs_err *err)
{
	hs_auto(sides_done) struct sides s = { 0 };

	if (sides_read(plat, db, name, &s, err) < 0)
		return -1;
	/* Nothing kept would mean: take everything away. */
	if (hs_rows_count(s.kept) == 0)
		return hs_fail(err, HS_ECONFLICT,
		    "what the schema of '%s' was like is not known", name);
	if (hs_db_run(db, "BEGIN", err) < 0)
		return -1;
	if (hs_db_run(db, "SET LOCAL ROLE hanse_owner", err) < 0 ||
	    take_away(db, &s, err) < 0 || make_again(db, &s, err) < 0) {
		(void)hs_db_run(db, "ROLLBACK", NULL);
		return hs_wrap(err, "schema of '%s'", name);
	}
	return hs_db_run(db, "COMMIT", err);
}
