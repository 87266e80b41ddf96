/* db.h - PostgreSQL as a client: the one place for libpq.
 *
 * A connection serves one thread at a time. Statements with parameters are
 * prepared on first use and kept by their text's address, so pass text that
 * lives as long as the connection (an embedded .sql file).
 */
#ifndef HANSE_BASE_DB_H
#define HANSE_BASE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct hs_err;
struct hs_db;
struct hs_rows;

/**
 * Connect.
 *
 * @conninfo:  a libpq connection string
 *
 * Errors: HS_EREMOTE (no answer), HS_EDENIED (28xxx, 42501).
 */
int hs_db_open(const char *conninfo, struct hs_db **ret_db, struct hs_err *err);
void hs_db_close(struct hs_db *db);

/** Asked each second a statement has not been answered: -1 ends it, with the
 * connection. @waited_ms: since the statement was sent */
typedef int hs_db_guard(void *arg, int64_t waited_ms, struct hs_err *err);

/** From now on no statement waits longer than its guard wants; @arg is lent. */
void hs_db_set_guard(struct hs_db *db, hs_db_guard *guard, void *arg);

/** Whether the connection is still good for another statement. */
bool hs_db_is_alive(const struct hs_db *db);

/** Whether it is alive and in no transaction. */
bool hs_db_is_idle(const struct hs_db *db);

/** When it was opened, as hs_now_ms(). */
int64_t hs_db_opened_ms(const struct hs_db *db);

/** The connection's socket, for poll(); see hs_db_notified(). */
int hs_db_fd(const struct hs_db *db);

/**
 * Run statements without parameters and without rows, e.g. a migration file
 * or BEGIN. Errors as hs_db_query().
 */
int hs_db_run(struct hs_db *db, const char *sql, struct hs_err *err);

/**
 * Run one statement.
 *
 * @sql:       one statement with $1...; its address names the prepared form
 * @count:     parameters
 * @params:    their text forms; NULL is SQL's NULL
 * @ret_rows:  the rows, ended with hs_rows_free(); NULL if not wanted
 *
 * Errors, from the SQLSTATE (see db.c for the table): HS_EINVAL,
 * HS_ENOTFOUND, HS_EEXISTS, HS_EDENIED, HS_ECONFLICT, HS_ELIMIT, HS_EREMOTE,
 * HS_ESYSTEM. The message is the server's primary message and nothing else.
 */
int hs_db_query(struct hs_db *db, const char *sql, size_t count,
    const char *const *params, struct hs_rows **ret_rows, struct hs_err *err);

/** hs_db_query() with the parameters listed: HS_DB_QUERY(db, sql, &rows, err,
 * a, b) */
#define HS_DB_QUERY(db, sql, ret_rows, err, ...)                            \
	hs_db_query((db), (sql),                                            \
	    sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *), \
	    (const char *const[]) { __VA_ARGS__ }, (ret_rows), (err))

/** SQLSTATE of the connection's last failure, e.g. "HN002"; "" for none. */
const char *hs_db_sqlstate(const struct hs_db *db);

/** Its DETAIL, cut to 127 bytes; for HN003 the name of the field refused. */
const char *hs_db_detail(const struct hs_db *db);

size_t hs_rows_count(const struct hs_rows *rows);
/**
 * One value as text; NULL for SQL's NULL. The column must exist (it is our
 * own statement). Lives as long as the rows.
 */
const char *hs_rows_get(
    const struct hs_rows *rows, size_t row, const char *column);
void hs_rows_free(struct hs_rows *rows);

/** An SQL identifier or literal, quoted; owned by the caller. */
char *hs_db_quote_ident(struct hs_db *db, const char *name);
char *hs_db_quote_literal(struct hs_db *db, const char *text);

/**
 * Take in what the server sent by itself; true if a NOTIFY was among it.
 */
bool hs_db_notified(struct hs_db *db);

HS_FREEP(hs_db_closep, struct hs_db *, hs_db_close)
HS_FREEP(hs_rows_freep, struct hs_rows *, hs_rows_free)

#endif
