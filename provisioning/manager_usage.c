/* manager_usage.c - usage, prices and bills as hanse asks for them. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "gen/prov_sql.h"
#include "provisioning/bill_publish.h"
#include "provisioning/manager.h"
#include "provisioning/meter.h"
#include "provisioning/store.h"
#include "provisioning/table.h"

/* -- Tables ---------------------------------------------------------------- */

#define COLUMNS(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* Every value is text: quantities are larger than a program's numbers. */
static void put_rows(
    struct request *r, const struct hs_rows *rows, const char *const *columns)
{
	hs_auto(table_done) struct table table = { .columns = columns };

	for (size_t i = 0; i < hs_rows_count(rows); i++)
		for (const char *const *c = columns; *c != NULL; c++)
			table_put_text(&table, hs_rows_get(rows, i, *c));
	table_take(&table, r->result_parts);
}

/* In a transaction that knows the time. */
static int ask(struct request *r, const char *sql, size_t count,
    const char *const *params, struct hs_rows **ret_rows, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0 ||
	    hs_db_run(store, "BEGIN", err) < 0)
		return -1;
	if (meter_tell(store, err) < 0 ||
	    hs_db_query(store, sql, count, params, &rows, err) < 0) {
		(void)hs_db_run(store, "ROLLBACK", NULL);
		return -1;
	}
	if (hs_db_run(store, "COMMIT", err) < 0)
		return -1;
	if (ret_rows != NULL)
		*ret_rows = hs_steal(&rows);
	return 0;
}

#define ASK(r, sql, ret_rows, err, ...)                                     \
	ask((r), (sql),                                                     \
	    sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *), \
	    (const char *const[]) { __VA_ARGS__ }, (ret_rows), (err))

static int need(
    const struct request *r, const char *const *keys, struct hs_err *err)
{
	for (; *keys != NULL; keys++)
		if (request_text(r, *keys) == NULL)
			return hs_fail(
			    err, HS_EINVAL, "'%s' is missing", *keys);
	return 0;
}

/* -- Usage ----------------------------------------------------------------- */

int usage_get(struct request *r, json_t **ret_result, struct hs_err *err)
{
	static const char *const words[] = { "hour", "day", "month" };
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	const char *by = request_text(r, "by");
	bool known = false;

	(void)ret_result;
	if (by == NULL)
		by = "month";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		known = known || strcmp(by, words[i]) == 0;
	if (!known)
		return hs_fail(
		    err, HS_EINVAL, "'by' is hour, day or month, not '%s'", by);
	if (ASK(r, prov_sql_usage_list, &rows, err, request_text(r, "ve"),
		request_text(r, "enterprise"), request_text(r, "from"),
		request_text(r, "to"), by) < 0)
		return -1;
	put_rows(r, rows,
	    COLUMNS("period", "ve", "enterprise", "meter", "state", "amount",
		"unit", "quantity", "counted"));
	return 0;
}

/* As hanse-tco reads it, of one VE: its enterprises have no other name there.
 */
static int for_model(struct request *r, const char *sql,
    const char *const *columns, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (need(r, COLUMNS("ve"), err) < 0 ||
	    ASK(r, sql, &rows, err, request_text(r, "ve"),
		request_text(r, "from"), request_text(r, "to")) < 0)
		return -1;
	put_rows(r, rows, columns);
	return 0;
}

int usage_model(struct request *r, json_t **ret_result, struct hs_err *err)
{
	(void)ret_result;
	return for_model(r, prov_sql_usage_model,
	    COLUMNS("enterprise", "meter", "quantity", "unit"), err);
}

int usage_load(struct request *r, json_t **ret_result, struct hs_err *err)
{
	(void)ret_result;
	return for_model(r, prov_sql_usage_load,
	    COLUMNS("time", "enterprise", "resource", "value", "unit"), err);
}

int usage_sources(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	(void)ret_result;
	if (ask(r, prov_sql_usage_sources, 0, NULL, &rows, err) < 0)
		return -1;
	put_rows(r, rows,
	    COLUMNS("source", "seen_at", "age_s", "things", "failing"));
	return 0;
}

/* "VE.ENTERPRISE", or a database domain. */
static int check_object(
    struct hs_db *store, const char *object, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	if (HS_DB_QUERY(store, prov_sql_usage_object, &rows, err, object) < 0)
		return -1;
	return hs_rows_count(rows) > 0
		   ? 0
		   : hs_fail(err, HS_ENOTFOUND,
			 "nothing was ever metered of '%s'", object);
}

int usage_correct(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *object = request_text(r, "object");
	const char *meter = request_text(r, "meter");
	const char *amount = request_text(r, "amount");
	const char *why = request_text(r, "note");
	hs_auto(hs_freep) char *detail = NULL;
	struct hs_db *store;

	if (need(r, COLUMNS("object", "meter", "amount", "note"), err) < 0 ||
	    plat_store(r->plat, &store, err) < 0 ||
	    check_object(store, object, err) < 0 ||
	    ASK(r, prov_sql_usage_correct, NULL, err, object, meter,
		request_text(r, "state"), request_text(r, "from"), amount,
		why) < 0)
		return -1;
	detail = hs_printf("%s %s: %s", meter, amount, why);
	store_event(store, "usage.corrected", NULL, object, detail);
	*ret_result = json_pack("{s:s}", "object", object);
	return 0;
}

