/* patroni.h - ask Patroni's REST API whether its server is the primary, and
 * when it is to be that no more, without blocking: libcurl in the event loop.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_PATRONI_H
#define HANSE_SHARED_DB_GATEWAY_PATRONI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_ask;
struct gw_config;
struct gw_patroni;
struct hs_err;
struct hs_loop;
struct json_t;

/** Whom to ask; all is copied. */
struct gw_member {
	const char *host; /* IP address */
	unsigned port;
	const char *server_name; /* of its certificate */
};

enum gw_says {
	GW_SAYS_YES,     /* it holds the leader's lock */
	GW_SAYS_NO,      /* it does not */
	GW_SAYS_NOTHING, /* it cannot be reached, or not in time */
};

enum gw_inquiry {
	GW_ASK_PRIMARY,  /* are you it? */
	GW_ASK_SCHEDULE, /* is a switchover planned? */
};

struct gw_answer {
	enum gw_says says;
	uint64_t switchover_ms; /* when, since 1970; 0: none */
};

/** Errors: HS_ESYSTEM. */
int gw_patroni_open(struct hs_loop *loop, const struct gw_config *config,
    struct gw_patroni **ret_patroni, struct hs_err *err);
/** What it shows and whom it believes from now on; see keys.h. */
void gw_patroni_set_keys(struct gw_patroni *patroni, const struct json_t *keys);
/** No question is under way. NULL is fine. */
void gw_patroni_close(struct gw_patroni *patroni);

/**
 * Ask; fn is called once, never before this returns, and ends the question.
 *
 * Returns NULL if it cannot be asked.
 */
struct gw_ask *gw_patroni_ask(struct gw_patroni *patroni,
    const struct gw_member *member, enum gw_inquiry question,
    void (*fn)(void *owner, const struct gw_answer *answer), void *owner);

/** What GET /cluster says of a planned switchover: when, milliseconds since
 * 1970; 0: none, or it is not understood. */
uint64_t gw_patroni_schedule(const char *json, size_t len);

/** Nobody wants to know any more; NULL is fine. */
void gw_patroni_drop(struct gw_ask *ask);

#endif
