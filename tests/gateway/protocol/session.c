/* session.c - attacks by the messages of one session: to become another, to
 * call functions by their numbers.
 */

#include <stdlib.h>
#include <string.h>

#include "tests/gateway/protocol/ground.h"

/* -- Becoming another ------------------------------------------------------ */

/* The setting that says who one is. */
static const struct guise {
	enum design design;
	const char *setting, *how;
} guises[] = {
	{ WEAK_A, "session_authorization", "of session_authorization" },
	{ WEAK_B, "role", "of role" },
	{ WEAK_E, "hanse.enterprise", "of hanse.enterprise" },
};

#define OTHER    "alpha.bert"
#define CHANGE   "SELECT set_config($1, $2, false)"
#define TEXT_OID 25
#define BINARY   1
#define HARMLESS "SELECT 'harmless'"
#define MISTAKE  "SELECT 1/0"

static void put_parse(struct bytes *b, const char *name, const char *sql)
{
	message(b, 'P', "ssh", name, sql, 0);
}

/* Bind of two texts. */
static void put_bind(struct bytes *b, const char *portal, const char *name,
    const struct guise *g)
{
	message(b, 'B', "sshhvvh", portal, name, 0, 2, g->setting, OTHER, 0);
}

static void plainly(struct bytes *b, const struct guise *g)
{
	put_parse(b, "", CHANGE);
	put_bind(b, "", "", g);
	put_execute(b, "");
}

static void in_binary(struct bytes *b, const struct guise *g)
{
	message(b, 'P', "sshww", "", CHANGE, 2, TEXT_OID, TEXT_OID);
	message(b, 'B', "sshhhhvvhh", "", "", 2, BINARY, BINARY, 2, g->setting,
	    OTHER, 1, BINARY);
	put_execute(b, "");
}

static void one_format_for_all(struct bytes *b, const struct guise *g)
{
	put_parse(b, "", CHANGE);
	message(b, 'B', "sshhhvvh", "", "", 1, BINARY, 2, g->setting, OTHER, 0);
	put_execute(b, "");
}

static void in_mixed_formats(struct bytes *b, const struct guise *g)
{
	put_parse(b, "", CHANGE);
	message(
	    b, 'B', "sshhhhvvh", "", "", 2, 0, BINARY, 2, g->setting, OTHER, 0);
	put_execute(b, "");
}

static void under_odd_names(struct bytes *b, const struct guise *g)
{
	static const char name[] = "a\"; --\n'\\ \xc3\xa4 $1",
			  portal[] = " ;'\"";

	put_parse(b, name, CHANGE);
	put_bind(b, portal, name, g);
	put_execute(b, portal);
}

static void under_a_long_name(struct bytes *b, const struct guise *g)
{
	char name[4096];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put_parse(b, name, CHANGE);
	put_bind(b, name, name, g);
	put_execute(b, name);
}

/* As the gateway calls its own. */
static void under_its_names(struct bytes *b, const struct guise *g)
{
	put_parse(b, "hanse.0", CHANGE);
	put_bind(b, "hanse.0", "hanse.0", g);
	put_execute(b, "hanse.0");
}

static void by_the_second_of_two(struct bytes *b, const struct guise *g)
{
	put_parse(b, "", HARMLESS);
	plainly(b, g);
}

static void after_a_close(struct bytes *b, const struct guise *g)
{
	put_parse(b, "x", HARMLESS);
	message(b, 'C', "cs", 'S', "x");
	put_parse(b, "x", CHANGE);
	put_bind(b, "", "x", g);
	put_execute(b, "");
}

static void by_two_portals(struct bytes *b, const struct guise *g)
{
	put_parse(b, "x", CHANGE);
	put_bind(b, "one", "x", g);
	put_bind(b, "two", "x", g);
	message(b, 'C', "cs", 'P', "one");
	put_execute(b, "two");
}

static void row_by_row(struct bytes *b, const struct guise *g)
{
	put_parse(b, "",
	    "SELECT set_config($1, $2, g < 0) FROM generate_series(1, 3) g");
	put_bind(b, "rows", "", g);
	message(b, 'E', "sw", "rows", 1);
	message(b, 'E', "sw", "rows", 1);
	put_execute(b, "rows");
}

static void with_a_flush(struct bytes *b, const struct guise *g)
{
	message(b, 'H', "");
	plainly(b, g);
	message(b, 'H', "");
	message(b, 'H', "");
}

static void described_first(struct bytes *b, const struct guise *g)
{
	put_parse(b, "x", CHANGE);
	message(b, 'D', "cs", 'S', "x");
	put_bind(b, "x", "x", g);
	message(b, 'D', "cs", 'P', "x");
	put_execute(b, "x");
}

static void behind_a_mistake(struct bytes *b, const struct guise *g)
{
	put_parse(b, "", MISTAKE);
	message(b, 'B', "sshhh", "", "", 0, 0, 0);
	put_execute(b, "");
	plainly(b, g); /* is skipped */
	message(b, 'S', "");
	message(b, 'Q', "s", "ROLLBACK");
	plainly(b, g);
}

