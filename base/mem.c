/* mem.c - ownership, memory that is never NULL, the arena. */

#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BLOCK 16384

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

struct hs_arena {
	struct block *blocks; /* newest first */
};

void hs_freep(void *pp)
{
	void **p = pp;

	free(*p);
	*p = NULL;
}

void hs_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void hs_fclosep(void *pp)
{
	FILE **file = pp;

	if (*file != NULL)
		(void)fclose(*file);
	*file = NULL;
}

static void *must(void *p)
{
	if (p == NULL) {
		(void)fputs("level=err event=memory.out\n", stderr);
		abort();
	}
	return p;
}

void *hs_alloc(size_t size)
{
	return must(calloc(1, size > 0 ? size : 1));
}

void *hs_realloc(void *p, size_t size)
{
	return must(realloc(p, size > 0 ? size : 1));
}

void *hs_realloc_array(void *p, size_t count, size_t size)
{
	return must(reallocarray(p, count > 0 ? count : 1, size));
}

char *hs_strdup(const char *s)
{
	return s == NULL ? NULL : must(strdup(s));
}

char *hs_strndup(const char *s, size_t len)
{
	return must(strndup(s, len));
}

char *hs_vprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	return must(s);
}

char *hs_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = hs_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

void hs_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}

struct hs_arena *hs_arena_new(void)
{
	return hs_alloc(sizeof(struct hs_arena));
}

void hs_arena_free(struct hs_arena *arena)
{
	struct block *next;

	if (arena == NULL)
		return;
	for (struct block *b = arena->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

void *hs_arena_alloc(struct hs_arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct block *b = arena->blocks;
	size_t want;
	void *p;

	if (size > SIZE_MAX / 2)
		(void)must(NULL);
	want = (size + align - 1) & ~(align - 1);
	if (b == NULL || b->size - b->used < want) {
		size_t room = want > ARENA_BLOCK ? want : ARENA_BLOCK;

		b = hs_alloc(sizeof(*b) + room);
		b->size = room;
		b->next = arena->blocks;
		arena->blocks = b;
	}
	p = b->data + b->used;
	b->used += want;
	return p;
}

char *hs_arena_strndup(struct hs_arena *arena, const char *s, size_t len)
{
	size_t n = strnlen(s, len);
	char *p = hs_arena_alloc(arena, n + 1);

	memcpy(p, s, n);
	return p;
}

char *hs_arena_strdup(struct hs_arena *arena, const char *s)
{
	return s == NULL ? NULL : hs_arena_strndup(arena, s, strlen(s));
}

char *hs_arena_printf(struct hs_arena *arena, const char *fmt, ...)
{
	hs_auto(hs_freep) char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	s = hs_vprintf(fmt, ap);
	va_end(ap);
	return hs_arena_strdup(arena, s);
}
