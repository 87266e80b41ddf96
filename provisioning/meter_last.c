/* meter_last.c - a domain's last reading, by whoever ends it.
 *
 * The sampler may be reading the same host just now: which of the two is newer
 * the ledger finds out, see control/015_meter_last.sql.
 */

#include "provisioning/meter_last.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/log.h"
#include "provisioning/host.h"
#include "provisioning/meter.h"

void last_volumes(const struct plat *plat, struct hv_usages *usages)
{
	for (size_t i = 0; i < usages->count; i++) {
		hs_auto(hs_freep) char *path =
		    plat_path(plat, "volumes/%s.raw", usages->list[i].name);
		struct stat st;

		if (stat(path, &st) == 0)
			usages->list[i].data_kib = (uint64_t)st.st_blocks / 2;
	}
}

/* What is in a transaction of somebody's is not ours to end. */
static int idle_store(
    struct plat *plat, struct hs_db **ret_store, struct hs_err *err)
{
	if (plat_store(plat, ret_store, err) < 0)
		return -1;
	return hs_db_is_idle(*ret_store)
		   ? 0
		   : hs_fail(err, HS_ECONFLICT, "a transaction is under way");
}

static int take(struct plat *plat, const char *host, enum hv_driver driver,
    const struct hv_usages *usages, struct meter_reading *reading,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *source =
	    hs_printf("domain/%s/%s", host, hv_caps(driver)->name);
	struct hs_db *store;
	int failed;

	/* Only the sampler knows which boot of another host it is; that the
	 * life goes on is known without. */
	reading->things = meter_domains(
	    usages, strcmp(host, HOST_LOCAL) == 0 ? hv_boot() : "");
	failed = idle_store(plat, &store, err) < 0 ||
			 meter_take(store, source, reading, err) < 0
		     ? -1
		     : 0;
	json_decref(reading->things);
	return failed;
}

static int read_last(struct plat *plat, const char *host, enum hv_driver driver,
    const char *name, struct hs_err *err)
{
	struct meter_reading reading = { .is_one = true };
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };
	struct hv_conn *hv;

	if (plat_hv(plat, host, driver, &hv, err) < 0)
		return -1;
	reading.asked_us = meter_us();
	if (hv_usage_find(hv, name, &usages, err) < 0)
		return err->code == HS_ENOTFOUND ? 0 : -1;
	reading.told_us = meter_us();
	if (usages.count == 0)
		return 0;
	if (strcmp(host, HOST_LOCAL) == 0)
		last_volumes(plat, &usages);
	return take(plat, host, driver, &usages, &reading, err);
}

void meter_last(struct plat *plat, const char *host, enum hv_driver driver,
    const char *name)
{
	struct hs_err err = { 0 };

	if (read_last(plat, host, driver, name, &err) < 0)
		hs_warn("meter.last", "domain=%s err=\"%s\"", name, err.msg);
}
