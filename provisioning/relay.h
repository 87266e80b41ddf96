/* relay.h - the way between hosts: on each of them an nginx that passes
 * streams, inside TLS with certificates that only hosts have.
 *
 *   portal of a domain elsewhere   edge -> relay there -> domain:9000
 *   gateway and directory          domain -> 10.90.0.1 there -> relay here
 *   libvirt of another host        hansed -> socket here -> relay there
 *
 * The name a client asks for (SNI) says where a stream goes: SERVICE.HOST
 * .hosts.hanse.internal. The authority in ca/hosts issues nothing else.
 */
#ifndef HANSE_PROVISIONING_RELAY_H
#define HANSE_PROVISIONING_RELAY_H

#include "provisioning/host.h"

struct hs_err;

#define RELAY_PORT 6443

/**
 * The socket here that leads to portals of another host: a client first says
 * which one, "PROXY TCP4 ADDRESS 0.0.0.0 0 9000\r\n". Owned by the caller.
 */
char *relay_portal_socket(const struct plat *plat, const char *host);

/** "ADDRESS:6443"; owned by the caller. */
char *relay_address(const char *address);

/** The name of a portal's stream on its host; owned by the caller. */
char *relay_portal_name(const char *host, const char *address);

/**
 * The certificate of a host, made or renewed: both ends of its streams.
 * Errors: HS_ESYSTEM.
 */
int relay_credential(
    const struct plat *plat, const char *host, struct hs_err *err);

/**
 * Write this host's relay.conf from the hosts in the control database (or, with
 * none, from the configuration alone), and tell a relay that runs.
 */
int relay_write(
    struct plat *plat, const struct hosts *hosts, struct hs_err *err);

/** What a new member's relay has for a configuration; owned by the caller. */
char *relay_member(
    const struct plat *plat, const char *host, const char *address);

#endif
