/* differ.c - random pipelined messages, to PostgreSQL itself and through the
 * gateway; what comes back must be the same, byte by byte.
 *
 *   differ DIRECT GATEWAY CLIENTS MESSAGES SEED
 *   differ break CONNINFO
 *   differ ghost CONNINFO
 *   differ copied CONNINFO
 *   differ bound CONNINFO
 *
 * DIRECT and GATEWAY are conninfos (with TLS). Each client has a connection to
 * both; some hang up amidst a script and come again, some cancel, some fall
 * silent for a moment, so that what was asked is answered. Names in the
 * text of an error are left aside: the gateway has its own for statements.
 */

#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLIENTS_MAX 64
#define SCRIPT_MAX  40
#define WAIT_MS     20000
#define PAUSE_MS    3
#define CRASH_MS    2000 /* until all have heard of one */
#define PAST        4

/** Bytes to send or that have come. */
struct bytes {
	uint8_t *data;
	size_t len, size;
};

/** One of the two ways. */
struct way {
	const char *conninfo;
	PGconn *conn;
	SSL *ssl;
	size_t pause_at; /* of a script's bytes; 0: nowhere */
	struct bytes got;
};

struct client {
	pthread_t thread;
	unsigned number;
	uint64_t random;
	struct way ways[2];
	PGconn *witness; /* does nothing; what it hears is a crash */
	struct bytes script;
	/* The ones before, and what PostgreSQL said to them. */
	struct bytes past[2 * PAST];
	struct bytes normal[2]; /* what has come, as it is compared */
};

static const char *conninfos[2];
static uint64_t seed;
static atomic_long messages_left, messages, scripts, hangups, cancels, ends,
    excused, crashes; /* crashes: told to so many clients */
static atomic_bool failed;

static void add(struct bytes *b, const void *data, size_t len)
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

static uint32_t dice(struct client *c, uint32_t sides)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (uint32_t)(c->random >> 33) % sides;
}

/* -- Messages -------------------------------------------------------------- */

