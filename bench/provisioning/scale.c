/* scale.c - many clients ask hansed many things: scale SOCKET CLIENTS SECONDS
 * HOSTS. Prints requests a second, latencies, and what one full list takes.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define CLIENTS_MAX 60
#define ANSWERS_MAX 2000000

static const char *path;
static long hosts;
static double end_s;

/** One client and how long its answers took, in microseconds. */
struct client {
	pthread_t thread;
	unsigned seed;
	unsigned *us;
	size_t count, failed;
};

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The last line must be a result; how many bytes came is returned, 0 if it was
 * none. */
static size_t ask(const char *request)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	hs_auto(hs_closep) int fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static const char good[] = "{\"result\"";
	char buf[65536], head[sizeof(good)] = "";
	size_t total = 0;
	ssize_t n;

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) <
		0 ||
	    send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		return 0;
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0) {
		if (total == 0 && (size_t)n >= sizeof(good) - 1)
			memcpy(head, buf, sizeof(good) - 1);
		total += (size_t)n;
	}
	return strcmp(head, good) == 0 ? total : 0;
}

static void make_request(struct client *c, char *text, size_t size)
{
	long host = rand_r(&c->seed) % hosts,
	     domain = 1 + rand_r(&c->seed) % 16;
	int dice = rand_r(&c->seed) % 100;

	if (dice < 50)
		(void)snprintf(text, size,
		    "{\"command\":\"get\",\"what\":\"domains\",\"ve\":\"s%ld\"}"
		    "\n",
		    host);
	else if (dice < 70)
		(void)snprintf(text, size,
		    "{\"command\":\"describe\",\"what\":\"domain\",\"name\":"
		    "\"s%ld.d%ld\"}\n",
		    host, domain);
	else if (dice < 80)
		(void)snprintf(
		    text, size, "{\"command\":\"get\",\"what\":\"jobs\"}\n");
	else if (dice < 90)
		(void)snprintf(
		    text, size, "{\"command\":\"get\",\"what\":\"ves\"}\n");
	else if (dice < 95)
		(void)snprintf(text, size, "{\"command\":\"quota\"}\n");
	else
		(void)snprintf(text, size, "{\"command\":\"ping\"}\n");
}

static void *client_thread(void *arg)
{
	struct client *c = arg;
	char request[160];

	while (now_s() < end_s && c->count < ANSWERS_MAX) {
		double since = now_s();

		make_request(c, request, sizeof(request));
		if (ask(request) == 0)
			c->failed++;
		c->us[c->count++] = (unsigned)((now_s() - since) * 1e6);
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static void report(struct client *clients, size_t count, double seconds)
{
	size_t total = 0, failed = 0, at = 0;
	hs_auto(hs_freep) unsigned *all = NULL;

	for (size_t i = 0; i < count; i++)
		total += clients[i].count;
	all = hs_alloc((total + 1) * sizeof(*all));
	for (size_t i = 0; i < count; i++) {
		memcpy(
		    all + at, clients[i].us, clients[i].count * sizeof(*all));
		at += clients[i].count;
		failed += clients[i].failed;
		free(clients[i].us);
	}
	qsort(all, total, sizeof(*all), by_size);
	(void)printf("%zu requests of %zu clients in %.1f s: %.0f a second, "
		     "p50 %.1f ms, p99 %.1f ms, %zu failed\n",
	    total, count, seconds, (double)total / seconds,
	    total > 0 ? all[total / 2] / 1e3 : 0,
	    total > 0 ? all[total * 99 / 100] / 1e3 : 0, failed);
}

static void list_all(void)
{
	for (int i = 0; i < 5; i++) {
		double since = now_s();
		size_t bytes =
		    ask("{\"command\":\"get\",\"what\":\"domains\"}\n");

		(void)printf("full list: %zu bytes in %.0f ms\n", bytes,
		    (now_s() - since) * 1e3);
	}
}

int main(int argc, char **argv)
{
	struct client clients[CLIENTS_MAX] = { 0 };
	size_t count = argc == 5 ? strtoul(argv[2], NULL, 10) : 0;
	double seconds, since;

	if (count < 1 || count > CLIENTS_MAX)
		return 64;
	path = argv[1];
	seconds = strtod(argv[3], NULL);
	hosts = strtol(argv[4], NULL, 10);
	list_all();
	since = now_s();
	end_s = since + seconds;
	for (size_t i = 0; i < count; i++) {
		clients[i].seed = (unsigned)i + 1;
		clients[i].us = hs_alloc(ANSWERS_MAX * sizeof(unsigned));
		if (pthread_create(&clients[i].thread, NULL, client_thread,
			&clients[i]) != 0)
			return 1;
	}
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(clients[i].thread, NULL);
	report(clients, count, now_s() - since);
	return 0;
}
