/* ground.h - where attacks are made, and who makes them. */
#ifndef HANSE_TESTS_GATEWAY_GROUND_H
#define HANSE_TESTS_GATEWAY_GROUND_H

#include <stdbool.h>

#include "tests/gateway/protocol/message.h"

#define LEN(list) (sizeof(list) / sizeof((list)[0]))

/** A, B and E are PostgreSQL as the poolers of these designs use it (see
 * escape.c); the naive pooler is naive.h's. */
enum design { GATEWAY, WEAK_A, WEAK_B, WEAK_E, NAIVE };
#define DESIGNS (NAIVE + 1)

enum person { ANNA, BERT, NOBODY }; /* enterprises of the VE alpha */

/** With a certificate of each, and with none. */
extern struct place gateway_places[3];
extern struct place server;
extern struct place naive; /* of the attack that runs */

/** "alpha.anna", and the password that comes with it. */
extern const char *const users[2], *const passwords[2];

/** Connect and log in, as the pooler does for them; false: no. */
bool enter(struct channel *c, enum design design, enum person who);

/** Where that is; who may be NOBODY. */
const struct place *place_of(enum design design, enum person who);

/** Put a start-up message with user and database as that design has them. */
void put_hello(struct bytes *b, enum design design, enum person who,
    const char *const *more);

/** Put a Parse and a Bind without parameters; an Execute of all rows. */
void put_whole(
    struct bytes *b, const char *name, const char *portal, const char *sql);
void put_execute(struct bytes *b, const char *portal);

/** Send a statement by itself and take its answers. */
bool say(struct channel *c, const char *sql);

/* What is believed only when the server says it: the texts of the statements
 * differ from what they answer. */
#define PROOF_OF(condition)                                                  \
	"SELECT CASE WHEN (" condition ") THEN 'it is' ELSE 'it is no' END " \
	"|| 't so'"
#define PROVEN "it ist so"
#define ENDING "SELECT 'the ' || 'end of it'"
#define ENDED  "the end of it"

#define SEES_BERT                                                         \
	PROOF_OF("SELECT count(*) = 1 FROM doc WHERE enterprise::text = " \
		 "'alpha.bert'")

/** Send those bytes, then ask; whether the answer is the proof. */
bool is_proven(
    struct channel *c, const struct bytes *script, const char *proof);

/** Run an attack where it is to work and where it must not, with a naive
 * pooler of its own if it is one of those. */
typedef bool attempt(const void *attack, enum design design);
bool try_at(enum design design, attempt *run, const void *attack);
void match(const char *name, const char *how, enum design weak, attempt *run,
    const void *attack);

/** The victim of an attack of Anna's, in words. */
extern const char *const to_whom[2];

/** The tables. */
void attack_in_session(void);
void attack_by_slips(void);
void attack_by_leftovers(void);
void attack_by_names(void);
void attack_by_cancels(void);
void attack_at_start(void);

#endif
