/* host.c - the hosts that have domains, and connections to them. */

#include "provisioning/host.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/metric.h"

#define MIB       (1024ULL * 1024)
#define SILENT_MS 5000
#define IDLE_MS   1000 /* after which a connection is tried before it is used */
#define PING_MS   3000

/* -- One host -------------------------------------------------------------- */

static void host_free(struct host *host)
{
	free(host->name);
	free(host->address);
	free(host->note);
	json_decref(host->shell);
	json_decref(host->uris);
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		hv_returnp(&host->hv[i]);
	free(host->silent);
	free(host);
}

bool host_is_local(const struct host *host)
{
	return host->address == NULL;
}

static unsigned number_of(const char *text)
{
	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;
}

/* "hansed --setup" has tried it and left a word in a file. */
static bool local_has_kvm(const struct plat *plat)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "probe.kvm");
	hs_auto(hs_freep) char *text = NULL;

	return hs_file_read(path, 64, &text, NULL, NULL) == 0 &&
	       strncmp(text, "ok", 2) == 0;
}

/* What nobody has written down is the size of this machine. */
static void fill_size(struct host *host)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	if (host->vcpus == 0)
		host->vcpus = cores > 0 ? (unsigned)cores : 1;
	if (host->memory_mib == 0)
		host->memory_mib = (unsigned)((unsigned long long)pages *
					      (unsigned long long)page / MIB);
}

static void fill_drivers(struct host *host, const char *list)
{
	json_t *drivers = json_loads(list, 0, NULL), *name;
	enum hv_driver driver;
	size_t i;

	json_array_foreach (drivers, i, name)
		if (json_is_string(name) &&
		    hv_driver_find(json_string_value(name), &driver))
			host->can[driver] = true;
	json_decref(drivers);
}

static struct host *host_of_row(
    const struct plat *plat, const struct hs_rows *rows, size_t i)
{
	struct host *h = hs_alloc(sizeof(*h));
	const char *kvm = hs_rows_get(rows, i, "has_kvm");
	const char *shell = hs_rows_get(rows, i, "shell");

	h->name = hs_strdup(hs_rows_get(rows, i, "name"));
	h->address = hs_strdup(hs_rows_get(rows, i, "address"));
	h->note = hs_strdup(hs_rows_get(rows, i, "note"));
	h->shell = shell != NULL ? json_loads(shell, 0, NULL) : NULL;
	h->uris = json_loads(hs_rows_get(rows, i, "uris"), 0, NULL);
	h->drained = strcmp(hs_rows_get(rows, i, "state"), "drained") == 0;
	h->has_kvm = kvm != NULL ? kvm[0] == 't' : local_has_kvm(plat);
	h->vcpus = number_of(hs_rows_get(rows, i, "vcpus"));
	h->memory_mib = number_of(hs_rows_get(rows, i, "memory_mib"));
	h->max_vcpus = number_of(hs_rows_get(rows, i, "max_vcpus"));
	h->max_memory_mib = number_of(hs_rows_get(rows, i, "max_memory_mib"));
	h->domains = number_of(hs_rows_get(rows, i, "domains"));
	fill_drivers(h, hs_rows_get(rows, i, "drivers"));
	fill_size(h);
	return h;
}

/* -- All hosts ------------------------------------------------------------- */

void hosts_free(struct hosts *hosts)
{
	if (hosts == NULL)
		return;
	for (size_t i = 0; i < hosts->count; i++)
		host_free(hosts->list[i]);
	free(hosts->list);
	free(hosts);
}

/* There may be a thousand, and each is looked up at each look at all. */
static struct host *find(const struct hosts *hosts, const char *name)
{
	size_t low = 0, high = hosts != NULL ? hosts->count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(hosts->list[middle]->name, name);

		if (order == 0)
			return hosts->list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct host *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static bool is_at(const struct host *host, const char *address)
{
	if (host->address == NULL || address == NULL)
		return host->address == address;
	return strcmp(host->address, address) == 0;
}

/* What was found out outlives the list it was found out in. */
static void take_over(struct host *host, struct host *old)
{
	if (old == NULL || !is_at(old, host->address))
		return;
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		host->hv[i] = hs_steal(&old->hv[i]);
	memcpy(host->asked_ms, old->asked_ms, sizeof(host->asked_ms));
	host->silent = hs_steal(&old->silent);
	host->silent_ms = old->silent_ms;
}

int host_reload(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hosts *hosts;
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_host_list, 0, NULL, &rows, err) < 0)
		return hs_wrap(err, "hosts");
	hosts = hs_alloc(sizeof(*hosts));
	hosts->list =
	    hs_alloc((hs_rows_count(rows) + 1) * sizeof(*hosts->list));
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		struct host *h = host_of_row(plat, rows, i);

		take_over(h, find(plat->hosts, h->name));
		hosts->list[hosts->count++] = h;
	}
	/* The database may sort by another rule. */
	qsort(hosts->list, hosts->count, sizeof(struct host *), by_name);
	hosts_free(plat->hosts);
	plat->hosts = hosts;
	return 0;
}

