/* client.h - one request to hansed, as protocol.md has it; private to hanse. */
#ifndef HANSE_PROVISIONING_CLIENT_H
#define HANSE_PROVISIONING_CLIENT_H

#include <jansson.h>

#include "base/mem.h"

struct call;
struct hs_err;

#define HANSED_SOCKET "/run/hanse/hansed.sock"

/** The socket's path: --socket, HANSE_SOCKET, HANSED_SOCKET, in this order. */
const char *client_socket(const struct call *call);

/** Told of what hansed says before its last line. */
struct client_watch {
	/** One event; the object lives for the call. */
	void (*event)(void *arg, json_t *event);
	/** About five times a second while nothing comes; NULL if not wanted.
	 */
	void (*tick)(void *arg);
	void *arg;
};

/**
 * Ask hansed.
 *
 * @call:        for client_socket()
 * @request:     keeps it (takes the reference)
 * @watch:       NULL if events do not matter
 * @ret_result:  the answer; the caller owns the reference
 * @file:        what faults of a spec are named with; NULL if there is none
 *
 * Faults that come with an error are put into the call.
 * Errors: as hansed says; HS_EREMOTE (not there), HS_EDENIED.
 */
int client_ask(const struct call *call, json_t *request,
    const struct client_watch *watch, const char *file, json_t **ret_result,
    struct hs_err *err);

/** json_decref() that takes NULL, for hs_auto(). */
HS_FREEP(json_freep, json_t *, json_decref)

#endif
