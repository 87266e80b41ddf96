/* zipf.c - many enterprises, each with one session, of which few are busy:
 * which one is next follows Zipf's law.
 *
 *   gw_zipf CONNINFO USERS RATE SECONDS [SEED]
 *
 * A %d in CONNINFO becomes the number of the enterprise, from 1 on. RATE is
 * transactions a second of all together, at random instants; one that comes
 * while its enterprise is at another waits for it. Prints transactions, and
 * latencies in ms: p50, p99, the most.
 */

#include <errno.h>
#include <libpq-fe.h>
#include <math.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATEMENT "SELECT pg_sleep(0.002)"
#define SAMPLES   2000000

struct user {
	PGconn *conn;
	double *asked; /* when, of those that wait or are done now */
	size_t first, count, size;
	bool is_busy;
};

static double *samples;
static size_t taken;

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double uniform(void)
{
	return (double)rand() / ((double)RAND_MAX + 1);
}

static void die(const char *what, const PGconn *conn)
{
	(void)fprintf(stderr, "zipf: %s: %s", what,
	    conn != NULL ? PQerrorMessage(conn) : strerror(errno));
	exit(1);
}

static void connect_all(struct user *users, int count, const char *form)
{
	for (int i = 0; i < count; i++) {
		const char *at = strstr(form, "%d");
		char info[1024];

		if (at == NULL)
			die("no %d in CONNINFO", NULL);
		(void)snprintf(info, sizeof(info), "%.*s%d%s", (int)(at - form),
		    form, i + 1, at + 2);
		users[i].conn = PQconnectdb(info);
		if (PQstatus(users[i].conn) != CONNECTION_OK)
			die("connect", users[i].conn);
		(void)PQsetnonblocking(users[i].conn, 1);
	}
}

static void send_next(struct user *u)
{
	if (u->is_busy || u->count == 0)
		return;
	if (PQsendQuery(u->conn, STATEMENT) != 1)
		die("send", u->conn);
	(void)PQflush(u->conn);
	u->is_busy = true;
}

static void ask(struct user *u, double at)
{
	if (u->first + u->count == u->size) {
		memmove(u->asked, u->asked + u->first,
		    u->count * sizeof(*u->asked));
		u->first = 0;
		if (u->count * 2 >= u->size) {
			u->size = u->size * 2 + 16;
			u->asked =
			    realloc(u->asked, u->size * sizeof(*u->asked));
			if (u->asked == NULL)
				die("memory", NULL);
		}
	}
	u->asked[u->first + u->count++] = at;
	send_next(u);
}

static void take(struct user *u)
{
	PGresult *result;

	if (PQconsumeInput(u->conn) != 1)
		die("read", u->conn);
	while (!PQisBusy(u->conn)) {
		result = PQgetResult(u->conn);
		if (result == NULL) {
			if (taken < SAMPLES)
				samples[taken++] = now_s() - u->asked[u->first];
			u->first++;
			u->count--;
			u->is_busy = false;
			send_next(u);
			return;
		}
		if (PQresultStatus(result) != PGRES_TUPLES_OK)
			die("query", u->conn);
		PQclear(result);
	}
}

/* Sums of 1/rank: whose turn it is is found by halving. */
static double *weights(int count)
{
	double *sum = calloc((size_t)count, sizeof(*sum));

	if (sum == NULL)
		die("memory", NULL);
	for (int i = 0; i < count; i++)
		sum[i] = (i > 0 ? sum[i - 1] : 0) + 1.0 / (i + 1);
	return sum;
}

static int pick(const double *sum, int count)
{
	double at = uniform() * sum[count - 1];
	int low = 0, high = count - 1;

	while (low < high) {
		int middle = (low + high) / 2;

		if (sum[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void run(struct user *users, int count, double rate, double seconds)
{
	double *sum = weights(count), begin = now_s(), next = begin;
	struct pollfd *fds = calloc((size_t)count, sizeof(*fds));

	if (fds == NULL)
		die("memory", NULL);
	for (int i = 0; i < count; i++)
		fds[i] = (struct pollfd) { .fd = PQsocket(users[i].conn),
			.events = POLLIN };
	for (;;) {
		double now = now_s();
		int wait_ms, ready;

		if (now - begin > seconds)
			break;
		while (next <= now) {
			ask(&users[pick(sum, count)], next);
			next -= log(1 - uniform()) / rate;
		}
		wait_ms = (int)((next - now) * 1000);
		ready = poll(fds, (nfds_t)count, wait_ms);
		for (int i = 0; i < count && ready > 0; i++)
			if (fds[i].revents != 0) {
				ready--;
				take(&users[i]);
			}
	}
	free(fds);
	free(sum);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct user *users;
	int count;

	if (argc < 5) {
		(void)fprintf(stderr,
		    "usage: gw_zipf CONNINFO USERS RATE SECONDS [SEED]\n");
		return 2;
	}
	count = atoi(argv[2]);
	users = calloc((size_t)count + 1, sizeof(*users));
	samples = calloc(SAMPLES, sizeof(*samples));
	if (count < 1 || users == NULL || samples == NULL)
		return 2;
	srand(argc > 5 ? (unsigned)atoi(argv[5]) : 1);
	connect_all(users, count, argv[1]);
	run(users, count, atof(argv[3]), atof(argv[4]));
	qsort(samples, taken, sizeof(*samples), by_size);
	(void)printf("%zu %.2f %.2f %.2f\n", taken,
	    taken > 0 ? samples[taken / 2] * 1000 : 0,
	    taken > 0 ? samples[taken * 99 / 100] * 1000 : 0,
	    taken > 0 ? samples[taken - 1] * 1000 : 0);
	for (int i = 0; i < count; i++)
		PQfinish(users[i].conn);
	return 0;
}
