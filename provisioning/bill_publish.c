/* bill_publish.c - bills of closed months, brought to the databases of the
 * virtual enterprises.
 */

#include "provisioning/bill_publish.h"

#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/db_size.h"
#include "provisioning/spec.h"
#include "provisioning/store.h"

/* In a transaction of the caller's. */
static int publish_bills(struct hs_db *db, const struct spec *spec,
    const struct hs_rows *bills, struct hs_err *err)
{
	for (size_t i = 0; i < hs_rows_count(bills); i++) {
		const char *enterprise = hs_rows_get(bills, i, "enterprise");

		if (spec_enterprise_find(spec, enterprise) == NULL)
			continue;
		if (HS_DB_QUERY(db, prov_sql_bill_publish, NULL, err,
			hs_rows_get(bills, i, "bill")) < 0)
			return hs_wrap(err, "the bill of '%s'", enterprise);
	}
	return 0;
}

static int write_bills(struct plat *plat, const struct store_ve *ve,
    const struct hs_rows *bills, struct hs_err *err)
{
	hs_auto(hs_freep) char *server = db_size_server(ve->spec);
	hs_auto(hs_freep) char *at = hs_printf("ve_%s@%s", ve->name, server);
	hs_auto(hs_db_closep) struct hs_db *db = NULL;

	/* A connection that ends takes back what it did not commit. */
	if (plat_database(plat, at, &db, err) < 0 ||
	    hs_db_run(db, "BEGIN", err) < 0 ||
	    publish_bills(db, ve->spec, bills, err) < 0)
		return -1;
	return hs_db_run(db, "COMMIT", err);
}

static int publish(struct plat *plat, struct hs_db *store,
    const struct store_ve *ve, const char *month, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *bills = NULL;

	if (HS_DB_QUERY(
		store, prov_sql_bill_of_ve, &bills, err, month, ve->name) < 0 ||
	    write_bills(plat, ve, bills, err) < 0 ||
	    HS_DB_QUERY(
		store, prov_sql_bill_published, NULL, err, month, ve->name) < 0)
		return hs_wrap(
		    err, "publish the bills of '%s', %.7s", ve->name, month);
	store_event(store, "bill.published", ve->name, month, NULL);
	return 0;
}

int bill_publish_due(struct plat *plat, size_t *ret_count, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };
	hs_auto(hs_rows_freep) struct hs_rows *due = NULL;
	struct hs_db *store;
	size_t count = 0;
	int failed = 0;

	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_bill_unpublished, 0, NULL, &due, err) <
		0)
		return -1;
	if (hs_rows_count(due) > 0 && store_ve_list(store, &ves, err) < 0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(due); i++) {
		const struct store_ve *ve =
		    store_ve_find(&ves, hs_rows_get(due, i, "ve"));

		/* It is gone; its bills stay where they are. */
		if (ve == NULL)
			continue;
		if (publish(plat, store, ve, hs_rows_get(due, i, "month"),
			failed == 0 ? err : NULL) < 0)
			failed = -1;
		else
			count++;
	}
	if (ret_count != NULL)
		*ret_count = count;
	return failed;
}
