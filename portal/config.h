/* config.h - portal.yaml: whose portal this is, and whom it talks to. */
#ifndef HANSE_PORTAL_CONFIG_H
#define HANSE_PORTAL_CONFIG_H

#include <stdint.h>

#include "portal/site/config.h"

struct portal_config {
	char *ve, *enterprise;
	char *title;      /* of the VE */
	char *legal_name; /* of the enterprise */
	char *listen;     /* e.g. ":9000" */
	uint32_t threads;
	struct site_database database;
	struct site_directory directory;
};

/**
 * Read the file. @ret_config belongs to @ret_conf.
 * Errors: as hs_conf_load(); each fault is logged.
 */
int portal_config_read(const char *path, struct hs_conf **ret_conf,
    struct portal_config **ret_config, struct hs_err *err);

#endif
