/* slip.c - attacks that have the gateway lose its place: a message that is
 * taken for two, a start-up message where none may be.
 */

#include <stdlib.h>

#include "tests/gateway/protocol/ground.h"

#define OTHER "alpha.bert"

#define SMUGGLED "SET SESSION AUTHORIZATION \"alpha.bert\""

/* A statement inside of a message's body, which is long enough for who reads
 * its length as 16 bits to look for the next message where it begins. @before:
 * what has PostgreSQL listen again, or 0. */
static void inside(struct bytes *b, char type, const char *first, char before)
{
	size_t at = b->len + 1, body, rest;

	message(b, type, "s", first);
	body = b->len;
	if (before != 0)
		message(b, before, "");
	message(b, 'Q', "s", SMUGGLED);
	rest = 0x10000 - (b->len - body);
	/* What is left of the 64 KiB, as data of no COPY. */
	put(b, "d", 1);
	for (size_t i = 1; i < rest; i++)
		put(b, "", 1);
	claim_length(b, b->len - rest + 1, (uint32_t)rest - 1);
	claim_length(b, at, (uint32_t)(b->len - at));
}

static void in_copy_data(struct bytes *b)
{
	message(b, 'Q', "s", "COPY note FROM STDIN");
	inside(b, 'd', "text\n", 'c');
	message(b, 'f', "s", "enough");
}

static void in_a_query(struct bytes *b)
{
	inside(b, 'Q', "SELECT 1", 0);
}

static void in_a_parse(struct bytes *b)
{
	inside(b, 'P', "", 'S');
}

static void in_a_bind(struct bytes *b)
{
	inside(b, 'B', "", 'S');
}

static void in_a_function_call(struct bytes *b)
{
	inside(b, 'F', "xxxx", 0);
}

static void in_data_of_no_copy(struct bytes *b)
{
	inside(b, 'd', "", 0);
}

/* A length that is none. */
static void with_length(struct bytes *b, char type, uint32_t len)
{
	size_t at = b->len + 1;

	message(b, type, "s", "SELECT 1");
	claim_length(b, at, len);
	message(b, 'S', "");
	message(b, 'Q', "s", SMUGGLED);
}

static void negative(struct bytes *b)
{
	with_length(b, 'Q', 0x80000000u | 13);
}

static void of_four_gigabytes(struct bytes *b)
{
	with_length(b, 'P', 0xffff0000u | 13);
}

static void negative_copy_data(struct bytes *b)
{
	message(b, 'Q', "s", "COPY note FROM STDIN");
	message(b, 'f', "s", "enough");
	with_length(b, 'd', 0xfffe0000u | 13);
}

static void of_three(struct bytes *b)
{
	message(b, 'H', "");
	claim_length(b, 1, 3);
	message(b, 'Q', "s", SMUGGLED);
}

static void of_nothing(struct bytes *b)
{
	message(b, 'S', "");
	claim_length(b, 1, 0);
	message(b, 'Q', "s", SMUGGLED);
}

static void hello_again(struct bytes *b)
{
	message(
	    b, 0, "wssssc", 0x30000, "user", OTHER, "database", "ve_alpha", 0);
}

static void hello_again_after_tls_is_asked(struct bytes *b)
{
	message(b, 0, "w", 0x04d2162f);
	hello_again(b);
}

static void hello_again_after_gss_is_asked(struct bytes *b)
{
	message(b, 0, "w", 0x04d21630);
	hello_again(b);
}

static void hello_again_after_a_cancel(struct bytes *b)
{
	message(b, 0, "www", 0x04d2162e, 4711, 4711);
	hello_again(b);
}

static void hello_again_in_a_transaction(struct bytes *b)
{
	message(b, 'Q', "s", "SELECT 1");
	message(b, 'S', "");
	message(b, 'S', "");
	hello_again(b);
}

static const struct slip {
	const char *name;
	void (*make)(struct bytes *b);
} slips[] = {
	{ "a statement in CopyData", in_copy_data },
	{ "a statement behind a Query's NUL", in_a_query },
	{ "a statement in a Parse", in_a_parse },
	{ "a statement in a Bind", in_a_bind },
	{ "a statement in a FunctionCall", in_a_function_call },
	{ "a statement in data of no COPY", in_data_of_no_copy },
	{ "a negative length", negative },
	{ "a length of four gigabytes", of_four_gigabytes },
	{ "CopyData of negative length", negative_copy_data },
	{ "a length of three", of_three },
	{ "a length of nothing", of_nothing },
	{ "a second start-up message", hello_again },
	{ "SSLRequest, a second start-up message",
	    hello_again_after_tls_is_asked },
	{ "GSSENCRequest, a second start-up message",
	    hello_again_after_gss_is_asked },
	{ "CancelRequest, a second start-up message",
	    hello_again_after_a_cancel },
	{ "a second start-up message, later", hello_again_in_a_transaction },
};

static bool try_slip(const void *attack, enum design design)
{
	const struct slip *s = attack;
	struct bytes script = { 0 };
	struct channel c;
	bool success;

	s->make(&script);
	success = enter(&c, design, ANNA) && is_proven(&c, &script, SEES_BERT);
	channel_close(&c);
	free(script.data);
	return success;
}

void attack_by_slips(void)
{
	for (size_t i = 0; i < LEN(slips); i++)
		match(slips[i].name, "as if it were the next message", NAIVE,
		    try_slip, &slips[i]);
}
