/* sqlstate.h - every way the gateway says no, and how the client reads it. */
#ifndef HANSE_SHARED_DB_GATEWAY_SQLSTATE_H
#define HANSE_SHARED_DB_GATEWAY_SQLSTATE_H

#include <stdbool.h>

struct gw_bytes;

enum gw_refusal {
	GW_OK,
	GW_REFUSE_PLAINTEXT,
	GW_REFUSE_MALFORMED,
	GW_REFUSE_VERSION,
	GW_REFUSE_NO_USER,
	GW_REFUSE_OPTIONS,
	GW_REFUSE_REPLICATION,
	GW_REFUSE_PARAMETER,
	GW_REFUSE_UNKNOWN_PARAMETER,
	GW_REFUSE_CERTIFICATE,
	GW_REFUSE_PASSWORD,
	GW_REFUSE_TOO_OFTEN,
	GW_REFUSE_PEOPLE_FULL,
	GW_REFUSE_DIRECTORY_DOWN,
	GW_REFUSE_DATABASE,
	GW_REFUSE_ROUTE_FULL,
	GW_REFUSE_GATEWAY_FULL,
	GW_REFUSE_POOL_FULL,
	GW_REFUSE_BACKEND_DOWN,
	GW_REFUSE_BACKEND_FULL,
	GW_REFUSE_BACKEND_BROKEN,
	GW_REFUSE_LOGIN_TIMEOUT,
	GW_REFUSE_MESSAGE,
	GW_END_BACKEND_GONE,
	GW_END_LOST,
	GW_END_UNKNOWN,
	GW_END_ROUTE_REMOVED,
	GW_END_KILLED,
	GW_CUT_STATEMENT, /* an error, not the end */
	GW_END_STATEMENT,
	GW_END_TRANSACTION,
	GW_END_IDLE,
	GW_DENY_KIND, /* an error, not the end */
	GW_TELL_KEPT, /* a notice */
	GW_END_KEPT,
	GW_END_SHUTDOWN,
};
#define GW_REFUSAL_COUNT (GW_END_SHUTDOWN + 1)

/** Its name in the log, e.g. "wrong-password". */
const char *gw_refusal_name(enum gw_refusal refusal);
const char *gw_refusal_sqlstate(enum gw_refusal refusal);

/**
 * Append the ErrorResponse.
 *
 * @detail:  put into the message where it has a %s; the client's own words
 *           only
 *
 * False if it did not fit.
 */
bool gw_refusal_write(
    enum gw_refusal refusal, const char *detail, struct gw_bytes *out);

/** A NoticeResponse. */
bool gw_notice_write(enum gw_refusal notice, struct gw_bytes *out);

/** The same as an error that ends a statement, not the session. */
bool gw_refusal_write_error(
    enum gw_refusal refusal, const char *detail, struct gw_bytes *out);
/** No ErrorResponse without a detail is longer, in bytes. */
#define GW_REFUSAL_MAX 512u

/** What to tell a client when PostgreSQL said this at the backend's start. */
enum gw_refusal gw_refusal_of_backend(const char *sqlstate);

#endif
