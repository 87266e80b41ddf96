/* classify.h - what kind of statements a text holds, by PostgreSQL's own
 * parser.
 *
 * What is refused by it is defence in depth: who may do what is the database's
 * to say, by the role's rights.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_CLASSIFY_H
#define HANSE_SHARED_DB_GATEWAY_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

struct gw_class {
	uint32_t kinds;  /* see kinds.h; 0: none of them */
	bool is_plain;   /* SELECT, INSERT, UPDATE, DELETE, MERGE, no others */
	bool is_garbled; /* PostgreSQL would not take it either */
};

/** Texts longer than this are of kind "long" and not looked into, in bytes. */
#define GW_CLASSIFY_MAX 65536u

/** All statements of a text; blocks for microseconds. */
void gw_classify(const char *text, struct gw_class *ret_class);

#endif
