/* statement.c - prepared statements. */

#include "shared-db-gateway/statement.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/verb.h"

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
	texts->buckets = hs_alloc(texts->size * sizeof(struct gw_statement *));
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
	texts->buckets = hs_alloc(texts->size * sizeof(struct gw_statement *));
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
		.verbs = gw_verbs(
		    (const char *)body, strnlen((const char *)body, len)),
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
	static const char digits[] = "0123456789abcdef";
	char *at = stpcpy(name, GW_STATEMENT_PREFIX);
	int shift = 60;

	/* Not by printf(): this is done for each Bind. */
	while (shift > 0 && statement->id >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*at++ = digits[statement->id >> shift & 15];
	*at = '\0';
}

/* -- Names of a client ----------------------------------------------------- */

static struct gw_slot **name_bucket(
    const struct gw_names *names, const char *name)
{
	uint64_t hash = hash_of((const uint8_t *)name, strlen(name));

	return &names->buckets[hash & (names->size - 1)];
}

struct gw_slot *gw_names_look(const struct gw_names *names, const char *name)
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
	struct gw_slot *slot = gw_names_look(names, name), **to;
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

	while (set->list[i].statement != NULL && set->list[i].statement != s)
		i = (i + 1) & (set->size - 1);
	return i;
}

static struct gw_held_statement *find_held(
    const struct gw_prepared *set, const struct gw_statement *s)
{
	struct gw_held_statement *held;

	if (set->size == 0)
		return NULL;
	held = &set->list[place(set, s)];
	return held->statement != NULL ? held : NULL;
}

enum gw_has gw_prepared_has(
    struct gw_prepared *set, const struct gw_statement *s, uint64_t scope)
{
	struct gw_held_statement *held = find_held(set, s);

	if (held == NULL)
		return GW_HAS_NOT;
	held->used = ++set->clock;
	if (held->scope == 0)
		return GW_HAS;
	return held->scope == scope ? GW_HAS_IF_ANY : GW_HAS_PERHAPS;
}

static void prepared_grow(struct gw_prepared *set)
{
	struct gw_prepared more = {
		.size = set->size > 0 ? 2 * set->size : FIRST_SIZE,
		.count = set->count,
		.clock = set->clock,
	};

	more.list = hs_alloc(more.size * sizeof(struct gw_held_statement));
	for (size_t i = 0; i < set->size; i++)
		if (set->list[i].statement != NULL)
			more.list[place(&more, set->list[i].statement)] =
			    set->list[i];
	free(set->list);
	*set = more;
}

void gw_prepared_add(
    struct gw_prepared *set, struct gw_statement *s, uint64_t scope)
{
	struct gw_held_statement *held;

	if (2 * (set->count + 1) > set->size)
		prepared_grow(set);
	held = &set->list[place(set, s)];
	if (held->statement == NULL) {
		held->statement = gw_statement_ref(s);
		set->count++;
	}
	held->used = ++set->clock;
	held->scope = scope;
}

void gw_prepared_confirm(struct gw_prepared *set, const struct gw_statement *s)
{
	struct gw_held_statement *held = find_held(set, s);

	if (held != NULL)
		held->scope = 0;
}

/* Take out what is at i; those behind it that it kept from their places move
 * up. */
static struct gw_statement *take_out(struct gw_prepared *set, size_t i)
{
	struct gw_statement *s = set->list[i].statement;
	size_t mask = set->size - 1, hole = i, next = i;

	set->list[i].statement = NULL;
	set->count--;
	for (;;) {
		size_t home;

		next = (next + 1) & mask;
		if (set->list[next].statement == NULL)
			return s;
		home = set->list[next].statement->id & mask;
		if (((next - home) & mask) < ((next - hole) & mask))
			continue;
		set->list[hole] = set->list[next];
		set->list[next].statement = NULL;
		hole = next;
	}
}

void gw_prepared_remove(struct gw_prepared *set, const struct gw_statement *s)
{
	const struct gw_held_statement *held = find_held(set, s);

	if (held != NULL)
		gw_statement_unref(take_out(set, (size_t)(held - set->list)));
}

struct gw_statement *gw_prepared_oldest(struct gw_prepared *set)
{
	size_t oldest = set->size;

	for (size_t i = 0; i < set->size; i++)
		if (set->list[i].statement != NULL && set->list[i].scope == 0 &&
		    (oldest == set->size ||
			set->list[i].used < set->list[oldest].used))
			oldest = i;
	return oldest < set->size ? take_out(set, oldest) : NULL;
}

void gw_prepared_done(struct gw_prepared *set)
{
	for (size_t i = 0; i < set->size; i++)
		gw_statement_unref(set->list[i].statement);
	free(set->list);
	*set = (struct gw_prepared) { 0 };
}
