/* verb.h - what the first words of a text say about its end: whether it can
 * commit, and whether a server that goes takes back all of it.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_VERB_H
#define HANSE_SHARED_DB_GATEWAY_VERB_H

#include <stddef.h>

/** Bits; a text has those of all its statements. */
#define GW_VERB_PLAIN  1u /* part of a transaction, and does not commit it */
#define GW_VERB_COMMIT 2u /* commits it */
#define GW_VERB_OTHER  4u /* may commit in parts, or is not known */

/**
 * Look at a text.
 *
 * It is cut at every semicolon, those in quotes too: a statement never hides,
 * and what looks like none is of the last kind.
 */
unsigned gw_verbs(const char *text, size_t len);

#endif
