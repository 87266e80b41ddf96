/* cancel.c - ask libpq to cancel a running statement through the gateway.
 * cancel CONNINFO; exit 0 if it stopped within five seconds with 57014 and the
 * connection still works.
 */

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int say(const char *what, const char *detail)
{
	(void)fprintf(stderr, "%s: %s\n", what, detail);
	return 1;
}

/* A cancel with nothing running must do nothing. */
static int cancel_idle(PGconn *conn, PGcancel *cancel)
{
	char why[256] = "";
	PGresult *result;
	int rc = 0;

	(void)PQcancel(cancel, why, sizeof(why));
	result = PQexec(conn, "SELECT 1");
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		rc = say("idle", PQerrorMessage(conn));
	PQclear(result);
	return rc;
}

static int cancel_busy(PGconn *conn, PGcancel *cancel)
{
	const struct timespec moment = { .tv_nsec = 300000000 };
	time_t began = time(NULL);
	const char *sqlstate;
	char why[256] = "";
	PGresult *result;
	int rc = 0;

	if (PQsendQuery(conn, "SELECT pg_sleep(20)") != 1)
		return say("send", PQerrorMessage(conn));
	(void)nanosleep(&moment, NULL);
	if (PQcancel(cancel, why, sizeof(why)) != 1)
		return say("cancel", why);
	result = PQgetResult(conn);
	sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (sqlstate == NULL || strcmp(sqlstate, "57014") != 0)
		rc = say("sqlstate", sqlstate != NULL ? sqlstate : "none");
	PQclear(result);
	while ((result = PQgetResult(conn)) != NULL)
		PQclear(result);
	if (time(NULL) - began > 5)
		rc = say("cancel", "too late");
	return rc;
}

int main(int argc, char **argv)
{
	PGconn *conn = PQconnectdb(argc > 1 ? argv[1] : "");
	PGcancel *cancel;
	int rc;

	if (PQstatus(conn) != CONNECTION_OK) {
		rc = say("connect", PQerrorMessage(conn));
		PQfinish(conn);
		return rc;
	}
	cancel = PQgetCancel(conn);
	rc = cancel_idle(conn, cancel) || cancel_busy(conn, cancel) ||
	     cancel_idle(conn, cancel);
	PQfreeCancel(cancel);
	PQfinish(conn);
	return rc;
}
