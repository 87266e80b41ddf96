/* store.h - the control database: specs, allocations, jobs, events. */
#ifndef HANSE_PROVISIONING_STORE_H
#define HANSE_PROVISIONING_STORE_H

#include <jansson.h>
#include <stddef.h>

#include "base/db.h"

struct hs_err;
struct spec;

/** Bring the control database to this program's schema. */
int store_migrate(struct hs_db *store, struct hs_err *err);

/** A stored virtual enterprise. */
struct store_ve {
	char *name;
	struct spec *spec;
	char *generation, *changed_at;
	int schema; /* the migration its database is kept at; 0: not known */
};

struct store_ves {
	struct store_ve *list;
	size_t count;
};

int store_ve_list(
    struct hs_db *store, struct store_ves *ret_ves, struct hs_err *err);
void store_ves_done(struct store_ves *ves);
const struct store_ve *store_ve_find(
    const struct store_ves *ves, const char *name);

/**
 * The number of a key: the one it has, else the smallest free one.
 * Errors: HS_ELIMIT (none is free).
 */
int store_allocate(struct hs_db *store, const char *kind, const char *key,
    unsigned min, unsigned max, unsigned *ret_value, struct hs_err *err);

/** Write an event; a failure is logged, not returned. */
void store_event(struct hs_db *store, const char *event, const char *ve,
    const char *subject, const char *detail);

#endif
