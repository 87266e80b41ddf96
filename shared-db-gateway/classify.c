/* classify.c - a walk through the parse tree: kinds of statements, settings
 * and functions, wherever they are in it.
 */

#include "shared-db-gateway/classify.h"

#include <jansson.h>
#include <pg_query.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "shared-db-gateway/kinds.h"

/* clang-format off */
/* Nodes of the tree; source: src/include/nodes/parsenodes.h of PostgreSQL 15. */
static const struct word {
	const char *word, *kind;
} nodes[] = {
	{ "LockStmt", "lock" },
	{ "ListenStmt", "listen" }, { "NotifyStmt", "listen" }, { "UnlistenStmt", "listen" },
	{ "DoStmt", "do" }, { "DiscardStmt", "discard" }, { "LoadStmt", "file" },
	{ "PrepareStmt", "prepare" }, { "ExecuteStmt", "prepare" }, { "DeallocateStmt", "prepare" },
	{ "VacuumStmt", "maintenance" }, { "ClusterStmt", "maintenance" }, { "ReindexStmt", "maintenance" },
	{ "CheckPointStmt", "maintenance" },
};

/* Beginnings of nodes that change what there is. */
static const char *const changes[] = { "Create", "Alter", "Drop", "Grant", "Rename", "Comment", "SecLabel", "Define",
	"Index", "Rule", "View", "Reassign", "Import", "Truncate", "Refresh", "CompositeType" };

/* Beginnings of functions; source: chapter 9 of PostgreSQL 15's manual. */
static const struct word functions[] = {
	{ "set_config", "set" },
	{ "pg_notify", "listen" },
	{ "pg_advisory_", "advisory-lock" }, { "pg_try_advisory_", "advisory-lock" },
	{ "lo_", "large-object" }, { "lowrite", "large-object" }, { "loread", "large-object" },
	{ "pg_sleep", "sleep" },
	{ "pg_cancel_backend", "signal" }, { "pg_terminate_backend", "signal" }, { "pg_reload_conf", "signal" },
	{ "pg_read_", "file" }, { "pg_ls_", "file" }, { "pg_stat_file", "file" }, { "pg_file_", "file" },
};

/* Parameters that only change how values are written, or are the session's own
 * business. */
static const char *const harmless[] = { "application_name", "client_encoding", "client_min_messages", "datestyle",
	"extra_float_digits", "intervalstyle", "bytea_output", "timezone", "statement_timeout", "lock_timeout",
	"idle_in_transaction_session_timeout", "transaction", "session characteristics", "transaction snapshot",
	"standard_conforming_strings", "search_path" };
/* clang-format on */

#define CURSOR_HOLD 0x20 /* CURSOR_OPT_HOLD of parsenodes.h */

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool is_harmless(const char *parameter)
{
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (strcasecmp(parameter, harmless[i]) == 0)
			return true;
	return false;
}

static uint32_t kind_of_set(const json_t *set)
{
	const char *name = json_string_value(json_object_get(set, "name"));

	if (name == NULL) /* RESET ALL */
		return gw_kind_find("set");
	if (strcmp(name, "role") == 0 ||
	    strcmp(name, "session_authorization") == 0)
		return gw_kind_find("role");
	return is_harmless(name) ? 0 : gw_kind_find("set");
}

/* set_config() of a parameter that stands there, and may be set. */
static bool is_harmless_set(const json_t *call)
{
	const json_t *first = json_array_get(json_object_get(call, "args"), 0);
	const char *parameter = json_string_value(json_object_get(
	    json_object_get(json_object_get(first, "A_Const"), "sval"),
	    "sval"));

	return parameter != NULL && is_harmless(parameter);
}

static uint32_t kind_of_function(const json_t *call)
{
	const json_t *list = json_object_get(call, "funcname");
	const json_t *last = json_array_get(list, json_array_size(list) - 1);
	const char *name = json_string_value(
	    json_object_get(json_object_get(last, "String"), "sval"));

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(functions); i++)
		if (begins_with(name, functions[i].word))
			return strcmp(name, "set_config") == 0 &&
				       is_harmless_set(call)
				   ? 0
				   : gw_kind_find(functions[i].kind);
	return 0;
}

