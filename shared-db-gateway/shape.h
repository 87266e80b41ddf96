/* shape.h - statements that differ in nothing but their numbers, as one: what
 * is found out about a text is found out once.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_SHAPE_H
#define HANSE_SHARED_DB_GATEWAY_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A shape. Its id is the first 8 bytes of the SHA-256 of the text with each
 * number that stands alone as 0: the same in every run and on every host. */
struct gw_shape {
	struct gw_shape *next;
	uint64_t key[2];
	uint64_t id;
	uint32_t kinds; /* see classify.h */
	bool is_plain;
	unsigned told; /* the audit's generation that knows its text */
};

/** All that have been seen; forgotten when there are too many. */
struct gw_shapes;

/** NULL: no randomness. */
struct gw_shapes *gw_shapes_new(void);
void gw_shapes_free(struct gw_shapes *shapes);
size_t gw_shapes_count(const struct gw_shapes *shapes);

/**
 * The shape of a text; lent until the next call.
 *
 * @text:   with its NUL
 * @is_new: it was not known; NULL if that does not matter
 */
struct gw_shape *gw_shapes_look(
    struct gw_shapes *shapes, const char *text, size_t len, bool *is_new);

/**
 * Its text without anything that may be somebody's: numbers and strings are $1
 * and so on. Owned by the caller; NULL if it is not a plain statement.
 */
char *gw_shape_text(const struct gw_shape *shape, const char *text);

#endif
