/* script.c - messages, at random, but such that their answers are the same each
 * time.
 */

#include "script.h"

#include <stdlib.h>
#include <string.h>

void script_clear(struct script *s)
{
	s->bytes.len = 0;
	s->count = 0;
}

void script_done(struct script *s)
{
	bytes_done(&s->bytes);
}

void bytes_done(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes) { 0 };
}

void bytes_add(struct bytes *b, const void *data, size_t len)
{
	if (b->len + len > b->size) {
		b->size = 2 * (b->len + len) + 256;
		b->data = realloc(b->data, b->size);
		if (b->data == NULL)
			abort();
	}
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

uint32_t script_dice(struct script *s, uint32_t sides)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (uint32_t)(s->random >> 33) % sides;
}

void bytes_put_u32(struct bytes *b, uint32_t v)
{
	const uint8_t raw[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	bytes_add(b, raw, sizeof(raw));
}

void bytes_put_u16(struct bytes *b, unsigned v)
{
	const uint8_t raw[] = { (uint8_t)(v >> 8), (uint8_t)v };

	bytes_add(b, raw, sizeof(raw));
}

void bytes_put_text(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text) + 1);
}

size_t script_begin(struct script *s, char type)
{
	bytes_add(&s->bytes, &type, 1);
	bytes_put_u32(&s->bytes, 0);
	return s->bytes.len - 4;
}

void script_end(struct script *s, size_t at)
{
	uint32_t len = (uint32_t)(s->bytes.len - at);
	uint8_t *p = s->bytes.data + at;

	p[0] = (uint8_t)(len >> 24);
	p[1] = (uint8_t)(len >> 16);
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	s->count++;
}

void script_plain(struct script *s, char type)
{
	script_end(s, script_begin(s, type));
}

void script_query(struct script *s, const char *sql)
{
	size_t at = script_begin(s, 'Q');

	bytes_put_text(&s->bytes, sql);
	script_end(s, at);
}

static const char *const names[] = { "", "", "", "a", "b", "c",
	"a long name of a statement with spaces" };
static const char *const portals[] = { "", "", "", "p", "q" };

