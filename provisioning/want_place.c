/* want_place.c - where wanted domains go: the facts for place.h, and the choice
 * written down. Like the numbers, places are given away in the control
 * database, in the caller's transaction.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/host.h"
#include "provisioning/want_part.h"

/* -- What is known --------------------------------------------------------- */

static struct place_host fact_of(const struct host *h)
{
	struct place_host fact = {
		.name = h->name,
		.drained = h->drained,
		.silent = h->silent,
		.has_kvm = h->has_kvm,
		.vcpus = h->vcpus,
		.memory_mib = h->memory_mib,
		.max_vcpus = h->max_vcpus,
		.max_memory_mib = h->max_memory_mib,
	};

	memcpy(fact.can, h->can, sizeof(fact.can));
	return fact;
}

/* Of what no stored VE has any more, nothing counts. */
static int read_placements(struct want *w, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;
	size_t count;

	if (plat_store(w->plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_placement_list, 0, NULL, &rows, err) <
		0)
		return -1;
	count = hs_rows_count(rows);
	w->placed = hs_alloc((count + 1) * sizeof(*w->placed));
	for (size_t i = 0; i < count; i++) {
		const char *domain = hs_rows_get(rows, i, "domain");

		if (!want_is_owner(w->ves, domain))
			continue;
		w->placed[w->placed_count++] = (struct place_domain) {
			.name = hs_strdup(domain),
			.ve = hs_strdup(hs_rows_get(rows, i, "ve")),
			.host = hs_strdup(hs_rows_get(rows, i, "host")),
			.vcpus = (unsigned)atoi(hs_rows_get(rows, i, "vcpus")),
			.memory_mib =
			    (unsigned)atoi(hs_rows_get(rows, i, "memory_mib")),
		};
	}
	return 0;
}

int want_hosts(struct want *w, struct hs_err *err)
{
	const struct hosts *hosts;

	if (host_reload(w->plat, err) < 0 ||
	    host_list(w->plat, &hosts, err) < 0)
		return -1;
	w->hosts = hs_alloc((hosts->count + 1) * sizeof(*w->hosts));
	for (size_t i = 0; i < hosts->count; i++)
		w->hosts[w->hosts_count++] = fact_of(hosts->list[i]);
	return read_placements(w, err);
}

void want_hosts_done(struct want *w)
{
	for (size_t i = 0; i < w->placed_count; i++) {
		free(w->placed[i].name);
		free(w->placed[i].ve);
		free(w->placed[i].host);
	}
	free(w->placed);
	free(w->hosts);
}

/* -- The choice ------------------------------------------------------------ */

/* The entry of a domain, made if there is none. */
static struct place_domain *entry_of(struct want *w, const struct place *p)
{
	struct place_domain *d;

	for (size_t i = 0; i < w->placed_count; i++)
		if (strcmp(w->placed[i].name, p->owner) == 0)
			return &w->placed[i];
	w->placed = hs_realloc_array(
	    w->placed, w->placed_count + 1, sizeof(*w->placed));
	d = &w->placed[w->placed_count++];
	*d = (struct place_domain) {
		.name = hs_strdup(p->owner),
		.ve = hs_strdup(p->ve),
	};
	return d;
}

static int write_down(struct want *w, const struct place_domain *d,
    const char *host, struct hs_err *err)
{
	char vcpus[12], memory[12];
	struct hs_db *store;

	(void)snprintf(vcpus, sizeof(vcpus), "%u", d->vcpus);
	(void)snprintf(memory, sizeof(memory), "%u", d->memory_mib);
	if (plat_store(w->plat, &store, err) < 0)
		return -1;
	return HS_DB_QUERY(store, prov_sql_placement_put, NULL, err, d->name,
	    d->ve, host, vcpus, memory);
}

static int want_host(struct want *w, const struct place *p,
    struct place_request *request, const struct place_host **ret_host,
    struct hs_err *err)
{
	struct place_domain *d = entry_of(w, p);
	const struct place_state state = {
		.hosts = w->hosts,
		.hosts_count = w->hosts_count,
		.domains = w->placed,
		.domains_count = w->placed_count,
	};
	bool changes = d->host == NULL || d->vcpus != p->vcpus ||
		       d->memory_mib != p->memory_mib;
	const struct place_host *host;

