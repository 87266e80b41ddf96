/* kinds.c - the kinds of statements that can be refused, by their names. */

#include "shared-db-gateway/kinds.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/gateway.h"

/* clang-format off */
/* The bit of a kind is its place. Names are those of an operator's list. */
static const char *const names[] = {
	"lock",                 /* LOCK TABLE */
	"listen",               /* LISTEN, NOTIFY, UNLISTEN */
	"set",                  /* of parameters that are not listed below */
	"role",                 /* SET ROLE, SET SESSION AUTHORIZATION */
	"do",                   /* DO, and other languages */
	"copy-file",            /* COPY to and from files and programs */
	"hold",                 /* cursors that outlast their transaction */
	"temporary",            /* temporary tables */
	"ddl",                  /* CREATE, ALTER, DROP, GRANT, and so on */
	"prepare",              /* PREPARE and EXECUTE in SQL; not the protocol's */
	"prepared-transaction", /* PREPARE TRANSACTION and its ends */
	"advisory-lock",        /* pg_advisory_lock() and its like */
	"large-object",         /* lo_...() */
	"sleep",                /* pg_sleep...() */
	"signal",               /* pg_cancel_backend(), pg_terminate_backend() */
	"file",                 /* pg_read_file() and its like, LOAD */
	"maintenance",          /* VACUUM, ANALYZE, CLUSTER, REINDEX, CHECKPOINT */
	"discard",              /* DISCARD */
	"long",                 /* too long to be looked into */
};
/* clang-format on */

uint32_t gw_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return (uint32_t)1 << i;
	return 0;
}

const char *gw_kind_name(uint32_t kinds)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if ((kinds & (uint32_t)1 << i) != 0)
			return names[i];
	return "";
}

int gw_kinds_parse(const char *list, uint32_t *ret_kinds, struct hs_err *err)
{
	const char *at = list != NULL ? list : "";

	*ret_kinds = 0;
	while (*(at += strspn(at, " ")) != '\0') {
		size_t len = strcspn(at, " ");
		hs_auto(hs_freep) char *name = hs_strndup(at, len);
		uint32_t kind = gw_kind_find(name);

		if (kind == 0)
			return hs_fail(err, HS_EINVAL,
			    "'%s' is no kind of statements", name);
		*ret_kinds |= kind;
		at += len;
	}
	return 0;
}

int gw_kinds_check(const char *list, struct hs_err *err)
{
	uint32_t kinds;

	return gw_kinds_parse(list, &kinds, err);
}
