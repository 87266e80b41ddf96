/* config.c - what the configuration files of all sites have in common. */

#include "portal/site/config.h"

#include "base/err.h"
#include "base/log.h"

/* clang-format off */
const cyaml_schema_field_t site_database_fields[] = {
	SITE_TEXT("conninfo", struct site_database, conninfo),
	CYAML_FIELD_END,
};

const cyaml_schema_field_t site_directory_fields[] = {
	SITE_TEXT("uri",          struct site_directory, uri),
	SITE_TEXT("base",         struct site_directory, base),
	SITE_TEXT_OPT("bind_dn",  struct site_directory, bind_dn),
	SITE_TEXT_OPT("password", struct site_directory, password),
	SITE_TEXT_OPT("ca",       struct site_directory, ca),
	CYAML_FIELD_END,
};
/* clang-format on */

void site_threads_check(
    uint32_t *threads, const struct hs_conf *conf, struct hs_faults *faults)
{
	if (*threads == 0)
		*threads = 8;
	if (*threads > SITE_THREADS_MAX)
		hs_faults_add(faults, hs_conf_line(conf, "threads"), "threads",
		    "%u, expected 1 to %d", *threads, SITE_THREADS_MAX);
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

int site_config_read(const char *path, const cyaml_schema_value_t *schema,
    void (*check)(
	void *data, const struct hs_conf *conf, struct hs_faults *faults),
    struct hs_conf **ret_conf, void **ret_data, struct hs_err *err)
{
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	void *data = NULL;
	int failed;

	failed = hs_conf_load(path, NULL, schema, &conf, &data, &faults, err);
	if (failed == 0)
		check(data, conf, &faults);
	if (faults.count > 0)
		return report(&faults, err);
	if (failed < 0)
		return -1;
	*ret_data = data;
	*ret_conf = hs_steal(&conf);
	return 0;
}
