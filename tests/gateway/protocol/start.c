/* start.c - attacks by start-up messages, and by what comes before one is let
 * in. On the gateway it is Anna who comes, by her certificate.
 */

#include <stdlib.h>
#include <string.h>

#include "tests/gateway/protocol/ground.h"

#define OTHER "alpha.bert"
#define MORE  6

#define IS_CARL PROOF_OF("SELECT session_user = 'beta.carl'")

/* -- One start-up message ----------------------------------------------------
 */

static const struct start {
	const char *name;
	enum design weak;
	const char *more[MORE]; /* names and values behind user and database */
	const char *proof;      /* NULL: SEES_BERT */
	const char *server;     /* for the TLS hello; NULL: one's own VE's */
} starts[] = {
	{ "role", WEAK_B, { "role", OTHER }, NULL, NULL },
	{ "ROLE", WEAK_B, { "ROLE", OTHER }, NULL, NULL },
	{ "role behind others", WEAK_B, { "TimeZone", "UTC", "rOlE", OTHER },
	    NULL, NULL },
	{ "role, twice", WEAK_B, { "role", "none", "role", OTHER }, NULL,
	    NULL },
	{ "options: -crole", WEAK_B, { "options", "-crole=" OTHER }, NULL,
	    NULL },
	{ "options: --ROLE", WEAK_B, { "options", "--ROLE=" OTHER }, NULL,
	    NULL },
	{ "options: a tab", WEAK_B, { "options", "-c\trole=" OTHER }, NULL,
	    NULL },
	{ "options: escaped letters", WEAK_B,
	    { "options", "-c \\r\\o\\l\\e=" OTHER }, NULL, NULL },
	{ "options, twice", WEAK_B,
	    { "options", "-c TimeZone=UTC", "options", "-c role=" OTHER }, NULL,
	    NULL },
	{ "options: harmless, then role", WEAK_B,
	    { "options", "-c TimeZone=UTC -c role=" OTHER }, NULL, NULL },
	{ "session_authorization", WEAK_A, { "session_authorization", OTHER },
	    NULL, NULL },
	{ "Session_Authorization", WEAK_A, { "Session_Authorization", OTHER },
	    NULL, NULL },
	{ "options: --session-authorization", WEAK_A,
	    { "options", "--session-authorization=" OTHER }, NULL, NULL },
	{ "options: -c session-authorization", WEAK_A,
	    { "options", "-c session-authorization=" OTHER }, NULL, NULL },
	{ "hanse.enterprise", WEAK_E, { "hanse.enterprise", OTHER }, NULL,
	    NULL },
	{ "HANSE.enterprise", WEAK_E, { "HANSE.enterprise", OTHER }, NULL,
	    NULL },
	{ "hanse.enterprise, twice", WEAK_E,
	    { "hanse.enterprise", "alpha.anna", "hanse.enterprise", OTHER },
	    NULL, NULL },
	{ "a second user", NAIVE, { "user", OTHER }, NULL, NULL },
	{ "a second user, USER", NAIVE, { "USER", OTHER }, NULL, NULL },
	{ "a second user, in capitals", NAIVE, { "user", "ALPHA.BERT" }, NULL,
	    NULL },
	{ "a second user, behind others", NAIVE,
	    { "TimeZone", "UTC", "user", OTHER }, NULL, NULL },
	{ "a second user, postgres", NAIVE, { "user", "postgres" }, NULL,
	    NULL },
	{ "a second user, of another VE", NAIVE, { "user", "beta.carl" },
	    IS_CARL, NULL },
	{ "a second user, at another VE's name", NAIVE, { "user", "beta.carl" },
	    IS_CARL, "beta.gateway.hanse.internal" },
	{ "a second user, at no VE's name", NAIVE, { "user", OTHER }, NULL,
	    "gateway.hanse.internal" },
};

/* Connect, say that, ask; the pooler has not come to speak yet. */
static bool come(
    const struct place *place, const struct bytes *script, const char *proof)
{
	struct channel c;
	bool success = channel_open(&c, place) && is_proven(&c, script, proof);

	channel_close(&c);
	return success;
}

static bool try_start(const void *attack, enum design design)
{
	const struct start *s = attack;
	struct place place = *place_of(design, ANNA);
	struct bytes script = { 0 };
	bool success;

	if (s->server != NULL)
		place.name = s->server;
	put_hello(&script, design, ANNA, s->more);
	if (design == NAIVE)
		message(&script, 'p', "s", passwords[ANNA]);
	success =
	    come(&place, &script, s->proof != NULL ? s->proof : SEES_BERT);
	free(script.data);
	return success;
}

/* -- More than one message ----------------------------------------------------
 */

