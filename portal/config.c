/* config.c - portal.yaml: whose portal this is, and whom it talks to. */

#include "portal/config.h"

#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"

#define TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 1024)
#define TEXT_OPT(key, type, member)                                           \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
	    type, member, 0, 1024)

/* clang-format off */
static const cyaml_schema_field_t database_fields[] = {
	TEXT("conninfo", struct portal_database, conninfo),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t directory_fields[] = {
	TEXT("uri",          struct portal_directory, uri),
	TEXT("base",         struct portal_directory, base),
	TEXT_OPT("bind_dn",  struct portal_directory, bind_dn),
	TEXT_OPT("password", struct portal_directory, password),
	TEXT_OPT("ca",       struct portal_directory, ca),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t fields[] = {
	TEXT("ve",         struct portal_config, ve),
	TEXT("enterprise", struct portal_config, enterprise),
	TEXT("title",      struct portal_config, title),
	TEXT("legal_name", struct portal_config, legal_name),
	TEXT("listen",     struct portal_config, listen),
	CYAML_FIELD_UINT("threads", CYAML_FLAG_OPTIONAL,
	    struct portal_config, threads),
	CYAML_FIELD_MAPPING("database", CYAML_FLAG_DEFAULT,
	    struct portal_config, database, database_fields),
	CYAML_FIELD_MAPPING("directory", CYAML_FLAG_DEFAULT,
	    struct portal_config, directory, directory_fields),
	CYAML_FIELD_END,
};
/* clang-format on */

static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct portal_config, fields) };

static void check(struct portal_config *config, const struct hs_conf *conf,
    struct hs_faults *faults)
{
	if (!hs_is_label(config->ve, 32))
		hs_faults_add(faults, hs_conf_line(conf, "ve"), "ve",
		    "'%s' is not a label", config->ve);
	if (!hs_is_label(config->enterprise, 32))
		hs_faults_add(faults, hs_conf_line(conf, "enterprise"),
		    "enterprise", "'%s' is not a label", config->enterprise);
	if (config->threads == 0)
		config->threads = 8;
	if (config->threads > 64)
		hs_faults_add(faults, hs_conf_line(conf, "threads"), "threads",
		    "%u, expected 1 to 64", config->threads);
}

static int report(const struct hs_faults *faults, struct hs_err *err)
{
	for (size_t i = 0; i < faults->count; i++)
		hs_err_log("config.fault",
		    "file=%s line=%u field=%s msg=\"%s\"", faults->file,
		    faults->list[i].line, faults->list[i].field,
		    faults->list[i].message);
	return hs_fail(
	    err, HS_EINVAL, "%s has %zu fault(s)", faults->file, faults->count);
}

int portal_config_read(const char *path, struct hs_conf **ret_conf,
    struct portal_config **ret_config, struct hs_err *err)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	void *data = NULL;
	int failed;

	failed = hs_conf_load(path, NULL, &schema, &conf, &data, &faults, err);
	if (failed == 0)
		check(data, conf, &faults);
	if (faults.count > 0)
		return report(&faults, err);
	if (failed < 0)
		return -1;
	*ret_config = data;
	*ret_conf = hs_steal(&conf);
	return 0;
}
