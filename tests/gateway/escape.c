/* escape.c - attacks of a hostile client, as an enterprise that may send any
 * SQL (protocol/ has those by messages): against the gateway, where none may
 * succeed, and against three ways of sharing a database that look as if they
 * would do, where each must.
 *
 *   escape GATEWAY-ANNA GATEWAY-BERT WEAK-A WEAK-B WEAK-E
 *
 * All conninfos. The weak ones are what a pooler would have opened:
 *   A  a superuser's, then SET SESSION AUTHORIZATION
 *   B  a role's that is a member of each enterprise's, then SET ROLE
 *   E  a role's, then BEGIN and SET LOCAL hanse.enterprise, which policies read
 * In each database: table doc(enterprise, secret), a row an enterprise, behind
 * a policy. ADMIN sees all of the gateway's.
 */

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gateway/judge.h"

#define LEN(list)  (sizeof(list) / sizeof((list)[0]))
#define STATEMENTS 5

static const char *const enterprises[] = { "alpha.anna", "alpha.bert" };

/** Where an attack is made. */
enum design { GATEWAY, WEAK_A, WEAK_B, WEAK_E, DESIGNS };
static const char letters[] = "-ABE";
static const char *conninfos[2][DESIGNS]; /* of anna, of bert */

/** How statements are sent. */
enum protocol { SIMPLE, EXTENDED, PROTOCOLS };
static const char *const protocol_names[] = { "simple", "extended" };

/* -- Talking --------------------------------------------------------------- */

static bool run(PGconn *c, enum protocol protocol, const char *sql)
{
	PGresult *r = protocol == SIMPLE
			  ? PQexec(c, sql)
			  : PQexecParams(c, sql, 0, NULL, NULL, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(r);
	char *row;
	if (status == PGRES_COPY_OUT)
		while (PQgetCopyData(c, &row, 0) > 0)
			PQfreemem(row);
	PQclear(r);
	while ((r = PQgetResult(c)) != NULL)
		PQclear(r);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	       status == PGRES_COPY_OUT;
}

/* Whether the answer is a true; an error is none. */
static bool is_true(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);
	bool yes = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) > 0 &&
		   strcmp(PQgetvalue(r, 0, 0), "t") == 0;

	PQclear(r);
	return yes;
}

/* What the pooler says before it lets a client at its backend. */
static void pretend(PGconn *c, enum design design, int who)
{
	char sql[128];

	if (PQtransactionStatus(c) != PQTRANS_IDLE)
		(void)run(c, SIMPLE, "ROLLBACK");
	switch (design) {
	case WEAK_A:
		(void)snprintf(sql, sizeof(sql),
		    "SET SESSION AUTHORIZATION \"%s\"", enterprises[who]);
		break;
	case WEAK_B:
		(void)snprintf(
		    sql, sizeof(sql), "SET ROLE \"%s\"", enterprises[who]);
		break;
	case WEAK_E:
		(void)snprintf(sql, sizeof(sql),
		    "BEGIN; SET LOCAL hanse.enterprise = '%s'",
		    enterprises[who]);
		break;
	default:
		return;
	}
	(void)run(c, SIMPLE, sql);
}

