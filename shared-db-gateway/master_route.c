/* master_route.c - the files of routes, and who is told of them. */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/command.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/keys.h"
#include "shared-db-gateway/master_part.h"
#include "shared-db-gateway/route.h"

struct ve *gw_master_ve(const struct master *m, const char *name)
{
	struct ve *ve = m->ves;

	while (ve != NULL && strcmp(ve->name, name) != 0)
		ve = ve->next;
	return ve;
}

static struct ve *ve_new(struct master *m, const char *name)
{
	struct ve *ve = hs_alloc(sizeof(*ve));

	ve->master = m;
	ve->name = hs_strdup(name);
	ve->again.fn = gw_worker_again;
	ve->again.owner = ve;
	ve->next = m->ves;
	m->ves = ve;
	gw_listener_tell(m, GW_NOTE_VE, 0, name, -1);
	return ve;
}

void gw_ve_free(struct ve *ve)
{
	struct ve **at = &ve->master->ves;

	while (*at != ve)
		at = &(*at)->next;
	*at = ve->next;
	hs_timer_stop(&ve->again);
	json_decref(ve->file);
	json_decref(ve->keys);
	free(ve->name);
	free(ve);
}

/* Its sessions end as those of a route that is gone. */
static void end_ve(struct ve *ve)
{
	gw_listener_tell(ve->master, GW_NOTE_FORGET, 0, ve->name, -1);
	for (struct worker *w = ve->master->workers; w != NULL; w = w->next)
		if (w->ve == ve) {
			w->ve = NULL;
			gw_worker_stop(w);
		}
	gw_ve_free(ve);
}

/* The files without what proves who somebody is. */
static json_t *without_secrets(const json_t *files)
{
	json_t *copy = json_deep_copy(files), *file, *route;
	const char *name;
	size_t i;

	(void)json_object_del(copy, GW_PLATFORM);
	json_object_foreach (copy, name, file) {
		json_array_foreach (json_object_get(file, "routes"), i, route)
			(void)json_object_del(route, "scram");
	}
	return copy;
}

/* The platform's is always there: it refuses whom nobody knows. */
static json_t *add_platform(json_t *files)
{
	if (json_object_get(files, GW_PLATFORM) == NULL)
		(void)json_object_set_new(files, GW_PLATFORM,
		    json_pack("{s:s, s:[]}", "ve", GW_PLATFORM, "routes"));
	return files;
}

void gw_master_take(struct master *m, json_t *files, const json_t *keys)
{
	const char *name;
	json_t *file;

	json_decref(m->elsewhere);
	m->elsewhere = without_secrets(files);
	for (struct ve *ve = m->ves; ve != NULL; ve = ve->next)
		ve->is_gone = json_object_get(files, ve->name) == NULL;
	json_object_foreach (files, name, file) {
		struct ve *ve = gw_master_ve(m, name);

		if (ve == NULL)
			ve = ve_new(m, name);
		json_decref(ve->file);
		json_decref(ve->keys);
		ve->file = json_incref(file);
		ve->keys = json_incref(json_object_get(keys, name));
	}
}

static void end_gone(struct master *m)
{
	struct ve *next;

	for (struct ve *ve = m->ves; ve != NULL; ve = next) {
		next = ve->next;
		if (ve->is_gone)
			end_ve(ve);
	}
}

static bool is_of(const struct worker *w, const struct ve *ve)
{
	return w->ve == ve && w->duty != STOPPING;
}

/* Everybody takes the new ones, those who drain included; who is not there
 * is started. */
void gw_master_spread(struct ask *a)
{
	struct master *m = a->master;

	for (struct ve *ve = m->ves; ve != NULL; ve = ve->next) {
		bool has_one = false;

		for (struct worker *w = m->workers; w != NULL; w = w->next)
			if (is_of(w, ve)) {
				gw_worker_tell_routes(a, ve, w);
				has_one |= w->duty != DRAINING;
			}
		if (!has_one) {
			struct worker *w;

			hs_timer_stop(&ve->again);
			w = gw_worker_start(ve);
			if (w != NULL)
				gw_worker_tell_routes(a, ve, w);
		}
	}
}

/* Those of all, by VE. */
static int load_keys(const struct gw_config *config, const json_t *files,
    json_t *all, size_t *ret_routes, struct hs_err *err)
{
	const char *name;
	json_t *file, *keys = NULL;

	*ret_routes = 0;
	json_object_foreach ((json_t *)(uintptr_t)files, name, file) {
		if (gw_keys_load(config, file, &keys, err) < 0)
			return -1;
		(void)json_object_set_new(all, name, keys);
		*ret_routes += json_array_size(json_object_get(file, "routes"));
	}
	return 0;
}

int gw_master_load(struct master *m, size_t *ret_routes, struct hs_err *err)
{
	json_t *files = NULL, *keys = json_object();
	int rc = gw_files_load(m->config->routes, &files, err);

	if (rc == 0)
		rc = load_keys(
		    m->config, add_platform(files), keys, ret_routes, err);
	if (rc == 0)
		gw_master_take(m, files, keys);
	json_decref(files);
	json_decref(keys);
	return rc;
}

/* @caller:  NULL: a signal */
void gw_master_reload(struct master *m, struct gw_caller *caller)
{
	struct ask *a = gw_ask_new(m, caller, false);
	struct hs_err err = { 0 };
	json_t *good;
	size_t routes = 0;

	if (gw_master_load(m, &routes, &err) < 0) {
		hs_warn("routes.refused", "msg=\"%s\"", err.msg);
		gw_ask_fail(a, &err);
		return;
	}
	/* There may be nothing new for anybody. */
	good = gw_answer(json_object(), NULL);
	gw_gather_add(&a->gather, good);
	json_decref(good);
	a->all = true;
	m->reloads++;
	a->own = json_pack("{s:I}", "routes", (json_int_t)routes);
	end_gone(m);
	gw_master_spread(a);
	gw_ask_asked(a);
}
