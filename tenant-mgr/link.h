/* link.h - one connection to slapd, and what a handle remembers. */
#ifndef HANSE_TENANT_MGR_LINK_H
#define HANSE_TENANT_MGR_LINK_H

#include <ldap.h>
#include <pthread.h>
#include <stdint.h>

#include "tenant-mgr/tenant.h"

struct tenant {
	char *uri, *ca, *bind_dn, *password, *base;
	int timeout_ms;
	struct ldap_conncb callback; /* the same for all connections */
	pthread_mutex_t lock;        /* for what follows */
	LDAP *ld;                    /* NULL: not connected */
	int64_t failed_ms;           /* when connecting last failed; 0: never */
};

/** Milliseconds of the monotonic clock. */
int64_t tenant_link_now(void);

/** Start a connection as nobody. Errors: HS_EREMOTE, HS_ESYSTEM. */
int tenant_link_start(struct tenant *tenant, LDAP **ret_ld, struct hs_err *err);
void tenant_link_end(LDAP *ld);

/** Bind by name and password; returns an LDAP result code. */
int tenant_link_bind(LDAP *ld, const char *dn, const char *password);

/**
 * Have tenant->ld connected and bound; the lock is held.
 *
 * @since_ms:  when the caller began to wait; if connecting has failed since
 *             then, that failure is this caller's too
 */
int tenant_link_connect(
    struct tenant *tenant, int64_t since_ms, struct hs_err *err);

/** Record an LDAP result code as a failure. Returns -1. */
int tenant_link_fail(int rc, const char *doing, struct hs_err *err);

HS_FREEP(tenant_link_endp, LDAP *, tenant_link_end)

#endif
