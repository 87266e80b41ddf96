/* db.c - PostgreSQL as a client. */

#include "base/db.h"

#include <assert.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"

#define GUARD_MS 1000

struct hs_db {
	PGconn *conn;
	int64_t opened_ms;
	hs_db_guard *guard; /* NULL: an answer is waited for without end */
	void *guard_arg;
	struct hs_err ended;   /* why the guard did not wait on */
	const char **prepared; /* statement texts; the index is the name */
	size_t count;
	char sqlstate[6];
	char detail[128];
};

/* A row set is libpq's own result; the struct exists only in the type. */
struct hs_rows {
	PGresult *result;
};

/* clang-format off */
/* SQLSTATE (a prefix) to code; the first match counts. */
static const struct {
	const char *prefix;
	enum hs_code code;
} states[] = {
	{ "HN001", HS_ENOTFOUND }, /* ours: not there, or not yours */
	{ "HN002", HS_ECONFLICT }, /* ours: not in this state */
	{ "HN003", HS_EINVAL    }, /* ours: content refused */
	{ "HN004", HS_ECONFLICT }, /* ours: somebody was faster */
	{ "HN005", HS_EDENIED   }, /* ours: the other party's turn */
	{ "HN006", HS_ELIMIT    }, /* ours: a quota would be passed */
	{ "23505", HS_EEXISTS   },
	{ "22",    HS_EINVAL    },
	{ "23",    HS_EINVAL    },
	{ "28",    HS_EDENIED   },
	{ "42501", HS_EDENIED   },
	{ "40",    HS_ECONFLICT },
	{ "55P03", HS_ECONFLICT },
	{ "53",    HS_ELIMIT    },
	{ "54",    HS_ELIMIT    },
	{ "08",    HS_EREMOTE   },
	{ "57",    HS_EREMOTE   },
	{ "",      HS_ESYSTEM   },
};
/* clang-format on */

static enum hs_code code_of(const char *sqlstate)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strncmp(sqlstate, states[i].prefix,
			strlen(states[i].prefix)) == 0)
			return states[i].code;
	return HS_ESYSTEM;
}

/* libpq's messages end in newlines and may hold several lines. */
static int fail_message(struct hs_err *err, enum hs_code code, const char *msg)
{
	hs_auto(hs_freep) char *text = hs_strdup(msg);
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	return hs_fail(err, code, "%s", text);
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/* A refusal at log-in has no result to read the SQLSTATE from. */
static enum hs_code open_code(const char *msg)
{
	return strstr(msg, "permission denied") != NULL ||
		       strstr(msg, "authentication failed") != NULL ||
		       strstr(msg, "not permitted") != NULL
		   ? HS_EDENIED
		   : HS_EREMOTE;
}

int hs_db_open(const char *conninfo, struct hs_db **ret_db, struct hs_err *err)
{
	hs_auto(hs_db_closep) struct hs_db *db = NULL;

	if (hs_fault("sql.open", err) < 0)
		return -1;
	db = hs_alloc(sizeof(*db));
	db->conn = PQconnectdb(conninfo);
	if (PQstatus(db->conn) != CONNECTION_OK)
		return fail_message(err, open_code(PQerrorMessage(db->conn)),
		    PQerrorMessage(db->conn));
	db->opened_ms = hs_now_ms();
	(void)PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	*ret_db = hs_steal(&db);
	return 0;
}

void hs_db_close(struct hs_db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db->prepared);
	free(db);
}

void hs_db_set_guard(struct hs_db *db, hs_db_guard *guard, void *arg)
{
	db->guard = guard;
	db->guard_arg = arg;
}

bool hs_db_is_alive(const struct hs_db *db)
{
	return PQstatus(db->conn) == CONNECTION_OK;
}

bool hs_db_is_idle(const struct hs_db *db)
{
	return PQtransactionStatus(db->conn) == PQTRANS_IDLE;
}

int64_t hs_db_opened_ms(const struct hs_db *db)
{
	return db->opened_ms;
}

int hs_db_fd(const struct hs_db *db)
{
	return PQsocket(db->conn);
}

static bool result_is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	       status == PGRES_EMPTY_QUERY;
}

static int fail_result(
    struct hs_db *db, const PGresult *result, struct hs_err *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *msg = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

	if (state == NULL && db->ended.code != HS_OK)
		return hs_fail(err, db->ended.code, "%s", db->ended.msg);
	/* Only the server gives SQLSTATEs: without one it did not answer. */
	if (state == NULL)
		state = "08006";
	(void)snprintf(db->sqlstate, sizeof(db->sqlstate), "%s", state);
	(void)snprintf(
	    db->detail, sizeof(db->detail), "%s", detail != NULL ? detail : "");
	return fail_message(
	    err, code_of(state), msg != NULL ? msg : PQerrorMessage(db->conn));
}

/* -- Statements ------------------------------------------------------------ */

/* A guard that wants no more cuts the line: libpq then says that it is gone,
 * and so does this. */
static bool wait_for_input(struct hs_db *db, int64_t since)
{
	struct pollfd p = { .fd = PQsocket(db->conn), .events = POLLIN };

	if (poll(&p, 1, GUARD_MS) == 0 &&
	    db->guard(db->guard_arg, hs_now_ms() - since, &db->ended) < 0)
		(void)shutdown(p.fd, SHUT_RDWR);
	return PQconsumeInput(db->conn) == 1;
}

