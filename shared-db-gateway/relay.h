/* relay.h - what has become of an attempt to pass something on. */
#ifndef HANSE_SHARED_DB_GATEWAY_RELAY_H
#define HANSE_SHARED_DB_GATEWAY_RELAY_H

enum gw_outcome {
	GW_STUCK, /* nothing can be done now */
	GW_MOVED,
	GW_BROKEN, /* bytes that may not come */
};

#endif
