/* judge.c - whether what has come both ways is the same. */

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

/* Between quotation marks stand names; L and R say where in PostgreSQL's source
 * an error was raised, which may be another message's place; and which message
 * it was that may not come amidst a COPY (and ends the connection): a Parse
 * that a backend need not be sent is not there. */
static size_t blank_names(uint8_t *text, size_t len)
{
	static const char type[] = "unexpected message type 0x";
	const size_t type_len = sizeof(type) - 1;
	size_t to = 0;
	bool inside = false;

	for (size_t i = 0; i < len; i++) {
		if ((text[i] == 'L' || text[i] == 'R') &&
		    (i == 0 || text[i - 1] == '\0')) {
			while (i + 1 < len && text[i] != '\0')
				i++;
			continue;
		}
		if (text[i] == '"')
			inside = !inside;
		if (text[i] == '\0')
			inside = false;
		if (!inside)
			text[to++] = text[i];
		if (to >= type_len && i + 2 < len &&
		    memcmp(text + to - type_len, type, type_len) == 0)
			i += 2;
	}
	return to;
}

/* The messages with the names of errors left out; lengths with them. In an
 * aborted transaction any error is as good as another: a backend that has yet
 * to be given a statement says that it will not take it, where one that has it
 * says what else is wrong. */
static void normalize(const struct bytes *from, struct bytes *to)
{
	size_t at = 0;
	uint8_t status = 'I';

	to->len = 0;
	while (at + 5 <= from->len) {
		const uint8_t *p = from->data + at;
		size_t len = (size_t)p[1] << 24 | (size_t)p[2] << 16 |
			     (size_t)p[3] << 8 | p[4];

		if (len < 4 || at + 1 + len > from->len)
			break;
		if (*p == 'Z' && len == 5)
			status = p[5];
		if (*p == 'E' && status == 'E')
			bytes_add(to, p, 1);
		else if (*p == 'E') {
			size_t start = to->len + 1;

			bytes_add(to, p, 1);
			bytes_add(to, p + 5, len - 4);
			to->len =
			    start + blank_names(to->data + start, len - 4);
		} else
			bytes_add(to, p, 1 + len);
		at += 1 + len;
	}
	bytes_add(to, from->data + at, from->len - at);
}

static void show_past(const struct client *c)
{
	for (size_t i = 2 * PAST; i > 0; i -= 2) {
		bytes_show("before that, sent", &c->past[i - 2]);
		bytes_show("direct", &c->past[i - 1]);
	}
}

static void remember(struct client *c)
{
	struct bytes oldest[2] = { c->past[2 * PAST - 2],
		c->past[2 * PAST - 1] };

	memmove(c->past + 2, c->past, sizeof(c->past) - sizeof(oldest));
	oldest[0].len = oldest[1].len = 0;
	bytes_add(&oldest[0], c->script.bytes.data, c->script.bytes.len);
	bytes_add(&oldest[1], c->ways[0].got.data, c->ways[0].got.len);
	c->past[0] = oldest[0];
	c->past[1] = oldest[1];
}

static bool is_equal(
    struct client *c, const struct bytes *direct, const struct bytes *through)
{
	struct bytes *a = &c->normal[0], *b = &c->normal[1];

	normalize(direct, a);
	normalize(through, b);
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* A message's size where it is whole; else 0. */
static size_t whole(const struct bytes *from, size_t at)
{
	const uint8_t *p = from->data + at;
	size_t len;

	if (at + 5 > from->len)
		return 0;
	len =
	    (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
	return len >= 4 && at + 1 + len <= from->len ? 1 + len : 0;
}

/* The one difference that is known: in an aborted transaction PostgreSQL still
 * describes a statement that returns no rows; a backend that has yet to be
 * given it will not take it, so there is an error, and what follows is skipped.
 * All that came before is the same, and the two begin anew. */
static bool is_excused(struct client *c)
{
	const struct bytes *a = &c->ways[0].got, *b = &c->ways[1].got;
	size_t i = 0, j = 0, m, n;
	uint8_t status = 'I';

	while ((m = whole(a, i)) > 0 && (n = whole(b, j)) > 0 &&
	       a->data[i] == b->data[j]) {
		if (a->data[i] == 'Z')
			status = a->data[i + 5];
		i += m;
		j += n;
	}
	return whole(a, i) > 0 && whole(b, j) > 0 && status == 'E' &&
	       a->data[i] == 't' && b->data[j] == 'E' &&
	       is_equal(c, &(struct bytes) { .data = a->data, .len = i },
		   &(struct bytes) { .data = b->data, .len = j });
}

/* A server process that dies takes all others along, which are told (57P02); it
 * itself tells nobody, so there is a witness. Versions 15.18 and 15.20 do so
 * about once in a million of these messages, whoever sends them: a Query that
 * fails in a transaction block while it runs leaves the unnamed portal behind,
 * and an Execute of that reads its list of statements, which has been freed.
 * Query "BEGIN", Query "SELECT 1/(random()*0)::int", Parse of 3,000 times "@",
 * Sync, Execute of "", Sync; which length it needs depends on what was there.
 * The gateway does not pass such an Execute on. */
bool client_has_crashed(const struct client *c, int wait_ms)
{
	static const char sqlstate[] = "C57P02";
	struct pollfd p = { .fd = PQsocket(c->witness), .events = POLLIN };

	for (int i = 0; i < 2; i++)
		if (c->ways[i].got.len > 0 &&
		    memmem(c->ways[i].got.data, c->ways[i].got.len, sqlstate,
			sizeof(sqlstate) - 1) != NULL)
			return true;
	return p.fd < 0 || poll(&p, 1, wait_ms) == 1;
}

enum verdict client_judge(struct client *c)
{
	if (is_equal(c, &c->ways[0].got, &c->ways[1].got)) {
		remember(c);
		return SAME;
	}
	if (is_excused(c)) {
		atomic_fetch_add(&client_excused, 1);
		return EXCUSED;
	}
	if (client_has_crashed(c, CRASH_MS))
		return CRASHED;
	if (atomic_exchange(&client_failed, true))
		return DIFFERENT;
	(void)printf("client %u differs, seed %llu\n", c->number,
	    (unsigned long long)client_seed);
	show_past(c);
	bytes_show("sent", &c->script.bytes);
	bytes_show("direct", &c->ways[0].got);
	bytes_show("gateway", &c->ways[1].got);
	return DIFFERENT;
}
