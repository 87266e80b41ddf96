/* audit_list.c - the audit for those who read it: statements with who and what
 * they were, and whether all is as it was written.
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/audit_chain.h"
#include "shared-db-gateway/audit_file.h"
#include "shared-db-gateway/gateway.h"

struct listing {
	const struct gw_audit_filter *filter;
	json_t *sessions, *shapes; /* by id */
	json_t *list;
};

static void id_text(uint64_t id, char text[20])
{
	(void)snprintf(text, 20, "%016llx", (unsigned long long)id);
}

/* Bytes that may be anything. */
static json_t *text_of(const uint8_t *at, size_t len)
{
	hs_auto(hs_freep) char *text = hs_strndup((const char *)at, len);
	json_t *json = hs_is_text(text) ? json_string(text) : NULL;

	return json != NULL ? json : json_string("?");
}

static json_t *fixed(const char *at, size_t size)
{
	return text_of((const uint8_t *)at, strnlen(at, size));
}

static json_t *time_text(uint64_t time_us)
{
	time_t seconds = (time_t)(time_us / 1000000);
	struct tm tm;
	char text[40], whole[60];

	if (gmtime_r(&seconds, &tm) == NULL)
		return json_string("?");
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(whole, sizeof(whole), "%s.%06uZ", text,
	    (unsigned)(time_us % 1000000));
	return json_string(whole);
}

static bool is_wanted(const char *want, const json_t *session, const char *key)
{
	const char *is = json_string_value(json_object_get(session, key));

	return want == NULL || (is != NULL && strcmp(want, is) == 0);
}

static void add_statement(struct listing *l, const uint8_t *record)
{
	const struct gw_audit_filter *f = l->filter;
	struct gw_audit_statement st;
	char session[20], shape[20];
	const json_t *who;
	json_t *json;

	gw_audit_statement_get(record, &st);
	id_text(st.session, session);
	id_text(st.shape, shape);
	who = json_object_get(l->sessions, session);
	if (st.time_us < f->since_us || !is_wanted(f->ve, who, "ve") ||
	    !is_wanted(f->enterprise, who, "enterprise") ||
	    !is_wanted(f->person, who, "person"))
		return;
	json = json_pack("{s:o, s:s, s:s, s:o, s:o, s:I, s:I, s:f, s:s}",
	    "time", time_text(st.time_us), "session", session, "shape", shape,
	    "tag", fixed(st.tag, sizeof(st.tag)), "sqlstate",
	    fixed(st.sqlstate, sizeof(st.sqlstate)), "rows",
	    (json_int_t)st.rows, "bytes", (json_int_t)st.bytes, "ms",
	    (double)st.duration_us / 1000, "verdict",
	    gw_audit_verdict_name(st.verdict));
	(void)json_object_set(
	    json, "statement", json_object_get(l->shapes, shape));
	(void)json_object_update_missing(json, (json_t *)(uintptr_t)who);
	(void)json_array_append_new(l->list, json);
	if (f->last > 0 && json_array_size(l->list) > f->last)
		(void)json_array_remove(l->list, 0);
}

static void add_session(
    struct listing *l, const char *id, const uint8_t *at, size_t len)
{
	json_t *who = json_loadb((const char *)at, len, 0, NULL);

	if (json_is_object(who))
		(void)json_object_set(l->sessions, id, who);
	json_decref(who);
}

static bool take(
    void *arg, enum gw_audit_kind kind, const uint8_t *record, size_t len)
{
	struct listing *l = arg;
	char id[20];

	if (kind == GW_AUDIT_STATEMENT) {
		add_statement(l, record);
		return true;
	}
	id_text(gw_audit_get_u64(record), id);
	if (kind == GW_AUDIT_SESSION)
		add_session(l, id, record + 8, len - 8);
	else if (kind == GW_AUDIT_SHAPE)
		(void)json_object_set_new(
		    l->shapes, id, text_of(record + 8, len - 8));
	else if (kind == GW_AUDIT_NAME)
		(void)json_object_set_new(json_object_get(l->sessions, id),
		    "application", text_of(record + 8, len - 8));
	return true;
}

