/* theft.c - attacks by the names of another who is there at the same time: its
 * prepared statements and portals.
 */

#include <stddef.h>
#include <stdlib.h>

#include "tests/gateway/protocol/ground.h"

#define PLANT     "SELECT 'plant' || 'ed'"
#define PLANTED   "planted"
#define SECRET    "SELECT 'secret of ' || 'the other' AS hidden"
#define SECRET_IS "secret of the other"

/* What one prepares, what another does then, and what shows that it worked in
 * what the other or, later, the first one hears. */
struct theft {
	const char *name;
	void (*prepare)(struct bytes *b);
	void (*steal)(struct bytes *b);
	void (*use)(struct bytes *b); /* by the first one; NULL: no */
	const char *proof;
};

static void prepare_named(struct bytes *b)
{
	message(b, 'P', "ssh", "mine", SECRET, 0);
	message(b, 'S', "");
}

static void prepare_unnamed(struct bytes *b)
{
	message(b, 'P', "ssh", "", SECRET, 0);
	message(b, 'S', "");
}

static void prepare_portal(struct bytes *b)
{
	message(b, 'Q', "s", "BEGIN");
	put_whole(b, "mine", "mine", SECRET);
	message(b, 'S', "");
}

static void prepare_unnamed_portal(struct bytes *b)
{
	message(b, 'Q', "s", "BEGIN");
	put_whole(b, "", "", SECRET);
	message(b, 'H', "");
}

static void prepare_cursor(struct bytes *b)
{
	message(b, 'Q', "s", "BEGIN; DECLARE mine CURSOR FOR " SECRET);
}

static void bind_named(struct bytes *b)
{
	message(b, 'B', "sshhh", "", "mine", 0, 0, 0);
	put_execute(b, "");
	message(b, 'S', "");
}

static void bind_unnamed(struct bytes *b)
{
	message(b, 'B', "sshhh", "", "", 0, 0, 0);
	put_execute(b, "");
	message(b, 'S', "");
}

/* As the gateway would call it. */
static void bind_its_names(struct bytes *b)
{
	char name[] = "hanse.0";

	for (const char *digit = "0123456789abcdef"; *digit != '\0'; digit++) {
		name[6] = *digit;
		message(b, 'B', "sshhh", "", name, 0, 0, 0);
		put_execute(b, "");
		message(b, 'S', "");
	}
	bind_named(b); /* where it is not called so at all */
}

static void execute_by_sql(struct bytes *b)
{
	message(b, 'Q', "s", "EXECUTE mine");
}

static void describe_named(struct bytes *b)
{
	message(b, 'D', "cs", 'S', "mine");
	message(b, 'S', "");
}

static void run_portal(struct bytes *b)
{
	put_execute(b, "mine");
	message(b, 'S', "");
}

static void run_unnamed_portal(struct bytes *b)
{
	put_execute(b, "");
	message(b, 'S', "");
}

static void fetch_cursor(struct bytes *b)
{
	message(b, 'Q', "s", "FETCH mine");
}

static void close_named(struct bytes *b)
{
	message(b, 'C', "cs", 'S', "mine");
	message(b, 'S', "");
}

static void close_portal(struct bytes *b)
{
	message(b, 'C', "cs", 'P', "mine");
	message(b, 'S', "");
}

static void replace_named(struct bytes *b)
{
	message(b, 'C', "cs", 'S', "mine");
	message(b, 'P', "ssh", "mine", PLANT, 0);
	message(b, 'S', "");
}

static void replace_unnamed(struct bytes *b)
{
	message(b, 'P', "ssh", "", PLANT, 0);
	message(b, 'S', "");
}

static void deallocate_all(struct bytes *b)
{
	message(b, 'Q', "s", "DEALLOCATE ALL");
}

static void end_the_transaction(struct bytes *b)
{
	message(b, 'Q', "s", "COMMIT");
}

static const struct theft thefts[] = {
	{ "Bind of another's statement", prepare_named, bind_named, NULL,
	    SECRET_IS },
	{ "Bind of another's unnamed statement", prepare_unnamed, bind_unnamed,
	    NULL, SECRET_IS },
	{ "Bind of the gateway's names", prepare_named, bind_its_names, NULL,
	    SECRET_IS },
	{ "EXECUTE of another's statement", prepare_named, execute_by_sql, NULL,
	    SECRET_IS },
	{ "Describe of another's statement", prepare_named, describe_named,
	    NULL, "hidden" },
	{ "Execute of another's portal", prepare_portal, run_portal, NULL,
	    SECRET_IS },
	{ "Execute of another's unnamed portal", prepare_unnamed_portal,
	    run_unnamed_portal, NULL, SECRET_IS },
	{ "FETCH of another's cursor", prepare_cursor, fetch_cursor, NULL,
	    SECRET_IS },
	{ "Close of another's statement", prepare_named, close_named,
	    bind_named, "does not exist" },
	{ "Close of another's portal", prepare_portal, close_portal, run_portal,
	    "does not exist" },
	{ "another's statement replaced", prepare_named, replace_named,
	    bind_named, PLANTED },
	{ "another's unnamed statement replaced", prepare_unnamed,
	    replace_unnamed, bind_unnamed, PLANTED },
	{ "another's statements deallocated", prepare_named, deallocate_all,
	    bind_named, "does not exist" },
	{ "another's transaction ended", prepare_portal, end_the_transaction,
	    run_portal, "does not exist" },
};

/* Do that; whether it is among the answers. */
static bool hears(
    struct channel *c, void (*make)(struct bytes *b), const char *what)
{
	struct bytes script = { 0 };

	c->got.len = 0;
	make(&script);
	channel_send(c, &script);
	(void)channel_await_ready(
	    c, count_messages(&script, 'S') + count_messages(&script, 'Q'));
	free(script.data);
	return what != NULL && contains(&c->got, what);
}

struct robbery {
	const struct theft *theft;
	enum person owner;
};

static bool try_theft(const void *attack, enum design design)
{
	const struct robbery *r = attack;
	const struct theft *t = r->theft;
	struct channel owner, thief = { .fd = -1 };
	bool success = false;

	/* The thief is there first: the naive pooler is who has come last. */
	if (enter(&thief, design, ANNA) && enter(&owner, design, r->owner)) {
		(void)hears(&owner, t->prepare, NULL);
		/* In a transaction the backend is the owner's alone. */
		thief.patience_ms = 1500;
		success =
		    hears(&thief, t->steal, t->use == NULL ? t->proof : NULL);
		if (t->use != NULL)
			success = hears(&owner, t->use, t->proof);
		channel_close(&owner);
	}
	channel_close(&thief);
	return success;
}

void attack_by_names(void)
{
	for (enum person who = ANNA; who <= BERT; who++)
		for (size_t i = 0; i < LEN(thefts); i++) {
			const struct robbery r = { &thefts[i], who };

			match(
			    thefts[i].name, to_whom[who], NAIVE, try_theft, &r);
		}
}
