/* client.h - one that says the same both ways, and compares. */
#ifndef HANSE_TESTS_GATEWAY_DIFFER_CLIENT_H
#define HANSE_TESTS_GATEWAY_DIFFER_CLIENT_H

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "script.h"
#include "way.h"

#define PAST     4
#define CRASH_MS 2000 /* until all have heard of one */

struct client {
	pthread_t thread;
	unsigned number;
	struct way ways[2];
	PGconn *witness; /* does nothing; what it hears is a crash */
	struct script script;
	/* The ones before, and what PostgreSQL said to them. */
	struct bytes past[2 * PAST];
	struct bytes normal[2]; /* what has come, as it is compared */
};

/** All of them stop when one has failed. */
extern uint64_t client_seed;
extern atomic_bool client_failed;
extern atomic_long client_excused;

enum verdict { SAME, EXCUSED, CRASHED, DIFFERENT };

/** What has come both ways; it is printed if it differs. */
enum verdict client_judge(struct client *c);

/** Whether PostgreSQL has crashed, which all hear of in CRASH_MS. */
bool client_has_crashed(const struct client *c, int wait_ms);

#endif
