/* observe_hosts.c - networks and domains, as libvirt has them, and what their
 * host has beside. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"
#include "provisioning/disk.h"
#include "provisioning/host.h"
#include "provisioning/mark.h"
#include "provisioning/observe.h"
#include "provisioning/remote.h"

#define RECORD_MAX     65536
#define LOOK_MS        10000
#define RENEW_BEFORE_S (30 * 24 * 3600L)
#define CPU_PERIOD     100000U /* of lxc.xml */

enum object_kind observe_domain_kind(const struct hv_object *d)
{
	const struct dom_kind *kind =
	    d->role != NULL ? dom_kind_find(d->role) : NULL;

	return kind != NULL && strcmp(kind->filter, "db") == 0 ? OBJ_DB_DOMAIN
							       : OBJ_DOMAIN;
}

/* -- What a host has beside its libvirt ------------------------------------ */

/* Another host is asked once, and only for what runs there. */
static const char *ask_beside(struct observation *o, const struct host *host)
{
	const char *argv[HV_DRIVER_COUNT + 2] = { "look" };
	struct hs_err err = { 0 };
	size_t n = 1;

	if (o->beside != NULL)
		return o->beside;
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (host->can[i])
			argv[n++] = hv_caps((enum hv_driver)i)->name;
	if (remote_run(host, argv, NULL, LOOK_MS, &o->beside, &err) < 0) {
		o->beside = hs_strdup("");
		o->beside_silent = hs_strdup(err.msg);
	}
	return o->beside;
}

/* What its host does not say is taken to be as it should, and said to be
 * unknown. */
static int look_beside(struct observation *o, const struct host *host,
    const struct hv_objects *networks, const struct hv_object *d,
    enum hv_driver driver, struct hv_beside *ret_beside, struct hs_err *err)
{
	*ret_beside = (struct hv_beside) { 0 };
	if (d->live == NULL)
		return 0;
	if (!host_is_local(host)) {
		(void)hv_beside_find(ask_beside(o, host), d->name, ret_beside);
		if (o->beside_silent != NULL && o->unknown != NULL)
			observe_unknown(o, observe_domain_kind(d), d->name,
			    o->beside_silent);
		return 0;
	}
	if (o->walls == NULL && hv_walls_read(&o->walls, err) < 0)
		return -1;
	hv_beside_look(d, driver, networks, o->walls, ret_beside);
	return 0;
}

static void forget_beside(struct observation *o)
{
	hs_freep(&o->walls);
	hs_freep(&o->beside);
	hs_freep(&o->beside_silent);
}

/* Of one that is down, nothing is said twice. */
static const char *bridge_of(const struct observation *o,
    const struct host *host, const struct hv_object *n)
{
	hs_auto(hs_freep) char *name = hs_printf("network/%s", n->name);
	struct hv_beside beside = { 0 };

	if (n->state != HV_RUNNING || n->bridge == NULL)
		return "up";
	if (host_is_local(host))
		return hv_bridge_is_up(n->bridge) ? "up" : "gone";
	if (o->beside != NULL)
		(void)hv_beside_find(o->beside, name, &beside);
	return hv_link_name(beside.link);
}

/* -- Networks -------------------------------------------------------------- */

static void add_networks(struct observation *o, const struct host *host,
    const struct hv_objects *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct hv_object *n = &list->list[i];
		hs_auto(hs_freep) char *name =
		    host_object_name(n->name, host->name);

		(void)objects_add(&o->found, OBJ_NETWORK, name, n->ve, NULL,
		    json_pack("{s:s?, s:s?, s:i, s:s, s:b, s:b, s:s, s:s}",
			"bridge", n->bridge, "address", n->host_address,
			"prefix", (int)n->prefix, "state",
			hv_state_name(n->state), "forwards", (int)n->forwards,
			"autostart", (int)n->autostart, "definition",
			mark_compare(mark_of(o->marks, OBJ_NETWORK, name),
			    "rest", n->rest),
			"link", bridge_of(o, host, n)),
		    NULL);
	}
}

/* What a domain was last started from: written by its step. */
static json_t *record_of(const struct plat *plat, const char *name)
{
	hs_auto(hs_freep) char *path =
	    plat_path(plat, "domains/%s/record.json", name);
	hs_auto(hs_freep) char *text = NULL;
	json_t *record = NULL;

	if (hs_file_read(path, RECORD_MAX, &text, NULL, NULL) == 0)
		record = json_loads(text, 0, NULL);
	if (json_is_object(record))
		return record;
	json_decref(record);
	return json_object();
}

static bool are_same(const char *a, const char *b)
{
	hs_auto(hs_freep) char *x = digest_file(a);
	hs_auto(hs_freep) char *y = x != NULL ? digest_file(b) : NULL;

	return y != NULL && strcmp(x, y) == 0;
}

