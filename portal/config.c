/* config.c - portal.yaml: whose portal this is, and whom it talks to. */

#include "portal/config.h"

#include "base/err.h"
#include "base/text.h"

/* clang-format off */
static const cyaml_schema_field_t fields[] = {
	SITE_TEXT("ve",         struct portal_config, ve),
	SITE_TEXT("enterprise", struct portal_config, enterprise),
	SITE_TEXT("title",      struct portal_config, title),
	SITE_TEXT("legal_name", struct portal_config, legal_name),
	SITE_TEXT("listen",     struct portal_config, listen),
	CYAML_FIELD_UINT("threads", CYAML_FLAG_OPTIONAL,
	    struct portal_config, threads),
	CYAML_FIELD_MAPPING("database", CYAML_FLAG_DEFAULT,
	    struct portal_config, database, site_database_fields),
	CYAML_FIELD_MAPPING("directory", CYAML_FLAG_DEFAULT,
	    struct portal_config, directory, site_directory_fields),
	CYAML_FIELD_END,
};
/* clang-format on */

static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct portal_config, fields) };

static void check(
    void *data, const struct hs_conf *conf, struct hs_faults *faults)
{
	struct portal_config *config = data;

	if (!hs_is_label(config->ve, 32))
		hs_faults_add(faults, hs_conf_line(conf, "ve"), "ve",
		    "'%s' is not a label", config->ve);
	if (!hs_is_label(config->enterprise, 32))
		hs_faults_add(faults, hs_conf_line(conf, "enterprise"),
		    "enterprise", "'%s' is not a label", config->enterprise);
	site_threads_check(&config->threads, conf, faults);
}

int portal_config_read(const char *path, struct hs_conf **ret_conf,
    struct portal_config **ret_config, struct hs_err *err)
{
	void *data = NULL;

	if (site_config_read(path, &schema, check, ret_conf, &data, err) < 0)
		return -1;
	*ret_config = data;
	return 0;
}
