/* meter.c - what goes into the ledger of usage. */

#include "provisioning/meter.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/db.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "gen/prov_sql.h"

#define BOOT_ID   "/proc/sys/kernel/random/boot_id"
#define BOOT_SIZE 40

/* -- Time ------------------------------------------------------------------ */

static char boot_id[BOOT_SIZE] = "unknown";

/* Without its dashes. A host that has none is taken not to boot. */
static void read_boot(void)
{
	hs_auto(hs_freep) char *text = NULL;
	size_t n = 0;

	if (hs_file_read(BOOT_ID, BOOT_SIZE, &text, NULL, NULL) < 0)
		return;
	for (const char *c = text; *c != '\0' && *c != '\n'; c++)
		if (*c != '-' && n < BOOT_SIZE - 1)
			boot_id[n++] = *c;
	boot_id[n] = '\0';
}

const char *meter_boot(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, read_boot);
	return boot_id;
}

static int64_t clock_us(clockid_t which)
{
	struct timespec t;

	(void)clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int meter_tell(struct hs_db *store, struct hs_err *err)
{
	hs_auto(hs_freep) char *us =
	    hs_printf("%" PRId64, clock_us(CLOCK_BOOTTIME));

	return HS_DB_QUERY(
	    store, prov_sql_meter_tell, NULL, err, meter_boot(), us);
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
	hs_auto(hs_freep) char *us =
	    hs_printf("%" PRId64, clock_us(CLOCK_BOOTTIME));
	hs_auto(hs_freep) char *wall =
	    hs_printf("%" PRId64, clock_us(CLOCK_REALTIME));

	if (HS_DB_QUERY(store, prov_sql_meter_tick, &rows, err, meter_boot(),
		us, wall) < 0)
		return -1;
	*ret_hour = strtoll(hs_rows_get(rows, 0, "hour"), NULL, 10);
	return 0;
}

/* -- Readings -------------------------------------------------------------- */

int meter_take(struct hs_db *store, const char *source, const json_t *readings,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *text = json_dumps(readings, JSON_COMPACT);

	if (hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	return finish(store,
	    meter_tell(store, err) < 0 ||
		    HS_DB_QUERY(
			store, prov_sql_meter_take, NULL, err, source, text) < 0
		? -1
		: 0,
	    err);
}

static json_t *count(uint64_t value)
{
	return value == HV_NOT_TOLD ? json_null()
				    : json_integer((json_int_t)value);
}

json_t *meter_domains(const struct hv_usages *usages, const char *boot)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usages->count; i++) {
		const struct hv_usage *u = &usages->list[i];
		hs_auto(hs_freep) char *life = hs_printf("%d@%s", u->id, boot);

		/* In the order of the table "meter". */
		(void)json_array_append_new(
		    list, json_pack("{s:s, s:s, s:[o, o, o, o, o, o, o, o, o]}",
			      "name", u->name, "life", life, "counts",
			      count(u->cpu_ns), count(u->used_kib),
			      count(u->rx_bytes), count(u->tx_bytes),
			      count(u->disk_reads), count(u->disk_writes),
			      count(u->disk_read_bytes),
			      count(u->disk_write_bytes), count(u->data_kib)));
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