/* -- Prices ---------------------------------------------------------------- */

int price_list(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	bool history = json_is_true(json_object_get(r->args, "history"));

	(void)ret_result;
	if (ASK(r, history ? prov_sql_price_history : prov_sql_price_list,
		&rows, err, request_text(r, "meter")) < 0)
		return -1;
	if (history)
		put_rows(r, rows,
		    COLUMNS("at", "what", "meter", "state", "from", "to",
			"amount", "currency", "unit", "source"));
	else
		put_rows(r, rows,
		    COLUMNS("meter", "state", "from", "to", "amount",
			"currency", "unit", "source"));
	return 0;
}

int price_units(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	(void)ret_result;
	if (ask(r, prov_sql_price_units, 0, NULL, &rows, err) < 0)
		return -1;
	put_rows(r, rows, COLUMNS("meter", "unit", "counted", "divisor"));
	return 0;
}

int price_set(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *meter = request_text(r, "meter");
	const char *amount = request_text(r, "amount");
	const char *state = request_text(r, "state");
	hs_auto(hs_freep) char *detail = NULL;
	struct hs_db *store;

	if (need(r, COLUMNS("meter"), err) < 0 ||
	    (amount != NULL &&
		need(r, COLUMNS("currency", "unit", "source"), err) < 0) ||
	    plat_store(r->plat, &store, err) < 0 ||
	    ASK(r, prov_sql_price_set, NULL, err, meter, state,
		request_text(r, "from"), amount, request_text(r, "currency"),
		request_text(r, "unit"), request_text(r, "source")) < 0)
		return -1;
	detail = amount == NULL ? hs_strdup("none")
				: hs_printf("%s %s/%s", amount,
				      request_text(r, "currency"),
				      request_text(r, "unit"));
	store_event(store, "price.set", NULL, meter, detail);
	*ret_result = json_pack("{s:s}", "meter", meter);
	return 0;
}

/* -- Bills ----------------------------------------------------------------- */

static int find(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	const char *month = request_text(r, "month");

	if (ASK(r, prov_sql_bill_find, &rows, err, month) < 0)
		return -1;
	if (hs_rows_count(rows) == 0)
		return hs_fail(err, HS_ENOTFOUND,
		    "%s is not closed (see: hanse bill list)", month);
	*ret_result = json_pack("{s:s, s:s, s:s, s:s}", "month", month, "cents",
	    hs_rows_get(rows, 0, "cents"), "currency",
	    hs_rows_get(rows, 0, "currency"), "sha256",
	    hs_rows_get(rows, 0, "sha256"));
	return 0;
}

int bill_list(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;

	(void)ret_result;
	if (ask(r, prov_sql_bill_list, 0, NULL, &rows, err) < 0)
		return -1;
	put_rows(r, rows,
	    COLUMNS("month", "closed_at", "amount", "currency", "lines", "late",
		"sha256"));
	return 0;
}

/* Enterprises see their bills at once; what fails now, the sweep tries again.
 */
static void publish(struct request *r)
{
	struct hs_err err = { 0 };

	if (bill_publish_due(r->plat, NULL, &err) < 0)
		hs_warn("bill.unpublished", "err=\"%s\"", err.msg);
}

int bill_close(struct request *r, json_t **ret_result, struct hs_err *err)
{
	const char *month = request_text(r, "month");
	struct hs_db *store;

	if (need(r, COLUMNS("month"), err) < 0 ||
	    plat_store(r->plat, &store, err) < 0 ||
	    ASK(r, prov_sql_bill_close, NULL, err, month) < 0)
		return -1;
	if (find(r, ret_result, err) < 0)
		return -1;
	store_event(store, "bill.closed", NULL, month,
	    json_string_value(json_object_get(*ret_result, "sha256")));
	publish(r);
	return 0;
}

int bill_show(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *month = NULL;

	(void)ret_result;
	if (need(r, COLUMNS("month"), err) < 0 || find(r, &month, err) < 0)
		return -1;
	json_decref(month);
	if (ASK(r, prov_sql_bill_show, &rows, err, request_text(r, "month"),
		request_text(r, "ve"), request_text(r, "enterprise")) < 0)
		return -1;
	put_rows(r, rows,
	    COLUMNS("ve", "enterprise", "meter", "state", "note", "quantity",
		"unit", "price", "price_from", "amount", "currency",
		"counted"));
	return 0;
}

int bill_verify(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	json_t *result = NULL;
	bool kept, reproduced;

	if (need(r, COLUMNS("month"), err) < 0 || find(r, &result, err) < 0)
		return -1;
	if (ASK(r, prov_sql_bill_verify, &rows, err, request_text(r, "month")) <
	    0) {
		json_decref(result);
		return -1;
	}
	kept = hs_rows_get(rows, 0, "is_kept")[0] == 't';
	reproduced = hs_rows_get(rows, 0, "is_reproduced")[0] == 't';
	(void)json_object_set_new(result, "kept", json_boolean(kept));
	(void)json_object_set_new(
	    result, "reproduced", json_boolean(reproduced));
	*ret_result = result;
	return 0;
}
