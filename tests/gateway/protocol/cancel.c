/* cancel.c - attacks by cancel requests, with keys that are guessed or one's
 * own, on a statement of another.
 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/gateway/protocol/ground.h"

struct key {
	uint32_t pid, secret;
};

/* From one's own key, another. */
static struct key its_own(struct key k)
{
	return k;
}

static struct key next_pid(struct key k)
{
	return (struct key) { k.pid + 1, k.secret };
}

static struct key pid_before(struct key k)
{
	return (struct key) { k.pid - 1, k.secret };
}

static struct key no_secret(struct key k)
{
	return (struct key) { k.pid, 0 };
}

static struct key next_slot(struct key k)
{
	return (struct key) { k.pid + (1u << 20), k.secret };
}

static struct key slot_of_nobody(struct key k)
{
	return (struct key) { k.pid | 0x7ff00000u, k.secret };
}

static struct key sign_bit(struct key k)
{
	return (struct key) { k.pid | 0x80000000u, k.secret };
}

static struct key nothing(struct key k)
{
	(void)k;
	return (struct key) { 0, 0 };
}

static struct key all_bits(struct key k)
{
	(void)k;
	return (struct key) { 0xffffffffu, 0xffffffffu };
}

static const struct guess {
	const char *name;
	struct key (*make)(struct key own);
} guesses[] = {
	{ "with one's own key, late", its_own },
	{ "with the next pid", next_pid },
	{ "with the pid before", pid_before },
	{ "with no secret", no_secret },
	{ "to the next slot", next_slot },
	{ "to a slot of nobody", slot_of_nobody },
	{ "with the sign bit", sign_bit },
	{ "with zeros", nothing },
	{ "with all bits", all_bits },
};

struct shot {
	const struct guess *guess;
	enum person victim;
};

static uint32_t number_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static struct key key_of(const struct channel *c)
{
	const uint8_t *at =
	    c->got.len > 0 ? memmem(c->got.data, c->got.len, "K\0\0\0\014", 5)
			   : NULL;

	return at != NULL
		   ? (struct key) { number_at(at + 5), number_at(at + 9) }
		   : (struct key) { 0, 0 };
}

static void cancel(enum design design, struct key k)
{
	const struct place at = {
		.port = design == NAIVE ? naive.port : gateway_places[0].port,
	};
	struct bytes out = { 0 };
	struct channel c;

	message(&out, 0, "www", 0x04d2162e, k.pid, k.secret);
	if (channel_open(&c, &at)) {
		channel_send(&c, &out);
		(void)channel_await(&c, "never");
	}
	channel_close(&c);
	free(out.data);
}

static const struct timespec a_moment = { .tv_nsec = 100000000 };

static bool try_guess(const void *attack, enum design design)
{
	const struct shot *s = attack;
	struct channel own, victim = { .fd = -1 };
	struct bytes script = { 0 };
	bool success = false;
	struct key k;

	message(&script, 'Q', "s", "SELECT pg_sleep(0.6)");
	message(&script, 'Q', "s", ENDING);
	if (enter(&own, design, ANNA)) {
		k = key_of(&own);
		if (enter(&victim, design, s->victim)) {
			victim.got.len = 0;
			channel_send(&victim, &script);
			(void)nanosleep(&a_moment, NULL);
			cancel(design, s->guess->make(k));
			success = !channel_await(&victim, ENDED) ||
				  contains(&victim.got, "57014");
		}
	}
	channel_close(&own);
	channel_close(&victim);
	free(script.data);
	return success;
}

void attack_by_cancels(void)
{
	for (enum person who = ANNA; who <= BERT; who++)
		for (size_t i = 0; i < LEN(guesses); i++) {
			const struct shot s = { &guesses[i], who };

			match(guesses[i].name, to_whom[who], NAIVE, try_guess,
			    &s);
		}
}