/* What one of a replicated database's shows the others; others have none. */
static bool is_peer_current(const struct plat *plat, const char *name)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca/backend");
	hs_auto(hs_freep) char *credential = hs_printf("peer.%s", name);
	hs_auto(hs_freep) char *own = hs_printf("%s/%s.crt", dir, credential);
	hs_auto(hs_freep) char *copy =
	    plat_path(plat, "domains/%s/config/peer.crt", name);

	if (access(copy, F_OK) < 0)
		return true;
	return are_same(own, copy) &&
	       ca_is_good(dir, credential, RENEW_BEFORE_S);
}

const char *observe_certificate(const struct plat *plat, const char *credential,
    const char *name, bool is_db)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca");
	hs_auto(hs_freep) char *ca = plat_path(plat, "ca/ca.crt");
	hs_auto(hs_freep) char *own = plat_path(plat, "ca/%s.crt", credential);
	hs_auto(hs_freep) char *ca_copy =
	    plat_path(plat, "domains/%s/config/ca.crt", name);
	hs_auto(hs_freep) char *copy = plat_path(plat,
	    "domains/%s/config/%s.crt", name, is_db ? "server" : "client");

	return are_same(ca, ca_copy) && are_same(own, copy) &&
		       ca_is_good(dir, credential, RENEW_BEFORE_S) &&
		       is_peer_current(plat, name)
		   ? "current"
		   : "stale";
}

/* Whose copy it should have; of one that is not wanted nobody asks. */
static const char *credential_of(
    const struct observation *o, const struct hv_object *d)
{
	const struct object *w =
	    objects_find(o->wanted, observe_domain_kind(d), d->name);

	return w != NULL ? object_text(w, "credential") : d->name;
}

/* -- What was changed behind our back -------------------------------------- */

/* LXC has limits besides the numbers that name them. */
static const char *limits_of(const struct hv_object *d, enum hv_driver driver)
{
	return driver != HV_LXC || (d->cpu_quota == d->vcpus * CPU_PERIOD &&
				       d->hard_limit_kib == d->memory_kib)
		   ? "set"
		   : "changed";
}

/* What the domain runs with, under the names of what is wanted. */
static json_t *numbers_json(const struct hv_object *d)
{
	return json_pack("{s:i, s:i, s:s?, s:s?, s:s?, s:s?, s:b}", "vcpus",
	    (int)d->vcpus, "memory_mib", (int)(d->memory_kib / 1024), "network",
	    d->network, "mac", d->mac, "filter", d->filter, "address",
	    d->address, "isolated", (int)d->isolated);
}

/* A container has limits for numbers, and a machine's memory is a balloon that
 * takes its time. */
static json_t *live_json(const struct hv_object *d, enum hv_driver driver)
{
	json_t *live = numbers_json(d->live);

	if (driver == HV_LXC)
		(void)json_object_update_new(live,
		    json_pack("{s:i, s:i}", "vcpus",
			(int)(d->live->cpu_quota / CPU_PERIOD), "memory_mib",
			(int)(d->live->hard_limit_kib / 1024)));
	else
		(void)json_object_set_new(live, "memory_mib",
		    json_integer((json_int_t)(d->memory_kib / 1024)));
	return live;
}

/*
 * What runs otherwise than it is defined, and otherwise than it is wanted: not
 * an edit of the definition, and not a change that is yet to be carried out.
 */
static char *live_of(const struct observation *o, const struct hv_object *d,
    const json_t *defined, const json_t *live)
{
	const struct object *w =
	    objects_find(o->wanted, observe_domain_kind(d), d->name);
	struct hs_text text = { 0 };
	const char *field;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)defined, field, value) {
		json_t *runs = json_object_get(live, field);

		if (w == NULL || json_equal(runs, value) ||
		    json_equal(runs, json_object_get(w->attrs, field)))
			continue;
		hs_text_addf(&text, "%s%s", text.len > 0 ? " " : "", field);
	}
	return text.len > 0 ? hs_text_take(&text) : hs_strdup("as defined");
}

/* Without a mark there is nothing to compare a digest with. */
static const char *files_of(
    const struct observation *o, const struct hv_object *d, const json_t *mark)
{
	hs_auto(hs_freep) char *dir =
	    plat_path(o->plat, "domains/%s/config", d->name);
	hs_auto(hs_freep) char *digest = mark != NULL ? mark_folder(dir) : NULL;

	return mark_compare(mark, "files", digest);
}

