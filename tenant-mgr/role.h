/* role.h - who has which role: groups whose members are people. */
#ifndef HANSE_TENANT_MGR_ROLE_H
#define HANSE_TENANT_MGR_ROLE_H

#include <stddef.h>

struct hs_err;
struct tenant;
struct tenant_place;

/** Give a person exactly these roles. Errors: HS_ENOTFOUND (no such place). */
int tenant_role_set(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *const *roles, size_t count,
    struct hs_err *err);

#endif
