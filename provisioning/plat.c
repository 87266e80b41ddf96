/* plat.c - the platform as one thread of hansed sees it. */

#include "provisioning/plat.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/host.h"
#include "provisioning/metric_http.h"
#include "shared-db-gateway/gateway.h"

#define ARCHIVE_DAYS 3650

extern char **environ;

/* -- Configuration -------------------------------------------------------- */

#define TEXT(key, member, max)                                                \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
	    struct plat_conf, member, 1, max)
#define NUMBER(key, member) \
	CYAML_FIELD_UINT(key, CYAML_FLAG_OPTIONAL, struct plat_conf, member)

static const cyaml_schema_field_t edge_fields[] = {
	TEXT("listen", edge.listen, 64),
	TEXT("domain", edge.domain, 200),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t metrics_fields[] = {
	TEXT("listen", metrics.listen, 64),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t drift_fields[] = {
	TEXT("restart", drift.restart, 8),
	TEXT("filters", drift.filters, 8),
	TEXT("others", drift.others, 8),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t database_fields[] = {
	NUMBER("memory_mib", database.memory_mib),
	NUMBER("disk_gib", database.disk_gib),
	TEXT("driver", database.driver, 16),
	CYAML_FIELD_END,
};

/* Behind a pointer: 0 is an answer, and must be given in words. */
static const cyaml_schema_field_t archive_fields[] = {
	CYAML_FIELD_UINT_PTR("keep_days",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct plat_conf,
	    archive.keep_days),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t refuses_fields[] = {
	TEXT("app", refuses.app, 400),
	TEXT("app-large", refuses.app_large, 400),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t metering_fields[] = {
	NUMBER("every_s", metering.every_s),
	NUMBER("raw_days", metering.raw_days),
	CYAML_FIELD_END,
};

/* The groups lie in the struct itself, so their offsets count from its start.
 */
static const cyaml_schema_field_t fields[] = {
	TEXT("state", state, 200),
	TEXT("run", run, 80),
	TEXT("config", config, 200),
	TEXT("share", share, 200),
	TEXT("pool", pool, 8),
	TEXT("platform_address", platform_address, 15),
	TEXT("underlay", underlay, 15),
	NUMBER("gateway_port", gateway_port),
	NUMBER("directory_port", directory_port),
	{
	    .key = "edge",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = edge_fields } },
	    .data_offset = 0,
	},
	{
	    .key = "metrics",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = metrics_fields } },
	    .data_offset = 0,
	},
	{
	    .key = "drift",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = drift_fields } },
	    .data_offset = 0,
	},
	{
	    .key = "database",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = database_fields } },
	    .data_offset = 0,
	},
	{
	    .key = "archive",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = archive_fields } },
	    .data_offset = 0,
	},
	{
	    .key = "refuses",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = refuses_fields } },
	    .data_offset = 0,
	},
	{
	    .key = "metering",
	    .value = { .type = CYAML_MAPPING,
		.flags = CYAML_FLAG_OPTIONAL,
		.data_size = sizeof(struct plat_conf),
		.mapping = { .fields = metering_fields } },
	    .data_offset = 0,
	},
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct plat_conf, fields),
};

static void text_default(char **value, const char *text)
{
	if (*value == NULL)
		*value = (char *)(uintptr_t)text;
}

static void number_default(unsigned *value, unsigned number)
{
	if (*value == 0)
		*value = number;
}

static void fill_defaults(struct plat_conf *c)
{
	text_default(&c->state, "/var/lib/hanse");
	text_default(&c->run, "/run/hanse");
	text_default(&c->config, "/etc/hanse");
	text_default(&c->share, "/usr/local/share/hanse");
	text_default(&c->pool, "10.90");
	text_default(&c->platform_address, "10.90.0.1");
	text_default(&c->edge.listen, "127.0.0.1:8443");
	text_default(&c->edge.domain, "localhost");
	text_default(&c->metrics.listen, "127.0.0.1:9464");
	text_default(&c->drift.restart, "auto");
	text_default(&c->drift.filters, "auto");
	text_default(&c->drift.others, "manual");
	text_default(&c->database.driver, "auto");
	number_default(&c->gateway_port, 6432);
	number_default(&c->directory_port, 1636);
	number_default(&c->database.disk_gib, 4);
	number_default(&c->metering.every_s, 10);
	number_default(&c->metering.raw_days, 7);
}

const char *plat_refuses(const struct plat_conf *conf, const char *template)
{
	const struct dom_kind *kind = dom_kind_find(template);
	const char *said = strcmp(template, "app-large") == 0
			       ? conf->refuses.app_large
			       : conf->refuses.app;

	return said != NULL ? said : kind != NULL ? kind->refuses : "";
}

static int check_kinds(const struct plat_conf *c, struct hs_err *err)
{
	if (gw_kinds_check(c->refuses.app, err) < 0)
		return hs_wrap(err, "refuses.app");
	if (gw_kinds_check(c->refuses.app_large, err) < 0)
		return hs_wrap(err, "refuses.app-large");
	return 0;
}

static int check_addresses(const struct plat_conf *c, struct hs_err *err)
{
	if (strrchr(c->edge.listen, ':') == NULL)
		return hs_fail(
		    err, HS_EINVAL, "edge.listen must be ADDRESS:PORT");
	if (strcmp(c->metrics.listen, "none") == 0)
		return 0;
	return metric_http_check(c->metrics.listen, err);
}

