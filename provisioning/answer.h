/* answer.h - whether an instance of a portal answers, asked behind the edge. */
#ifndef HANSE_PROVISIONING_ANSWER_H
#define HANSE_PROVISIONING_ANSWER_H

struct hs_err;

/**
 * Ask the portal at an address whether it and all behind it are well: one
 * FastCGI request for /healthz, as the edge would send it.
 *
 * @relay:  the socket of the relay to the host it is on (see relay.h); NULL:
 * this one
 *
 * Errors: HS_EREMOTE (it does not answer, or says that something is away).
 */
int answer_of_portal(
    const char *address, const char *relay, int timeout_ms, struct hs_err *err);

#endif
