/* statement.c - prepared statements. */

#include "shared-db-gateway/statement.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 16u
#define TRIM_MIN   64u

/* FNV-1a, 64 bits. Source: Fowler, Noll, Vo; draft-eastlake-fnv. Each pool
 * holds texts of one enterprise only, so nobody can crowd another's buckets. */
static uint64_t hash_of(const uint8_t *data, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ data[i]) * 0x100000001b3u;
	return hash;
}

/* -- Texts ----------------------------------------------------------------- */

struct gw_texts {
	struct gw_statement **buckets;
	size_t size, count;
	uint64_t last_id;
	bool is_gone; /* to be freed with its last statement */
};

struct gw_texts *gw_texts_new(void)
{
	struct gw_texts *texts = hs_alloc(sizeof(*texts));

	texts->size = FIRST_SIZE;
	texts->buckets =
	    hs_alloc(texts->size * sizeof(struct gw_statement *));
	return texts;
}

static void texts_end(struct gw_texts *texts)
{
	free(texts->buckets);
	free(texts);
}

void gw_texts_free(struct gw_texts *texts)
{
	if (texts == NULL)
		return;
	texts->is_gone = true;
	if (texts->count == 0)
		texts_end(texts);
}

size_t gw_texts_count(const struct gw_texts *texts)
{
	return texts->count;
}

static struct gw_statement **bucket(const struct gw_texts *texts, uint64_t hash)
{
	return &texts->buckets[hash & (texts->size - 1)];
}

static void texts_grow(struct gw_texts *texts)
{
	struct gw_statement **old = texts->buckets;
	size_t old_size = texts->size;

	texts->size *= 2;
	texts->buckets =
	    hs_alloc(texts->size * sizeof(struct gw_statement *));
	for (size_t i = 0; i < old_size; i++)
		while (old[i] != NULL) {
			struct gw_statement *s = old[i];
			struct gw_statement **to = bucket(texts, s->hash);

			old[i] = s->next;
			s->next = *to;
			*to = s;
		}
	free(old);
}

struct gw_statement *gw_texts_take(
    struct gw_texts *texts, const uint8_t *body, size_t len)
{
	uint64_t hash = hash_of(body, len);
	struct gw_statement *s = *bucket(texts, hash), **to;

	while (s != NULL && (s->hash != hash || s->len != len ||
				memcmp(s->body, body, len) != 0))
		s = s->next;
	if (s != NULL)
		return gw_statement_ref(s);
	if (texts->count == texts->size)
		texts_grow(texts);
	s = hs_alloc(sizeof(*s) + len);
	*s = (struct gw_statement) {
		.texts = texts,
		.refs = 1,
		.id = ++texts->last_id,
		.hash = hash,
		.len = len,
	};
	memcpy(s->body, body, len);
	to = bucket(texts, hash);
	s->next = *to;
	*to = s;
	texts->count++;
	return s;
}

struct gw_statement *gw_statement_ref(struct gw_statement *statement)
{
	statement->refs++;
	return statement;
}

void gw_statement_unref(struct gw_statement *statement)
{
	struct gw_texts *texts;
	struct gw_statement **at;

	if (statement == NULL || --statement->refs > 0)
		return;
	texts = statement->texts;
	at = bucket(texts, statement->hash);
	while (*at != statement)
		at = &(*at)->next;
	*at = statement->next;
	free(statement);
	if (--texts->count == 0 && texts->is_gone)
		texts_end(texts);
}

void gw_statement_name(
    const struct gw_statement *statement, char name[GW_STATEMENT_NAME])
{
	(void)snprintf(name, GW_STATEMENT_NAME, GW_STATEMENT_PREFIX "%llx",
	    (unsigned long long)statement->id);
}

/* -- Names of a client ----------------------------------------------------- */

static struct gw_slot **name_bucket(
    const struct gw_names *names, const char *name)
{
	uint64_t hash = hash_of((const uint8_t *)name, strlen(name));

	return &names->buckets[hash & (names->size - 1)];
}

static struct gw_slot *find(const struct gw_names *names, const char *name)
{
	struct gw_slot *slot =
	    names->size > 0 ? *name_bucket(names, name) : NULL;

	while (slot != NULL && strcmp(slot->name, name) != 0)
		slot = slot->next;
	return slot;
}

static void names_grow(struct gw_names *names)
{
	struct gw_names more = {
		.size = names->size > 0 ? 2 * names->size : FIRST_SIZE,
		.count = names->count,
		.trim_at = names->trim_at,
	};

	more.buckets = hs_alloc(more.size * sizeof(struct gw_slot *));
	for (size_t i = 0; i < names->size; i++)
		while (names->buckets[i] != NULL) {
			struct gw_slot *slot = names->buckets[i], **to;

			names->buckets[i] = slot->next;
			to = name_bucket(&more, slot->name);
			slot->next = *to;
			*to = slot;
		}
	free(names->buckets);
	*names = more;
}

