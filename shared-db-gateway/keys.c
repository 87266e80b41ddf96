/* keys.c - PEM files, for those who may not open any. */

#include "shared-db-gateway/keys.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/config.h"

#define PEM_MAX (256u << 10)

static json_t *text_of(const char *path, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	size_t len = 0;
	json_t *json;

	if (hs_file_read(path, PEM_MAX, &text, &len, err) < 0)
		return NULL;
	json = json_stringn(text, len);
	hs_wipe(text, len);
	if (json == NULL)
		(void)hs_fail(err, HS_EINVAL, "%s: is no text", path);
	return json;
}

static json_t *pair_of(
    const char *certificate, const char *key, struct hs_err *err)
{
	json_t *pair = json_object();

	if (json_object_set_new(
		pair, "certificate", text_of(certificate, err)) == 0 &&
	    json_object_set_new(pair, "key", text_of(key, err)) == 0)
		return pair;
	json_decref(pair);
	return NULL;
}

/* One whose certificate is not there yet is not served; others are. */
static int add_role(
    json_t *roles, const char *folder, const char *role, struct hs_err *err)
{
	hs_auto(hs_freep) char *certificate =
	    hs_printf("%s/role.%s.crt", folder, role);
	hs_auto(hs_freep) char *key = hs_printf("%s/role.%s.key", folder, role);
	json_t *pair;

	if (access(certificate, F_OK) < 0 || access(key, F_OK) < 0) {
		hs_warn("keys.missing", "role=%s folder=%s", role, folder);
		return 0;
	}
	pair = pair_of(certificate, key, err);
	return pair == NULL ? -1 : json_object_set_new(roles, role, pair);
}

static int add_roles(const struct gw_config *config, const json_t *routes,
    json_t *roles, struct hs_err *err)
{
	const json_t *list = json_object_get(routes, "routes");
	json_t *route;
	size_t i;

	if (config->backend.folder == NULL)
		return 0;
	json_array_foreach (list, i, route) {
		const char *role =
		    json_string_value(json_object_get(route, "role"));

		/* A role is a name, not a way to another folder. */
		if (role == NULL || strchr(role, '/') != NULL)
			continue;
		if (add_role(roles, config->backend.folder, role, err) < 0)
			return -1;
	}
	return 0;
}

static int load(const struct gw_config *c, const json_t *routes, json_t *keys,
    struct hs_err *err)
{
	json_t *roles = json_object();

	(void)json_object_set_new(keys, "roles", roles);
	if (json_object_set_new(keys, "ca", text_of(c->ca, err)) < 0 ||
	    json_object_set_new(keys, "server",
		pair_of(c->server.certificate, c->server.key, err)) < 0)
		return -1;
	if (c->backend.certificate != NULL &&
	    json_object_set_new(keys, "backend",
		pair_of(c->backend.certificate, c->backend.key, err)) < 0)
		return -1;
	return add_roles(c, routes, roles, err);
}

int gw_keys_load(const struct gw_config *config, const json_t *routes,
    json_t **ret_keys, struct hs_err *err)
{
	json_t *keys = json_object();

	if (load(config, routes, keys, err) < 0) {
		json_decref(keys);
		return -1;
	}
	*ret_keys = keys;
	return 0;
}
