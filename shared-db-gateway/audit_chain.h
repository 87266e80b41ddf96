/* audit_chain.h - the chains of the audit's folder. Each worker writes one of
 * its own, VE/; while one of the same VE still drains, the next has VE~1/.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_AUDIT_CHAIN_H
#define HANSE_SHARED_DB_GATEWAY_AUDIT_CHAIN_H

#include <stddef.h>

#include "base/mem.h"

struct hs_err;

struct gw_audit_chains {
	char **paths; /* in the order of their names; the folder's own first,
		       * where it has one, of before there were workers */
	size_t count;
};

/** Those that are there. Errors: HS_ESYSTEM. */
int gw_audit_chains(
    const char *folder, struct gw_audit_chains *ret_chains, struct hs_err *err);
void gw_audit_chains_done(struct gw_audit_chains *chains);

/**
 * Take one that nobody writes; make it, if there is none.
 *
 * @ret_path:  of its folder, owned by the caller
 * @ret_lock:  it is the caller's alone until this is closed
 *
 * Errors: HS_ESYSTEM.
 */
int gw_audit_chain_take(const char *folder, const char *ve, char **ret_path,
    int *ret_lock, struct hs_err *err);

#endif