/* The last result of what was sent, like PQexec(). */
static PGresult *receive(struct hs_db *db, int sent)
{
	int64_t since = hs_now_ms();
	PGresult *last = NULL, *next;

	while (sent) {
		while (PQisBusy(db->conn) && wait_for_input(db, since))
			;
		next = PQgetResult(db->conn);
		if (next == NULL)
			break;
		PQclear(last);
		last = next;
	}
	return last;
}

static PGresult *exec(struct hs_db *db, const char *sql)
{
	return db->guard == NULL ? PQexec(db->conn, sql)
				 : receive(db, PQsendQuery(db->conn, sql));
}

static PGresult *exec_prepare(
    struct hs_db *db, const char *name, const char *sql)
{
	return db->guard == NULL
		   ? PQprepare(db->conn, name, sql, 0, NULL)
		   : receive(db, PQsendPrepare(db->conn, name, sql, 0, NULL));
}

static PGresult *exec_prepared(
    struct hs_db *db, const char *name, size_t count, const char *const *params)
{
	return db->guard == NULL
		   ? PQexecPrepared(
			 db->conn, name, (int)count, params, NULL, NULL, 0)
		   : receive(db, PQsendQueryPrepared(db->conn, name, (int)count,
				     params, NULL, NULL, 0));
}

int hs_db_run(struct hs_db *db, const char *sql, struct hs_err *err)
{
	PGresult *result;
	int ret = 0;

	db->sqlstate[0] = '\0';
	if (hs_fault("sql", err) < 0)
		return -1;
	result = exec(db, sql);
	if (!result_is_good(result))
		ret = fail_result(db, result, err);
	PQclear(result);
	return ret;
}

/* The name under which a statement is prepared; prepares it if it is new. */
static int prepare(
    struct hs_db *db, const char *sql, size_t *ret_index, struct hs_err *err)
{
	char name[24];
	PGresult *result;

	for (size_t i = 0; i < db->count; i++)
		if (db->prepared[i] == sql) {
			*ret_index = i;
			return 0;
		}
	(void)snprintf(name, sizeof(name), "s%zu", db->count);
	result = exec_prepare(db, name, sql);
	if (!result_is_good(result)) {
		int ret = fail_result(db, result, err);

		PQclear(result);
		return ret;
	}
	PQclear(result);
	db->prepared = hs_realloc_array(
	    db->prepared, db->count + 1, sizeof(*db->prepared));
	db->prepared[db->count] = sql;
	*ret_index = db->count++;
	return 0;
}

int hs_db_query(struct hs_db *db, const char *sql, size_t count,
    const char *const *params, struct hs_rows **ret_rows, struct hs_err *err)
{
	char name[24];
	size_t index = 0;
	PGresult *result;

	db->sqlstate[0] = '\0';
	if (hs_fault("sql", err) < 0 || prepare(db, sql, &index, err) < 0)
		return -1;
	(void)snprintf(name, sizeof(name), "s%zu", index);
	result = exec_prepared(db, name, count, params);
	if (!result_is_good(result)) {
		int ret = fail_result(db, result, err);

		PQclear(result);
		return ret;
	}
	if (ret_rows == NULL) {
		PQclear(result);
		return 0;
	}
	*ret_rows = hs_alloc(sizeof(**ret_rows));
	(*ret_rows)->result = result;
	return 0;
}

const char *hs_db_sqlstate(const struct hs_db *db)
{
	return db->sqlstate;
}

const char *hs_db_detail(const struct hs_db *db)
{
	return db->detail;
}

size_t hs_rows_count(const struct hs_rows *rows)
{
	return (size_t)PQntuples(rows->result);
}

const char *hs_rows_get(
    const struct hs_rows *rows, size_t row, const char *column)
{
	int number = PQfnumber(rows->result, column);

	assert(number >= 0 && row < hs_rows_count(rows));
	if (PQgetisnull(rows->result, (int)row, number))
		return NULL;
	return PQgetvalue(rows->result, (int)row, number);
}

void hs_rows_free(struct hs_rows *rows)
{
	if (rows == NULL)
		return;
	PQclear(rows->result);
	free(rows);
}

char *hs_db_quote_ident(struct hs_db *db, const char *name)
{
	char *quoted = PQescapeIdentifier(db->conn, name, strlen(name));
	char *copy = hs_strdup(quoted != NULL ? quoted : "\"\"");

	PQfreemem(quoted);
	return copy;
}

char *hs_db_quote_literal(struct hs_db *db, const char *text)
{
	char *quoted = PQescapeLiteral(db->conn, text, strlen(text));
	char *copy = hs_strdup(quoted != NULL ? quoted : "''");

	PQfreemem(quoted);
	return copy;
}

bool hs_db_notified(struct hs_db *db)
{
	bool any = false;
	PGnotify *note;

	(void)PQconsumeInput(db->conn);
	while ((note = PQnotifies(db->conn)) != NULL) {
		any = true;
		PQfreemem(note);
	}
	return any;
}
