/* core.c - what the sessions share: contexts, routes, their common end. */

#include "shared-db-gateway/core.h"

#include <jansson.h>
#include <malloc.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/tries.h"
#include "shared-db-gateway/audit.h"
#include "shared-db-gateway/outbox.h"
#include "shared-db-gateway/patroni.h"
#include "shared-db-gateway/people.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/seal.h"
#include "shared-db-gateway/session.h"
#include "shared-db-gateway/shape.h"

#define STOP_MS  5000
#define TRIM_MIN 256u /* sessions */
#define TRIM_MS  1000
#define LOOK_MS  5000 /* between looks for those who are gone */
/* A person's, as at the portal; five wrong ones lock in the directory. */
#define TRIES  10u
#define TRY_MS 10000u

/* One at a time: what becomes of it may change the lists. */
static bool end_one_lost(struct gw_core *core)
{
	for (struct gw_session *s = core->sessions; s != NULL; s = s->next)
		if (gw_stream_is_lost(&s->client)) {
			s->client.ended = true;
			gw_session_run(s);
			return true;
		}
	for (struct gw_backend *b = core->backends; b != NULL; b = b->next)
		if (gw_stream_is_lost(&b->stream)) {
			gw_backend_lost(b);
			return true;
		}
	return false;
}

static void look_for_lost(void *owner)
{
	struct gw_core *core = owner;

	while (end_one_lost(core))
		;
	hs_timer_start(core->loop, &core->lost_timer, LOOK_MS);
}

static int open_people(
    struct gw_core *core, const struct gw_config *config, struct hs_err *err)
{
	if (config->directory.uri == NULL)
		return 0;
	core->tries = hs_tries_new(TRIES, TRY_MS);
	return gw_people_open(
	    &config->directory, core->loop, &core->people, err);
}

int gw_core_open(struct gw_core *core, const struct gw_config *config,
    const char *audit, struct hs_err *err)
{
	struct gw_audit_config keep = config->audit;

	keep.folder = (char *)(uintptr_t)audit;
	core->config = config;
	core->outbox = gw_outbox_new(core->loop);
	if (gw_library_open(&core->library, err) < 0)
		return -1;
	core->seal = gw_seal_method_new();
	if (core->seal == NULL)
		return hs_fail(err, HS_ESYSTEM, "make a kind of BIO");
	core->began_ms = hs_loop_now_ms(core->loop);
	if (RAND_bytes(core->mock_secret, sizeof(core->mock_secret)) != 1)
		return hs_fail(err, HS_ESYSTEM, "no random bytes");
	/* Session ids of two runs must not look alike in the log. */
	if (RAND_bytes((unsigned char *)&core->last_id, 4) != 1)
		return hs_fail(err, HS_ESYSTEM, "no random bytes");
	core->last_id <<= 32;
	core->shapes = gw_shapes_new();
	if (core->shapes == NULL)
		return hs_fail(err, HS_ESYSTEM, "no random bytes");
	if (audit != NULL && gw_audit_open(&keep, &core->audit, err) < 0)
		return -1;
	if (open_people(core, config, err) < 0)
		return -1;
	if (gw_patroni_open(core->loop, config, &core->patroni, err) < 0)
		return -1;
	core->lost_timer.fn = look_for_lost;
	core->lost_timer.owner = core;
	hs_timer_start(core->loop, &core->lost_timer, LOOK_MS);
	core->table = hs_alloc(sizeof(*core->table));
	return 0;
}

/* Step each session once; a step frees at most its own. */
static void run_all(struct gw_core *core)
{
	struct gw_session *s = core->sessions, *next;

	for (; s != NULL; s = next) {
		next = s->next;
		gw_session_run(s);
	}
}

/* Who came in a way that is accepted no more has to go. */
static void take_away(struct gw_core *core)
{
	for (struct gw_session *s = core->sessions; s != NULL; s = s->next)
		if (s->entry != NULL &&
		    ((s->certificate != NULL &&
			 !gw_route_accepts(&s->entry->route, s->certificate)) ||
			(s->person != NULL && !s->entry->route.people)))
			s->revoked = true;
}

int gw_core_reload(struct gw_core *core, struct gw_table *fresh,
    const json_t *keys, struct hs_err *err)
{
	struct gw_tls tls = { .library = core->library.context };

	if (gw_tls_open(core->config, keys, &tls, err) < 0) {
		gw_tls_close(&tls);
		gw_table_free(fresh);
		return -1;
	}
	/* Connections keep the context they began with. */
	gw_tls_close(&core->tls);
	core->tls = tls;
	gw_patroni_set_keys(core->patroni, keys);
	gw_table_replace(fresh, core->table);
	core->table = fresh;
	core->reloads++;
	hs_info("routes.loaded", "routes=%zu servers=%zu", fresh->count,
	    fresh->server_count);
	take_away(core);
	run_all(core);
	gw_pools_sift(core);
	return 0;
}

static void end_all(void *owner)
{
	struct gw_core *core = owner;

	while (core->sessions != NULL) {
		struct gw_session *s = core->sessions;

		(void)gw_session_end(s, "shutdown");
		gw_session_run(s);
	}
	while (core->backends != NULL)
		gw_backend_end(core->backends);
}

void gw_core_stop(struct gw_core *core)
{
	hs_info("gateway.stopping", "sessions=%u", core->active);
	core->stopping = true;
	core->stop_timer.fn = end_all;
	core->stop_timer.owner = core;
	hs_timer_start(core->loop, &core->stop_timer, STOP_MS);
	run_all(core);
	gw_pools_sift(core);
	if (core->sessions == NULL)
		hs_loop_stop(core->loop);
}

static void end_drained(struct gw_core *core)
{
	if ((core->stopping || core->draining) && core->sessions == NULL)
		hs_loop_stop(core->loop);
}

void gw_core_drain(struct gw_core *core)
{
	hs_info("gateway.draining", "sessions=%u", core->active);
	core->draining = true;
	end_drained(core);
}

void gw_core_joined(struct gw_core *core)
{
	if (++core->open > core->most)
		core->most = core->open;
}

/* The C library keeps what is freed. */
static void trim(void *owner)
{
	struct gw_core *core = owner;

	(void)malloc_trim(0);
	core->most = core->open;
}

void gw_core_left(struct gw_core *core)
{
	core->open--;
	if (core->most >= TRIM_MIN && core->open < core->most / 2 &&
	    core->trim_timer.loop == NULL) {
		core->trim_timer.fn = trim;
		core->trim_timer.owner = core;
		hs_timer_start(core->loop, &core->trim_timer, TRIM_MS);
	}
	end_drained(core);
}

void gw_core_close(struct gw_core *core)
{
	if (core->loop != NULL)
		end_all(core);
	hs_timer_stop(&core->stop_timer);
	hs_timer_stop(&core->trim_timer);
	hs_timer_stop(&core->lost_timer);
	hs_timer_stop(&core->limit_timer);
	gw_patroni_close(core->patroni);
	gw_outbox_free(core->outbox);
	BIO_meth_free(core->seal);
	gw_table_free(core->table);
	gw_tls_close(&core->tls);
	gw_library_close(&core->library);
	gw_shapes_free(core->shapes);
	gw_audit_close(core->audit);
	gw_people_close(core->people);
	hs_tries_free(core->tries);
	core->patroni = NULL;
	core->audit = NULL;
	core->people = NULL;
	core->tries = NULL;
	core->table = NULL;
}