static void add_edits(const struct observation *o, const struct hv_object *d,
    const struct hv_beside *beside, json_t *attrs, json_t *params)
{
	const json_t *mark = mark_of(o->marks, observe_domain_kind(d), d->name);
	enum hv_driver driver = HV_LXC;
	hs_auto(hs_freep) char *source = mark != NULL ? mark_source(d) : NULL;
	bool known = hv_driver_find(
	    json_string_value(json_object_get(attrs, "driver")), &driver);
	json_t *defined = numbers_json(d);
	json_t *live = d->live != NULL ? live_json(d, driver) : NULL;
	hs_auto(hs_freep) char *live_text = live != NULL
						? live_of(o, d, defined, live)
						: hs_strdup("as defined");

	assert(known);
	(void)json_object_update_new(attrs,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
		"definition", mark_compare(mark, "rest", d->rest), "source",
		mark_compare(mark, "source", source), "files",
		files_of(o, d, mark), "live", live_text, "link",
		hv_link_name(beside->link), "wall", hv_wall_name(beside->wall),
		"mounts", hv_mounts_name(beside->mounts), "limits",
		limits_of(d, driver), "isolated", (int)d->isolated, "autostart",
		(int)d->autostart));
	(void)json_object_set_new(
	    params, "live", live != NULL ? live : json_null());
	json_decref(defined);
}

/* Of a database domain, which is here. */
static void add_disk(const struct observation *o, const struct hv_object *d,
    enum hv_driver driver, json_t *attrs, json_t *params)
{
	const struct object *w =
	    objects_find(o->wanted, observe_domain_kind(d), d->name);
	bool is_mounted = driver == HV_LXC && d->live != NULL;

	(void)json_object_set_new(
	    attrs, "disk_gib", disk_content(o->plat, d->name, w));
	(void)json_object_set_new(params, "disk_live",
	    json_integer(is_mounted && hv_volume_fits_live() ? 1 : 0));
}

/* What it was made from and with, and what was changed of that. */
static int add_made(struct observation *o, const struct host *host,
    const struct hv_objects *networks, const struct hv_object *d,
    enum hv_driver driver, json_t *attrs, json_t *params, struct hs_err *err)
{
	/* The maxima of what runs: a definition that grew has its own. */
	const struct hv_object *runs = d->live != NULL ? d->live : d;
	struct hv_beside beside;

	if (look_beside(o, host, networks, d, driver, &beside, err) < 0)
		return -1;
	(void)json_object_update_missing_new(
	    attrs, record_of(o->plat, d->name));
	(void)json_object_update_new(attrs,
	    json_pack("{s:s, s:s?, s:s?, s:s?, s:s*, s:s*}", "certificate",
		observe_certificate(o->plat, credential_of(o, d), d->name,
		    observe_domain_kind(d) == OBJ_DB_DOMAIN),
		"template", d->role, "mac", d->mac, "filter", d->filter,
		"calls", d->wall.calls, "peers", d->wall.peers));
	(void)json_object_update_new(
	    params, json_pack("{s:s?, s:i, s:i}", "reason", d->reason,
			"vcpus_max", (int)runs->vcpus_max, "memory_max_mib",
			(int)(runs->memory_max_kib / 1024)));
	add_edits(o, d, &beside, attrs, params);
	if (observe_domain_kind(d) == OBJ_DB_DOMAIN)
		add_disk(o, d, driver, attrs, params);
	return 0;
}

static int add_domain(struct observation *o, const struct host *host,
    const struct hv_objects *networks, const struct hv_object *d,
    enum hv_driver driver, struct hs_err *err)
{
	json_t *attrs, *params = NULL;
	int failed = 0;

	if (!observe_is_asked(o, d->ve))
		return 0;
	/* Nothing is restarted because a host does not say. */
	if (d->state == HV_UNKNOWN &&
	    objects_find(o->wanted, observe_domain_kind(d), d->name) != NULL) {
		observe_assume(o, observe_domain_kind(d), d->name,
		    "the hypervisor does not say whether it runs");
		return 0;
	}
	attrs = json_pack("{s:s, s:s, s:s, s:i, s:i, s:s?, s:s?}", "host",
	    host->name, "driver", hv_caps(driver)->name, "state",
	    hv_state_name(d->state), "vcpus", (int)d->vcpus, "memory_mib",
	    (int)(d->memory_kib / 1024), "network", d->network, "address",
	    d->address);
	if (o->marks != NULL) {
		params = json_object();
		failed =
		    add_made(o, host, networks, d, driver, attrs, params, err);
	}
	(void)objects_add(&o->found, observe_domain_kind(d), d->name, d->ve,
	    d->enterprise, attrs, params);
	return failed;
}