int host_list(
    struct plat *plat, const struct hosts **ret_hosts, struct hs_err *err)
{
	if ((plat->hosts == NULL || plat->hosts->is_old) &&
	    host_reload(plat, err) < 0)
		return -1;
	*ret_hosts = plat->hosts;
	return 0;
}

void host_list_expire(struct plat *plat)
{
	if (plat->hosts != NULL)
		plat->hosts->is_old = true;
}

int host_ask_all(struct plat *plat, struct hs_err *err)
{
	if (host_reload(plat, err) < 0)
		return -1;
	for (size_t i = 0; i < plat->hosts->count; i++)
		if (!host_is_local(plat->hosts->list[i]))
			(void)host_answers(plat, plat->hosts->list[i]);
	return 0;
}

int host_find(struct plat *plat, const char *name, struct host **ret_host,
    struct hs_err *err)
{
	const struct hosts *hosts;

	if (host_list(plat, &hosts, err) < 0)
		return -1;
	*ret_host = find(hosts, name);
	if (*ret_host == NULL && host_reload(plat, err) < 0)
		return -1;
	*ret_host = find(plat->hosts, name);
	if (*ret_host == NULL)
		return hs_fail(err, HS_ENOTFOUND,
		    "there is no host '%s' (see: hanse get hosts)", name);
	return 0;
}

/* -- Connections ----------------------------------------------------------- */

char *host_uri(
    const struct plat *plat, const struct host *host, enum hv_driver driver)
{
	const char *name = hv_caps(driver)->name;
	const char *own = json_string_value(json_object_get(host->uris, name));

	if (own != NULL)
		return hs_strdup(own);
	if (host_is_local(host))
		return hs_strdup(hv_caps(driver)->uri);
	return hs_printf("%s+unix:///system?socket=%s/hosts/%s.libvirt-sock",
	    name, plat->conf->run, host->name);
}

/* What libvirt says, without the socket's name: that is ours alone. */
static char *reason_of(const char *message, const char *uri)
{
	const char *at = strstr(message, uri);
	const char *rest = at != NULL ? at + strlen(uri) : message;

	return hs_strdup(rest + strspn(rest, ": "));
}

/* More than all hands of all jobs borrow at once. */
#define CONNECTIONS 24
#define BORROW_MS   10000

/** What the pool is told of a host; its texts are the struct's. */
struct pool_conf {
	struct hv_host_conf conf;
	char *uris[HV_DRIVER_COUNT];
};

static void pool_conf_done(struct pool_conf *c)
{
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		free(c->uris[i]);
}

static void pool_conf_fill(
    struct pool_conf *c, const struct plat *plat, const struct host *host)
{
	c->conf.name = host->name;
	c->conf.connections = CONNECTIONS;
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (host->can[i])
			c->conf.uris[i] = c->uris[i] =
			    host_uri(plat, host, (enum hv_driver)i);
}

static int borrow(struct plat *plat, struct host *host, enum hv_driver driver,
    struct hs_err *err)
{
	hs_auto(pool_conf_done) struct pool_conf c = { 0 };

	pool_conf_fill(&c, plat, host);
	return hv_hosts_borrow(plat->conf->hypervisors, &c.conf, driver,
	    BORROW_MS, &host->hv[driver], err);
}

int host_know_all(struct plat *plat, struct hs_err *err)
{
	const struct hosts *hosts;

	if (host_list(plat, &hosts, err) < 0)
		return -1;
	for (size_t i = 0; i < hosts->count; i++) {
		hs_auto(pool_conf_done) struct pool_conf c = { 0 };
		struct hs_err why = { 0 };

		pool_conf_fill(&c, plat, hosts->list[i]);
		if (hv_hosts_know(plat->conf->hypervisors, &c.conf, &why) < 0)
			hs_warn("host.not_asked", "err=\"%s\"", why.msg);
	}
	return 0;
}

