/* gather.h - one answer made of several workers'. */
#ifndef HANSE_SHARED_DB_GATEWAY_GATHER_H
#define HANSE_SHARED_DB_GATEWAY_GATHER_H

#include <stdbool.h>

struct json_t;

struct gw_gather {
	bool any;             /* one that could is enough, as for "kill" */
	struct json_t *sum;   /* of the good ones; NULL: none yet */
	struct json_t *fault; /* the first bad one; NULL: none */
};

/** Begin. @any: whether one good answer makes it good; else all must be */
void gw_gather_begin(struct gw_gather *gather, bool any);

/** Add a worker's. Numbers are added, lists joined; routes of the same user,
 * whose clients two workers have, become one. */
void gw_gather_add(struct gw_gather *gather, const struct json_t *answer);

/** The answer with its "ok", owned by the caller; ends it. */
struct json_t *gw_gather_end(struct gw_gather *gather);

#endif
