/* patience.h - a connection of libldap that gives up in time.
 *
 * libldap 2.5 spins on a server that accepts and then says nothing before TLS
 * is up, and dies of SIGPIPE on one that has gone. This layer below TLS waits
 * for the socket with a time limit and writes without the signal.
 */
#ifndef HANSE_TENANT_MGR_PATIENCE_H
#define HANSE_TENANT_MGR_PATIENCE_H

#include <ldap.h>

/**
 * Put the layer under the connection that ld is about to open.
 *
 * @callback:    memory that lives as long as ld
 * @timeout_ms:  for each wait; as long-lived
 *
 * Returns an LDAP_OPT code.
 */
int tenant_patience_set(
    LDAP *ld, struct ldap_conncb *callback, int *timeout_ms);

#endif
