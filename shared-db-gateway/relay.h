/* relay.h - what has become of an attempt to pass something on. */
#ifndef HANSE_SHARED_DB_GATEWAY_RELAY_H
#define HANSE_SHARED_DB_GATEWAY_RELAY_H

#include <stdint.h>

struct gw_backend;
struct gw_session;

enum gw_outcome {
	GW_STUCK, /* nothing can be done now */
	GW_MOVED,
	GW_BROKEN, /* bytes that may not come */
};

/** As far as it goes: what the client has sent, and what its backend has. */
enum gw_outcome gw_relay_up(struct gw_session *s);
enum gw_outcome gw_relay_down(struct gw_session *s);
/** The Bind that was accounted for last is one of the unnamed portal. */
void gw_relay_note_unnamed(struct gw_backend *b);

/** What the client asks for with a message of that type is owed from now on. */
void gw_relay_note(struct gw_session *s, struct gw_backend *b, uint8_t type);

#endif
