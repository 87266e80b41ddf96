/* kinds.h - kinds of statements that a route may refuse. */
#ifndef HANSE_SHARED_DB_GATEWAY_KINDS_H
#define HANSE_SHARED_DB_GATEWAY_KINDS_H

#include <stdint.h>

struct hs_err;

/**
 * Names of kinds, e.g. "lock listen set", as bits.
 *
 * @list:  separated by spaces; NULL or "": none
 *
 * Errors: HS_EINVAL (names the unknown one).
 */
int gw_kinds_parse(const char *list, uint32_t *ret_kinds, struct hs_err *err);

/** The name of the lowest of some kinds; static. */
const char *gw_kind_name(uint32_t kinds);

/** The bit of a kind; 0: there is none of that name. */
uint32_t gw_kind_find(const char *name);

#endif
