/* meter.c - what goes into the ledger of usage. */

#include "provisioning/meter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/db.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "gen/prov_sql.h"

/* -- Time ------------------------------------------------------------------ */

static int64_t clock_us(clockid_t which)
{
	struct timespec t;

	(void)clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t meter_us(void)
{
	return clock_us(CLOCK_BOOTTIME);
}

int meter_tell(struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_freep) char *us = hs_printf("%" PRId64, meter_us());

	return HS_DB_QUERY(
	    store, prov_sql_meter_tell, NULL, err, hv_boot(), us);
}

static int finish(struct hs_db *store, int failed, struct hs_err *err)
{
	if (failed == 0)
		return hs_db_run(store, "COMMIT", err);
	(void)hs_db_run(store, "ROLLBACK", NULL);
	return -1;
}

/* Both clocks at one moment, as near as can be. */
int meter_tick(struct hs_db *store, int64_t *ret_hour, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	hs_auto(hs_freep) char *us = hs_printf("%" PRId64, meter_us());
	hs_auto(hs_freep) char *wall =
	    hs_printf("%" PRId64, clock_us(CLOCK_REALTIME));

	if (HS_DB_QUERY(store, prov_sql_meter_tick, &rows, err, hv_boot(), us,
		wall) < 0)
		return -1;
	*ret_hour = strtoll(hs_rows_get(rows, 0, "hour"), NULL, 10);
	return 0;
}

/* -- Readings -------------------------------------------------------------- */

static int take(struct hs_db *store, const char *source,
    const struct meter_reading *reading, struct hs_err *err)
{
	hs_auto(hs_freep) char *text =
	    json_dumps(reading->things, JSON_COMPACT);
	hs_auto(hs_freep) char *asked =
	    hs_printf("%" PRId64, reading->asked_us);
	hs_auto(hs_freep) char *told = hs_printf("%" PRId64, reading->told_us);

	if (meter_tell(store, err) < 0 ||
	    (reading->is_one &&
		hs_db_run(store, "SET LOCAL lock_timeout = '5s'", err) < 0))
		return -1;
	return HS_DB_QUERY(store, prov_sql_meter_take, NULL, err, source, text,
	    asked, told, reading->is_one ? "true" : "false");
}

int meter_take(struct hs_db *store, const char *source,
    const struct meter_reading *reading, struct hs_err *err)
{
	if (hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	return finish(store, take(store, source, reading, err), err);
}

static json_t *count(uint64_t value)
{
	return value == HV_NOT_TOLD ? json_null()
				    : json_integer((json_int_t)value);
}

/* The parts of meter_same_life(). */
static char *life_of(const struct hv_usage *usage, const char *boot)
{
	return usage->began == HV_NOT_TOLD
		   ? hs_printf("%d@%s@", usage->id, boot)
		   : hs_printf("%d@%s@%" PRIu64, usage->id, boot, usage->began);
}

/* A life of its own: it may be mounted for longer than the domain runs. */
static void add_volume(
    json_t *list, const struct hv_usage *usage, const char *boot)
{
	hs_auto(hs_freep) char *name = hs_printf("%s volume", usage->name);
	hs_auto(hs_freep) char *life =
	    hs_printf("%" PRIu64 "@%s", usage->volume.life, boot);

	if (usage->volume.life == 0)
		return;
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:s, s:s, s:[n, n, n, n, o, o, o, o, n]}", "name",
		name, "object", usage->name, "life", life, "counts",
		count(usage->volume.reads), count(usage->volume.writes),
		count(usage->volume.read_bytes),
		count(usage->volume.write_bytes)));
}

json_t *meter_domains(const struct hv_usages *usages, const char *boot)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usages->count; i++) {
		const struct hv_usage *u = &usages->list[i];
		hs_auto(hs_freep) char *life = life_of(u, boot);

		/* In the order of the table "meter". */
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:[o, o, o, o, o, o, o, o, o]}",
			      "name", u->name, "life", life, "counts",
			      count(u->cpu_ns), count(u->used_kib),
			      count(u->rx_bytes), count(u->tx_bytes),
			      count(u->disk_reads), count(u->disk_writes),
			      count(u->disk_read_bytes),
			      count(u->disk_write_bytes), count(u->data_kib)));
		add_volume(list, u, boot);
	}
	return list;
}

/* A meter of a worker that is gone stays as it was last read. */
json_t *meter_gateway(const json_t *status)
{
	json_t *list = json_array(), *route, *counts;
	const char *life;
	size_t i;

	json_array_foreach (json_object_get(status, "routes"), i, route) {
		const char *ve =
		    json_string_value(json_object_get(route, "ve"));
		const char *enterprise =
		    json_string_value(json_object_get(route, "enterprise"));

		if (ve == NULL || enterprise == NULL)
			continue;
		json_object_foreach (
		    json_object_get(route, "meters"), life, counts) {
			hs_auto(hs_freep) char *object =
			    hs_printf("%s.%s", ve, enterprise);
			hs_auto(hs_freep) char *name =
			    hs_printf("%s %s", object, life);

			(void)json_array_append_new(
			    list, json_pack("{s:s, s:s, s:s, s:O}", "name",
				      name, "object", object, "life", life,
				      "counts", counts));
		}
	}
	return list;
}
