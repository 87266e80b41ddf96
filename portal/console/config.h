/* config.h - console.yaml: whose console this is, and whom it talks to. */
#ifndef HANSE_PORTAL_CONSOLE_CONFIG_H
#define HANSE_PORTAL_CONSOLE_CONFIG_H

#include <stdint.h>

#include "portal/site/config.h"

struct console_config {
	char *title; /* of the ASP */
	char *listen;
	char *report; /* file of the case that is reported */
	uint32_t threads;
	struct site_database database;
	struct site_directory directory;
};

/**
 * Read the file. @ret_config belongs to @ret_conf.
 * Errors: as hs_conf_load(); each fault is logged.
 */
int console_config_read(const char *path, struct hs_conf **ret_conf,
    struct console_config **ret_config, struct hs_err *err);

#endif
