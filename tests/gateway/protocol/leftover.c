/* leftover.c - attacks by what one leaves behind, for the next client of the
 * same enterprise and for one of another.
 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/gateway/judge.h"
#include "tests/gateway/protocol/ground.h"

#define PLANT "SELECT 'plant' || 'ed'"

/* Half a message: longer by len than it is. */
static void put_half(struct bytes *b, char type, const char *text, unsigned len)
{
	size_t at = b->len + 1;

	message(b, type, "s", text);
	claim_length(b, at, (uint32_t)(b->len - at) + len);
}

/* His first statement has its own answer and no other, no more and no less. */
static bool is_disturbed(struct channel *c)
{
	static const char right[] =
	    "T\0\0\0\041\0\001?column?\0\0\0\0\0\0\0\0\0"
	    "\0\031\377\377\377\377\377\377\0\0"
	    "D\0\0\0\025\0\001\0\0\0\013the servant"
	    "C\0\0\0\015SELECT 1\0Z\0\0\0\005I";

	if (count_messages(&c->got, 'Z') != 1) /* at log-in already */
		return true;
	if (!say(c, "SELECT 'the ' || 'servant'"))
		return true;
	return c->got.len != sizeof(right) - 1 ||
	       memcmp(c->got.data, right, sizeof(right) - 1) != 0;
}

static void half_a_query(struct bytes *b)
{
	put_half(b, 'Q', "SELECT 1", 40);
}

static void half_a_parse(struct bytes *b)
{
	put_half(b, 'P', "x", 400);
}

static void half_a_bind(struct bytes *b)
{
	message(b, 'P', "ssh", "", "SELECT 1", 0);
	put_half(b, 'B', "", 400);
}

static void half_a_function_call(struct bytes *b)
{
	put_half(b, 'F', "12345", 400);
}

static void half_a_header(struct bytes *b)
{
	put(b, "Q\0\0", 3);
}

static void half_of_data(struct bytes *b)
{
	message(b, 'Q', "s", "COPY note FROM STDIN");
	put_half(b, 'd', "x", 400);
}

static void no_end_of_a_copy(struct bytes *b)
{
	message(b, 'Q', "s", "COPY note FROM STDIN");
	message(b, 'd', "c", 'x');
}

static void a_copy_in_a_batch(struct bytes *b)
{
	put_whole(b, "", "", "COPY note FROM STDIN");
	put_execute(b, "");
	message(b, 'd', "c", 'x');
	message(b, 'H', "");
}

static void a_farewell(struct bytes *b)
{
	message(b, 'X', "");
}

static void a_farewell_amidst_a_copy(struct bytes *b)
{
	no_end_of_a_copy(b);
	message(b, 'X', "");
}

static void a_farewell_in_a_transaction(struct bytes *b)
{
	message(b, 'Q', "s", "BEGIN; SELECT 1");
	message(b, 'X', "");
}

static void a_mistake_without_a_sync(struct bytes *b)
{
	message(b, 'P', "ssh", "", "SELEC", 0);
	message(b, 'H', "");
}

static void a_transaction(struct bytes *b)
{
	message(b, 'Q', "s", "BEGIN; SELECT 1");
}

static void a_transaction_that_failed(struct bytes *b)
{
	message(b, 'Q', "s", "BEGIN; SELECT 1/0");
}

static void a_transaction_in_a_batch(struct bytes *b)
{
	put_whole(b, "", "", "BEGIN");
	put_execute(b, "");
	message(b, 'S', "");
}

/* Who goes at once is not there any more when the answers come. */
static void put_a_while(struct bytes *b)
{
	message(b, 'Q', "s", "SELECT pg_sleep(0.2)");
}

static void a_batch_without_a_sync(struct bytes *b)
{
	put_a_while(b);
	put_whole(b, "", "", PLANT);
	put_execute(b, "");
	message(b, 'H', "");
}

static void answers_not_read(struct bytes *b)
{
	put_a_while(b);
	for (int i = 0; i < 300; i++)
		message(b, 'Q', "s", PLANT);
}

