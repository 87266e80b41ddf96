/* ground.c - log-in, statements, proofs. */

#include "tests/gateway/protocol/ground.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gateway/judge.h"
#include "tests/gateway/protocol/naive.h"

struct place gateway_places[3], server, naive;
const char *const users[2] = { "alpha.anna", "alpha.bert" };
const char *const passwords[2] = { "secret-anna", "secret-bert" };
const char *const to_whom[2] = { "to one's like", "to another enterprise" };

/* What each log-in needs. */
static const struct manner {
	const char *user, *database; /* NULL: the enterprise's own */
	const char *pretend;         /* what the pooler says then */
} manners[DESIGNS] = {
	[GATEWAY] = { NULL, "ve_alpha", NULL },
	[WEAK_A] = { "pooler_a", "weak_a", "SET SESSION AUTHORIZATION \"%s\"" },
	[WEAK_B] = { "pooler_b", "weak_b", "SET ROLE \"%s\"" },
	[WEAK_E] = { "pooler_e", "weak_e",
	    "BEGIN; SET LOCAL hanse.enterprise = '%s'" },
	[NAIVE] = { NULL, "weak_a", NULL },
};

const struct place *place_of(enum design design, enum person who)
{
	if (design == GATEWAY)
		return &gateway_places[who];
	return design == NAIVE ? &naive : &server;
}

void put_whole(
    struct bytes *b, const char *name, const char *portal, const char *sql)
{
	message(b, 'P', "ssh", name, sql, 0);
	message(b, 'B', "sshhh", portal, name, 0, 0, 0);
}

void put_execute(struct bytes *b, const char *portal)
{
	message(b, 'E', "sw", portal, 0);
}

bool say(struct channel *c, const char *sql)
{
	struct bytes out = { 0 };

	c->got.len = 0;
	message(&out, 'Q', "s", sql);
	channel_send(c, &out);
	free(out.data);
	return channel_ready(c);
}

void put_hello(struct bytes *b, enum design design, enum person who,
    const char *const *more)
{
	const struct manner *m = &manners[design];
	size_t at = b->len;

	message(b, 0, "wssss", 0x30000, "user",
	    m->user != NULL ? m->user : users[who], "database", m->database);
	for (; more != NULL && *more != NULL; more++)
		put(b, *more, strlen(*more) + 1);
	put(b, "", 1);
	claim_length(b, at, (uint32_t)(b->len - at));
}

static bool try_enter(struct channel *c, enum design design, enum person who)
{
	const struct manner *m = &manners[design];
	struct bytes out = { 0 };
	char sql[128];
	bool ready;

	if (!channel_open(c, place_of(design, who)))
		return false;
	put_hello(&out, design, who, NULL);
	if (design == NAIVE)
		message(&out, 'p', "s", passwords[who]);
	channel_send(c, &out);
	free(out.data);
	ready = channel_ready(c);
	if (ready && m->pretend != NULL) {
		(void)snprintf(sql, sizeof(sql), m->pretend, users[who]);
		ready = say(c, sql);
	}
	return ready;
}

/* Who is not let in holds no attack: nothing on the gateway may keep it from
 * letting in those who may. */
bool enter(struct channel *c, enum design design, enum person who)
{
	bool is_in = try_enter(c, design, who);

	if (!is_in && design == GATEWAY) {
		(void)printf("UNSOUND    %s is not let in\n", users[who]);
		exit(2);
	}
	return is_in;
}

bool is_proven(struct channel *c, const struct bytes *script, const char *proof)
{
	struct bytes out = { 0 };

	c->got.len = 0;
	put(&out, script->data, script->len);
	message(&out, 'S', "");
	message(&out, 'Q', "s", proof);
	message(&out, 'Q', "s", "ROLLBACK");
	message(&out, 'Q', "s", ENDING);
	channel_send(c, &out);
	free(out.data);
	(void)channel_await(c, ENDED);
	return contains(&c->got, PROVEN);
}

bool try_at(enum design design, attempt *run, const void *attack)
{
	pid_t pid;
	bool success;

	if (design != NAIVE)
		return run(attack, design);
	pid = naive_start(&server, &naive);
	success = run(attack, design);
	naive_stop(pid);
	return success;
}

void match(const char *name, const char *how, enum design weak, attempt *run,
    const void *attack)
{
	bool on_gateway = try_at(GATEWAY, run, attack);

	judge(name, how, on_gateway, try_at(weak, run, attack));
}
