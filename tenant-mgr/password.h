/* password.h - passwords: which are good enough, and what slapd is given. */
#ifndef HANSE_TENANT_MGR_PASSWORD_H
#define HANSE_TENANT_MGR_PASSWORD_H

#include <stdbool.h>

#include "tenant-mgr/tenant.h"

#define PASSWORD_CHARACTERS_MIN 12
#define PASSWORD_BYTES_MAX      128

/**
 * Judge a password.
 *
 * @login:  whose; NULL: nobody's
 *
 * Errors: HS_EINVAL.
 */
int tenant_password_check(
    const char *password, const char *login, struct hs_err *err);

/** "{ARGON2}$argon2id$..."; owned by the caller. Errors: HS_ESYSTEM. */
int tenant_password_hash(
    const char *password, char **ret_hash, struct hs_err *err);

/** A hash of the same cost that no password has. */
int tenant_password_hash_of_none(char **ret_hash, struct hs_err *err);

/** Whether a hash of ours is that of a password. */
bool tenant_password_matches(const char *hash, const char *password);

#endif
