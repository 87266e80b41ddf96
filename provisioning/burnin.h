/* burnin.h - hanse burnin: everything an operator does, to chains that are made
 * for it, while their portals are asked all the time; private to hanse.
 */
#ifndef HANSE_PROVISIONING_BURNIN_H
#define HANSE_PROVISIONING_BURNIN_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct call;
struct hs_err;

/** What a scratch chain is to be. */
struct burnin_shape {
	const char *ve;
	unsigned memory_mib, vcpus;
	unsigned people;      /* of its first enterprise */
	const char *template; /* of the same */
	const char *host;     /* of the same; NULL: wherever */
	bool has_second;      /* an enterprise that trades with the first */
};

#define BURNIN_FIRST  "maker"
#define BURNIN_SECOND "taker"

/** The spec's text; owned by the caller. */
char *burnin_spec(const struct burnin_shape *shape);

/** Asks one portal, time after time, in a thread of its own. */
struct burnin_probe {
	pthread_t thread;
	bool runs;
	char *url, *resolve, *ca;
	atomic_bool stop;
	atomic_bool quiet; /* it need not answer now */
	atomic_long asked, failed;
	char first_failure[160];
};

/** Begin and end; between them "quiet" may be set and taken back. */
int burnin_probe_start(
    struct burnin_probe *probe, const char *ve, struct hs_err *err);
void burnin_probe_stop(struct burnin_probe *probe);

#endif