	d->vcpus = p->vcpus;
	d->memory_mib = p->memory_mib;
	request->domain = d;
	if (place_choose(&state, request, &host, err) < 0)
		return -1;
	if ((changes || strcmp(d->host, host->name) != 0) &&
	    write_down(w, d, host->name, err) < 0)
		return hs_wrap(err, "place of '%s'", p->owner);
	free(d->host);
	d->host = hs_strdup(host->name);
	*ret_host = host;
	return 0;
}

/* -- Drivers --------------------------------------------------------------- */

static void drivers_may(
    enum spec_driver driver, enum spec_isolation isolation, bool *may)
{
	bool any = driver == SPEC_DRIVER_AUTO || driver == SPEC_DRIVER_UNSET;

	may[HV_LXC] = driver == SPEC_DRIVER_LXC ||
		      (any && isolation != SPEC_ISOLATION_VM);
	may[HV_QEMU] = driver == SPEC_DRIVER_QEMU || any;
	may[HV_XEN] = driver == SPEC_DRIVER_XEN;
}

/* Of two that will do: a machine where KVM carries it, else a container. */
static const char *driver_on(
    const struct place_host *host, const struct place_request *request)
{
	static const enum hv_driver machine_first[] = { HV_QEMU, HV_LXC,
		HV_XEN };
	static const enum hv_driver container_first[] = { HV_LXC, HV_QEMU,
		HV_XEN };
	const enum hv_driver *order =
	    host->has_kvm ? machine_first : container_first;

	for (size_t i = 0; i < ARRAY_LEN(machine_first); i++)
		if (request->may[order[i]] && host->can[order[i]])
			return hv_caps(order[i])->name;
	return "";
}

static int check_driver(enum spec_driver driver, enum spec_isolation isolation,
    const char *name, struct hs_err *err)
{
	if (driver == SPEC_DRIVER_LXC && isolation == SPEC_ISOLATION_VM)
		return hs_fail(err, HS_EINVAL,
		    "%s: isolation 'vm' rules out driver 'lxc'; use 'qemu'",
		    name);
	if (driver == SPEC_DRIVER_XEN)
		return hs_fail(err, HS_EINVAL,
		    "%s: driver 'xen' cannot be used in this version; use "
		    "'lxc' or 'qemu' (see: hanse doctor)",
		    name);
	return 0;
}

int want_place(struct want *w, const struct spec_enterprise *e, struct place *p,
    struct hs_err *err)
{
	const struct spec_placement *wish = &e->placement;
	struct place_request request = {
		.pin = wish->host,
		.avoid_count = wish->avoid_count,
	};
	hs_auto(hs_freep) char **avoid =
	    hs_alloc((wish->avoid_count + 1) * sizeof(*avoid));
	const struct place_host *host;
	int failed;

	if (check_driver(e->driver, e->isolation, p->owner, err) < 0)
		return -1;
	drivers_may(e->driver, e->isolation, request.may);
	for (size_t i = 0; i < wish->avoid_count; i++)
		avoid[i] = strcmp(wish->avoid[i], "db") == 0
			       ? hs_strdup(p->server)
			       : hs_printf("%s.%s", p->ve, wish->avoid[i]);
	request.avoid = avoid;
	failed = want_host(w, p, &request, &host, err);
	for (size_t i = 0; i < wish->avoid_count; i++)
		free(avoid[i]);
	if (failed < 0)
		return -1;
	p->host = host->name;
	p->driver = driver_on(host, &request);
	p->has_kvm = host->has_kvm;
	return 0;
}

int want_place_local(struct want *w, struct place *p, struct hs_err *err)
{
	enum hv_driver driver = HV_LXC;
	struct place_request request = { .pin = HOST_LOCAL };
	const struct place_host *host;

	(void)hv_driver_find(p->driver, &driver);
	request.may[driver] = true;
	if (want_host(w, p, &request, &host, err) < 0)
		return -1;
	p->host = host->name;
	p->has_kvm = host->has_kvm;
	return 0;
}