static int read_chain(struct listing *l, const char *folder, struct hs_err *err)
{
	struct gw_audit_report report;
	int rc;

	l->sessions = json_object();
	l->shapes = json_object();
	rc = gw_audit_read(folder, take, l, &report, err);
	json_decref(l->sessions);
	json_decref(l->shapes);
	return rc;
}

static int by_time(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;

	return strcmp(json_string_value(json_object_get(*x, "time")),
	    json_string_value(json_object_get(*y, "time")));
}

/* One list of several that are each in their order. */
static json_t *sorted(json_t *list, size_t last)
{
	size_t count = json_array_size(list);
	size_t from = last > 0 && count > last ? count - last : 0;
	hs_auto(hs_freep) json_t **all =
	    hs_alloc((count + 1) * sizeof(json_t *));
	json_t *result = json_array();

	for (size_t i = 0; i < count; i++)
		all[i] = json_array_get(list, i);
	qsort(all, count, sizeof(json_t *), by_time);
	for (size_t i = from; i < count; i++)
		(void)json_array_append(result, all[i]);
	return result;
}

int gw_audit_list(const char *folder, const struct gw_audit_filter *filter,
    json_t **ret_list, struct hs_err *err)
{
	hs_auto(gw_audit_chains_done) struct gw_audit_chains chains = { 0 };
	json_t *all = json_array();
	int rc = gw_audit_chains(folder, &chains, err);

	for (size_t i = 0; i < chains.count && rc == 0; i++) {
		struct listing l = { .filter = filter, .list = json_array() };

		rc = read_chain(&l, chains.paths[i], err);
		(void)json_array_extend(all, l.list);
		json_decref(l.list);
	}
	if (rc == 0)
		*ret_list = sorted(all, filter->last);
	json_decref(all);
	return rc;
}

static void add(json_t *sum, const char *name, uint64_t value)
{
	json_int_t before = json_integer_value(json_object_get(sum, name));

	(void)json_object_set_new(
	    sum, name, json_integer(before + (json_int_t)value));
}

/* What is found in one; false: it could not be read. */
static bool verify_chain(const char *path, json_t *sum, struct hs_err *err)
{
	struct gw_audit_report report;
	struct hs_err fault = { 0 };
	int rc = gw_audit_read(path, NULL, NULL, &report, &fault);
	const char *name = strrchr(path, '/');
	char head[2 * GW_AUDIT_HASH + 1] = "";
	json_t *json;

	if (rc < 0 && fault.code != HS_EINVAL) {
		*err = fault;
		return false;
	}
	for (size_t i = 0; i < GW_AUDIT_HASH; i++)
		(void)snprintf(head + 2 * i, 3, "%02x", report.hash[i]);
	json = json_pack("{s:s, s:b, s:I, s:I, s:s}", "chain",
	    name != NULL ? name + 1 : path, "ok", rc == 0, "blocks",
	    (json_int_t)report.blocks, "last", (json_int_t)report.last_number,
	    "head", head);
	if (rc < 0) {
		(void)json_object_set_new(json, "why", json_string(fault.msg));
		(void)json_object_set_new(sum, "ok", json_false());
		(void)json_object_set_new(sum, "why", json_string(fault.msg));
	}
	(void)json_array_append_new(json_object_get(sum, "chains"), json);
	add(sum, "segments", report.segments);
	add(sum, "blocks", report.blocks);
	add(sum, "statements", report.statements);
	add(sum, "lost", report.lost);
	add(sum, "torn", report.torn);
	return true;
}

int gw_audit_verify(const char *folder, json_t **ret_report, struct hs_err *err)
{
	hs_auto(gw_audit_chains_done) struct gw_audit_chains chains = { 0 };
	json_t *sum;

	if (gw_audit_chains(folder, &chains, err) < 0)
		return -1;
	sum = json_pack("{s:b, s:i, s:i, s:i, s:i, s:i, s:[]}", "ok", 1,
	    "segments", 0, "blocks", 0, "statements", 0, "lost", 0, "torn", 0,
	    "chains");
	for (size_t i = 0; i < chains.count; i++)
		if (!verify_chain(chains.paths[i], sum, err)) {
			json_decref(sum);
			return -1;
		}
	*ret_report = sum;
	return 0;
}
