/* config.h - what the configuration files of all sites have in common. */
#ifndef HANSE_PORTAL_SITE_CONFIG_H
#define HANSE_PORTAL_SITE_CONFIG_H

#include <stdint.h>

#include "base/conf.h"

struct hs_err;

struct site_database {
	char *conninfo;
};

struct site_directory {
	char *uri, *base, *bind_dn, *password, *ca;
};

/* clang-format off */
#define SITE_TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 1024)
#define SITE_TEXT_OPT(key, type, member)                                      \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
	    type, member, 0, 1024)
/* clang-format on */

/** The keys below "database" and "directory". */
extern const cyaml_schema_field_t site_database_fields[];
extern const cyaml_schema_field_t site_directory_fields[];

#define SITE_THREADS_MAX 64

/** 0 becomes 8; more than there may be is a fault. */
void site_threads_check(
    uint32_t *threads, const struct hs_conf *conf, struct hs_faults *faults);

/**
 * Read a file of that schema.
 *
 * @check:     what the schema cannot say; adds faults
 * @ret_data:  belongs to @ret_conf
 *
 * Errors: as hs_conf_load(); each fault is logged.
 */
int site_config_read(const char *path, const cyaml_schema_value_t *schema,
    void (*check)(
	void *data, const struct hs_conf *conf, struct hs_faults *faults),
    struct hs_conf **ret_conf, void **ret_data, struct hs_err *err);

#endif
