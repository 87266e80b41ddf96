/* ledger.c - a load that keeps account: is anything lost, or done twice?
 *
 *   ledger CLIENTS GATEWAY DIRECT...
 *
 * Each client adds rows with numbers of its own to the table "ledger" through
 * the gateway and notes what it was told of each: done, unknown (08007) or
 * failed. It is autocommit, prepared, a pipeline and one text in turn, by
 * client; of the last ones a transaction each. DIRECT are the servers
 * themselves: writing to each of them tells for how long there was no primary
 * at all. Commands on standard input:
 *
 *   mark NAME    print what has been since the last mark
 *   planned MS   a switchover begins then, in milliseconds since 1970
 *   wait COUNT   until so many transactions are done in all
 *   calm         until every client has done one more
 *   check        stop, read the table, compare
 */

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLIENTS_MAX 64
#define ROWS_MAX    (4u << 20) /* of one client */
#define TEXT_MAX    256
#define SPANS_MAX   100000
#define SPAN_US     20000  /* what is shorter is no wait */
#define OUTAGE_US   200000 /* without a primary: what is shorter is none */

enum told { NOTHING, DONE, UNKNOWN, FAILED };

struct client {
	pthread_t thread;
	int id;
	uint8_t *told;
	_Atomic uint32_t next;
};

static struct client clients[CLIENTS_MAX];
static int client_count;
static const char *gateway;
static atomic_bool is_over;
static atomic_ullong done, unknown, failed, refused;

/** From when to when. */
struct span {
	uint64_t from_us, to_us;
};

/* Since the last mark: when nobody could write at the servers themselves, and
 * when a client waited. */
static struct spans {
	struct span list[SPANS_MAX];
	size_t count;
} gaps, stalls;
static uint64_t last_write_us, marked_us, planned_us;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The lock is held. */
static void add_span(struct spans *spans, uint64_t from_us, uint64_t to_us)
{
	if (to_us - from_us >= SPAN_US && spans->count < SPANS_MAX)
		spans->list[spans->count++] = (struct span) { from_us, to_us };
}

