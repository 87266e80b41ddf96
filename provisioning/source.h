/* source.h - who is asked for readings, and whose turn it is; private to the
 * sampler, which holds a lock over each call.
 */
#ifndef HANSE_PROVISIONING_SOURCE_H
#define HANSE_PROVISIONING_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "hv/hv.h"
#include "provisioning/host.h"
#include "provisioning/lives.h"

enum source_kind {
	SOURCE_DOMAINS, /* of a host and driver */
	SOURCE_GATEWAY,
	SOURCE_EDGE,
};
#define SOURCE_KIND_COUNT (SOURCE_EDGE + 1)

enum source_turn {
	SOURCE_IDLE,
	SOURCE_QUEUED,
	SOURCE_ASKED, /* a hand has it, and nobody else touches it */
};

struct source {
	enum source_kind kind;
	char *name; /* in the ledger: "domain/local/lxc" */
	char *host, *uri;
	enum hv_driver driver;
	bool is_local, is_listed;
	enum source_turn turn;
	/* The hand's that has it. */
	struct hv_conn *conn;
	struct lives lives; /* of another host */
	bool is_failing;
	size_t domains; /* at the last reading */
};

struct sources {
	struct source **list;
	size_t count;
};

/** Add those that are new, drop those that are not any more. */
void sources_update(struct sources *sources, const struct plat *plat,
    const struct hosts *hosts);
void sources_done(struct sources *sources);

/** It is everybody's turn, but theirs who are being asked, and of hosts that do
 * not answer. */
void sources_queue(struct sources *sources);

/** One whose turn it is, now asked; NULL: there is none. */
struct source *sources_next(struct sources *sources);

/** How many domains there are in all. */
size_t sources_domains(const struct sources *sources);

/** Their names as a list in JSON, owned by the caller. */
char *sources_names(const struct sources *sources);

#endif