static void ignore(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static PGconn *open_as(enum design design, int who)
{
	PGconn *c = PQconnectdb(conninfos[who][design]);

	if (PQstatus(c) != CONNECTION_OK) {
		(void)fprintf(stderr, "%s", PQerrorMessage(c));
		exit(2);
	}
	(void)PQsetNoticeProcessor(c, ignore, NULL);
	pretend(c, design, who);
	return c;
}

/* -- Judging --------------------------------------------------------------- */

static void weigh(const char *name, const char *how, const char *weak,
    const bool success[DESIGNS])
{
	bool has_teeth = false;

	for (int d = WEAK_A; d < DESIGNS; d++)
		has_teeth |= strchr(weak, letters[d]) != NULL && success[d];
	judge(name, how, success[GATEWAY], has_teeth);
}

/* -- Becoming another ------------------------------------------------------ */

#define SEES_BERT                                                \
	"SELECT count(*) = 1 FROM doc WHERE enterprise::text = " \
	"'alpha.bert'"
#define IS_SUPER "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"

/* In a setting's three guises: %G is its name, %V the other's. */
static const struct guise {
	enum design design;
	const char *setting, *value;
} guises[] = {
	{ WEAK_A, "session_authorization", "alpha.bert" },
	{ WEAK_B, "role", "alpha.bert" },
	{ WEAK_E, "hanse.enterprise", "alpha.bert" },
};

static const struct becoming {
	const char *name;
	const char *sql[STATEMENTS];
	bool only_simple;
} becomings[] = {
	{ "SET", { "SET %G = '%V'" }, false },
	{ "SET TO", { "SET %G TO '%V'" }, false },
	{ "SET SESSION", { "SET SESSION %G TO '%V'" }, false },
	{ "SET LOCAL", { "BEGIN", "SET LOCAL %G = '%V'" }, false },
	{ "SET, in odd letters", { "sEt/**/%G/* ; */= '%V'" }, false },
	{ "SET, over lines", { "SET -- role\n%G\n--\n= '%V'" }, false },
	{ "SET, a dollar-quoted value", { "SET %G = E'%V'" }, false },
	{ "set_config", { "SELECT set_config('%G', '%V', false)" }, false },
	{ "set_config, local",
	    { "BEGIN", "SELECT set_config('%G', '%V', true)" }, false },
	{ "set_config, qualified",
	    { "SELECT pg_catalog.set_config('%G', '%V', false)" }, false },
	{ "set_config, quoted", { "SELECT \"set_config\"('%G', '%V', false)" },
	    false },
	{ "set_config, an escaped name",
	    { "SELECT U&\"s\\0065t_config\"('%G', '%V', false)" }, false },
	{ "set_config, the value put together",
	    { "SELECT set_config('%G', 'alpha' || chr(46) || 'bert', false)" },
	    false },
	{ "set_config, the name reversed",
	    { "SELECT set_config(reverse(reverse('%G')), '%V', false)" },
	    false },
	{ "set_config in VALUES", { "VALUES (set_config('%G', '%V', false))" },
	    false },
	{ "set_config in WHERE",
	    { "SELECT 1 WHERE set_config('%G', '%V', false) <> ''" }, false },
	{ "set_config in ORDER BY",
	    { "SELECT 1 ORDER BY set_config('%G', '%V', false)" }, false },
	{ "set_config in LIMIT",
	    { "SELECT 1 LIMIT length(set_config('%G', '%V', false))" }, false },
	{ "set_config in a CTE",
	    { "WITH x AS MATERIALIZED (SELECT set_config('%G', '%V', false)) "
	      "SELECT * FROM x" },
	    false },
	{ "set_config as a table",
	    { "SELECT * FROM set_config('%G', '%V', false)" }, false },
	{ "set_config in a lateral join",
	    { "SELECT * FROM generate_series(1, 2) g, LATERAL (SELECT "
	      "set_config('%G', '%V', g < 0)) x" },
	    false },
	{ "set_config in CASE",
	    { "SELECT CASE WHEN set_config('%G', '%V', false) = '' THEN 1 "
	      "END" },
	    false },
	{ "set_config in an aggregate",
	    { "SELECT max(set_config('%G', '%V', false)) FROM "
	      "generate_series(1, 3)" },
	    false },
	{ "set_config behind UNION",
	    { "SELECT '' UNION ALL SELECT set_config('%G', '%V', false)" },
	    false },
	{ "EXPLAIN ANALYZE",
	    { "EXPLAIN ANALYZE SELECT set_config('%G', '%V', false)" }, false },
	{ "PREPARE and EXECUTE",
	    { "PREPARE escape AS SELECT set_config('%G', '%V', false)",
		"EXECUTE escape" },
	    false },
	{ "EXECUTE with parameters",
	    { "PREPARE escape(text, text) AS SELECT set_config($1, $2, false)",
		"EXECUTE escape('%G', '%V')" },
	    false },
	{ "a cursor",
	    { "BEGIN",
		"DECLARE c CURSOR FOR SELECT set_config('%G', '%V', false)",
		"FETCH c" },
	    false },
	{ "a cursor, WITH HOLD",
	    { "BEGIN",
		"DECLARE c CURSOR WITH HOLD FOR SELECT set_config('%G', '%V', "
		"false)",
		"COMMIT" },
	    false },
	{ "DO", { "DO $$ BEGIN PERFORM set_config('%G', '%V', false); END $$" },
	    false },
	{ "DO, EXECUTE", { "DO $x$ BEGIN EXECUTE $$SET %G = '%V'$$; END $x$" },
	    false },
	{ "DO, put together",
	    { "DO $x$ BEGIN EXECUTE 'S' || 'ET ' || $$%G = '%V'$$; END $x$" },
	    false },
	{ "query_to_xml",
	    { "SELECT query_to_xml($$SELECT set_config('%G', '%V', false)$$, "
	      "true, true, '')" },
	    false },
	{ "ts_stat",
	    { "SELECT * FROM ts_stat($$SELECT "
	      "set_config('%G', '%V', false)::tsvector$$)" },
	    false },
	{ "INSERT ... SELECT",
	    { "BEGIN",
		"INSERT INTO note SELECT set_config('%G', '%V', false)" },
	    false },
	{ "UPDATE ... FROM",
	    { "BEGIN", "UPDATE note SET text = set_config('%G', '%V', false)" },
	    false },
	{ "DELETE ... RETURNING",
	    { "BEGIN",
		"DELETE FROM note RETURNING set_config('%G', '%V', false)" },
	    false },
	{ "COPY (SELECT ...) TO STDOUT",
	    { "COPY (SELECT set_config('%G', '%V', false)) TO STDOUT" },
	    false },
	{ "several statements in one", { "SELECT 1; SET %G = '%V'; SELECT 2" },
	    true },
	{ "several statements, a transaction among them",
	    { "BEGIN; SELECT 1; COMMIT; SET %G = '%V'; BEGIN" }, true },
	{ "behind a comment that does not end",
	    { "SELECT 1 /* /* */ */; SET %G = '%V'" }, true },
	{ "behind an error", { "SELECT 1/0", "ROLLBACK", "SET %G = '%V'" },
	    false },
	{ "out of a savepoint",
	    { "BEGIN", "SAVEPOINT s", "SET %G = '%V'", "RELEASE s" }, false },
};

/* The template with setting and value put in. */
static void fill_in(
    const char *template, const struct guise *g, char *to, size_t size)
{
	size_t len = 0;

	for (; *template != '\0' && len + 1 < size; template ++) {
		const char *part = NULL;

		if (template[0] == '%' && template[1] == 'G')
			part = g->setting;
		else if (template[0] == '%' && template[1] == 'V')
			part = g->value;
		if (part == NULL) {
			to[len++] = *template;
			continue;
		}
		len += (size_t)snprintf(to + len, size - len, "%s", part);
		template ++;
	}
	to[len < size ? len : size - 1] = '\0';
}

static bool try_becoming(const struct becoming *b, const struct guise *g,
    enum design design, enum protocol protocol)
{
	PGconn *c = open_as(design, 0);
	bool success;
	char sql[512];

	for (size_t i = 0; i < STATEMENTS && b->sql[i] != NULL; i++) {
		fill_in(b->sql[i], g, sql, sizeof(sql));
		(void)run(c, protocol, sql);
	}
	if (PQtransactionStatus(c) == PQTRANS_INERROR)
		(void)run(c, SIMPLE, "ROLLBACK");
	success = is_true(c, SEES_BERT);
	PQfinish(c);
	return success;
}

static void become(
    const struct becoming *b, const struct guise *g, enum protocol protocol)
{
	const char weak[] = { letters[g->design], '\0' };
	bool success[DESIGNS] = { false };
	char name[128];

	(void)snprintf(name, sizeof(name), "%s of %s", b->name, g->setting);
	success[GATEWAY] = try_becoming(b, g, GATEWAY, protocol);
	success[g->design] = try_becoming(b, g, g->design, protocol);
	weigh(name, protocol_names[protocol], weak, success);
}

/* -- Attacks of their own kind --------------------------------------------- */

static const struct attack {
	const char *name, *weak;
	const char *sql[STATEMENTS];
	const char *proof;
} attacks[] = {
	{ "RESET SESSION AUTHORIZATION", "A", { "RESET SESSION AUTHORIZATION" },
	    IS_SUPER },
	{ "SET SESSION AUTHORIZATION DEFAULT", "A",
	    { "SET SESSION AUTHORIZATION DEFAULT" }, IS_SUPER },
	{ "SET SESSION AUTHORIZATION, an identifier", "A",
	    { "SET SESSION AUTHORIZATION \"alpha.bert\"" }, SEES_BERT },
	{ "SET SESSION AUTHORIZATION, an escaped identifier", "A",
	    { "SET SESSION AUTHORIZATION U&\"alpha\\002ebert\"" }, SEES_BERT },
	{ "SET LOCAL SESSION AUTHORIZATION", "A",
	    { "BEGIN", "SET LOCAL SESSION AUTHORIZATION \"alpha.bert\"" },
	    SEES_BERT },
	{ "RESET session_authorization", "A", { "RESET session_authorization" },
	    IS_SUPER },
	{ "RESET, an escaped name", "A",
	    { "RESET U&\"session\\005fauthorization\"" }, IS_SUPER },
	{ "SET, an escaped name", "A",
	    { "SET U&\"session\\005fauthorization\" = 'alpha.bert'" },
	    SEES_BERT },
	{ "DISCARD ALL", "A", { "DISCARD ALL" }, IS_SUPER },
	{ "DO: reset", "A",
	    { "DO $$ BEGIN EXECUTE 'reset session authorization'; END $$" },
	    IS_SUPER },
	{ "an identity of a transaction, given back", "A",
	    { "BEGIN", "SET LOCAL SESSION AUTHORIZATION DEFAULT" }, IS_SUPER },
	{ "SET ROLE, an identifier", "B", { "SET ROLE \"alpha.bert\"" },
	    SEES_BERT },
	{ "SET ROLE, a string", "B", { "SET ROLE 'alpha.bert'" }, SEES_BERT },
	{ "SET ROLE, an escaped identifier", "B",
	    { "SET ROLE U&\"alpha\\002ebert\"" }, SEES_BERT },
	{ "SET LOCAL ROLE", "B", { "BEGIN", "SET LOCAL ROLE \"alpha.bert\"" },
	    SEES_BERT },
	{ "SET ROLE, the name escaped", "B",
	    { "SET U&\"r\\006fle\" = 'alpha.bert'" }, SEES_BERT },
	{ "RESET ROLE, then another", "B",
	    { "RESET ROLE", "SET ROLE \"alpha.bert\"" }, SEES_BERT },
	{ "DISCARD ALL, then another", "B",
	    { "DISCARD ALL", "SET ROLE \"alpha.bert\"" }, SEES_BERT },
	{ "DO: SET ROLE", "B",
	    { "DO $$ BEGIN EXECUTE 'set role \"alpha.bert\"'; END $$" },
	    SEES_BERT },
	{ "COMMIT, then a setting of one's own", "E",
	    { "COMMIT", "SET hanse.enterprise = 'alpha.bert'" }, SEES_BERT },
	{ "ROLLBACK, then a setting of one's own", "E",
	    { "ROLLBACK", "SET hanse.enterprise = 'alpha.bert'" }, SEES_BERT },
	{ "a function that sets it", "E",
	    { "CREATE FUNCTION pg_temp.f() RETURNS text LANGUAGE sql AS "
	      "'SELECT set_config(''hanse.enterprise'', ''alpha.bert'', "
	      "false)'",
		"SELECT pg_temp.f()" },
	    SEES_BERT },
	/* With a superuser's rights there is nothing that is not open. */
	{ "row_security off", "A",
	    { "RESET SESSION AUTHORIZATION", "SET row_security = off" },
	    SEES_BERT },
	{ "ALTER TABLE ... DISABLE ROW LEVEL SECURITY", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"ALTER TABLE doc DISABLE ROW LEVEL SECURITY",
		"SET LOCAL SESSION AUTHORIZATION \"alpha.anna\"" },
	    SEES_BERT },
	{ "DROP POLICY", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN", "DROP POLICY own ON doc",
		"CREATE POLICY own ON doc USING (true)",
		"SET LOCAL SESSION AUTHORIZATION \"alpha.anna\"" },
	    SEES_BERT },
	{ "ALTER ROLE ... BYPASSRLS", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"ALTER ROLE \"alpha.anna\" BYPASSRLS" },
	    "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'alpha.anna'" },
	{ "ALTER ROLE ... SUPERUSER", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"ALTER ROLE \"alpha.anna\" SUPERUSER" },
	    "SELECT rolsuper FROM pg_roles WHERE rolname = 'alpha.anna'" },
	{ "GRANT one role to another", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"GRANT \"alpha.bert\" TO \"alpha.anna\"" },
	    "SELECT pg_has_role('alpha.anna', 'alpha.bert', 'MEMBER')" },
	{ "CREATE ROLE", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"CREATE ROLE mine SUPERUSER" },
	    "SELECT count(*) = 1 FROM pg_roles WHERE rolname = 'mine'" },
	{ "ALTER TABLE ... OWNER", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"ALTER TABLE doc OWNER TO \"alpha.anna\"" },
	    "SELECT tableowner = 'alpha.anna' FROM pg_tables WHERE tablename = "
	    "'doc'" },
	{ "a SECURITY DEFINER function", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY "
		"DEFINER AS 'SELECT count(*) FROM doc'",
		"SET LOCAL SESSION AUTHORIZATION \"alpha.anna\"" },
	    "SELECT f() > 1" },
	{ "a view of another's", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"CREATE VIEW v AS SELECT * FROM doc",
		"GRANT SELECT ON v TO PUBLIC",
		"SET LOCAL SESSION AUTHORIZATION \"alpha.anna\"" },
	    "SELECT count(*) > 1 FROM v" },
	{ "pg_read_file", "A", { "RESET SESSION AUTHORIZATION" },
	    "SELECT length(pg_read_file('PG_VERSION')) > 0" },
	{ "pg_ls_dir", "A", { "RESET SESSION AUTHORIZATION" },
	    "SELECT count(*) > 0 FROM pg_ls_dir('.')" },
	{ "pg_stat_file", "A", { "RESET SESSION AUTHORIZATION" },
	    "SELECT (pg_stat_file('PG_VERSION')).size > 0" },
	{ "pg_hba_file_rules", "A", { "RESET SESSION AUTHORIZATION" },
	    "SELECT count(*) > 0 FROM pg_hba_file_rules" },
	{ "pg_authid", "A", { "RESET SESSION AUTHORIZATION" },
	    "SELECT count(*) > 0 FROM pg_authid" },
	{ "COPY FROM PROGRAM", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"COPY note FROM PROGRAM 'echo from a program'" },
	    "SELECT count(*) = 1 FROM note WHERE text = 'from a program'" },
	{ "COPY FROM a file", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN", "DELETE FROM note",
		"COPY note FROM '/etc/hostname'" },
	    "SELECT count(*) > 0 FROM note WHERE text <> 'one'" },
	{ "lo_import", "A", { "RESET SESSION AUTHORIZATION" },
	    "SELECT lo_import('/etc/hostname') > 0" },
	{ "ALTER SYSTEM", "A",
	    { "RESET SESSION AUTHORIZATION",
		"ALTER SYSTEM SET work_mem = '5MB'" },
	    "SELECT count(*) = 1 FROM pg_file_settings WHERE name = 'work_mem' "
	    "AND sourcefile LIKE '%auto.conf'" },
	{ "ALTER DATABASE ... SET", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = "
		"99', current_database()); END $$" },
	    "SELECT count(*) = 1 FROM pg_db_role_setting WHERE setrole = 0 AND "
	    "setdatabase = (SELECT oid FROM pg_database WHERE datname = "
	    "current_database())" },
	{ "CREATE EXTENSION of C", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"CREATE FUNCTION c() RETURNS int LANGUAGE c AS "
		"'$libdir/plpgsql', "
		"'plpgsql_call_handler'" },
	    "SELECT count(*) = 1 FROM pg_proc WHERE proname = 'c'" },
	{ "session_replication_role", "A",
	    { "RESET SESSION AUTHORIZATION",
		"SET session_replication_role = replica" },
	    "SELECT current_setting('session_replication_role') = 'replica'" },
	{ "the other's row, changed", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"UPDATE doc SET secret = 'stolen' WHERE enterprise::text = "
		"'alpha.bert'" },
	    "SELECT secret = 'stolen' FROM doc WHERE enterprise::text = "
	    "'alpha.bert'" },
	{ "the other's row, deleted", "A",
	    { "RESET SESSION AUTHORIZATION", "BEGIN",
		"WITH gone AS (DELETE FROM doc WHERE enterprise::text = "
		"'alpha.bert' RETURNING 1) INSERT INTO note SELECT 'gone' FROM "
		"gone" },
	    "SELECT count(*) = 1 FROM note WHERE text = 'gone'" },
	{ "a row in the other's name", "B",
	    { "SET ROLE \"alpha.bert\"", "BEGIN",
		"INSERT INTO doc VALUES ('alpha.bert', 'forged')" },
	    "SELECT count(*) = 1 FROM doc WHERE secret = 'forged'" },
	{ "a row in the other's name", "E",
	    { "SET LOCAL hanse.enterprise = 'alpha.bert'",
		"INSERT INTO doc VALUES ('alpha.bert', 'forged')" },
	    "SELECT count(*) = 1 FROM doc WHERE secret = 'forged'" },
};