static void pause_ms(long ms)
{
	const struct timespec t = { 0, ms * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* -- A transaction --------------------------------------------------------- */

static bool is_good(const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	       status == PGRES_PIPELINE_SYNC;
}

/* The SQLSTATE of what went wrong, or "" */
static void note(const PGresult *r, char state[6])
{
	const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (state[0] == '\0' && !is_good(r) && r != NULL)
		(void)snprintf(state, 6, "%s", code != NULL ? code : "?????");
}

static void run_text(PGconn *conn, const char *sql, char state[6])
{
	PGresult *r = PQexec(conn, sql);

	note(r, state);
	if (r == NULL)
		(void)snprintf(state, 6, "?????");
	PQclear(r);
}

static void run_prepared(PGconn *conn, const char *id, char state[6])
{
	const char *const values[] = { id };
	PGresult *r = PQexecPrepared(conn, "add", 1, values, NULL, NULL, 0);

	note(r, state);
	if (r == NULL)
		(void)snprintf(state, 6, "?????");
	PQclear(r);
}

/* BEGIN, INSERT, COMMIT and one Sync, sent at once. */
static void run_pipeline(PGconn *conn, const char *id, char state[6])
{
	const char *const values[] = { id };
	PGresult *r;
	int ends = 0;

	if (PQenterPipelineMode(conn) != 1 ||
	    PQsendQueryParams(conn, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) !=
		1 ||
	    PQsendQueryParams(conn, "INSERT INTO ledger VALUES ($1)", 1, NULL,
		values, NULL, NULL, 0) != 1 ||
	    PQsendQueryParams(conn, "COMMIT", 0, NULL, NULL, NULL, NULL, 0) !=
		1 ||
	    PQpipelineSync(conn) != 1)
		(void)snprintf(state, 6, "?????");
	while (ends < 8 && PQstatus(conn) == CONNECTION_OK) {
		r = PQgetResult(conn);
		if (r == NULL) {
			ends++;
			continue;
		}
		note(r, state);
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC)
			ends = 8;
		PQclear(r);
	}
	if (PQstatus(conn) != CONNECTION_OK && state[0] == '\0')
		(void)snprintf(state, 6, "?????");
	(void)PQexitPipelineMode(conn);
}

static void transact(PGconn *conn, int how, const char *id, char state[6])
{
	char sql[TEXT_MAX];

	switch (how) {
	case 0:
		(void)snprintf(
		    sql, sizeof(sql), "INSERT INTO ledger VALUES (%s)", id);
		run_text(conn, sql, state);
		return;
	case 1:
		run_prepared(conn, id, state);
		return;
	case 2:
		run_pipeline(conn, id, state);
		return;
	default:
		(void)snprintf(sql, sizeof(sql),
		    "BEGIN; INSERT INTO ledger VALUES (%s); COMMIT", id);
		run_text(conn, sql, state);
	}
}

/* -- A client -------------------------------------------------------------- */

static PGconn *log_in(void)
{
	while (!atomic_load(&is_over)) {
		PGconn *conn = PQconnectdb(gateway);
		PGresult *r;

		if (PQstatus(conn) == CONNECTION_OK) {
			r = PQprepare(conn, "add",
			    "INSERT INTO ledger VALUES ($1)", 0, NULL);
			(void)PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
			if (is_good(r)) {
				PQclear(r);
				return conn;
			}
			PQclear(r);
		}
		(void)fprintf(stderr, "log-in: %s", PQerrorMessage(conn));
		atomic_fetch_add(&refused, 1);
		PQfinish(conn);
		pause_ms(20);
	}
	return NULL;
}

static enum told tell(const char *state, PGconn *conn)
{
	if (state[0] == '\0')
		return DONE;
	/* Where the connection is closed behind it, libpq has the SQLSTATE in
	 * its message only. */
	if (strcmp(state, "08007") == 0 ||
	    strstr(PQerrorMessage(conn), " 08007: ") != NULL) {
		atomic_fetch_add(&unknown, 1);
		return UNKNOWN;
	}
	(void)fprintf(stderr, "%s: %s", state, PQerrorMessage(conn));
	atomic_fetch_add(&failed, 1);
	/* Who was told nothing knows nothing. */
	return strcmp(state, "?????") == 0 ? UNKNOWN : FAILED;
}

static void *run_client(void *arg)
{
	struct client *c = arg;
	PGconn *conn = log_in();

	while (!atomic_load(&is_over) && c->next < ROWS_MAX) {
		uint64_t began_us = now_us();
		char state[6] = "", id[32];

		(void)snprintf(
		    id, sizeof(id), "%d", c->id * (int)ROWS_MAX + (int)c->next);
		transact(conn, c->id % 4, id, state);
		c->told[c->next] = (uint8_t)tell(state, conn);
		if (state[0] == '\0')
			atomic_fetch_add(&done, 1);
		if (PQstatus(conn) != CONNECTION_OK) {
			PQfinish(conn);
			conn = log_in();
		}
		(void)pthread_mutex_lock(&lock);
		add_span(&stalls, began_us, now_us());
		(void)pthread_mutex_unlock(&lock);
		c->next++;
	}
	PQfinish(conn);
	return NULL;
}

/* -- The servers themselves ------------------------------------------------ */

static void note_write(void)
{
	uint64_t now = now_us();

	(void)pthread_mutex_lock(&lock);
	if (last_write_us > 0)
		add_span(&gaps, last_write_us, now);
	last_write_us = now;
	(void)pthread_mutex_unlock(&lock);
}

static void *watch(void *arg)
{
	const char *conninfo = arg;
	PGconn *conn = NULL;

	while (!atomic_load(&is_over)) {
		PGresult *r;

		if (conn == NULL || PQstatus(conn) != CONNECTION_OK) {
			PQfinish(conn);
			conn = PQconnectdb(conninfo);
		}
		if (PQstatus(conn) == CONNECTION_OK) {
			r = PQexec(conn, "INSERT INTO pulse VALUES (1)");
			if (is_good(r))
				note_write();
			PQclear(r);
		}
		pause_ms(5);
	}
	PQfinish(conn);
	return NULL;
}

/* -- The account ----------------------------------------------------------- */

/* How much of it no server could be written to. */
static uint64_t covered_us(const struct span *stall)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < gaps.count; i++) {
		const struct span *g = &gaps.list[i];
		uint64_t from =
		    g->from_us > stall->from_us ? g->from_us : stall->from_us;
		uint64_t to = g->to_us < stall->to_us ? g->to_us : stall->to_us;

		sum += to > from ? to - from : 0;
	}
	return sum;
}

