/* sqlstate.c - refusals as ErrorResponses. Nothing here names a server, a role
 * or an address: a client learns what it said itself, and what to do.
 */

#include "shared-db-gateway/sqlstate.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/wire.h"

#define TRY_AGAIN "Try again in a moment."

/* clang-format off */
static const struct answer {
	const char *name, *sqlstate, *message, *hint;
} answers[GW_REFUSAL_COUNT] = {
	[GW_OK]                       = { "ok", "00000", "", NULL },
	[GW_REFUSE_PLAINTEXT]         = { "plaintext", "28000", "connections without TLS are refused", "Connect with sslmode=require or stricter." },
	[GW_REFUSE_MALFORMED]         = { "malformed", "08P01", "malformed message before the session began", NULL },
	[GW_REFUSE_VERSION]           = { "version", "0A000", "unsupported frontend protocol", "Use protocol version 3.0." },
	[GW_REFUSE_NO_USER]           = { "no-user", "28000", "no user name was given", NULL },
	[GW_REFUSE_OPTIONS]           = { "options", "42501", "\"%s\" is not permitted in the start-up parameter \"options\" here", "Permitted: -c NAME=VALUE of application_name, client_encoding, DateStyle, TimeZone, IntervalStyle, extra_float_digits. Use SET for others." },
	[GW_REFUSE_REPLICATION]       = { "replication", "42501", "replication connections are not permitted here", NULL },
	[GW_REFUSE_PARAMETER]         = { "parameter", "42501", "a start-up parameter is not permitted here", "role, session_authorization and search_path cannot be set at start-up." },
	[GW_REFUSE_UNKNOWN_PARAMETER] = { "unknown-parameter", "0A000", "a start-up parameter is not supported here", "Supported: application_name, client_encoding, DateStyle, TimeZone, IntervalStyle, extra_float_digits." },
	[GW_REFUSE_CERTIFICATE]       = { "certificate", "28000", "certificate authentication failed for user \"%s\"", NULL },
	[GW_REFUSE_PASSWORD]          = { "password", "28P01", "password authentication failed for user \"%s\"", NULL },
	[GW_REFUSE_TOO_OFTEN]         = { "too-often", "53300", "too many log-ins of user \"%s\" have failed", "Try again in 10 seconds." },
	[GW_REFUSE_PEOPLE_FULL]       = { "people-full", "53300", "too many people log in at once", TRY_AGAIN },
	[GW_REFUSE_DIRECTORY_DOWN]    = { "directory-down", "57P03", "people cannot log in now", TRY_AGAIN },
	[GW_REFUSE_DATABASE]          = { "database", "3D000", "database \"%s\" is not there for this user", NULL },
	[GW_REFUSE_ROUTE_FULL]        = { "route-full", "53300", "too many connections for user \"%s\"", TRY_AGAIN },
	[GW_REFUSE_GATEWAY_FULL]      = { "gateway-full", "53300", "too many connections", TRY_AGAIN },
	[GW_REFUSE_POOL_FULL]         = { "pool-full", "53300", "no connection to the database has become free in time", "Try again, or use shorter transactions." },
	[GW_REFUSE_BACKEND_DOWN]      = { "backend-down", "57P03", "the database is not available", TRY_AGAIN },
	[GW_REFUSE_BACKEND_FULL]      = { "backend-full", "53300", "the database has too many connections", TRY_AGAIN },
	[GW_REFUSE_BACKEND_BROKEN]    = { "backend-broken", "08006", "the database could not be opened", TRY_AGAIN },
	[GW_REFUSE_LOGIN_TIMEOUT]     = { "login-timeout", "57014", "the log-in took too long", NULL },
	[GW_REFUSE_MESSAGE]           = { "message", "08P01", "a message is unknown, too long or out of place", NULL },
	[GW_END_BACKEND_GONE]         = { "backend-gone", "57P01", "the database has closed the connection", TRY_AGAIN },
	[GW_END_LOST]                 = { "backend-lost", "08006", "the database server was lost", "What was not committed before has been rolled back: it may be done again." },
	[GW_END_UNKNOWN]              = { "outcome-unknown", "08007", "the database server was lost while something may have been committed", "Find out whether it was before it is done again." },
	[GW_END_ROUTE_REMOVED]        = { "route-removed", "57P01", "the access of this user has ended", NULL },
	[GW_END_KILLED]               = { "killed", "57P01", "the operator has ended this session", TRY_AGAIN },
	[GW_CUT_STATEMENT]            = { "statement-time", "57014", "the statement took longer than this enterprise's limit", "Ask for less at a time, or ask the operator for a higher limit." },
	[GW_END_STATEMENT]            = { "statement-time", "57014", "the statement took longer than this enterprise's limit, and did not end", "Ask for less at a time, or ask the operator for a higher limit." },
	[GW_END_TRANSACTION]          = { "transaction-time", "25P04", "the transaction took longer than this enterprise's limit", "Do less in a transaction, or ask the operator for a higher limit." },
	[GW_END_IDLE]                 = { "idle-in-transaction", "25P03", "nothing was done in the transaction for longer than this enterprise's limit", "End transactions at once, or ask the operator for a higher limit." },
	[GW_DENY_KIND]                = { "kind", "42501", "statements of kind \"%s\" are not permitted here", "The operator has ruled them out for this enterprise." },
	[GW_TELL_KEPT]                = { "kept", "01000", "this session keeps its connection to the database until it ends", "SET, LISTEN, PREPARE, temporary tables and locks of a session do so; SET LOCAL and the like do not." },
	[GW_END_KEPT]                 = { "kept", "53300", "too many sessions of this enterprise keep a connection to the database", "Use SET LOCAL in place of SET, end such sessions, or ask the operator for more connections." },
	[GW_END_SHUTDOWN]             = { "shutdown", "57P01", "the gateway is shutting down", TRY_AGAIN },
};

