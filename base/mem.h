/* mem.h - ownership: automatic clean-up, handing over, memory that is never
 * NULL, and the arena of a request or a plan.
 */
#ifndef HANSE_BASE_MEM_H
#define HANSE_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/** Run fn(&variable) when the variable leaves its scope. */
#define hs_auto(fn) __attribute__((cleanup(fn)))

/** The pointer's value; the pointer itself becomes NULL. */
#define hs_steal(pp)                        \
	__extension__({                     \
		__typeof__(pp) pp_ = (pp);  \
		__typeof__(*pp_) p_ = *pp_; \
		*pp_ = NULL;                \
		p_;                         \
	})

/**
 * Declare void name(type **) for hs_auto(): frees what is not NULL.
 * Use in headers as HS_FREEP(hv_closep, struct hv_conn *, hv_close).
 */
#define HS_FREEP(name, type, fn)                                 \
	static inline __attribute__((unused)) void name(type *p) \
	{                                                        \
		if (*p != NULL)                                  \
			fn(*p);                                  \
		*p = NULL;                                       \
	}

/** hs_auto() for malloc'd memory of any type; argument is a T **. */
void hs_freep(void *pp);

/** hs_auto() for a file descriptor; -1 is none. */
void hs_closep(int *fd);

/** hs_auto() for a FILE *. argument is a FILE **. */
void hs_fclosep(void *pp);

/** As the C library's, but end the program when memory runs out. */
void *hs_alloc(size_t size); /* zeroed */
void *hs_realloc(void *p, size_t size);
void *hs_realloc_array(void *p, size_t count, size_t size);
char *hs_strdup(const char *s); /* NULL gives NULL */
char *hs_strndup(const char *s, size_t len);
char *hs_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *hs_vprintf(const char *fmt, va_list ap);

/** Overwrite a secret so that the compiler cannot leave it out. */
void hs_wipe(void *p, size_t len);

/* An arena: many small objects that die in one stroke. */
struct hs_arena;

struct hs_arena *hs_arena_new(void);
void hs_arena_free(struct hs_arena *arena);
void *hs_arena_alloc(struct hs_arena *arena, size_t size); /* zeroed */
char *hs_arena_strdup(struct hs_arena *arena, const char *s);
char *hs_arena_strndup(struct hs_arena *arena, const char *s, size_t len);
char *hs_arena_printf(struct hs_arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

HS_FREEP(hs_arena_freep, struct hs_arena *, hs_arena_free)

#endif