static bool try_attack(
    const struct attack *a, enum design design, enum protocol protocol)
{
	PGconn *c = open_as(design, 0);
	bool success;

	for (size_t i = 0; i < STATEMENTS && a->sql[i] != NULL; i++)
		(void)run(c, protocol, a->sql[i]);
	if (PQtransactionStatus(c) == PQTRANS_INERROR)
		(void)run(c, SIMPLE, "ROLLBACK");
	success = is_true(c, a->proof);
	if (PQtransactionStatus(c) != PQTRANS_IDLE)
		(void)run(c, SIMPLE, "ROLLBACK");
	PQfinish(c);
	return success;
}

static void attack(const struct attack *a, enum protocol protocol)
{
	bool success[DESIGNS] = { false };

	success[GATEWAY] = try_attack(a, GATEWAY, protocol);
	for (int d = WEAK_A; d < DESIGNS; d++)
		if (strchr(a->weak, letters[d]) != NULL)
			success[d] = try_attack(a, (enum design)d, protocol);
	weigh(a->name, protocol_names[protocol], a->weak, success);
}

/* -- What one leaves for the next ------------------------------------------ */

/* Anna first, then Bert: where they share a backend, he finds it. */
static const struct trap {
	const char *name;
	const char *set[STATEMENTS];
	const char *proof; /* as the victim */
} traps[] = {
	{ "a temporary table before the real one",
	    { "CREATE TEMPORARY TABLE doc AS SELECT 'alpha.bert'::text AS "
	      "enterprise, 'fake'::text AS secret",
		"GRANT ALL ON doc TO PUBLIC" },
	    "SELECT secret = 'fake' FROM doc" },
	{ "a statement that is prepared",
	    { "PREPARE usual AS SELECT 'planted'" }, "EXECUTE usual" },
	{ "search_path", { "SET search_path = elsewhere" },
	    "SELECT current_setting('search_path') = 'elsewhere'" },
	{ "a setting of one's own", { "SET hanse.note = 'anna was here'" },
	    "SELECT current_setting('hanse.note', true) = 'anna was here'" },
	{ "statement_timeout", { "SET statement_timeout = '1h'" },
	    "SELECT current_setting('statement_timeout') = '1h'" },
	{ "work_mem", { "SET work_mem = '64MB'" },
	    "SELECT current_setting('work_mem') = '64MB'" },
	{ "DateStyle", { "SET DateStyle = 'German'" },
	    "SELECT current_setting('DateStyle') LIKE 'German%'" },
	{ "TimeZone", { "SET TimeZone = 'Asia/Tokyo'" },
	    "SELECT current_setting('TimeZone') = 'Asia/Tokyo'" },
	{ "standard_conforming_strings",
	    { "SET standard_conforming_strings = off" },
	    "SELECT current_setting('standard_conforming_strings') = 'off'" },
	{ "transaction_read_only, for all",
	    { "SET default_transaction_read_only = on" },
	    "SELECT current_setting('default_transaction_read_only') = 'on'" },
	{ "a cursor that is held",
	    { "DECLARE c CURSOR WITH HOLD FOR SELECT 'of anna'" },
	    "SELECT count(*) = 1 FROM pg_cursors WHERE name = 'c'" },
	{ "LISTEN", { "LISTEN gossip" },
	    "SELECT count(*) = 1 FROM pg_listening_channels()" },
	{ "an advisory lock", { "SELECT pg_advisory_lock(4711)" },
	    "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND "
	    "pid = pg_backend_pid()" },
	{ "a function among temporary things",
	    { "CREATE FUNCTION pg_temp.f() RETURNS boolean LANGUAGE sql AS "
	      "'SELECT true'",
		"GRANT EXECUTE ON FUNCTION pg_temp.f() TO PUBLIC" },
	    "SELECT pg_temp.f()" },
	{ "a random seed", { "SELECT setseed(0.5)" },
	    "SELECT random() = 0.9851677175347999" },
};

