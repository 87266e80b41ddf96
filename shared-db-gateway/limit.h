/* limit.h - what an enterprise and its VE may use, kept outside SQL: a session
 * can set none of it away.
 *
 * Who is above a rate waits; who takes too long is cancelled, then ended.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_LIMIT_H
#define HANSE_SHARED_DB_GATEWAY_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_backend;
struct gw_core;
struct gw_entry;
struct gw_limits;
struct gw_session;

/** What has been taken of so much a second. Start with { 0 }. */
struct gw_rate {
	uint64_t due_ns; /* when what was taken is paid off */
};

/**
 * Take some, now or in time: who asks first is served first.
 *
 * @per_s:   at most, in any second but for what may come at once: a tenth of it
 * @now_ms:  by the loop's clock
 *
 * Returns how long it has to be waited for, in milliseconds.
 */
uint64_t gw_rate_take(
    struct gw_rate *rate, unsigned per_s, uint64_t amount, uint64_t now_ms);

/** The stricter of an enterprise's and its VE's; 0: none. */
unsigned gw_limit_of(const struct gw_entry *entry, size_t offset);
#define GW_LIMIT_OF(entry, name) \
	gw_limit_of(entry, offsetof(struct gw_limits, name))

/** Whether one more session, or backend, of the enterprise may be. */
bool gw_limit_has_place(const struct gw_entry *entry);
bool gw_limit_has_backend(const struct gw_entry *entry);
bool gw_limit_has_own_backend(const struct gw_entry *entry); /* of its own */
/** Whether it has more than it may have by now. */
bool gw_limit_is_over(const struct gw_entry *entry);
/** Whether one more of its sessions may keep a backend to itself: some stay
 * for the others. */
bool gw_limit_may_keep(const struct gw_entry *entry);

/** Whether its next transaction may begin; if not, it is run when it may. */
bool gw_limit_may_begin(struct gw_session *s);
/** It begins. */
void gw_limit_begun(struct gw_session *s, struct gw_backend *b);

/** It is run again in a while. */
void gw_limit_wait(struct gw_session *s, uint64_t wait_ms);

/** Bytes have passed. */
void gw_limit_passed(struct gw_session *s, size_t bytes);
/** Whether none may pass yet; it is run when they may. */
bool gw_limit_is_full(struct gw_session *s);

/** A statement is on its way: how long it takes is looked at. */
void gw_limit_watch(struct gw_core *core);

#endif
