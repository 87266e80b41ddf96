/* cases.c - what chance would take long to come to. */

#include "cases.h"

#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "script.h"
#include "way.h"

/* A client that breaks off amidst a message that nobody answers, by bytes that
 * are none; then another, who must not lose its first ones to that. */
int case_break(const char *conninfo)
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

		if (way_open(&w) < 0)
			return 1;
		(void)SSL_write(w.ssl, first, sizeof(first) - 1);
		(void)nanosleep(&a_moment, NULL);
		(void)SSL_write(w.ssl, rest, sizeof(rest));
		(void)nanosleep(&a_moment, NULL);
		way_close(&w);
		if (way_open(&w) < 0)
			return 1;
		result = PQexec(w.conn, "SELECT 'whole'");
		is_whole = PQresultStatus(result) == PGRES_TUPLES_OK;
		if (!is_whole)
			(void)printf("%s", PQerrorMessage(w.conn));
		PQclear(result);
		way_close(&w);
		if (!is_whole)
			return 1;
	}
	(void)printf("whole\n");
	return 0;
}

/* What makes PostgreSQL crash (client_has_crashed()), with a Parse of that
 * length: the portal that a Query has left is not there, and all goes on. */
static bool meet_ghost(struct script *s, struct way *w, unsigned len)
{
	bool is_calm;
	size_t at;

	script_clear(s);
	script_query(s, "BEGIN");
	script_query(s, "SELECT 1/(random()*0)::int");
	at = script_begin(s, 'P');
	bytes_put_text(&s->bytes, "");
	while (len-- > 0)
		bytes_add(&s->bytes, "@", 1);
	bytes_put_text(&s->bytes, "");
	bytes_put_u16(&s->bytes, 0);
	script_end(s, at);
	script_plain(s, 'S');
	at = script_begin(s, 'E');
	bytes_add(&s->bytes, "\0\0\0\0\0", 5);
	script_end(s, at);
	script_closing(s);
	is_calm = way_open(w) == 0 &&
		  way_talk(w, &s->bytes, s->bytes.len, true) == 0 &&
		  memmem(w->got.data, w->got.len, "C34000", 7) != NULL;
	way_close(w);
	return is_calm;
}

static void an_execute(struct script *s)
{
	size_t at = script_begin(s, 'E');

	bytes_add(&s->bytes, "\0\0\0\0\0", 5);
	script_end(s, at);
}

static void a_copy(struct script *s)
{
	size_t at = script_begin(s, 'P');

	bytes_put_text(&s->bytes, "");
	bytes_put_text(&s->bytes, "COPY differ FROM STDIN");
	bytes_put_u16(&s->bytes, 0);
	script_end(s, at);
	at = script_begin(s, 'B');
	bytes_add(&s->bytes, "\0\0\0\0\0\0\0\0", 8);
	script_end(s, at);
	an_execute(s);
	script_plain(s, 'S');
	script_plain(s, 'c');
	script_plain(s, 'H');
}

/* A Sync amidst a COPY ends no batch: the only backend is still this session's,
 * with its portal, which has been executed; another waits. */
int case_copied(const char *conninfo)
{
	const struct timespec a_moment = { .tv_nsec = 50000000 };
	struct script one = { 0 }, other = { 0 };
	struct way way = { .conninfo = conninfo }, *w = &way;
	struct way second = way, *v = &second;
	bool is_kept;

	a_copy(&one);
	script_closing(&other);
	is_kept = way_open(w) == 0 && way_open(v) == 0 &&
		  way_talk(w, &one.bytes, one.bytes.len, false) == 0;
	(void)nanosleep(&a_moment, NULL);
	is_kept =
	    is_kept && way_talk(v, &other.bytes, other.bytes.len, false) == 0;
	(void)nanosleep(&a_moment, NULL);
	script_clear(&one);
	an_execute(&one);
	script_closing(&one);
	is_kept = is_kept &&
		  way_talk(w, &one.bytes, one.bytes.len, true) == 0 &&
		  memmem(w->got.data, w->got.len, "C55000", 7) != NULL &&
		  way_talk(v, &other.bytes, 0, true) == 0;
	if (!is_kept)
		bytes_show("got", &w->got);
	(void)printf("%s\n", is_kept ? "kept" : "another's");
	way_done(w);
	way_done(v);
	script_done(&one);
	script_done(&other);
	return is_kept ? 0 : 1;
}

/* What is bound in an aborted transaction to end it is no ghost, whatever Query
 * comes between that makes no portal. */
int case_bound(const char *conninfo)
{
	static const char *const queries_between[3] = { ";", "SELEC",
		"SELECT 1" };
	struct script s = { 0 };
	struct way way = { .conninfo = conninfo }, *w = &way;
	size_t at;

	for (size_t i = 0; i < 3; i++) {
		script_clear(&s);
		script_query(&s, "BEGIN");
		script_query(&s, "SELECT 1/(random()*0)::int");
		at = script_begin(&s, 'P');
		bytes_put_text(&s.bytes, "");
		bytes_put_text(&s.bytes, "ROLLBACK");
		bytes_put_u16(&s.bytes, 0);
		script_end(&s, at);
		at = script_begin(&s, 'B');
		bytes_add(&s.bytes, "\0\0\0\0\0\0\0\0", 8);
		script_end(&s, at);
		script_plain(&s, 'S');
		script_query(&s, queries_between[i]);
		an_execute(&s);
		script_closing(&s);
		if (way_open(w) < 0 ||
		    way_talk(w, &s.bytes, s.bytes.len, true) != 0 ||
		    memmem(w->got.data, w->got.len, "C34000", 7) != NULL) {
			bytes_show(queries_between[i], &w->got);
			return 1;
		}
		way_close(w);
	}
	way_done(w);
	script_done(&s);
	(void)printf("done\n");
	return 0;
}

int case_ghosts(const char *conninfo)
{
	struct script s = { 0 };
	struct way w = { .conninfo = conninfo };

	for (unsigned len = 0; len < 12000; len += 500)
		if (!meet_ghost(&s, &w, len)) {
			(void)printf("a ghost at %u\n", len);
			return 1;
		}
	way_done(&w);
	script_done(&s);
	(void)printf("none\n");
	return 0;
}