static void behind_failing_statements(struct bytes *b, const struct guise *g)
{
	message(b, 'Q', "s", "SELECT 1; " MISTAKE "; SELECT 2");
	message(b, 'Q', "s", "ROLLBACK");
	plainly(b, g);
}

static void amidst_syncs(struct bytes *b, const struct guise *g)
{
	for (int i = 0; i < 500; i++)
		message(b, 'S', "");
	plainly(b, g);
	for (int i = 0; i < 500; i++)
		message(b, 'S', "");
}

static void by_a_function_call(struct bytes *b, const struct guise *g)
{
	/* Formats none, all text: set_config(text, text, bool). */
	message(b, 'F', "whhvvvh", 2078, 0, 3, g->setting, OTHER, "f", 0);
}

static void by_a_function_call_in_binary(struct bytes *b, const struct guise *g)
{
	message(b, 'F', "whhhvvwch", 2078, 1, BINARY, 3, g->setting, OTHER, 1,
	    0, BINARY);
}

static void behind_other_answers(struct bytes *b, const struct guise *g)
{
	message(b, 'Q', "s", "COPY (SELECT 1) TO STDOUT");
	message(b, 'Q', "s", "");
	message(b, 'Q', "s", "COPY note FROM STDIN");
	message(b, 'd', "s", "x"); /* its NUL is refused */
	message(b, 'f', "s", "enough");
	message(b, 'Q', "s", "ROLLBACK");
	plainly(b, g);
}

static const struct becoming {
	const char *name;
	void (*make)(struct bytes *b, const struct guise *g);
} becomings[] = {
	{ "Parse, Bind, Execute", plainly },
	{ "binary parameters", in_binary },
	{ "one binary format for all", one_format_for_all },
	{ "mixed formats", in_mixed_formats },
	{ "odd names", under_odd_names },
	{ "a long name", under_a_long_name },
	{ "a name as of the gateway", under_its_names },
	{ "the second of two unnamed", by_the_second_of_two },
	{ "a name that was another's", after_a_close },
	{ "the second of two portals", by_two_portals },
	{ "a portal, row by row", row_by_row },
	{ "Flush before and behind", with_a_flush },
	{ "described first", described_first },
	{ "behind a mistake and a Sync", behind_a_mistake },
	{ "behind statements that fail", behind_failing_statements },
	{ "amidst a thousand Syncs", amidst_syncs },
	{ "FunctionCall", by_a_function_call },
	{ "FunctionCall, binary", by_a_function_call_in_binary },
	{ "behind two COPYs and nothing", behind_other_answers },
};

struct try_of {
	const struct becoming *becoming;
	const struct guise *guise;
};

static bool try_becoming(const void *attack, enum design design)
{
	const struct try_of *t = attack;
	struct bytes script = { 0 };
	struct channel c;
	bool success;

	t->becoming->make(&script, t->guise);
	success = enter(&c, design, ANNA) && is_proven(&c, &script, SEES_BERT);
	channel_close(&c);
	free(script.data);
	return success;
}

/* -- Functions that are called by their numbers -----------------------------
 */

/* Where one is a superuser again, each answers. */
static const struct call {
	const char *name;
	unsigned oid;
	const char *argument, *second; /* NULL: none */
} calls[] = {
	{ "pg_read_file", 3826, "PG_VERSION", NULL },
	{ "pg_read_binary_file", 3828, "PG_VERSION", NULL },
	{ "pg_stat_file", 2623, "PG_VERSION", NULL },
	{ "lo_import", 764, "/etc/hostname", NULL },
	{ "pg_reload_conf", 2621, NULL, NULL },
	{ "pg_rotate_logfile", 2622, NULL, NULL },
	{ "pg_switch_wal", 2848, NULL, NULL },
	{ "pg_create_restore_point", 3098, "mine", NULL },
	{ "pg_stat_reset", 2274, NULL, NULL },
	{ "pg_stat_reset_shared", 3775, "bgwriter", NULL },
};

static bool try_call(const void *attack, enum design design)
{
	const struct call *f = attack;
	struct bytes script = { 0 };
	struct channel c;
	bool success = false;

	message(&script, 'Q', "s", "RESET SESSION AUTHORIZATION");
	if (f->argument == NULL)
		message(&script, 'F', "whhh", f->oid, 0, 0, 0);
	else
		message(&script, 'F', "whhvh", f->oid, 0, 1, f->argument, 0);
	if (enter(&c, design, ANNA)) {
		(void)is_proven(&c, &script, "SELECT 1");
		success = count_messages(&c.got, 'V') > 0;
	}
	channel_close(&c);
	free(script.data);
	return success;
}

void attack_in_session(void)
{
	for (size_t i = 0; i < LEN(becomings); i++)
		for (size_t g = 0; g < LEN(guises); g++) {
			const struct try_of t = { &becomings[i], &guises[g] };

			match(becomings[i].name, guises[g].how,
			    guises[g].design, try_becoming, &t);
		}
	for (size_t i = 0; i < LEN(calls); i++)
		match(calls[i].name, "by its number", WEAK_A, try_call,
		    &calls[i]);
}