static void put_start(struct bytes *b, const char *user)
{
	message(
	    b, 0, "wssssc", 0x30000, "user", user, "database", "ve_alpha", 0);
}

static void put_password(struct bytes *b)
{
	message(b, 'p', "s", passwords[ANNA]);
}

static void as_the_other(struct bytes *b)
{
	put_start(b, OTHER);
}

static void as_the_other_by_ones_own_password(struct bytes *b)
{
	put_start(b, OTHER);
	put_password(b);
}

static void in_capitals(struct bytes *b)
{
	put_start(b, "Alpha.BERT");
	put_password(b);
}

static void as_superuser(struct bytes *b)
{
	put_start(b, "postgres");
	put_password(b);
}

static void as_the_pooler(struct bytes *b)
{
	put_start(b, "pooler_a");
	put_password(b);
}

static void by_a_protocol_of_tomorrow(struct bytes *b)
{
	message(b, 0, "wssssssc", 0x30063, "user", OTHER, "database",
	    "ve_alpha", "_pq_.identity", OTHER, 0);
	put_password(b);
}

static void two_at_once(struct bytes *b)
{
	put_start(b, "alpha.anna");
	put_start(b, OTHER);
	put_password(b);
}

static void two_and_a_password_between(struct bytes *b)
{
	put_start(b, "alpha.anna");
	put_password(b);
	put_start(b, OTHER);
}

static void behind_a_cancel_request(struct bytes *b)
{
	message(b, 0, "www", 0x04d2162e, 1, 1);
	put_start(b, OTHER);
	put_password(b);
}

static void behind_a_question_for_tls(struct bytes *b)
{
	message(b, 0, "w", 0x04d2162f);
	put_start(b, OTHER);
	put_password(b);
}

static void behind_a_question_for_gss(struct bytes *b)
{
	message(b, 0, "w", 0x04d21630);
	put_start(b, OTHER);
	put_password(b);
}

/* The other's SCRAM, begun. */
static void by_half_a_proof(struct bytes *b)
{
	put_start(b, OTHER);
	message(b, 'p', "sv", "SCRAM-SHA-256", "n,,n=,r=secret-anna");
}

static void by_a_statement_at_once(struct bytes *b)
{
	put_start(b, OTHER);
	message(b, 'Q', "s", "SELECT 1");
	message(b, 'S', "");
}

static const struct approach {
	const char *name;
	void (*make)(struct bytes *b);
	enum person who; /* whose certificate */
	bool is_stuffed; /* sent along with the question for TLS */
} approaches[] = {
	{ "the other's name, one's own certificate", as_the_other, ANNA,
	    false },
	{ "the other's name, nothing else", as_the_other, NOBODY, false },
	{ "the other's name, one's own password",
	    as_the_other_by_ones_own_password, NOBODY, false },
	{ "the other's name, both", as_the_other_by_ones_own_password, ANNA,
	    false },
	{ "the other's name, in capitals", in_capitals, ANNA, false },
	{ "a superuser's name", as_superuser, ANNA, false },
	{ "a pooler's name", as_the_pooler, ANNA, false },
	{ "a protocol of tomorrow", by_a_protocol_of_tomorrow, ANNA, false },
	{ "two start-up messages at once", two_at_once, ANNA, false },
	{ "two, a password between them", two_and_a_password_between, ANNA,
	    false },
	{ "two, without a certificate", two_and_a_password_between, NOBODY,
	    false },
	{ "behind a CancelRequest", behind_a_cancel_request, ANNA, false },
	{ "behind an SSLRequest", behind_a_question_for_tls, ANNA, false },
	{ "behind a GSSENCRequest", behind_a_question_for_gss, ANNA, false },
	{ "half a proof", by_half_a_proof, NOBODY, false },
	{ "a statement before a password", by_a_statement_at_once, NOBODY,
	    false },
	{ "a start-up message before TLS", as_the_other_by_ones_own_password,
	    BERT, true },
	{ "two start-up messages before TLS", two_at_once, ANNA, true },
};

static bool try_approach(const void *attack, enum design design)
{
	const struct approach *a = attack;
	struct place place = *place_of(design, a->who);
	struct bytes script = { 0 }, nothing = { 0 };
	bool success;

	a->make(&script);
	if (a->is_stuffed && place.tls != NULL) {
		place.stuffed = &script;
		success = come(&place, &nothing, SEES_BERT);
	} else
		success = come(&place, &script, SEES_BERT);
	free(script.data);
	return success;
}

void attack_at_start(void)
{
	for (size_t i = 0; i < LEN(starts); i++)
		match(starts[i].name, "at start-up", starts[i].weak, try_start,
		    &starts[i]);
	for (size_t i = 0; i < LEN(approaches); i++)
		match(approaches[i].name, "before log-in", NAIVE, try_approach,
		    &approaches[i]);
}