static void put_u32(struct bytes *b, uint32_t v)
{
	const uint8_t raw[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	add(b, raw, sizeof(raw));
}

static void put_u16(struct bytes *b, unsigned v)
{
	const uint8_t raw[] = { (uint8_t)(v >> 8), (uint8_t)v };

	add(b, raw, sizeof(raw));
}

static void put_text(struct bytes *b, const char *text)
{
	add(b, text, strlen(text) + 1);
}

static size_t begin(struct client *c, char type)
{
	add(&c->script, &type, 1);
	put_u32(&c->script, 0);
	return c->script.len - 4;
}

static void end(struct client *c, size_t at)
{
	uint32_t len = (uint32_t)(c->script.len - at);
	uint8_t *p = c->script.data + at;

	p[0] = (uint8_t)(len >> 24);
	p[1] = (uint8_t)(len >> 16);
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	atomic_fetch_add(&messages, 1);
	atomic_fetch_sub(&messages_left, 1);
}

static void plain(struct client *c, char type)
{
	end(c, begin(c, type));
}

static void query(struct client *c, const char *sql)
{
	size_t at = begin(c, 'Q');

	put_text(&c->script, sql);
	end(c, at);
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

#define PICK(c, list) ((list)[dice((c), sizeof(list) / sizeof((list)[0]))])

static void parse(struct client *c)
{
	static char *giant; /* longer than a block of the gateway */
	size_t at = begin(c, 'P');

	put_text(&c->script, PICK(c, names));
	if (dice(c, 60) == 0) {
		if (giant == NULL) {
			char *text = malloc(60000);

			if (text == NULL)
				abort();
			memset(text, ' ', 59999);
			memcpy(text, "SELECT 7", 8);
			text[59999] = '\0';
			giant = text;
		}
		put_text(&c->script, giant);
	} else
		put_text(&c->script, texts[dice(c, TEXTS)]);
	put_u16(&c->script, 0);
	end(c, at);
}

static void bind(struct client *c)
{
	static const char *const values[] = { "0", "1", "7", "30", "x" };
	unsigned count = dice(c, 3);
	size_t at = begin(c, 'B');

	put_text(&c->script, PICK(c, portals));
	put_text(&c->script, PICK(c, names));
	put_u16(&c->script, 0);
	put_u16(&c->script, count);
	for (unsigned i = 0; i < count; i++) {
		const char *value = PICK(c, values);

		put_u32(&c->script, (uint32_t)strlen(value));
		add(&c->script, value, strlen(value));
	}
	put_u16(&c->script, dice(c, 2));
	if (c->script.data[c->script.len - 1] == 1)
		put_u16(&c->script, dice(c, 2));
	end(c, at);
}

static void describe_or_close(struct client *c, char type)
{
	char what = dice(c, 2) == 0 ? 'S' : 'P';
	size_t at = begin(c, type);

	add(&c->script, &what, 1);
	put_text(&c->script, what == 'S' ? PICK(c, names) : PICK(c, portals));
	end(c, at);
}

static void execute(struct client *c)
{
	size_t at = begin(c, 'E');

	put_text(&c->script, PICK(c, portals));
	put_u32(&c->script, dice(c, 3) == 0 ? 2 : 0);
	end(c, at);
}

static void copy_data(struct client *c)
{
	size_t at = begin(c, 'd');
	const char *line = dice(c, 8) == 0 ? "not a number\n" : "5\n6\n";

	add(&c->script, line, strlen(line));
	end(c, at);
}

static void copy_fail(struct client *c)
{
	size_t at = begin(c, 'f');

	put_text(&c->script, "enough");
	end(c, at);
}

/* Data, and their end: nothing else may come between. */
static void data(struct client *c)
{
	while (dice(c, 3) != 0)
		copy_data(c);
	if (dice(c, 2) == 0)
		plain(c, 'c');
	else
		copy_fail(c);
}

static void copy_in(struct client *c)
{
	static const char sql[] = "COPY differ FROM STDIN";
	size_t at;

	if (dice(c, 2) == 0) {
		query(c, sql);
		data(c);
		return;
	}
	at = begin(c, 'P');
	put_text(&c->script, "");
	put_text(&c->script, sql);
	put_u16(&c->script, 0);
	end(c, at);
	at = begin(c, 'B');
	add(&c->script, "\0\0\0\0\0\0\0\0", 8);
	end(c, at);
	at = begin(c, 'E');
	add(&c->script, "\0\0\0\0\0", 5);
	end(c, at);
	if (dice(c, 2) == 0)
		plain(c, 'S');
	data(c);
	if (dice(c, 2) == 0)
		plain(c, 'S');
}

static void some_message(struct client *c)
{
	switch (dice(c, 20)) {
	case 0:
	case 1:
		query(c, queries[dice(c, QUERIES)]);
		break;
	case 2:
	case 3:
	case 4:
		parse(c);
		break;
	case 5:
	case 6:
	case 7:
	case 8:
		bind(c);
		break;
	case 9:
	case 10:
		describe_or_close(c, 'D');
		break;
	case 11:
		describe_or_close(c, 'C');
		break;
	case 12:
	case 13:
	case 14:
	case 15:
		execute(c);
		break;
	case 16:
	case 17:
		plain(c, 'S');
		break;
	case 18:
		plain(c, 'H');
		break;
	default:
		if (dice(c, 2) == 0)
			data(c); /* in no copy */
		else
			copy_in(c);
		break;
	}
}

/* Whatever state it is in, this ends it; the last answer is known. */
static void closing(struct client *c)
{
	copy_fail(c);
	plain(c, 'S');
	query(c, "ROLLBACK");
	query(c, "SELECT 'the end of it'");
}

/* -- Talking --------------------------------------------------------------- */

static int open_way(struct way *w)
{
	w->conn = PQconnectdb(w->conninfo);
	if (PQstatus(w->conn) != CONNECTION_OK) {
		(void)fprintf(stderr, "%s", PQerrorMessage(w->conn));
		return -1;
	}
	w->ssl = PQsslStruct(w->conn, "OpenSSL");
	return w->ssl != NULL ? 0 : -1;
}

static void close_way(struct way *w)
{
	PQfinish(w->conn);
	w->conn = NULL;
}

static bool is_over(const struct bytes *got)
{
	static const char last[] = "the end of it";
	static const uint8_t ready[] = { 'Z', 0, 0, 0, 5, 'I' };
	const size_t tail = 64;
	size_t from = got->len > tail ? got->len - tail : 0;

	return got->len >= sizeof(ready) &&
	       memcmp(got->data + got->len - sizeof(ready), ready,
		   sizeof(ready)) == 0 &&
	       memmem(got->data + from, got->len - from, last,
		   sizeof(last) - 1) != NULL;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Send and take at the same time: both sides' buffers are finite. 1: the other
 * side has closed the connection, which PostgreSQL does when it has lost its
 * place amidst a COPY. */
static int talk(
    struct way *w, const struct bytes *script, size_t until, bool wait_for_end)
{
	int64_t deadline = now_ms() + WAIT_MS;
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };
	uint8_t buf[32768];
	size_t sent = 0;

	w->got.len = 0;
	while (sent < until || (wait_for_end && !is_over(&w->got))) {
		struct pollfd p = { .fd = PQsocket(w->conn), .events = POLLIN };
		int n;

		if (sent < until) {
			size_t stop = w->pause_at > sent && w->pause_at < until
					  ? w->pause_at
					  : until;

			if (sent > 0 && sent == w->pause_at)
				(void)nanosleep(&pause, NULL);
			n = SSL_write(w->ssl, script->data + sent,
			    (int)(stop - sent > 8000 ? 8000 : stop - sent));
			if (n > 0)
				sent += (size_t)n;
			else if (SSL_get_error(w->ssl, n) ==
				 SSL_ERROR_WANT_WRITE)
				p.events |= POLLOUT;
			else if (SSL_get_error(w->ssl, n) !=
				 SSL_ERROR_WANT_READ)
				until = sent; /* its last words may be there */
		}
		while ((n = SSL_read(w->ssl, buf, sizeof(buf))) > 0)
			add(&w->got, buf, (size_t)n);
		if (SSL_get_error(w->ssl, n) != SSL_ERROR_WANT_READ)
			return 1;
		if (now_ms() > deadline)
			return -1;
		if (sent == until || (p.events & POLLOUT) != 0)
			(void)poll(
			    &p, 1, is_over(&w->got) && wait_for_end ? 0 : 100);
	}
	return 0;
}

/* -- Comparing ------------------------------------------------------------- */

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
			add(to, p, 1);
		else if (*p == 'E') {
			size_t start = to->len + 1;

			add(to, p, 1);
			add(to, p + 5, len - 4);
			to->len =
			    start + blank_names(to->data + start, len - 4);
		} else
			add(to, p, 1 + len);
		at += 1 + len;
	}
	add(to, from->data + at, from->len - at);
}