static const char *const texts[] = {
	"SELECT $1::int + 1",
	"SELECT $1::text, $2::text",
	"SELECT generate_series(1, $1::int)",
	/* Volatile, lest it fail in Bind or in Execute as the plan's age is. */
	"SELECT 1 / ($1::int + (random() * 0)::int)",
	"INSERT INTO differ VALUES ($1::int) RETURNING a",
	"SELECT 'no parameter'",
	"BEGIN",
	"COMMIT",
	"ROLLBACK",
	"SELECT nothing FROM nowhere",
	"SELEC",
	"",
	"COPY (SELECT generate_series(1, 20)) TO STDOUT",
	"SAVEPOINT s",
	"SELECT repeat('x', 20000), $1::int",
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static const char *const queries[] = {
	"SELECT 1",
	"SELECT 1; SELECT 2; SELECT 3",
	"SELECT 1; SELECT 1/0; SELECT 3",
	"BEGIN; SELECT 1",
	"COMMIT",
	"ROLLBACK",
	"",
	";",
	"SELEC",
	"SELECT generate_series(1, 500)",
	"SELECT repeat('y', 40000)",
	"COPY (SELECT generate_series(1, 300)) TO STDOUT",
	"INSERT INTO differ VALUES (1)",
	"DO $$ BEGIN RAISE NOTICE 'look'; END $$",
	"SELECT 1/0",
};
#define QUERIES (sizeof(queries) / sizeof(queries[0]))

#define PICK(s, list) \
	((list)[script_dice((s), sizeof(list) / sizeof((list)[0]))])

static void parse(struct script *s)
{
	static char *giant; /* longer than a block of the gateway */
	size_t at = script_begin(s, 'P');

	bytes_put_text(&s->bytes, PICK(s, names));
	if (script_dice(s, 60) == 0) {
		if (giant == NULL) {
			char *text = malloc(60000);

			if (text == NULL)
				abort();
			memset(text, ' ', 59999);
			memcpy(text, "SELECT 7", 8);
			text[59999] = '\0';
			giant = text;
		}
		bytes_put_text(&s->bytes, giant);
	} else
		bytes_put_text(&s->bytes, texts[script_dice(s, TEXTS)]);
	bytes_put_u16(&s->bytes, 0);
	script_end(s, at);
}

static void bind(struct script *s)
{
	static const char *const values[] = { "0", "1", "7", "30", "x" };
	unsigned count = script_dice(s, 3);
	size_t at = script_begin(s, 'B');

	bytes_put_text(&s->bytes, PICK(s, portals));
	bytes_put_text(&s->bytes, PICK(s, names));
	bytes_put_u16(&s->bytes, 0);
	bytes_put_u16(&s->bytes, count);
	for (unsigned i = 0; i < count; i++) {
		const char *value = PICK(s, values);

		bytes_put_u32(&s->bytes, (uint32_t)strlen(value));
		bytes_add(&s->bytes, value, strlen(value));
	}
	bytes_put_u16(&s->bytes, script_dice(s, 2));
	if (s->bytes.data[s->bytes.len - 1] == 1)
		bytes_put_u16(&s->bytes, script_dice(s, 2));
	script_end(s, at);
}

static void describe_or_close(struct script *s, char type)
{
	char what = script_dice(s, 2) == 0 ? 'S' : 'P';
	size_t at = script_begin(s, type);

	bytes_add(&s->bytes, &what, 1);
	bytes_put_text(
	    &s->bytes, what == 'S' ? PICK(s, names) : PICK(s, portals));
	script_end(s, at);
}

static void execute(struct script *s)
{
	size_t at = script_begin(s, 'E');

	bytes_put_text(&s->bytes, PICK(s, portals));
	bytes_put_u32(&s->bytes, script_dice(s, 3) == 0 ? 2 : 0);
	script_end(s, at);
}

static void copy_data(struct script *s)
{
	size_t at = script_begin(s, 'd');
	const char *line = script_dice(s, 8) == 0 ? "not a number\n" : "5\n6\n";

	bytes_add(&s->bytes, line, strlen(line));
	script_end(s, at);
}

static void copy_fail(struct script *s)
{
	size_t at = script_begin(s, 'f');

	bytes_put_text(&s->bytes, "enough");
	script_end(s, at);
}

/* Data, and their end: nothing else may come between. */
static void data(struct script *s)
{
	while (script_dice(s, 3) != 0)
		copy_data(s);
	if (script_dice(s, 2) == 0)
		script_plain(s, 'c');
	else
		copy_fail(s);
}

static void copy_in(struct script *s)
{
	static const char sql[] = "COPY differ FROM STDIN";
	size_t at;

	if (script_dice(s, 2) == 0) {
		script_query(s, sql);
		data(s);
		return;
	}
	at = script_begin(s, 'P');
	bytes_put_text(&s->bytes, "");
	bytes_put_text(&s->bytes, sql);
	bytes_put_u16(&s->bytes, 0);
	script_end(s, at);
	at = script_begin(s, 'B');
	bytes_add(&s->bytes, "\0\0\0\0\0\0\0\0", 8);
	script_end(s, at);
	at = script_begin(s, 'E');
	bytes_add(&s->bytes, "\0\0\0\0\0", 5);
	script_end(s, at);
	if (script_dice(s, 2) == 0)
		script_plain(s, 'S');
	data(s);
	if (script_dice(s, 2) == 0)
		script_plain(s, 'S');
}

void script_some_message(struct script *s)
{
	switch (script_dice(s, 20)) {
	case 0:
	case 1:
		script_query(s, queries[script_dice(s, QUERIES)]);
		break;
	case 2:
	case 3:
	case 4:
		parse(s);
		break;
	case 5:
	case 6:
	case 7:
	case 8:
		bind(s);
		break;
	case 9:
	case 10:
		describe_or_close(s, 'D');
		break;
	case 11:
		describe_or_close(s, 'C');
		break;
	case 12:
	case 13:
	case 14:
	case 15:
		execute(s);
		break;
	case 16:
	case 17:
		script_plain(s, 'S');
		break;
	case 18:
		script_plain(s, 'H');
		break;
	default:
		if (script_dice(s, 2) == 0)
			data(s); /* in no copy */
		else
			copy_in(s);
		break;
	}
}

void script_closing(struct script *s)
{
	copy_fail(s);
	script_plain(s, 'S');
	script_query(s, "ROLLBACK");
	script_query(s, "SELECT 'the end of it'");
}
