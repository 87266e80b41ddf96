/* statement.h - prepared statements: what a client calls them, and whether a
 * backend has them.
 *
 * The texts are kept once a pool, that is, once an identity: nobody executes
 * what another enterprise has prepared. A backend knows a statement by a name
 * of ours, so that any backend of the pool can be given it when it is needed.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_STATEMENT_H
#define HANSE_SHARED_DB_GATEWAY_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Beginning of our names; a client's own begin otherwise, or stay unknown. */
#define GW_STATEMENT_PREFIX "hanse."
#define GW_STATEMENT_NAME   32 /* bytes, with the NUL */

/** A Parse message without its name: the query, its NUL, and the types. */
struct gw_statement {
	struct gw_statement *next; /* in its bucket */
	struct gw_texts *texts;
	unsigned refs;
	uint64_t id, hash;
	unsigned verbs; /* of the query, see verb.h */
	size_t len;
	uint8_t body[];
};

/** All statements of a pool. */
struct gw_texts;

struct gw_texts *gw_texts_new(void);
/** The last reference of a statement ends it, also after this. */
void gw_texts_free(struct gw_texts *texts);
size_t gw_texts_count(const struct gw_texts *texts);

/** The statement with that body, new or not; the reference is the caller's. */
struct gw_statement *gw_texts_take(
    struct gw_texts *texts, const uint8_t *body, size_t len);
struct gw_statement *gw_statement_ref(struct gw_statement *statement);
void gw_statement_unref(struct gw_statement *statement); /* NULL is fine */

/** What backends call it. */
void gw_statement_name(
    const struct gw_statement *statement, char name[GW_STATEMENT_NAME]);

/** A name of a client, and what it means; NULL: nothing. */
struct gw_slot {
	struct gw_slot *next;
	struct gw_statement *statement;
	/* Changes that are not yet answered, and in which scope the last of
	 * them was asked for. */
	unsigned pending;
	uint64_t scope;
	char name[];
};

/** The names of one client; start with { 0 }. */
struct gw_names {
	struct gw_slot **buckets;
	size_t size, count;
	size_t trim_at; /* so many are worth a look */
};

/** The slot of a name, made if it is not there. */
struct gw_slot *gw_names_slot(struct gw_names *names, const char *name);
/** The slot, or NULL. */
struct gw_slot *gw_names_look(const struct gw_names *names, const char *name);
/** Forget names that mean nothing any more, now and then; no slot is in use. */
void gw_names_trim(struct gw_names *names);
void gw_names_done(struct gw_names *names);

/** One statement that a backend has, or was asked to prepare. */
struct gw_held_statement {
	struct gw_statement *statement; /* NULL: a free place */
	uint64_t used;                  /* when, by the set's clock */
	uint64_t scope;                 /* 0: it has said that it has it */
};

/** What one backend has prepared, the least used first to go. */
struct gw_prepared {
	struct gw_held_statement *list; /* open addressing by id */
	size_t size, count;
	uint64_t clock;
};

enum gw_has {
	GW_HAS_NOT,
	GW_HAS,
	GW_HAS_IF_ANY,  /* asked for in this scope: all of it fails, or none */
	GW_HAS_PERHAPS, /* asked for in an earlier scope: it may fail yet */
};

/**
 * Whether it has it; if so, it counts as used now.
 *
 * @scope:  of what depends on it: a failure ends all of one
 */
enum gw_has gw_prepared_has(
    struct gw_prepared *set, const struct gw_statement *s, uint64_t scope);
void gw_prepared_add(
    struct gw_prepared *set, struct gw_statement *s, uint64_t scope);
/** It has said so. */
void gw_prepared_confirm(struct gw_prepared *set, const struct gw_statement *s);
void gw_prepared_remove(struct gw_prepared *set, const struct gw_statement *s);
/** The one used longest ago of those it has said to have, taken out; its
 * reference is the caller's. NULL: there is none. */
struct gw_statement *gw_prepared_oldest(struct gw_prepared *set);
void gw_prepared_done(struct gw_prepared *set);

#endif