/* One that did not answer costs its time once, not at each question. */
static int open_hv(struct plat *plat, struct host *host, enum hv_driver driver,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *uri = host_uri(plat, host, driver);
	struct hs_err why = { 0 };

	if (host->silent != NULL && hs_now_ms() < host->silent_ms + SILENT_MS)
		return hs_fail(err, HS_EREMOTE, "%s", host->silent);
	free(hs_steal(&host->silent));
	if (borrow(plat, host, driver, &why) == 0)
		return 0;
	if (!host_is_local(host))
		host->silent = reason_of(why.msg, uri);
	host->silent_ms = hs_now_ms();
	return hs_fail(
	    err, why.code, "%s", host->silent != NULL ? host->silent : why.msg);
}

void host_fell_silent(struct host *host, const char *reason)
{
	if (host->silent != NULL)
		return;
	host->silent = hs_strdup(reason);
	host->silent_ms = hs_now_ms();
}

/* Over a network nobody says that a host is gone. One that takes its time is
 * silent; a connection that has ended is opened anew. */
static void try_idle(struct host *host, enum hv_driver driver)
{
	struct hv_conn **hv = &host->hv[driver];
	int64_t since = hs_now_ms();
	struct hs_err err = { 0 };

	if (*hv == NULL || since < host->asked_ms[driver] + IDLE_MS ||
	    hv_ping(*hv, PING_MS, &err) == 0)
		return;
	hv_returnp(hv);
	if (hs_now_ms() - since >= PING_MS)
		host_fell_silent(host, err.msg);
}

int plat_hv(struct plat *plat, const char *host, enum hv_driver driver,
    struct hv_conn **ret_hv, struct hs_err *err)
{
	struct host *h;
	struct hv_conn **hv;

	if (host_find(plat, host, &h, err) < 0)
		return -1;
	hv = &h->hv[driver];
	if (*hv != NULL && !hv_is_alive(*hv))
		hv_returnp(hv);
	if (!host_is_local(h))
		try_idle(h, driver);
	if (*hv == NULL && open_hv(plat, h, driver, err) < 0)
		return host_is_local(h) ? hs_wrap(err, "hypervisor '%s'",
					      hv_caps(driver)->name)
					: hs_wrap(err, "host '%s'", host);
	h->asked_ms[driver] = hs_now_ms();
	*ret_hv = *hv;
	return 0;
}

void host_return_all(struct plat *plat)
{
	for (size_t i = 0; plat->hosts != NULL && i < plat->hosts->count; i++)
		for (size_t k = 0; k < HV_DRIVER_COUNT; k++)
			hv_returnp(&plat->hosts->list[i]->hv[k]);
}

static void set_metrics(struct hv_host *host, void *arg)
{
	static const double states[HV_BREAKER_COUNT] = {
		[HV_BREAKER_CLOSED] = 0,
		[HV_BREAKER_HALF_OPEN] = 1,
		[HV_BREAKER_OPEN] = 2,
	};
	const char *name = hv_host_name(host);
	struct hv_host_stat stat;

	(void)arg;
	hv_host_stat(host, &stat);
	metric_set(METRIC_BREAKER_STATE, METRIC_OF(name), states[stat.state]);
	metric_total(METRIC_HOST_CALLS, METRIC_OF(name, "ok"),
	    stat.calls - stat.failed - stat.late);
	metric_total(METRIC_HOST_CALLS, METRIC_OF(name, "failed"), stat.failed);
	metric_total(METRIC_HOST_CALLS, METRIC_OF(name, "late"), stat.late);
}

void host_metrics(const struct plat_conf *conf)
{
	hv_hosts_each(conf->hypervisors, set_metrics, NULL);
}

enum hv_driver host_driver(const struct host *host)
{
	static const enum hv_driver order[] = { HV_LXC, HV_QEMU, HV_XEN };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (host->can[order[i]])
			return order[i];
	return HV_LXC;
}

bool host_answers(struct plat *plat, struct host *host)
{
	struct hv_conn *hv;

	if (host->silent != NULL && hs_now_ms() < host->silent_ms + SILENT_MS)
		return false;
	return plat_hv(plat, host->name, host_driver(host), &hv, NULL) == 0;
}

/* -- Hosts of objects ------------------------------------------------------ */

const char *object_host(const struct object *object)
{
	const char *at = strchr(object->name, '@');
	const char *host = object_text(object, "host");

	if (at != NULL)
		return at + 1;
	return host[0] != '\0' ? host : HOST_LOCAL;
}

char *object_bare(const struct object *object)
{
	return hs_strndup(object->name, strcspn(object->name, "@"));
}

char *host_object_name(const char *name, const char *host)
{
	return strcmp(host, HOST_LOCAL) == 0 ? hs_strdup(name)
					     : hs_printf("%s@%s", name, host);
}