static int add_domains(struct observation *o, const struct host *host,
    const struct hv_objects *networks, enum hv_driver driver,
    struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects list = { 0 };
	struct hv_conn *hv;

	if (plat_hv(o->plat, host->name, driver, &hv, err) < 0 ||
	    hv_list(hv, HV_DOMAIN, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (add_domain(o, host, networks, &list.list[i], driver, err) <
		    0)
			return -1;
	return 0;
}

static int look_at_host(
    struct observation *o, const struct host *host, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects networks = { 0 };
	struct hv_conn *hv;

	if (plat_hv(o->plat, host->name, host_driver(host), &hv, err) < 0 ||
	    hv_list(hv, HV_NETWORK, &networks, err) < 0)
		return -1;
	forget_beside(o);
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (host->can[i] &&
		    add_domains(o, host, &networks, (enum hv_driver)i, err) < 0)
			return -1;
	add_networks(o, host, &networks);
	return 0;
}

/* -- A host that does not answer ------------------------------------------- */

/* What was seen before it fell silent is half the truth. */
static void forget_since(struct observation *o, size_t count)
{
	struct objects rest = { 0 };

	while (o->found.count > count) {
		struct object *last = &o->found.list[--o->found.count];

		(void)objects_add(&rest, last->kind, last->name, last->ve,
		    last->enterprise, last->attrs, last->params);
		free(last->name);
		free(last->ve);
		free(last->enterprise);
	}
	objects_done(&rest);
}

static const struct object *portal_of(
    const struct observation *o, const struct object *domain)
{
	for (size_t i = 0; i < o->wanted->count; i++)
		if (object_is_member(&o->wanted->list[i], OBJ_PORTAL,
			domain->ve, domain->enterprise))
			return &o->wanted->list[i];
	return NULL;
}

/* What should be there may be there: nothing of it is made anew or restarted,
 * and whether a portal answers says nothing either. */
static void assume_host(
    struct observation *o, const struct host *host, const char *reason)
{
	for (size_t i = 0; i < o->wanted->count; i++) {
		const struct object *w = &o->wanted->list[i];
		const struct object *portal;
		bool is_domain =
		    w->kind == OBJ_DOMAIN || w->kind == OBJ_DB_DOMAIN;

		if (!is_domain && w->kind != OBJ_NETWORK)
			continue;
		if (strcmp(object_host(w), host->name) != 0)
			continue;
		observe_assume_on(o, w, host->name, reason);
		portal = w->kind == OBJ_DOMAIN ? portal_of(o, w) : NULL;
		if (portal != NULL)
			observe_assume_on(o, portal, host->name, reason);
	}
}

/* -- All ------------------------------------------------------------------- */

static bool is_wanted_on(const struct observation *o, const struct object *f)
{
	const struct object *w = objects_find(o->wanted, f->kind, f->name);

	return w != NULL && strcmp(object_host(w), object_host(f)) == 0 &&
	       strcmp(object_text(w, "driver"), object_text(f, "driver")) == 0;
}

/*
 * A domain on two hosts, as after the return of one that was given up: one has
 * its name, the others are "NAME@HOST", which nobody wants.
 */
static void tell_twins_apart(struct observation *o)
{
	objects_sort(&o->found);
	for (size_t i = 0; i + 1 < o->found.count; i++) {
		struct object *a = &o->found.list[i];
		struct object *b = &o->found.list[i + 1];
		struct object swapped = *a;
		char *name;

		if (a->kind != b->kind || strcmp(a->name, b->name) != 0)
			continue;
		if (!is_wanted_on(o, b)) {
			*a = *b;
			*b = swapped;
		}
		/* The other one may have another twin behind it. */
		name = hs_printf("%s@%s", a->name, object_host(a));
		free(a->name);
		a->name = name;
	}
}

static int look_at_hosts(
    struct observation *o, const struct hosts *hosts, struct hs_err *err)
{
	for (size_t i = 0; i < hosts->count; i++) {
		struct host *host = hosts->list[i];
		size_t count = o->found.count;
		struct hs_err why = { 0 };

		if (look_at_host(o, host, &why) == 0)
			continue;
		if (host_is_local(host) && o->unknown == NULL)
			return hs_fail(err, why.code, "%s", why.msg);
		if (!host_is_local(host))
			host_fell_silent(host, why.msg);
		forget_since(o, count);
		assume_host(o, host, why.msg);
	}
	return 0;
}

int observe_hosts(struct observation *o, struct hs_err *err)
{
	const struct hosts *hosts;
	int failed;

	if (host_list(o->plat, &hosts, err) < 0)
		return -1;
	failed = look_at_hosts(o, hosts, err);
	forget_beside(o);
	if (failed == 0)
		tell_twins_apart(o);
	return failed;
}