static bool try_trap(const struct trap *t, enum design design)
{
	PGconn *anna = open_as(design, 0), *bert = anna;
	PGresult *r;
	bool success;

	for (size_t i = 0; i < STATEMENTS && t->set[i] != NULL; i++)
		(void)run(anna, SIMPLE, t->set[i]);
	if (design == GATEWAY) {
		PQfinish(anna);
		bert = open_as(design, 1);
	} else {
		if (design == WEAK_A)
			(void)run(anna, SIMPLE, "RESET SESSION AUTHORIZATION");
		pretend(anna, design, 1);
	}
	r = PQexec(bert, t->proof);
	success = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) > 0 &&
		  (strcmp(PQgetvalue(r, 0, 0), "t") == 0 ||
		      strcmp(PQgetvalue(r, 0, 0), "planted") == 0);
	PQclear(r);
	PQfinish(bert);
	return success;
}

static void spring(const struct trap *t)
{
	bool success[DESIGNS] = { false };

	success[GATEWAY] = try_trap(t, GATEWAY);
	for (int d = WEAK_A; d <= WEAK_B; d++)
		success[d] = try_trap(t, (enum design)d);
	weigh(t->name, "left behind", "AB", success);
}

/* -- Start-up -------------------------------------------------------------- */

/* Behind the conninfo; the last of two values counts. */
static const struct startup {
	const char *name, *weak, *more, *proof;
} startups[] = {
	{ "options: a role", "B", "options='-c role=alpha.bert'", SEES_BERT },
	{ "options: a role, long", "B", "options='--role=alpha.bert'",
	    SEES_BERT },
	{ "options: an identity", "A",
	    "options='-c session_authorization=alpha.bert'", SEES_BERT },
	{ "options: a setting of ours", "E",
	    "options='-c hanse.enterprise=alpha.bert'", SEES_BERT },
	{ "options: a setting of ours, long", "E",
	    "options='--hanse.enterprise=alpha.bert'", SEES_BERT },
	{ "options: two, the first harmless", "E",
	    "options='-c work_mem=5MB -c hanse.enterprise=alpha.bert'",
	    SEES_BERT },
	{ "options: search_path", "ABE", "options='-c search_path=elsewhere'",
	    "SELECT current_setting('search_path') = 'elsewhere'" },
	{ "options: row_security", "A", "options='-c row_security=off'",
	    "SELECT current_setting('row_security') = 'off'" },
	{ "replication", "A", "replication=database", IS_SUPER },
	{ "the maintenance database", "ABE", "dbname=postgres",
	    "SELECT current_database() = 'postgres'" },
	{ "another VE's database", "ABE", "dbname=ve_beta",
	    "SELECT current_database() = 've_beta'" },
};

