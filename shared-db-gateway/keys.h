/* keys.h - certificates and keys as the master reads them and a worker gets
 * them: its own VE's, and no file of any.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_KEYS_H
#define HANSE_SHARED_DB_GATEWAY_KEYS_H

struct gw_config;
struct hs_err;
struct json_t;

/**
 * Read what a worker needs.
 *
 * @routes:    of its VE, checked
 * @ret_keys:  PEM texts: {"ca", "server": PAIR, "backend": PAIR, "roles":
 * {ROLE: PAIR}} where a PAIR is {"certificate", "key"}, "backend" is there if
 * the configuration has one for all roles, and a role is absent that has none
 * yet; owned by the caller
 *
 * Errors: HS_EINVAL, HS_ENOTFOUND, HS_ESYSTEM (the message names the file).
 */
int gw_keys_load(const struct gw_config *config, const struct json_t *routes,
    struct json_t **ret_keys, struct hs_err *err);

#endif
