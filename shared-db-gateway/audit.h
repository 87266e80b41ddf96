/* audit.h - the audit as the event loop sees it: records go into a ring, and a
 * thread of its own writes them. Only the loop's thread puts any in.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_AUDIT_H
#define HANSE_SHARED_DB_GATEWAY_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared-db-gateway/audit_file.h"

struct gw_audit;
struct hs_err;

struct gw_audit_config {
	char *folder;  /* of the gateway's user alone; NULL: no audit */
	bool required; /* what cannot be kept is not done */
	unsigned keep_days;
	unsigned segment_mib;
};

/**
 * Go on at the end of what is in the folder, which is there, and begin to
 * write. Call after the signals are blocked. Errors: HS_EINVAL (what is there
 * is broken), HS_ESYSTEM.
 */
int gw_audit_open(const struct gw_audit_config *config,
    struct gw_audit **ret_audit, struct hs_err *err);

/** Write what there is, and end. NULL is fine. */
void gw_audit_close(struct gw_audit *audit);

/** Whether statements may be passed on; NULL may. */
bool gw_audit_is_ready(const struct gw_audit *audit);

/** A number that changes when sessions and shapes are to be told again. */
unsigned gw_audit_generation(const struct gw_audit *audit);

/** One record. @text: need not end with a NUL */
void gw_audit_put(struct gw_audit *audit, enum gw_audit_kind kind, uint64_t id,
    const char *text, size_t len);
void gw_audit_put_statement(
    struct gw_audit *audit, const struct gw_audit_statement *statement);

struct gw_audit_stat {
	uint64_t records, bytes, lost;
	bool is_failing; /* the last write did not succeed */
};
struct gw_audit_stat gw_audit_stat(const struct gw_audit *audit);

#endif