int plat_conf_load(const char *path, struct hs_conf **ret_keep,
    struct plat_conf *ret_conf, struct hs_err *err)
{
	struct hs_err load_err = { 0 };
	void *data = NULL;

	*ret_conf = (struct plat_conf) { 0 };
	*ret_keep = NULL;
	if (hs_conf_load(
		path, NULL, &schema, ret_keep, &data, NULL, &load_err) == 0)
		*ret_conf = *(struct plat_conf *)data;
	else if (load_err.code != HS_ENOTFOUND)
		return hs_fail(err, load_err.code, "%s", load_err.msg);
	fill_defaults(ret_conf);
	ret_conf->started = time(NULL);
	ret_conf->hypervisors = NULL;
	if (check_addresses(ret_conf, err) == 0 &&
	    check_kinds(ret_conf, err) == 0)
		return 0;
	hs_conf_freep(ret_keep);
	return hs_wrap(err, "%s", path);
}

unsigned plat_archive_days(const struct plat_conf *conf)
{
	return conf->archive.keep_days != NULL ? *conf->archive.keep_days
					       : ARCHIVE_DAYS;
}

/* -- Connections ---------------------------------------------------------- */

void plat_init(struct plat *plat, const struct plat_conf *conf)
{
	*plat = (struct plat) {
		.conf = conf,
		.server_wait_ms = PLAT_SERVER_START_MS,
	};
}

void plat_done(struct plat *plat)
{
	hs_db_close(plat->store);
	plat_servers_done(plat);
	tenant_close(plat->tenant);
	hosts_free(plat->hosts);
	plat_init(plat, plat->conf);
}

int plat_gives_up(const struct plat *plat, struct hs_err *err)
{
	if (plat->cancel != NULL && atomic_load(plat->cancel))
		return hs_fail(err, HS_ECONFLICT, "cancelled");
	if (plat->stop != NULL && atomic_load(plat->stop))
		return hs_fail(err, HS_ECONFLICT, "hansed ends");
	return 0;
}

int plat_store(struct plat *plat, struct hs_db **ret_store, struct hs_err *err)
{
	hs_auto(hs_freep) char *info =
	    hs_printf("host=%s/control-db dbname=hanse user=hanse "
		      "application_name=hansed",
		plat->conf->run);

	if (plat->store != NULL && !hs_db_is_alive(plat->store))
		hs_db_closep(&plat->store);
	if (plat->store == NULL && hs_db_open(info, &plat->store, err) < 0)
		return hs_wrap(err, "control database");
	*ret_store = plat->store;
	return 0;
}

int plat_tenant(
    struct plat *plat, struct tenant **ret_tenant, struct hs_err *err)
{
	hs_auto(hs_text_done) struct hs_text uri = { 0 };
	hs_auto(hs_freep) char *path =
	    hs_printf("%s/directory/ldapi", plat->conf->run);

	hs_text_add(&uri, "ldapi://");
	hs_text_add_url(&uri, path);
	if (plat->tenant == NULL &&
	    tenant_open(&(struct tenant_conf) { .uri = uri.data },
		&plat->tenant, err) < 0)
		return hs_wrap(err, "directory");
	*ret_tenant = plat->tenant;
	return 0;
}

/* -- Paths and names ------------------------------------------------------ */

char *plat_path(const struct plat *plat, const char *fmt, ...)
{
	hs_auto(hs_freep) char *tail = NULL;
	va_list ap;

	va_start(ap, fmt);
	tail = hs_vprintf(fmt, ap);
	va_end(ap);
	return hs_printf("%s/%s", plat->conf->state, tail);
}

char *plat_edge_name(
    const struct plat *plat, const char *ve, const char *enterprise)
{
	return hs_printf("%s.%s.%s", enterprise, ve, plat->conf->edge.domain);
}

char *plat_url(const struct plat *plat, const char *ve, const char *enterprise)
{
	const char *colon = strrchr(plat->conf->edge.listen, ':');
	hs_auto(hs_freep) char *name = plat_edge_name(plat, ve, enterprise);

	return hs_printf("https://%s%s/", name, colon != NULL ? colon : "");
}

/* -- Programs ------------------------------------------------------------- */

static void read_all(int fd, struct hs_text *ret_text)
{
	char buf[1024];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (ret_text->len < 4096)
			hs_text_add_len(ret_text, buf, (size_t)n);
}

static int spawn(const char *const *argv, int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int failed;

	/* hansed blocks the signals that end it; its children must not. */
	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	failed = posix_spawnp(ret_pid, argv[0], &actions, &attributes,
	    (char *const *)(uintptr_t)argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return failed;
}

int plat_run(const char *const *argv, struct hs_err *err)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	int ends[2], status;
	pid_t pid;

	if (hs_fault("program", err) < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "pipe");
	errno = spawn(argv, ends[1], &pid);
	(void)close(ends[1]);
	if (errno != 0) {
		(void)close(ends[0]);
		return hs_fail_errno(err, HS_ESYSTEM, "start '%s'", argv[0]);
	}
	read_all(ends[0], &out);
	(void)close(ends[0]);
	if (waitpid(pid, &status, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "wait for '%s'", argv[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return hs_fail(err, HS_ESYSTEM, "%s failed: %s", argv[0],
	    out.data != NULL ? out.data : "no output");
}