static void many_rows_not_read(struct bytes *b)
{
	put_a_while(b);
	message(b, 'Q', "s",
	    "SELECT repeat('planted', 1000) FROM generate_series(1, 500)");
}

static void a_copy_not_read(struct bytes *b)
{
	put_a_while(b);
	message(b, 'Q', "s",
	    "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 2000)) "
	    "TO STDOUT");
}

static void syncs(struct bytes *b)
{
	put_a_while(b);
	for (int i = 0; i < 3000; i++)
		message(b, 'S', "");
}

static void flushes(struct bytes *b)
{
	put_a_while(b);
	put_whole(b, "", "", PLANT);
	for (int i = 0; i < 3000; i++)
		message(b, 'H', "");
	put_execute(b, "");
	for (int i = 0; i < 3000; i++)
		message(b, 'H', "");
}

static void an_unknown_message(struct bytes *b)
{
	message(b, '!', "s", "?");
}

static void a_password(struct bytes *b)
{
	message(b, 'p', "s", "secret");
}

static const struct leftover {
	const char *name;
	void (*make)(struct bytes *b);
	bool at_once;   /* goes without waiting for anything to happen */
	bool like_only; /* a change of identity would clear it away */
} leftovers[] = {
	{ "half a Query", half_a_query, false, false },
	{ "half a Parse", half_a_parse, false, false },
	{ "half a Bind", half_a_bind, false, false },
	{ "half a FunctionCall", half_a_function_call, false, false },
	{ "half a header", half_a_header, false, false },
	{ "half of CopyData", half_of_data, false, false },
	{ "a COPY without an end", no_end_of_a_copy, false, false },
	{ "a COPY of a batch without an end", a_copy_in_a_batch, false, false },
	{ "Terminate", a_farewell, false, false },
	{ "Terminate amidst a COPY", a_farewell_amidst_a_copy, false, false },
	{ "Terminate in a transaction", a_farewell_in_a_transaction, false,
	    false },
	{ "a mistake without a Sync", a_mistake_without_a_sync, false, false },
	{ "a transaction", a_transaction, false, false },
	{ "a transaction that has failed", a_transaction_that_failed, false,
	    false },
	{ "a transaction begun in a batch", a_transaction_in_a_batch, false,
	    false },
	{ "a batch without a Sync", a_batch_without_a_sync, true, true },
	{ "answers that nobody has read", answers_not_read, true, false },
	{ "rows that nobody has read", many_rows_not_read, true, true },
	{ "a COPY out that nobody has read", a_copy_not_read, true, true },
	{ "three thousand Syncs", syncs, true, false },
	{ "six thousand Flushes", flushes, true, true },
	{ "a message of no type", an_unknown_message, false, false },
	{ "a password", a_password, false, false },
};

struct try_of {
	const struct leftover *leftover;
	enum person next;
};

static const struct timespec a_moment = { .tv_nsec = 100000000 };

static bool try_leftover(const void *attack, enum design design)
{
	const struct try_of *t = attack;
	struct bytes script = { 0 };
	struct channel c;
	bool success = false;

	t->leftover->make(&script);
	if (enter(&c, design, ANNA)) {
		channel_send(&c, &script);
		if (!t->leftover->at_once)
			(void)nanosleep(&a_moment, NULL);
		channel_close(&c);
		success = !enter(&c, design, t->next) || is_disturbed(&c);
	}
	channel_close(&c);
	free(script.data);
	return success;
}

static void nothing_at_all(struct bytes *b)
{
	(void)b;
}

static void leave_to(enum person who)
{
	static const struct leftover none = { "nothing", nothing_at_all, false,
		false };
	const struct try_of calm = { &none, who };

	/* Who is disturbed by nothing is no control. */
	if (try_at(NAIVE, try_leftover, &calm))
		judge(none.name, to_whom[who], true, true);
	for (size_t i = 0; i < LEN(leftovers); i++) {
		const struct try_of t = { &leftovers[i], who };

		if (who == ANNA || !leftovers[i].like_only)
			match(leftovers[i].name, to_whom[who], NAIVE,
			    try_leftover, &t);
	}
}

void attack_by_leftovers(void)
{
	leave_to(ANNA);
	leave_to(BERT);
}
