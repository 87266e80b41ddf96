/* config.c - gateway.yaml. */

#include "shared-db-gateway/config.h"

#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"

#define TEXT_MAX 4096

/* clang-format off */
static const cyaml_schema_field_t pair_fields[] = {
	CYAML_FIELD_STRING_PTR("certificate", CYAML_FLAG_POINTER, struct gw_pair, certificate, 1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("key",         CYAML_FLAG_POINTER, struct gw_pair, key,         1, TEXT_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t backend_fields[] = {
	CYAML_FIELD_STRING_PTR("folder",      CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct gw_backend_keys, folder,      1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("certificate", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct gw_backend_keys, certificate, 1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("key",         CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct gw_backend_keys, key,         1, TEXT_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t audit_fields[] = {
	CYAML_FIELD_STRING_PTR("folder", CYAML_FLAG_POINTER, struct gw_audit_config, folder, 1, TEXT_MAX),
	CYAML_FIELD_BOOL("required",     CYAML_FLAG_OPTIONAL, struct gw_audit_config, required),
	CYAML_FIELD_UINT("keep_days",    CYAML_FLAG_OPTIONAL, struct gw_audit_config, keep_days),
	CYAML_FIELD_UINT("segment_mib",  CYAML_FLAG_OPTIONAL, struct gw_audit_config, segment_mib),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t directory_fields[] = {
	CYAML_FIELD_STRING_PTR("uri", CYAML_FLAG_POINTER, struct gw_people_config, uri, 1, TEXT_MAX),
	CYAML_FIELD_UINT("timeout_s", CYAML_FLAG_OPTIONAL, struct gw_people_config, timeout_s),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t listen_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64),
};

static const cyaml_schema_field_t config_fields[] = {
	CYAML_FIELD_SEQUENCE("listen", CYAML_FLAG_POINTER, struct gw_config, listen, &listen_entry, 1, 16),
	CYAML_FIELD_STRING_PTR("routes",         CYAML_FLAG_POINTER, struct gw_config, routes,         1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("control_socket", CYAML_FLAG_POINTER, struct gw_config, control_socket, 1, 107),
	CYAML_FIELD_STRING_PTR("ca",             CYAML_FLAG_POINTER, struct gw_config, ca,             1, TEXT_MAX),
	CYAML_FIELD_MAPPING("server",  CYAML_FLAG_DEFAULT, struct gw_config, server,  pair_fields),
	CYAML_FIELD_MAPPING("backend", CYAML_FLAG_DEFAULT, struct gw_config, backend, backend_fields),
	CYAML_FIELD_MAPPING("audit", CYAML_FLAG_OPTIONAL, struct gw_config, audit, audit_fields),
	CYAML_FIELD_MAPPING("directory", CYAML_FLAG_OPTIONAL, struct gw_config, directory, directory_fields),
	CYAML_FIELD_UINT("max_sessions",      CYAML_FLAG_OPTIONAL, struct gw_config, max_sessions),
	CYAML_FIELD_UINT("max_pending",       CYAML_FLAG_OPTIONAL, struct gw_config, max_pending),
	CYAML_FIELD_UINT("login_timeout_s",   CYAML_FLAG_OPTIONAL, struct gw_config, login_timeout_s),
	CYAML_FIELD_UINT("connect_timeout_s", CYAML_FLAG_OPTIONAL, struct gw_config, connect_timeout_s),
	CYAML_FIELD_UINT("wait_timeout_s",    CYAML_FLAG_OPTIONAL, struct gw_config, wait_timeout_s),
	CYAML_FIELD_UINT("drain_timeout_s",   CYAML_FLAG_OPTIONAL, struct gw_config, drain_timeout_s),
	CYAML_FIELD_UINT("message_max_mib",   CYAML_FLAG_OPTIONAL, struct gw_config, message_max_mib),
	CYAML_FIELD_BOOL("plaintext", CYAML_FLAG_OPTIONAL, struct gw_config, plaintext),
	CYAML_FIELD_STRING_PTR("log", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct gw_config, log, 1, 16),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t config_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct gw_config, config_fields),
};

static const struct range {
	const char *name;
	size_t offset;
	unsigned preset, max;
} ranges[] = {
	{ "max_sessions",      offsetof(struct gw_config, max_sessions),      1000, 100000 },
	{ "max_pending",       offsetof(struct gw_config, max_pending),       200,  100000 },
	{ "login_timeout_s",   offsetof(struct gw_config, login_timeout_s),   10,   600    },
	{ "connect_timeout_s", offsetof(struct gw_config, connect_timeout_s), 5,    600    },
	{ "wait_timeout_s",    offsetof(struct gw_config, wait_timeout_s),    30,    600    },
	{ "drain_timeout_s",   offsetof(struct gw_config, drain_timeout_s),   3600,  86400  },
	{ "message_max_mib",   offsetof(struct gw_config, message_max_mib),   64,   1023   },
	{ "audit.keep_days",   offsetof(struct gw_config, audit.keep_days),   90,   36500  },
	{ "audit.segment_mib", offsetof(struct gw_config, audit.segment_mib), 64,   200    },
	{ "directory.timeout_s", offsetof(struct gw_config, directory.timeout_s), 3, 60    },
};
/* clang-format on */

static int fill_in(struct gw_config *config, const char *path,
    const struct hs_conf *conf, struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		const struct range *r = &ranges[i];
		unsigned *value =
		    (unsigned *)(void *)((char *)config + r->offset);

		if (*value == 0)
			*value = r->preset;
		if (*value > r->max)
			return hs_fail(err, HS_EINVAL,
			    "%s:%u: %s: %u, expected 1 to %u", path,
			    hs_conf_line(conf, r->name), r->name, *value,
			    r->max);
	}
	return 0;
}

/* What has no TLS must not leave the machine. */
static int check_plaintext(
    const struct gw_config *config, const char *path, struct hs_err *err)
{
	for (unsigned i = 0; config->plaintext && i < config->listen_count; i++)
		if (strncmp(config->listen[i], "127.", 4) != 0)
			return hs_fail(err, HS_EINVAL,
			    "%s: plaintext: listens at '%s', expected loopback "
			    "addresses only",
			    path, config->listen[i]);
	return 0;
}

static int check_backend(const struct gw_config *config, const char *path,
    const struct hs_conf *conf, struct hs_err *err)
{
	const struct gw_backend_keys *b = &config->backend;

	if ((b->certificate == NULL) != (b->key == NULL) ||
	    (b->certificate == NULL && b->folder == NULL))
		return hs_fail(err, HS_EINVAL,
		    "%s:%u: backend: expected folder, or certificate and key",
		    path, hs_conf_line(conf, "backend"));
	return 0;
}

int gw_config_load(const char *path, struct hs_conf **ret_conf,
    struct gw_config **ret_config, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	void *data = NULL;

	if (hs_conf_load(path, NULL, &config_schema, &conf, &data, NULL, err) <
	    0)
		return -1;
	if (fill_in(data, path, conf, err) < 0 ||
	    check_backend(data, path, conf, err) < 0 ||
	    check_plaintext(data, path, err) < 0)
		return -1;
	*ret_conf = hs_steal(&conf);
	*ret_config = data;
	return 0;
}