static const struct translation {
	const char *prefix;
	enum gw_refusal refusal;
} translations[] = {
	{ "53300", GW_REFUSE_BACKEND_FULL },
	{ "53",    GW_REFUSE_BACKEND_DOWN },
	{ "57P",   GW_REFUSE_BACKEND_DOWN },
	{ "22023", GW_REFUSE_PARAMETER    }, /* a forwarded value */
	{ "",      GW_REFUSE_BACKEND_BROKEN },
};
/* clang-format on */

const char *gw_refusal_name(enum gw_refusal refusal)
{
	assert(refusal < GW_REFUSAL_COUNT);
	return answers[refusal].name;
}

const char *gw_refusal_sqlstate(enum gw_refusal refusal)
{
	assert(refusal < GW_REFUSAL_COUNT);
	return answers[refusal].sqlstate;
}

static void put_field(struct gw_writer *w, char field, const char *text)
{
	gw_put_u8(w, (uint8_t)field);
	gw_put_text(w, text);
}

/* The table's %s by hand: a format must not come from a variable. */
static char *fill_in(const char *message, const char *detail)
{
	const char *at = strstr(message, "%s");

	if (at == NULL)
		return hs_strdup(message);
	return hs_printf(
	    "%.*s%.128s%s", (int)(at - message), message, detail, at + 2);
}

static bool write_as(uint8_t type, const char *severity,
    enum gw_refusal refusal, const char *detail, struct gw_bytes *out)
{
	hs_auto(hs_freep) char *message =
	    fill_in(answers[refusal].message, detail);
	struct gw_writer w = gw_put_begin(out, type);

	put_field(&w, 'S', severity);
	put_field(&w, 'V', severity);
	put_field(&w, 'C', answers[refusal].sqlstate);
	put_field(&w, 'M', message);
	if (answers[refusal].hint != NULL)
		put_field(&w, 'H', answers[refusal].hint);
	gw_put_u8(&w, 0);
	return gw_put_end(&w);
}

bool gw_refusal_write(
    enum gw_refusal refusal, const char *detail, struct gw_bytes *out)
{
	return write_as('E', "FATAL", refusal, detail, out);
}

bool gw_refusal_write_error(
    enum gw_refusal refusal, const char *detail, struct gw_bytes *out)
{
	return write_as('E', "ERROR", refusal, detail, out);
}

bool gw_notice_write(enum gw_refusal notice, struct gw_bytes *out)
{
	return write_as('N', "NOTICE", notice, "", out);
}

enum gw_refusal gw_refusal_of_backend(const char *sqlstate)
{
	size_t i = 0;

	while (strncmp(sqlstate, translations[i].prefix,
		   strlen(translations[i].prefix)) != 0)
		i++;
	return translations[i].refusal;
}