struct gw_slot *gw_names_slot(struct gw_names *names, const char *name)
{
	struct gw_slot *slot = find(names, name), **to;
	size_t len = strlen(name);

	if (slot != NULL)
		return slot;
	if (names->count == names->size)
		names_grow(names);
	slot = hs_alloc(sizeof(*slot) + len + 1);
	memcpy(slot->name, name, len + 1);
	to = name_bucket(names, name);
	slot->next = *to;
	*to = slot;
	names->count++;
	return slot;
}

struct gw_statement *gw_names_find(
    const struct gw_names *names, const char *name)
{
	const struct gw_slot *slot = find(names, name);

	return slot != NULL ? slot->statement : NULL;
}

void gw_names_trim(struct gw_names *names)
{
	if (names->count < names->trim_at + TRIM_MIN)
		return;
	for (size_t i = 0; i < names->size; i++)
		for (struct gw_slot **at = &names->buckets[i]; *at != NULL;) {
			struct gw_slot *slot = *at;

			if (slot->statement != NULL) {
				at = &slot->next;
				continue;
			}
			*at = slot->next;
			free(slot);
			names->count--;
		}
	names->trim_at = 2 * names->count;
}

void gw_names_done(struct gw_names *names)
{
	for (size_t i = 0; i < names->size; i++)
		while (names->buckets[i] != NULL) {
			struct gw_slot *slot = names->buckets[i];

			names->buckets[i] = slot->next;
			gw_statement_unref(slot->statement);
			free(slot);
		}
	free(names->buckets);
	*names = (struct gw_names) { 0 };
}

/* -- What a backend has ---------------------------------------------------- */

/* Where it is, or where it would be put. */
static size_t place(const struct gw_prepared *set, const struct gw_statement *s)
{
	size_t i = s->id & (set->size - 1);

	while (set->list[i] != NULL && set->list[i] != s)
		i = (i + 1) & (set->size - 1);
	return i;
}

bool gw_prepared_has(struct gw_prepared *set, const struct gw_statement *s)
{
	size_t i;

	if (set->size == 0)
		return false;
	i = place(set, s);
	if (set->list[i] == NULL)
		return false;
	set->used[i] = ++set->clock;
	return true;
}

static void prepared_grow(struct gw_prepared *set)
{
	struct gw_prepared more = {
		.size = set->size > 0 ? 2 * set->size : FIRST_SIZE,
		.count = set->count,
		.clock = set->clock,
	};

	more.list = hs_alloc(more.size * sizeof(struct gw_statement *));
	more.used = hs_alloc(more.size * sizeof(uint64_t));
	for (size_t i = 0; i < set->size; i++) {
		size_t to;

		if (set->list[i] == NULL)
			continue;
		to = place(&more, set->list[i]);
		more.list[to] = set->list[i];
		more.used[to] = set->used[i];
	}
	free(set->list);
	free(set->used);
	*set = more;
}

void gw_prepared_add(struct gw_prepared *set, struct gw_statement *s)
{
	size_t i;

	if (2 * (set->count + 1) > set->size)
		prepared_grow(set);
	i = place(set, s);
	if (set->list[i] == NULL) {
		set->list[i] = gw_statement_ref(s);
		set->count++;
	}
	set->used[i] = ++set->clock;
}

/* Take out what is at i; those behind it that it kept from their places move
 * up. */
static struct gw_statement *take_out(struct gw_prepared *set, size_t i)
{
	struct gw_statement *s = set->list[i];
	size_t mask = set->size - 1, hole = i, next = i;

	set->list[i] = NULL;
	set->count--;
	for (;;) {
		size_t home;

		next = (next + 1) & mask;
		if (set->list[next] == NULL)
			return s;
		home = set->list[next]->id & mask;
		if (((next - home) & mask) < ((next - hole) & mask))
			continue;
		set->list[hole] = set->list[next];
		set->used[hole] = set->used[next];
		set->list[next] = NULL;
		hole = next;
	}
}

void gw_prepared_remove(struct gw_prepared *set, const struct gw_statement *s)
{
	size_t i;

	if (set->size == 0)
		return;
	i = place(set, s);
	if (set->list[i] != NULL)
		gw_statement_unref(take_out(set, i));
}

struct gw_statement *gw_prepared_oldest(struct gw_prepared *set)
{
	size_t oldest = 0;

	assert(set->count > 0);
	while (set->list[oldest] == NULL)
		oldest++;
	for (size_t i = oldest + 1; i < set->size; i++)
		if (set->list[i] != NULL && set->used[i] < set->used[oldest])
			oldest = i;
	return take_out(set, oldest);
}

void gw_prepared_done(struct gw_prepared *set)
{
	for (size_t i = 0; i < set->size; i++)
		gw_statement_unref(set->list[i]);
	free(set->list);
	free(set->used);
	*set = (struct gw_prepared) { 0 };
}
