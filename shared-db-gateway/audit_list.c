/* audit_list.c - the audit for those who read it: statements with who and what
 * they were, and whether all is as it was written.
 */

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
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

int gw_audit_list(const char *folder, const struct gw_audit_filter *filter,
    json_t **ret_list, struct hs_err *err)
{
	struct gw_audit_report report;
	struct listing l = { .filter = filter,
		.sessions = json_object(),
		.shapes = json_object(),
		.list = json_array() };
	int rc = gw_audit_read(folder, take, &l, &report, err);

	json_decref(l.sessions);
	json_decref(l.shapes);
	if (rc < 0)
		json_decref(l.list);
	else
		*ret_list = l.list;
	return rc;
}

int gw_audit_verify(const char *folder, json_t **ret_report, struct hs_err *err)
{
	struct gw_audit_report report;
	struct hs_err fault = { 0 };
	int rc = gw_audit_read(folder, NULL, NULL, &report, &fault);
	char head[2 * GW_AUDIT_HASH + 1] = "";

	if (rc < 0 && fault.code != HS_EINVAL)
		return hs_fail(err, fault.code, "%s", fault.msg);
	for (size_t i = 0; i < GW_AUDIT_HASH; i++)
		(void)snprintf(head + 2 * i, 3, "%02x", report.hash[i]);
	*ret_report = json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:i, s:s}",
	    "ok", rc == 0, "segments", (json_int_t)report.segments, "blocks",
	    (json_int_t)report.blocks, "last", (json_int_t)report.last_number,
	    "statements", (json_int_t)report.statements, "lost",
	    (json_int_t)report.lost, "torn", (int)report.torn, "head", head);
	if (rc < 0)
		(void)json_object_set_new(
		    *ret_report, "why", json_string(fault.msg));
	return 0;
}
