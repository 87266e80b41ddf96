/* schema_roll.c - migrations taken through the VEs, one at a time. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/db_size.h"
#include "provisioning/manager.h"
#include "provisioning/schema.h"
#include "provisioning/store.h"

/** The stored VEs, and what is installed. */
struct roll {
	struct request *request;
	struct store_ves ves;
	int installed;
};

/* -- Where each is --------------------------------------------------------- */

/* What its database says of itself; -1: it does not answer. */
static int version_of(struct roll *roll, const struct store_ve *ve)
{
	hs_auto(hs_freep) char *server = db_size_server(ve->spec);
	hs_auto(hs_freep) char *at = hs_printf("ve_%s@%s", ve->name, server);
	struct hs_db *db;
	int version;

	if (plat_database_borrow(roll->request->plat, at, &db, NULL) < 0)
		return -1;
	if (schema_current(db, &version, NULL) < 0)
		version = -1;
	plat_database_return(roll->request->plat, at, db);
	return version;
}

static const char *state_of(const struct roll *roll, int version)
{
	if (version < 0)
		return "unknown";
	return version < roll->installed ? "behind" : "current";
}

static json_t *ve_json(struct roll *roll, const struct store_ve *ve)
{
	int version = version_of(roll, ve);

	return json_pack("{s:s, s:o, s:o, s:s}", "ve", ve->name, "version",
	    version < 0 ? json_null() : json_integer(version), "kept_at",
	    ve->schema > 0 ? json_integer(ve->schema) : json_null(), "state",
	    state_of(roll, version));
}

static json_t *status_json(struct roll *roll)
{
	json_t *list = json_array();

	for (size_t i = 0; i < roll->ves.count; i++)
		(void)json_array_append_new(
		    list, ve_json(roll, &roll->ves.list[i]));
	return json_pack(
	    "{s:i, s:o}", "installed", roll->installed, "ves", list);
}

static int open_roll(
    struct request *r, struct roll *ret_roll, struct hs_err *err)
{
	struct hs_db *store;

	*ret_roll = (struct roll) {
		.request = r,
		.installed = schema_latest(r->plat),
	};
	if (plat_store(r->plat, &store, err) < 0)
		return -1;
	return store_ve_list(store, &ret_roll->ves, err);
}

int schema_status(struct request *r, json_t **ret_result, struct hs_err *err)
{
	struct roll roll;

	if (open_roll(r, &roll, err) < 0)
		return -1;
	*ret_result = status_json(&roll);
	store_ves_done(&roll.ves);
	return 0;
}

/* -- One at a time --------------------------------------------------------- */

/* A job of its own for each: it holds the VE's lock, and is the journal. */
static int roll_one(
    struct roll *roll, const char *name, json_t *rolled, struct hs_err *err)
{
	const struct store_ve *ve = store_ve_find(&roll->ves, name);

	if (version_of(roll, ve) >= roll->installed &&
	    ve->schema >= roll->installed)
		return 0;
	if (manager_do(roll->request, "schema", name,
		json_pack("{s:s}", "ve", name), err) < 0)
		return -1;
	(void)json_array_append_new(rolled, json_string(name));
	return 0;
}

/* The VEs in the order they were named, else all of them. */
static int names_of(struct roll *roll, json_t **ret_names, struct hs_err *err)
{
	json_t *asked = json_object_get(roll->request->args, "ves");
	json_t *names = json_array(), *name;
	size_t i;

	json_array_foreach (asked, i, name) {
		const char *text = json_string_value(name);

		if (text == NULL || store_ve_find(&roll->ves, text) == NULL) {
			json_decref(names);
			return hs_fail(err, HS_ENOTFOUND,
			    "there is no virtual enterprise '%s' (see: hanse "
			    "get ves)",
			    text != NULL ? text : "");
		}
		(void)json_array_append(names, name);
	}
	for (i = 0; json_array_size(asked) == 0 && i < roll->ves.count; i++)
		(void)json_array_append_new(
		    names, json_string(roll->ves.list[i].name));
	*ret_names = names;
	return 0;
}

static void read_again(struct roll *roll)
{
	struct store_ves ves;
	struct hs_db *store;

	if (plat_store(roll->request->plat, &store, NULL) < 0 ||
	    store_ve_list(store, &ves, NULL) < 0)
		return;
	store_ves_done(&roll->ves);
	roll->ves = ves;
}

/* The first failure ends it; what is said then is what is so. */
static json_t *roll_all(struct roll *roll, const json_t *names)
{
	json_t *rolled = json_array(), *failed = NULL, *name, *result;
	size_t i;

	json_array_foreach (names, i, name) {
		struct hs_err err = { 0 };

		if (roll_one(roll, json_string_value(name), rolled, &err) == 0)
			continue;
		failed = json_pack("{s:O, s:s, s:s}", "ve", name, "code",
		    hs_code_name(err.code), "message", err.msg);
		break;
	}
	read_again(roll);
	result = status_json(roll);
	(void)json_object_set_new(result, "rolled", rolled);
	if (failed != NULL)
		(void)json_object_set_new(result, "failed", failed);
	return result;
}

int schema_roll(struct request *r, json_t **ret_result, struct hs_err *err)
{
	struct roll roll;
	json_t *names = NULL;
	int failed;

	if (open_roll(r, &roll, err) < 0)
		return -1;
	failed = names_of(&roll, &names, err);
	if (failed == 0) {
		*ret_result = roll_all(&roll, names);
		json_decref(names);
	}
	store_ves_done(&roll.ves);
	return failed;
}
