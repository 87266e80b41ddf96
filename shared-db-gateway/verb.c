/* verb.c - statements by their first word. */

#include "shared-db-gateway/verb.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* A statement that is in none of these may commit in parts (CALL, DO, VACUUM)
 * or outside of its transaction (CREATE DATABASE, COPY to a program). */
static const char *const plain[] = { "select", "insert", "update", "delete",
	"merge", "with", "values", "table", "begin", "start", "rollback",
	"abort", "savepoint", "release", "declare", "fetch", "move", "close",
	"explain", "show", "set", "reset", "lock", "truncate", "notify" };
static const char *const commits[] = { "commit", "end" };

struct text {
	const char *at, *end;
};

static bool begins_with(const struct text *t, const char *what)
{
	size_t len = strlen(what);

	return (size_t)(t->end - t->at) >= len && memcmp(t->at, what, len) == 0;
}

/* Comments nest; false: it does not end here. */
static bool skip_block(struct text *t)
{
	unsigned depth = 0;

	do {
		if (begins_with(t, "/*") || begins_with(t, "*/")) {
			depth += *t->at == '/' ? 1u : -1u;
			t->at += 2;
		} else if (t->at < t->end)
			t->at++;
		else
			return false;
	} while (depth > 0);
	return true;
}

static bool skip_line(struct text *t, bool is_last)
{
	while (t->at < t->end && *t->at != '\n' && *t->at != '\r')
		t->at++;
	return t->at < t->end || is_last;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* To the first word. False: a comment goes on behind the cut, and what comes
 * there is not what it seems. */
static bool skip(struct text *t, bool is_last)
{
	while (t->at < t->end) {
		if (begins_with(t, "/*")) {
			if (!skip_block(t))
				return false;
		} else if (begins_with(t, "--")) {
			if (!skip_line(t, is_last))
				return false;
		} else if (is_space(*t->at) || *t->at == '(')
			t->at++;
		else
			break;
	}
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_among(
    const char *const *list, size_t count, const char *word, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == len &&
		    strncasecmp(list[i], word, len) == 0)
			return true;
	return false;
}

static bool has_word(const struct text *t, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = t->at; (size_t)(t->end - p) >= len; p++)
		if (strncasecmp(p, word, len) == 0)
			return true;
	return false;
}

/* COMMIT PREPARED and ROLLBACK PREPARED end somebody else's transaction, and
 * behind AND CHAIN there is another one. */
static bool is_more_than_an_end(const struct text *t)
{
	return has_word(t, "prepared") || has_word(t, "chain");
}

static unsigned verb_of(struct text t, bool is_last)
{
	const char *word;
	size_t len;

	if (!skip(&t, is_last))
		return GW_VERB_OTHER;
	word = t.at;
	while (t.at < t.end && is_letter(*t.at))
		t.at++;
	len = (size_t)(t.at - word);
	if (len == 0)
		return t.at == t.end ? 0 : GW_VERB_OTHER;
	if (t.at < t.end && !is_space(*t.at) &&
	    strchr("('\"*/-", *t.at) == NULL)
		return GW_VERB_OTHER; /* a longer word */
	if ((is_among(commits, ARRAY_LEN(commits), word, len) ||
		strncasecmp(word, "rollback", len) == 0) &&
	    is_more_than_an_end(&t))
		return GW_VERB_OTHER;
	if (is_among(commits, ARRAY_LEN(commits), word, len))
		return GW_VERB_COMMIT;
	return is_among(plain, ARRAY_LEN(plain), word, len) ? GW_VERB_PLAIN
							    : GW_VERB_OTHER;
}

unsigned gw_verbs(const char *text, size_t len)
{
	const char *end = text + len;
	unsigned verbs = 0;

	while (text <= end) {
		const char *cut = memchr(text, ';', (size_t)(end - text));
		const char *to = cut != NULL ? cut : end;

		verbs |= verb_of((struct text) { text, to }, cut == NULL);
		if (cut == NULL)
			break;
		text = cut + 1;
	}
	return verbs;
}
