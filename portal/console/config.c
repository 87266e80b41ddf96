/* config.c - console.yaml: whose console this is, and whom it talks to. */

#include "portal/console/config.h"

#include "base/err.h"

/* clang-format off */
static const cyaml_schema_field_t fields[] = {
	SITE_TEXT("title",  struct console_config, title),
	SITE_TEXT("listen", struct console_config, listen),
	SITE_TEXT("report", struct console_config, report),
	CYAML_FIELD_UINT("threads", CYAML_FLAG_OPTIONAL,
	    struct console_config, threads),
	CYAML_FIELD_MAPPING("database", CYAML_FLAG_DEFAULT,
	    struct console_config, database, site_database_fields),
	CYAML_FIELD_MAPPING("directory", CYAML_FLAG_DEFAULT,
	    struct console_config, directory, site_directory_fields),
	CYAML_FIELD_END,
};
/* clang-format on */

static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct console_config, fields) };

static void check(
    void *data, const struct hs_conf *conf, struct hs_faults *faults)
{
	struct console_config *config = data;

	site_threads_check(&config->threads, conf, faults);
}

int console_config_read(const char *path, struct hs_conf **ret_conf,
    struct console_config **ret_config, struct hs_err *err)
{
	void *data = NULL;

	if (site_config_read(path, &schema, check, ret_conf, &data, err) < 0)
		return -1;
	*ret_config = data;
	return 0;
}