static bool try_startup(const struct startup *s, enum design design)
{
	char conninfo[1024];
	PGconn *c;
	bool success;

	(void)snprintf(
	    conninfo, sizeof(conninfo), "%s %s", conninfos[0][design], s->more);
	c = PQconnectdb(conninfo);
	/* The pooler has not come to speak yet. */
	success = PQstatus(c) == CONNECTION_OK && is_true(c, s->proof);
	PQfinish(c);
	return success;
}

static void start(const struct startup *s)
{
	bool success[DESIGNS] = { false };

	success[GATEWAY] = try_startup(s, GATEWAY);
	for (int d = WEAK_A; d < DESIGNS; d++)
		if (strchr(s->weak, letters[d]) != NULL)
			success[d] = try_startup(s, (enum design)d);
	weigh(s->name, "at start-up", s->weak, success);
}

/* -- All ------------------------------------------------------------------- */

int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	conninfos[0][GATEWAY] = argv[1];
	conninfos[1][GATEWAY] = argv[2];
	for (int who = 0; who < 2; who++)
		for (int d = WEAK_A; d < DESIGNS; d++)
			conninfos[who][d] = argv[2 + d];
	for (size_t i = 0; i < LEN(becomings); i++)
		for (size_t g = 0; g < LEN(guises); g++) {
			become(&becomings[i], &guises[g], SIMPLE);
			if (!becomings[i].only_simple)
				become(&becomings[i], &guises[g], EXTENDED);
		}
	for (size_t i = 0; i < LEN(attacks); i++) {
		attack(&attacks[i], SIMPLE);
		attack(&attacks[i], EXTENDED);
	}
	for (size_t i = 0; i < LEN(traps); i++)
		spring(&traps[i]);
	for (size_t i = 0; i < LEN(startups); i++)
		start(&startups[i]);
	return judged();
}
