/* roll_image.c - hanse roll image: the newest system images for everybody, one
 * after the other. Each is a job of its own, so that what fails is undone and
 * the others go on from where they are when it is asked for again.
 */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/db_size.h"
#include "provisioning/instance.h"
#include "provisioning/manager.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"

/** Who takes an image: a member or a database domain. */
struct taker {
	char *owner;       /* "VE.ENTERPRISE", "db.shared" */
	const char *ve;    /* NULL: the platform's */
	const char *image; /* its name, "app" */
	bool is_db;
};

/** A run. */
struct run {
	struct request *request;
	struct store_ves ves;
	struct taker *takers;
	size_t count;
	json_t *items;
	struct hs_err why; /* of the first failure */
};

static void run_done(struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		free(run->takers[i].owner);
	free(run->takers);
	store_ves_done(&run->ves);
	json_decref(run->items);
}

/* -- Who ------------------------------------------------------------------- */

static void add_taker(
    struct run *run, char *owner, const char *ve, const char *template)
{
	const struct dom_kind *kind = dom_kind_find(template);

	run->takers =
	    hs_realloc_array(run->takers, run->count + 1, sizeof(*run->takers));
	run->takers[run->count++] = (struct taker) {
		.owner = owner,
		.ve = ve,
		.image = kind->image,
		.is_db = strncmp(owner, "db.", 3) == 0,
	};
}

/* The domains of a VE's database, if they are none yet. */
static void add_database(
    struct run *run, const struct spec *spec, const char *ve)
{
	const char *template =
	    spec->database.replicas > 0 ? "db-replicated" : "db";

	for (unsigned n = 1; n <= db_size_domains(spec); n++) {
		hs_auto(hs_freep) char *name = db_size_domain(spec, n);
		bool known = false;

		for (size_t i = 0; i < run->count; i++)
			known |= strcmp(run->takers[i].owner, name) == 0;
		if (!known)
			add_taker(run, hs_steal(&name), ve, template);
	}
}

/* Its members, then its database. */
static void add_ve(struct run *run, const struct store_ve *v)
{
	for (size_t i = 0; i < v->spec->enterprises_count; i++) {
		const struct spec_enterprise *e = &v->spec->enterprises[i];

		add_taker(run, hs_printf("%s.%s", v->name, e->name), v->name,
		    e->template);
	}
	if (v->spec->database.class == SPEC_CLASS_DEDICATED)
		add_database(run, v->spec, v->name);
}

/* "a b c", every one of which there must be. */
static int add_named(struct run *run, const char *names, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strdup(names);
	char *rest = NULL;

	for (char *name = strtok_r(copy, " ", &rest); name != NULL;
	     name = strtok_r(NULL, " ", &rest)) {
		const struct store_ve *v = store_ve_find(&run->ves, name);

		if (v == NULL)
			return hs_fail(err, HS_ENOTFOUND,
			    "there is no virtual enterprise '%s' (see: hanse "
			    "get ves)",
			    name);
		add_ve(run, v);
	}
	return 0;
}

static void add_all(struct run *run)
{
	for (size_t i = 0; i < run->ves.count; i++)
		add_ve(run, &run->ves.list[i]);
	for (size_t i = 0; i < run->ves.count; i++) {
		const struct spec *spec = run->ves.list[i].spec;

		if (spec->database.class != SPEC_CLASS_DEDICATED)
			add_database(run, spec, NULL);
	}
}

static int add_takers(struct run *run, struct hs_err *err)
{
	const char *names = request_text(run->request, "ves");

	if (names != NULL && names[0] != '\0')
		return add_named(run, names, err);
	add_all(run);
	return 0;
}

/* -- From which image ------------------------------------------------------ */

static bool is_newest(
    const struct plat *plat, const char *name, const char *taken)
{
	hs_auto(hs_freep) char *manifest = plat_path(plat, "images/manifest");
	hs_auto(hs_freep) char *newest = NULL;

	return dom_image_path(manifest, name, &newest, NULL) == 0 &&
	       taken != NULL && strcmp(newest, taken) == 0;
}

/* A kernel is taken by machines only. */
static bool is_current(
    const struct plat *plat, const struct taker *t, const struct instance *row)
{
	return is_newest(plat, t->image, row->image) &&
	       (row->kernel == NULL ||
		   (is_newest(plat, "kernel", row->kernel) &&
		       is_newest(plat, "initrd", row->initrd)));
}

static int read_row(
    struct plat *plat, struct instances *ret_rows, struct hs_err *err)
{
	struct hs_db *store;

	return plat_store(plat, &store, err) < 0
		   ? -1
		   : instance_list(store, ret_rows, err);
}

/* -- One after the other --------------------------------------------------- */

static int roll_one(struct run *run, const struct taker *t)
{
	return manager_do(run->request, "image", t->ve,
	    json_pack("{s:s, s:s*, s:b}", "owner", t->owner, "ve", t->ve,
		"restart", t->is_db),
	    &run->why);
}

/* What it comes to for one; the row is read before and again behind it. */
static int take(struct run *run, const struct taker *t, struct hs_err *err)
{
	bool restart =
	    json_is_true(json_object_get(run->request->args, "restart"));
	struct plat *plat = run->request->plat;
	struct instances rows = { 0 };
	const char *state = "current";
	const struct instance *row;
	const char *base;

	if (read_row(plat, &rows, err) < 0)
		return -1;
	row = instance_find(&rows, t->owner);
	if (row->suspended)
		state = "suspended";
	else if (!is_current(plat, t, row)) {
		if (run->why.code != HS_OK)
			state = "old";
		else if (t->is_db && !restart)
			state = "needs restart";
		else
			state = roll_one(run, t) < 0 ? "failed" : "rolled";
		instances_done(&rows);
		if (read_row(plat, &rows, err) < 0)
			return -1;
		row = instance_find(&rows, t->owner);
	}
	base = row->image != NULL ? strrchr(row->image, '/') : NULL;
	(void)json_array_append_new(
	    run->items, json_pack("{s:s, s:s, s:s}", "name", t->owner, "image",
			    base != NULL ? base + 1 : "", "state", state));
	instances_done(&rows);
	return 0;
}

int manager_roll(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(
	    run_done) struct run run = { .request = r, .items = json_array() };
	const char *what = request_text(r, "what");
	struct hs_db *store;

	if (what == NULL || strcmp(what, "image") != 0)
		return hs_fail(err, HS_EINVAL, "roll what? image");
	if (plat_store(r->plat, &store, err) < 0 ||
	    store_ve_list(store, &run.ves, err) < 0 ||
	    add_takers(&run, err) < 0)
		return -1;
	for (size_t i = 0; i < run.count; i++)
		if (take(&run, &run.takers[i], err) < 0)
			return -1;
	*ret_result =
	    json_pack("{s:b, s:s, s:O}", "ok", run.why.code == HS_OK, "message",
		run.why.code == HS_OK ? "" : run.why.msg, "items", run.items);
	return 0;
}
