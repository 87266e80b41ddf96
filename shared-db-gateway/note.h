/* note.h - word between the gateway's own processes, each with a descriptor or
 * without: from the master to its listener, from the listener to the workers.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_NOTE_H
#define HANSE_SHARED_DB_GATEWAY_NOTE_H

#include <stdbool.h>
#include <stdint.h>

/** Workers at once, those that drain included. A client's cancel key names its
 * worker by its slot. */
#define GW_SLOTS 2048u

enum gw_note_kind {
	/* To the listener. */
	GW_NOTE_LISTEN = 'L', /* a listening socket; text: whose clients come
			       * there, "" for those of whom they name */
	GW_NOTE_VE = 'V',     /* text: a VE, which may have no worker yet */
	GW_NOTE_FORGET = 'F', /* text: a VE that is no more */
	GW_NOTE_WORKER = 'W', /* slot, its socket; text: whose clients go there
			       * from now on; those before it get no more */
	GW_NOTE_GONE = 'G',   /* slot: its worker has ended */
	/* To a worker. */
	GW_NOTE_CLIENT = 'C', /* a client; text: its address */
};

struct gw_note {
	uint8_t kind;
	uint8_t tls_asked; /* of a client: it has been told to begin TLS */
	uint16_t slot;
	char text[124];
};

/**
 * Send one over a SOCK_SEQPACKET socket, whole or not at all.
 *
 * @fd:  passed along, stays the caller's; -1: none
 *
 * Returns 0, or -1 with errno; EAGAIN: not now.
 */
int gw_note_send(int socket, const struct gw_note *note, int fd);

/**
 * Take the next one.
 *
 * @ret_fd:  the caller's; -1 if none came
 *
 * Returns 1, 0 at the end, or -1 with errno; EBADMSG: no note of ours.
 */
int gw_note_take(int socket, struct gw_note *ret_note, int *ret_fd);

#endif