static uint64_t longest_us(const struct spans *spans)
{
	uint64_t most = 0;

	for (size_t i = 0; i < spans->count; i++) {
		const struct span *s = &spans->list[i];

		if (s->to_us - s->from_us > most)
			most = s->to_us - s->from_us;
	}
	return most;
}

/* Whether it is a wait for a primary. Without a failover, too, somebody waits
 * for a while now and then on a machine that has much to do. */
static bool is_of_outage(const struct span *stall)
{
	for (size_t i = 0; i < gaps.count; i++) {
		const struct span *g = &gaps.list[i];

		if (g->to_us - g->from_us >= OUTAGE_US &&
		    g->to_us > stall->from_us && g->from_us < stall->to_us)
			return true;
	}
	return false;
}

/* The most that a client that had to wait for a primary waited while a server
 * could be written to. */
static uint64_t excess_us(const struct span **ret_worst)
{
	uint64_t most = 0;

	*ret_worst = NULL;
	for (size_t i = 0; i < stalls.count; i++) {
		const struct span *s = &stalls.list[i];
		uint64_t more = s->to_us - s->from_us - covered_us(s);

		if (more > most && is_of_outage(s)) {
			most = more;
			*ret_worst = s;
		}
	}
	return most;
}

/* For who wants to know what happened: milliseconds since the last mark. */
static long long since_mark_ms(uint64_t at_us)
{
	return ((long long)at_us - (long long)marked_us) / 1000;
}

static void tell_worst(const char *name, const struct span *worst)
{
	if (worst == NULL)
		return;
	(void)fprintf(stderr, "%s: waited from %lld to %lld; no primary", name,
	    since_mark_ms(worst->from_us), since_mark_ms(worst->to_us));
	for (size_t i = 0; i < gaps.count; i++)
		(void)fprintf(stderr, " %lld to %lld",
		    since_mark_ms(gaps.list[i].from_us),
		    since_mark_ms(gaps.list[i].to_us));
	(void)fputs("\n", stderr);
}

/* No instant counts twice. */
static void cut_overlaps(const struct span *with)
{
	for (size_t i = 0; i < gaps.count; i++) {
		struct span *g = &gaps.list[i];

		if (g != with && g->to_us > with->from_us &&
		    g->from_us < with->to_us)
			g->to_us = g->from_us < with->from_us ? with->from_us
							      : g->from_us;
	}
}

/* A planned switchover takes from when it was planned, though its server can be
 * written to until it is shut down. */
static void begin_with_plan(void)
{
	struct span *longest = NULL;

	for (size_t i = 0; planned_us > 0 && i < gaps.count; i++) {
		struct span *g = &gaps.list[i];

		if (g->to_us > planned_us &&
		    (longest == NULL || g->to_us - g->from_us >
					    longest->to_us - longest->from_us))
			longest = g;
	}
	if (longest != NULL && longest->from_us > planned_us) {
		longest->from_us = planned_us;
		cut_overlaps(longest);
	}
	planned_us = 0;
}

static void plan(uint64_t at_ms)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	(void)pthread_mutex_lock(&lock);
	planned_us = now_us() + at_ms * 1000 - (uint64_t)t.tv_sec * 1000000 -
		     (uint64_t)t.tv_nsec / 1000;
	(void)pthread_mutex_unlock(&lock);
	(void)printf("planned\n");
}

