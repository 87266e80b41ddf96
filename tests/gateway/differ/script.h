/* script.h - messages to be sent, one after the other. */
#ifndef HANSE_TESTS_GATEWAY_DIFFER_SCRIPT_H
#define HANSE_TESTS_GATEWAY_DIFFER_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

/** Bytes to send or that have come. */
struct bytes {
	uint8_t *data;
	size_t len, size;
};

struct script {
	struct bytes bytes;
	unsigned count; /* messages */
	uint64_t random;
};

void bytes_add(struct bytes *b, const void *data, size_t len);
void bytes_put_u32(struct bytes *b, uint32_t v);
void bytes_put_u16(struct bytes *b, unsigned v);
void bytes_put_text(struct bytes *b, const char *text);
void bytes_done(struct bytes *b);

/** Begin anew; its chance goes on. */
void script_clear(struct script *s);
void script_done(struct script *s);
uint32_t script_dice(struct script *s, uint32_t sides);

/** A message: begin it, put what it is made of, end it where it began. */
size_t script_begin(struct script *s, char type);
void script_end(struct script *s, size_t at);
/** One of nothing, and a Query. */
void script_plain(struct script *s, char type);
void script_query(struct script *s, const char *sql);

void script_some_message(struct script *s);

/** Whatever state it is in, this ends it; the last answer is known. */
void script_closing(struct script *s);

#endif
