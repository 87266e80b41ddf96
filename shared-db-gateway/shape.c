/* shape.c - a text's shape by two hashes: a fast one with a secret to find it
 * again, and SHA-256 to name it.
 */

#include "shared-db-gateway/shape.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pg_query.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "shared-db-gateway/classify.h"

#define BUCKETS 4096u
#define MOST    8192u
#define PIECE   4096u

struct gw_shapes {
	uint8_t secret[XXH3_SECRET_SIZE_MIN];
	size_t count;
	struct gw_shape *buckets[BUCKETS];
};

struct gw_shapes *gw_shapes_new(void)
{
	struct gw_shapes *shapes = hs_alloc(sizeof(*shapes));

	if (RAND_bytes(shapes->secret, sizeof(shapes->secret)) != 1) {
		free(shapes);
		return NULL;
	}
	return shapes;
}

static void forget(struct gw_shapes *shapes)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct gw_shape *next;

		while ((next = shapes->buckets[i]) != NULL) {
			shapes->buckets[i] = next->next;
			free(next);
		}
	}
	shapes->count = 0;
}

void gw_shapes_free(struct gw_shapes *shapes)
{
	if (shapes == NULL)
		return;
	forget(shapes);
	free(shapes);
}

size_t gw_shapes_count(const struct gw_shapes *shapes)
{
	return shapes->count;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_before(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '(' || c == ',' ||
	       c == '=';
}

static bool is_behind(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == ')' || c == ',' ||
	       c == ';' || c == '\0';
}

/* With a number that stands alone as 0. Others stay: what is behind a letter, a
 * backslash or a sign may be part of a name, however it is written. */
static size_t smooth(const char *text, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		size_t end = i;

		if (is_digit(text[i]) && i > 0 && is_before(text[i - 1]))
			while (end < len && is_digit(text[end]))
				end++;
		if (end > i && (end == len || is_behind(text[end]))) {
			out[n++] = '0';
			i = end - 1;
		} else
			out[n++] = text[i];
	}
	return n;
}

static uint64_t name_of(const char *smoothed, size_t len)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	uint64_t id = 0;

	(void)SHA256((const unsigned char *)smoothed, len, digest);
	for (size_t i = 0; i < sizeof(id); i++)
		id = id << 8 | digest[i];
	return id;
}

static struct gw_shape *find(
    struct gw_shapes *shapes, const XXH128_hash_t *hash)
{
	struct gw_shape *shape = shapes->buckets[hash->low64 % BUCKETS];

	while (shape != NULL &&
	       (shape->key[0] != hash->low64 || shape->key[1] != hash->high64))
		shape = shape->next;
	return shape;
}

static struct gw_shape *add(struct gw_shapes *shapes, const XXH128_hash_t *hash,
    const char *text, uint64_t id)
{
	struct gw_shape *shape = hs_alloc(sizeof(*shape)), **at;
	struct gw_class found;

	if (shapes->count >= MOST)
		forget(shapes);
	gw_classify(text, &found);
	*shape = (struct gw_shape) {
		.key = { hash->low64, hash->high64 },
		.id = id,
		.kinds = found.kinds,
		.is_plain = found.is_plain && !found.is_garbled,
	};
	at = &shapes->buckets[hash->low64 % BUCKETS];
	shape->next = *at;
	*at = shape;
	shapes->count++;
	return shape;
}

struct gw_shape *gw_shapes_look(
    struct gw_shapes *shapes, const char *text, size_t len, bool *is_new)
{
	char piece[PIECE], *smoothed = piece;
	hs_auto(hs_freep) char *longer = NULL;
	struct gw_shape *shape;
	XXH128_hash_t hash;
	size_t n;

	if (len > sizeof(piece))
		smoothed = longer = hs_realloc(NULL, len);
	n = smooth(text, len, smoothed);
	hash = XXH3_128bits_withSecret(
	    smoothed, n, shapes->secret, sizeof(shapes->secret));
	shape = find(shapes, &hash);
	if (is_new != NULL)
		*is_new = shape == NULL;
	return shape != NULL ? shape
			     : add(shapes, &hash, text, name_of(smoothed, n));
}

char *gw_shape_text(const struct gw_shape *shape, const char *text)
{
	PgQueryNormalizeResult result;
	char *plain = NULL;

	if (!shape->is_plain)
		return NULL;
	result = pg_query_normalize(text);
	if (result.error == NULL)
		plain = hs_strdup(result.normalized_query);
	pg_query_free_normalize_result(result);
	return plain;
}