static void mark(const char *name)
{
	const struct span *worst;
	uint64_t more_us;

	(void)pthread_mutex_lock(&lock);
	begin_with_plan();
	more_us = excess_us(&worst);
	tell_worst(name, worst);
	(void)printf("%s: %llu transactions, %llu errors, %llu unknown, "
		     "%llu log-ins refused, longest stall %llu ms, "
		     "longest without a primary %llu ms, "
		     "at most %llu ms of a stall with one\n",
	    name, atomic_exchange(&done, 0), atomic_exchange(&failed, 0),
	    atomic_exchange(&unknown, 0), atomic_exchange(&refused, 0),
	    (unsigned long long)longest_us(&stalls) / 1000,
	    (unsigned long long)longest_us(&gaps) / 1000,
	    (unsigned long long)more_us / 1000);
	stalls.count = gaps.count = 0;
	marked_us = now_us();
	(void)pthread_mutex_unlock(&lock);
}

static uint64_t all_of_them(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < client_count; i++)
		sum += clients[i].next;
	return sum;
}

static void wait_for(uint64_t count)
{
	while (all_of_them() < count)
		pause_ms(20);
	(void)printf("waited\n");
}

static void calm(void)
{
	for (int i = 0; i < client_count; i++) {
		uint32_t from = clients[i].next;

		while (clients[i].next < from + 2)
			pause_ms(5);
	}
	(void)printf("calm\n");
}

/* How often each row is there. */
static uint8_t *read_rows(PGconn *conn)
{
	size_t size = (size_t)client_count * ROWS_MAX;
	uint8_t *found = calloc(size, 1);
	PGresult *r = PQexec(conn, "COPY ledger TO STDOUT");
	char *line = NULL;

	if (found == NULL || PQresultStatus(r) != PGRES_COPY_OUT)
		exit(2);
	PQclear(r);
	while (PQgetCopyData(conn, &line, 0) > 0) {
		size_t id = strtoul(line, NULL, 10);

		if (id < size && found[id] < 255)
			found[id]++;
		PQfreemem(line);
	}
	return found;
}

static int check(void)
{
	PGconn *conn = PQconnectdb(gateway);
	unsigned long lost = 0, doubled = 0, ghosts = 0, kept = 0, sure = 0;
	unsigned long unsure = 0;
	uint8_t *found;

	atomic_store(&is_over, true);
	for (int i = 0; i < client_count; i++)
		(void)pthread_join(clients[i].thread, NULL);
	if (PQstatus(conn) != CONNECTION_OK)
		return 2;
	found = read_rows(conn);
	for (int i = 0; i < client_count; i++)
		for (size_t k = 0; k < clients[i].next; k++) {
			uint8_t n = found[(size_t)i * ROWS_MAX + k];
			uint8_t told = clients[i].told[k];

			sure += told == DONE;
			lost += told == DONE && n == 0;
			doubled += n > 1;
			ghosts += told == FAILED && n > 0;
			unsure += told == UNKNOWN;
			kept += told == UNKNOWN && n > 0;
		}
	(void)printf("ledger: %lu acknowledged, %lu lost, %lu doubled, "
		     "%lu there though said to have failed, %lu unknown of "
		     "which %lu are there\n",
	    sure, lost, doubled, ghosts, unsure, kept);
	free(found);
	PQfinish(conn);
	return lost + doubled + ghosts > 0;
}

static void begin(int count)
{
	client_count = count;
	for (int i = 0; i < count; i++) {
		clients[i].id = i;
		clients[i].told = calloc(ROWS_MAX, 1);
		if (clients[i].told == NULL ||
		    pthread_create(
			&clients[i].thread, NULL, run_client, &clients[i]) != 0)
			exit(2);
	}
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;
	char line[TEXT_MAX];
	pthread_t thread;

	if (count < 1 || count > CLIENTS_MAX)
		return 2;
	gateway = argv[2];
	begin(count);
	for (int i = 3; i < argc; i++)
		if (pthread_create(&thread, NULL, watch, argv[i]) != 0)
			return 2;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "mark ", 5) == 0)
			mark(line + 5);
		else if (strncmp(line, "planned ", 8) == 0)
			plan(strtoull(line + 8, NULL, 10));
		else if (strncmp(line, "wait ", 5) == 0)
			wait_for(strtoull(line + 5, NULL, 10));
		else if (strcmp(line, "calm") == 0)
			calm();
		else if (strcmp(line, "check") == 0)
			return check();
	}
	return 2;
}
