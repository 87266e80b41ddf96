/* many.c - hold many sessions at once.
 * many COUNT CONNINFO: opens COUNT sessions, asks each one thing twice, prints
 * a line when all are open, waits for a line on standard input, ends.
 */

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

static int ask(PGconn *conn)
{
	PGresult *result = PQexec(conn, "SELECT session_user");
	int rc = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : 1;

	if (rc != 0)
		(void)fprintf(stderr, "%s", PQerrorMessage(conn));
	PQclear(result);
	return rc;
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	PGconn **all = calloc((size_t)count + 1, sizeof(PGconn *));
	int failed = 0;
	char line[16];

	if (all == NULL || count <= 0)
		return 2;
	for (long i = 0; i < count; i++) {
		all[i] = PQconnectdb(argv[2]);
		if (PQstatus(all[i]) != CONNECTION_OK) {
			(void)fprintf(stderr, "%s", PQerrorMessage(all[i]));
			failed++;
		}
	}
	for (int round = 0; round < 2; round++)
		for (long i = 0; i < count; i++)
			failed += ask(all[i]);
	(void)printf("open %ld failed %d\n", count, failed);
	(void)fflush(stdout);
	(void)!fgets(line, sizeof(line), stdin);
	for (long i = 0; i < count; i++)
		PQfinish(all[i]);
	free(all);
	return failed > 0;
}