static uint32_t kind_of_copy(const json_t *copy)
{
	return json_object_get(copy, "filename") != NULL ||
		       json_is_true(json_object_get(copy, "is_program"))
		   ? gw_kind_find("copy-file")
		   : 0;
}

static uint32_t kind_of_transaction(const json_t *statement)
{
	const char *kind =
	    json_string_value(json_object_get(statement, "kind"));

	return kind != NULL && (strstr(kind, "PREPARE") != NULL ||
				   strstr(kind, "PREPARED") != NULL)
		   ? gw_kind_find("prepared-transaction")
		   : 0;
}

static uint32_t kind_of_cursor(const json_t *cursor)
{
	json_int_t options =
	    json_integer_value(json_object_get(cursor, "options"));

	return (options & CURSOR_HOLD) != 0 ? gw_kind_find("hold") : 0;
}

static bool is_temporary(const json_t *relation)
{
	const char *persistence =
	    json_string_value(json_object_get(relation, "relpersistence"));

	return persistence != NULL && strcmp(persistence, "t") == 0;
}

/* A node by its name, in the tree under its parent. */
static uint32_t kind_of_node(const char *name, const json_t *node)
{
	if (strcmp(name, "VariableSetStmt") == 0)
		return kind_of_set(node);
	if (strcmp(name, "FuncCall") == 0 || strcmp(name, "funccall") == 0)
		return kind_of_function(node);
	if (strcmp(name, "CopyStmt") == 0)
		return kind_of_copy(node);
	if (strcmp(name, "TransactionStmt") == 0)
		return kind_of_transaction(node);
	if (strcmp(name, "DeclareCursorStmt") == 0)
		return kind_of_cursor(node);
	if (is_temporary(node))
		return gw_kind_find("temporary");
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		if (strcmp(name, nodes[i].word) == 0)
			return gw_kind_find(nodes[i].kind);
	for (size_t i = 0; i < ARRAY_LEN(changes) && strstr(name, "Stmt"); i++)
		if (begins_with(name, changes[i]))
			return gw_kind_find("ddl");
	return strcmp(name, "intoClause") == 0 ? gw_kind_find("ddl") : 0;
}

/* jansson refuses what is nested deeper than its own stack would take. */
static uint32_t walk(const json_t *node)
{
	uint32_t kinds = 0;
	const char *name;
	json_t *child;
	size_t i;

	if (json_is_object(node))
		json_object_foreach ((json_t *)(uintptr_t)node, name, child)
			kinds |= kind_of_node(name, child) | walk(child);
	else
		json_array_foreach (node, i, child)
			kinds |= walk(child);
	return kinds;
}

static bool is_plain(const json_t *tree)
{
	static const char *const plain[] = { "SelectStmt", "InsertStmt",
		"UpdateStmt", "DeleteStmt", "MergeStmt" };
	const json_t *list = json_object_get(tree, "stmts"), *item;
	size_t i, found = 0;

	json_array_foreach (list, i, item)
		for (size_t j = 0; j < ARRAY_LEN(plain); j++)
			found += json_object_get(json_object_get(item, "stmt"),
				     plain[j]) != NULL;
	return found == json_array_size(list);
}

void gw_classify(const char *text, struct gw_class *ret_class)
{
	PgQueryParseResult result;
	json_t *tree = NULL;

	*ret_class = (struct gw_class) { 0 };
	if (strlen(text) > GW_CLASSIFY_MAX) {
		ret_class->kinds = gw_kind_find("long");
		return;
	}
	result = pg_query_parse(text);
	if (result.error != NULL)
		ret_class->is_garbled = true;
	else
		tree = json_loads(result.parse_tree, JSON_ALLOW_NUL, NULL);
	pg_query_free_parse_result(result);
	if (ret_class->is_garbled)
		return;
	/* What is too deep for the one is too long for the other. */
	ret_class->kinds = tree != NULL ? walk(tree) : gw_kind_find("long");
	ret_class->is_plain = tree != NULL && is_plain(tree);
	json_decref(tree);
}
