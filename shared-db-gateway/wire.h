/* wire.h - bytes of PostgreSQL's protocol 3.0: blocks, reading, writing,
 * frames. Every function is total: any bytes may come.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_WIRE_H
#define HANSE_SHARED_DB_GATEWAY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One TLS record's worth; a message that is made or kept whole fits in. */
#define GW_BLOCK 16384u
/** Before log-in no message is longer, its length word included. */
#define GW_HELLO_MAX 8192u

/** Bytes on their way; holds a block only while there are any. */
struct gw_bytes {
	uint8_t *data;
	size_t start, end;
};

size_t gw_bytes_len(const struct gw_bytes *bytes);
/** Room behind the bytes after moving them to the front. */
size_t gw_bytes_room(const struct gw_bytes *bytes);
/** Where up to gw_bytes_room() bytes may be put; then move end. */
uint8_t *gw_bytes_space(struct gw_bytes *bytes);
/** Take len bytes off the front. */
void gw_bytes_drop(struct gw_bytes *bytes, size_t len);
/** All or nothing. */
bool gw_bytes_add(struct gw_bytes *bytes, const void *data, size_t len);
/** How many bytes of in may go to out now. */
size_t gw_bytes_passable(const struct gw_bytes *in, const struct gw_bytes *out);
/** Move bytes from the front of in to the end of out; there is room. */
void gw_bytes_pass(struct gw_bytes *in, struct gw_bytes *out, size_t good);
void gw_bytes_done(struct gw_bytes *bytes);

/** Reads a message's body; after a read beyond the end, bad stays true. */
struct gw_reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

uint8_t gw_get_u8(struct gw_reader *r);
uint32_t gw_get_u32(struct gw_reader *r);
/** Up to its NUL, in place; "" when bad. */
const char *gw_get_text(struct gw_reader *r);
/** len bytes in place; NULL when bad. */
const uint8_t *gw_get_raw(struct gw_reader *r, size_t len);

/** Writes one message into bytes. */
struct gw_writer {
	struct gw_bytes *bytes;
	size_t begin; /* what bytes held before */
	bool typed, full;
};

/** Begin a message; type 0 is one without (start-up, cancel). */
struct gw_writer gw_put_begin(struct gw_bytes *bytes, uint8_t type);
void gw_put_u8(struct gw_writer *w, uint8_t value);
void gw_put_u32(struct gw_writer *w, uint32_t value);
void gw_put_text(struct gw_writer *w, const char *text);
void gw_put_raw(struct gw_writer *w, const void *data, size_t len);
/** End it; false and nothing written if it did not fit. */
bool gw_put_end(struct gw_writer *w);

/** What comes before start-up, and start-up itself. */
enum gw_hello {
	GW_HELLO_MORE, /* not all here yet */
	GW_HELLO_BAD,
	GW_HELLO_SSL,
	GW_HELLO_GSS,
	GW_HELLO_CANCEL,
	GW_HELLO_STARTUP, /* any version */
};

/** @ret_size: of the whole packet, from its length word on */
enum gw_hello gw_hello_parse(const uint8_t *data, size_t len, size_t *ret_size);

#define GW_CODE_CANCEL  0x04d2162eu
#define GW_CODE_SSL     0x04d2162fu
#define GW_CODE_GSS     0x04d21630u
#define GW_PROTOCOL_3_0 0x00030000u

/** Who sends. */
enum gw_side { GW_FRONTEND, GW_BACKEND };

struct gw_frame {
	uint8_t type;
	size_t body; /* bytes behind the five of the header */
};

enum gw_verdict { GW_MORE, GW_GOOD, GW_BAD };

/**
 * Read a frame's header.
 *
 * @max_body:  for the types that may be long
 */
enum gw_verdict gw_frame_parse(enum gw_side side, const uint8_t *data,
    size_t len, size_t max_body, struct gw_frame *ret_frame);

/** What an ErrorResponse says, as far as anyone here wants to know. */
struct gw_trouble {
	char sqlstate[6];
	bool is_fatal;
};

/** False if it has no proper SQLSTATE. */
bool gw_trouble_parse(
    const uint8_t *body, size_t len, struct gw_trouble *ret_trouble);

#endif
