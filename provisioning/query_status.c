/* query_status.c - how the platform is: services, virtual enterprises, jobs. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/host.h"
#include "provisioning/manager.h"
#include "provisioning/query.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"
#include "shared-db-gateway/gateway.h"

/* While it is rolled it has two, and one of them serves. */
const char *query_state(const struct inventory *found,
    const struct instances *rows, const char *ve, const char *enterprise)
{
	hs_auto(hs_freep) char *owner = hs_printf("%s.%s", ve, enterprise);
	struct inventory_items items = inventory_items(found, ve);
	const char *state = "missing";

	if (instance_find(rows, owner)->suspended)
		return "suspended";

	for (size_t i = 0; i < items.count; i++) {
		const struct inventory_item *d = items.list[i];

		if (d->kind == OBJ_DOMAIN && d->enterprise != NULL &&
		    strcmp(d->enterprise, enterprise) == 0 &&
		    strcmp(state, "running") != 0)
			state = d->state;
	}
	return state;
}

static void add_service(
    json_t *services, const char *name, int failed, const struct hs_err *err)
{
	(void)json_array_append_new(
	    services, json_pack("{s:s, s:s, s:s}", "name", name, "state",
			  failed < 0 ? "down" : "ok", "detail",
			  failed < 0 ? err->msg : ""));
}

static json_t *services_json(struct plat *plat)
{
	hs_auto(hs_freep) char *socket =
	    hs_printf("%s/gateway/control.sock", plat->conf->run);
	hs_auto(hs_freep) char *answer = NULL;
	hs_auto(hs_freep) char *pid =
	    hs_printf("%s/edge/nginx.pid", plat->conf->run);
	const char *const edge[] = { "sh", "-c", "kill -0 \"$(cat \"$0\")\"",
		pid, NULL };
	json_t *services = json_array();
	struct hs_err err = { 0 };
	struct tenant *tenant;
	struct hv_conn *hv;
	struct hs_db *store;
	int failed;

	failed = plat_store(plat, &store, &err);
	add_service(services, "control-db", failed, &err);
	failed = plat_hv(plat, HOST_LOCAL, HV_LXC, &hv, &err);
	add_service(services, "libvirt", failed, &err);
	failed = plat_tenant(plat, &tenant, &err) < 0
		     ? -1
		     : tenant_check(tenant, &err);
	add_service(services, "directory", failed, &err);
	failed = gw_control_call(socket, "ping", &answer, &err);
	add_service(services, "gateway", failed, &err);
	failed = plat_run(edge, NULL);
	(void)hs_fail(&err, HS_EREMOTE, "nginx does not run");
	add_service(services, "edge", failed, &err);
	query_host_services(plat, services);
	return services;
}

/** How the enterprises of a VE are. */
struct counts {
	json_int_t running, stopped, suspended, unknown;
};

static void count_states(const struct inventory *found,
    const struct instances *rows, const struct store_ve *v,
    struct counts *counts)
{
	for (size_t k = 0; k < v->spec->enterprises_count; k++) {
		const char *state = query_state(
		    found, rows, v->name, v->spec->enterprises[k].name);

		if (strcmp(state, "running") == 0)
			counts->running++;
		else if (strcmp(state, "suspended") == 0)
			counts->suspended++;
		else if (strcmp(state, "unknown") == 0)
			counts->unknown++;
		else
			counts->stopped++;
	}
}

static json_t *ve_json(const struct store_ve *v, const struct counts *counts)
{
	return json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:I, s:I}", "ve",
	    v->name, "title", v->spec->title, "generation", atoi(v->generation),
	    "enterprises", (json_int_t)v->spec->enterprises_count, "running",
	    counts->running, "stopped", counts->stopped, "suspended",
	    counts->suspended, "unknown", counts->unknown);
}

static json_t *ves_json(struct request *r)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(inventory_releasep) struct inventory *inventory = NULL;
	struct instances rows = { 0 };
	json_t *list = json_array();
	struct hs_db *store;

	if (plat_store(r->plat, &store, NULL) == 0 &&
	    store_ve_list(store, &ves, NULL) == 0 &&
	    instance_list(store, &rows, NULL) == 0) {
		bool seen = inventory_take(r->plat, &inventory, NULL) == 0;

		for (size_t i = 0; i < ves.count; i++) {
			const struct store_ve *v = &ves.list[i];
			struct counts counts = { 0 };

			if (seen)
				count_states(inventory, &rows, v, &counts);
			else
				counts.unknown =
				    (json_int_t)v->spec->enterprises_count;
			(void)json_array_append_new(list, ve_json(v, &counts));
		}
	}
	instances_done(&rows);
	return list;
}

static json_t *jobs_json(struct plat *plat)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(plat, &store, NULL) < 0 ||
	    hs_db_query(store, prov_sql_job_counts, 0, NULL, &rows, NULL) < 0)
		return json_pack("{s:i, s:i}", "running", 0, "failed", 0);
	return json_pack("{s:i, s:i}", "running",
	    atoi(hs_rows_get(rows, 0, "running")), "failed",
	    atoi(hs_rows_get(rows, 0, "failed")));
}

/* How many, and the worst of them. */
static json_t *drift_json(struct plat *plat)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *first = json_array();
	struct hs_db *store;
	int total = 0;

	if (plat_store(plat, &store, NULL) < 0 ||
	    hs_db_query(store, prov_sql_drift_open, 0, NULL, &rows, NULL) < 0)
		return json_pack("{s:i, s:o}", "open", 0, "first", first);
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		total = atoi(hs_rows_get(rows, i, "total"));
		(void)json_array_append_new(
		    first, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "drift",
			       hs_rows_get(rows, i, "drift"), "kind",
			       hs_rows_get(rows, i, "kind"), "name",
			       hs_rows_get(rows, i, "name"), "severity",
			       hs_rows_get(rows, i, "severity"), "state",
			       hs_rows_get(rows, i, "state"), "first_seen",
			       hs_rows_get(rows, i, "first_seen")));
	}
	return json_pack("{s:i, s:o}", "open", total, "first", first);
}

int query_status(struct request *r, json_t **ret_result, struct hs_err *err)
{
	(void)err;
	*ret_result = json_pack("{s:s, s:I, s:o, s:o, s:o, s:o}", "version",
	    HANSE_VERSION, "uptime_s",
	    (json_int_t)(time(NULL) - r->plat->conf->started), "services",
	    services_json(r->plat), "ves", ves_json(r), "jobs",
	    jobs_json(r->plat), "drift", drift_json(r->plat));
	return 0;
}