static void show(const char *what, const struct bytes *b)
{
	size_t at = 0;

	(void)printf("%s:", what);
	while (at + 5 <= b->len) {
		const uint8_t *p = b->data + at;
		size_t len = (size_t)p[1] << 24 | (size_t)p[2] << 16 |
			     (size_t)p[3] << 8 | p[4];

		(void)printf(" %c", *p);
		if (*p == 'E' || *p == 'C' || *p == 'Q' || *p == 'P' ||
		    *p == 'B' || *p == 'D') {
			(void)printf("[");
			for (size_t i = 5;
			     i < 1 + len && i < 70 && at + i < b->len; i++)
				(void)printf("%c",
				    p[i] >= 32 && p[i] < 127 ? p[i] : '.');
			(void)printf("]");
		}
		at += 1 + len;
	}
	(void)printf("\n");
}

static void show_past(const struct client *c)
{
	for (size_t i = 2 * PAST; i > 0; i -= 2) {
		show("before that, sent", &c->past[i - 2]);
		show("direct", &c->past[i - 1]);
	}
}

static void remember(struct client *c)
{
	struct bytes oldest[2] = { c->past[2 * PAST - 2],
		c->past[2 * PAST - 1] };

	memmove(c->past + 2, c->past, sizeof(c->past) - sizeof(oldest));
	oldest[0].len = oldest[1].len = 0;
	add(&oldest[0], c->script.data, c->script.len);
	add(&oldest[1], c->ways[0].got.data, c->ways[0].got.len);
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
static bool has_crashed(const struct client *c, int wait_ms)
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

enum verdict { SAME, EXCUSED, CRASHED, DIFFERENT };

static enum verdict judge(struct client *c)
{
	if (is_equal(c, &c->ways[0].got, &c->ways[1].got)) {
		remember(c);
		return SAME;
	}
	if (is_excused(c)) {
		atomic_fetch_add(&excused, 1);
		return EXCUSED;
	}
	if (has_crashed(c, CRASH_MS))
		return CRASHED;
	if (atomic_exchange(&failed, true))
		return DIFFERENT;
	(void)printf("client %u differs, seed %llu\n", c->number,
	    (unsigned long long)seed);
	show_past(c);
	show("sent", &c->script);
	show("direct", &c->ways[0].got);
	show("gateway", &c->ways[1].got);
	return DIFFERENT;
}

/* -- Clients --------------------------------------------------------------- */

static void close_all(struct client *c)
{
	for (int i = 0; i < 2; i++)
		close_way(&c->ways[i]);
	PQfinish(c->witness);
	c->witness = NULL;
}

static int open_both_once(struct client *c)
{
	if (c->witness == NULL)
		c->witness = PQconnectdb(conninfos[0]);
	if (PQstatus(c->witness) != CONNECTION_OK)
		return -1;
	for (int i = 0; i < 2; i++) {
		c->ways[i].conninfo = conninfos[i];
		if (open_way(&c->ways[i]) < 0)
			return -1;
	}
	return 0;
}

/* PostgreSQL that has crashed comes back; otherwise there is but one try. */
static int open_both(struct client *c)
{
	const struct timespec a_moment = { .tv_nsec = 200000000 };
	int64_t end = now_ms() + WAIT_MS;
	int rc;

	while ((rc = open_both_once(c)) < 0 &&
	       (atomic_load(&crashes) > 0 || has_crashed(c, CRASH_MS)) &&
	       now_ms() < end) {
		close_all(c);
		(void)nanosleep(&a_moment, NULL);
	}
	return rc;
}

static int after_crash(struct client *c)
{
	atomic_fetch_add(&crashes, 1);
	close_all(c);
	return open_both(c);
}

static int hang_up(struct client *c)
{
	size_t part = dice(c, (uint32_t)c->script.len + 1);

	atomic_fetch_add(&hangups, 1);
	for (int i = 0; i < 2; i++) {
		(void)talk(&c->ways[i], &c->script, part, false);
		close_way(&c->ways[i]);
	}
	return open_both(c);
}

static void *cancel_soon(void *arg)
{
	PGconn *const *conns = arg;
	const struct timespec while_it_sleeps = { .tv_nsec = 30000000 };
	char error[256];

	(void)nanosleep(&while_it_sleeps, NULL);
	for (int i = 0; i < 2; i++) {
		PGcancel *cancel = PQgetCancel(conns[i]);

		(void)PQcancel(cancel, error, sizeof(error));
		PQfreeCancel(cancel);
	}
	return NULL;
}

/* Both sleep and are woken; each must hear of that and go on. */
static int sleep_and_cancel(struct client *c)
{
	PGconn *conns[] = { c->ways[0].conn, c->ways[1].conn };
	int64_t since = now_ms();
	pthread_t thread;
	int rc = 0;

	atomic_fetch_add(&cancels, 1);
	c->script.len = 0;
	query(c, "SELECT pg_sleep(5)");
	closing(c);
	if (pthread_create(&thread, NULL, cancel_soon, conns) != 0)
		return -1;
	for (int i = 0; i < 2 && rc == 0; i++)
		rc = talk(&c->ways[i], &c->script, c->script.len, true);
	(void)pthread_join(thread, NULL);
	(void)since;
	return rc;
}

static int one_script(struct client *c)
{
	unsigned count = 1 + dice(c, SCRIPT_MAX);
	enum verdict verdict;
	size_t pause;
	int closed = 0;

	c->script.len = 0;
	for (unsigned i = 0; i < count; i++)
		some_message(c);
	closing(c);
	atomic_fetch_add(&scripts, 1);
	if (dice(c, 100) == 0)
		return hang_up(c);
	if (dice(c, 400) == 0 && sleep_and_cancel(c) < 0)
		return -1;
	else if (c->script.len == 0)
		return 0;
	pause = dice(c, 8) == 0 ? dice(c, (uint32_t)c->script.len) : 0;
	for (int i = 0; i < 2; i++) {
		int rc;

		c->ways[i].pause_at = pause;
		rc = talk(&c->ways[i], &c->script, c->script.len, true);

		closed += rc == 1;
		if (rc < 0 && !has_crashed(c, CRASH_MS)) {
			if (atomic_exchange(&failed, true))
				return -1;
			(void)printf("client %u: %s did not answer, seed "
				     "%llu\n",
			    c->number, i == 0 ? "PostgreSQL" : "the gateway",
			    (unsigned long long)seed);
			show("sent", &c->script);
			show("got", &c->ways[i].got);
			return -1;
		}
	}
	if (has_crashed(c, 0))
		return after_crash(c);
	verdict = judge(c);
	if (verdict == CRASHED || (closed == 1 && has_crashed(c, CRASH_MS)))
		return after_crash(c);
	if (verdict == DIFFERENT)
		return -1;
	if (closed == 0 && verdict == SAME)
		return 0;
	for (int i = 0; i < 2; i++)
		close_way(&c->ways[i]);
	if (verdict == EXCUSED)
		return open_both(c);
	atomic_fetch_add(&ends, 1);
	return closed == 2 ? open_both(c) : -1;
}

static void *client_thread(void *arg)
{
	struct client *c = arg;

	if (open_both(c) < 0) {
		atomic_store(&failed, true);
		return NULL;
	}
	while (!atomic_load(&failed) && atomic_load(&messages_left) > 0)
		if (one_script(c) < 0)
			atomic_store(&failed, true);
	close_all(c);
	return NULL;
}

/* A client that breaks off amidst a message that nobody answers, by bytes that
 * are none; then another, who must not lose its first ones to that. */
static int break_off(const char *conninfo)
{
	/* The query has a backend held until after the first part. */
	static const uint8_t first[] = "Q\0\0\0\032SELECT pg_sleep(0.02)\0"
				       "f\0\0\0\013eno";
	static const uint8_t rest[] = { 'u', 'g', 'h', 0, 4, 0, 0, 0, 4, 0 };
	const struct timespec a_moment = { .tv_nsec = 50000000 };

	for (int i = 0; i < 20; i++) {
		struct way w = { .conninfo = conninfo };
		bool is_whole;
		PGresult *result;

		if (open_way(&w) < 0)
			return 1;
		(void)SSL_write(w.ssl, first, sizeof(first) - 1);
		(void)nanosleep(&a_moment, NULL);
		(void)SSL_write(w.ssl, rest, sizeof(rest));
		(void)nanosleep(&a_moment, NULL);
		close_way(&w);
		if (open_way(&w) < 0)
			return 1;
		result = PQexec(w.conn, "SELECT 'whole'");
		is_whole = PQresultStatus(result) == PGRES_TUPLES_OK;
		if (!is_whole)
			(void)printf("%s", PQerrorMessage(w.conn));
		PQclear(result);
		close_way(&w);
		if (!is_whole)
			return 1;
	}
	(void)printf("whole\n");
	return 0;
}

/* What makes PostgreSQL crash (has_crashed()), with a Parse of that length: the
 * portal that a Query has left is not there, and all goes on. */
static bool meet_ghost(struct client *c, unsigned len)
{
	struct way *w = &c->ways[0];
	bool is_calm;
	size_t at;

	c->script.len = 0;
	query(c, "BEGIN");
	query(c, "SELECT 1/(random()*0)::int");
	at = begin(c, 'P');
	put_text(&c->script, "");
	while (len-- > 0)
		add(&c->script, "@", 1);
	put_text(&c->script, "");
	put_u16(&c->script, 0);
	end(c, at);
	plain(c, 'S');
	at = begin(c, 'E');
	add(&c->script, "\0\0\0\0\0", 5);
	end(c, at);
	closing(c);
	is_calm = open_way(w) == 0 &&
		  talk(w, &c->script, c->script.len, true) == 0 &&
		  memmem(w->got.data, w->got.len, "C34000", 7) != NULL;
	close_way(w);
	return is_calm;
}

static void an_execute(struct client *c)
{
	size_t at = begin(c, 'E');

	add(&c->script, "\0\0\0\0\0", 5);
	end(c, at);
}

static void a_copy(struct client *c)
{
	size_t at = begin(c, 'P');

	put_text(&c->script, "");
	put_text(&c->script, "COPY differ FROM STDIN");
	put_u16(&c->script, 0);
	end(c, at);
	at = begin(c, 'B');
	add(&c->script, "\0\0\0\0\0\0\0\0", 8);
	end(c, at);
	an_execute(c);
	plain(c, 'S');
	plain(c, 'c');
	plain(c, 'H');
}

/* A Sync amidst a COPY ends no batch: the only backend is still this session's,
 * with its portal, which has been executed; another waits. */
static int copied(const char *conninfo)
{
	const struct timespec a_moment = { .tv_nsec = 50000000 };
	static struct client one, other;
	struct way *w = &one.ways[0], *v = &other.ways[0];
	bool is_kept;

	w->conninfo = v->conninfo = conninfo;
	a_copy(&one);
	closing(&other);
	is_kept = open_way(w) == 0 && open_way(v) == 0 &&
		  talk(w, &one.script, one.script.len, false) == 0;
	(void)nanosleep(&a_moment, NULL);
	is_kept =
	    is_kept && talk(v, &other.script, other.script.len, false) == 0;
	(void)nanosleep(&a_moment, NULL);
	one.script.len = 0;
	an_execute(&one);
	closing(&one);
	is_kept = is_kept && talk(w, &one.script, one.script.len, true) == 0 &&
		  memmem(w->got.data, w->got.len, "C55000", 7) != NULL &&
		  talk(v, &other.script, 0, true) == 0;
	if (!is_kept)
		show("got", &w->got);
	(void)printf("%s\n", is_kept ? "kept" : "another's");
	close_way(w);
	close_way(v);
	return is_kept ? 0 : 1;
}

/* What is bound in an aborted transaction to end it is no ghost, whatever Query
 * comes between that makes no portal. */
static int bound(const char *conninfo)
{
	static const char *const queries_between[3] = { ";", "SELEC",
		"SELECT 1" };
	static struct client c;
	struct way *w = &c.ways[0];
	size_t at;

	w->conninfo = conninfo;
	for (size_t i = 0; i < 3; i++) {
		c.script.len = 0;
		query(&c, "BEGIN");
		query(&c, "SELECT 1/(random()*0)::int");
		at = begin(&c, 'P');
		put_text(&c.script, "");
		put_text(&c.script, "ROLLBACK");
		put_u16(&c.script, 0);
		end(&c, at);
		at = begin(&c, 'B');
		add(&c.script, "\0\0\0\0\0\0\0\0", 8);
		end(&c, at);
		plain(&c, 'S');
		query(&c, queries_between[i]);
		an_execute(&c);
		closing(&c);
		if (open_way(w) < 0 ||
		    talk(w, &c.script, c.script.len, true) != 0 ||
		    memmem(w->got.data, w->got.len, "C34000", 7) != NULL) {
			show(queries_between[i], &w->got);
			return 1;
		}
		close_way(w);
	}
	(void)printf("done\n");
	return 0;
}

static int ghosts(const char *conninfo)
{
	static struct client c;

	c.ways[0].conninfo = conninfo;
	for (unsigned len = 0; len < 12000; len += 500)
		if (!meet_ghost(&c, len)) {
			(void)printf("a ghost at %u\n", len);
			return 1;
		}
	(void)printf("none\n");
	return 0;
}

int main(int argc, char **argv)
{
	static struct client clients[CLIENTS_MAX];
	unsigned count = argc == 6 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	if (argc == 3 && strcmp(argv[1], "break") == 0)
		return break_off(argv[2]);
	if (argc == 3 && strcmp(argv[1], "ghost") == 0)
		return ghosts(argv[2]);
	if (argc == 3 && strcmp(argv[1], "copied") == 0)
		return copied(argv[2]);
	if (argc == 3 && strcmp(argv[1], "bound") == 0)
		return bound(argv[2]);
	if (count < 1 || count > CLIENTS_MAX)
		return 2;
	conninfos[0] = argv[1];
	conninfos[1] = argv[2];
	atomic_store(&messages_left, strtol(argv[4], NULL, 10));
	seed = strtoull(argv[5], NULL, 10);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned i = 0; i < count; i++) {
		clients[i].number = i;
		clients[i].random =
		    (seed + 1) * 0x9e3779b97f4a7c15u + i * 0xbf58476d1ce4e5b9u;
		if (pthread_create(&clients[i].thread, NULL, client_thread,
			&clients[i]) != 0)
			return 1;
	}
	for (unsigned i = 0; i < count; i++)
		(void)pthread_join(clients[i].thread, NULL);
	(void)printf("%ld messages in %ld scripts, %ld hang-ups, %ld cancels, "
		     "%ld ended by PostgreSQL, %ld by a crash of it, %ld "
		     "undescribed: %s\n",
	    messages, scripts, hangups, cancels, ends, crashes, excused,
	    failed ? "DIFFERENT" : "the same");
	return failed ? 1 : 0;
}
