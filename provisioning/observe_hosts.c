/* observe_hosts.c - filters, networks and domains, as libvirt has them. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"
#include "provisioning/host.h"
#include "provisioning/observe.h"

#define RECORD_MAX     65536
#define RENEW_BEFORE_S (30 * 24 * 3600L)

static void add_filters(struct observation *o, const struct host *host,
    const struct hv_objects *list)
{
	for (size_t i = 0; i < list->count; i++) {
		hs_auto(hs_freep) char *name =
		    host_object_name(list->list[i].name, host->name);

		(void)objects_add(
		    &o->found, OBJ_FILTER, name, NULL, NULL, NULL, NULL);
	}
}

static void add_networks(struct observation *o, const struct host *host,
    const struct hv_objects *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct hv_object *n = &list->list[i];
		hs_auto(hs_freep) char *name =
		    host_object_name(n->name, host->name);

		(void)objects_add(&o->found, OBJ_NETWORK, name, n->ve, NULL,
		    json_pack("{s:s?, s:s?, s:i, s:s}", "bridge", n->bridge,
			"address", n->host_address, "prefix", (int)n->prefix,
			"state", hv_state_name(n->state)),
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
	hs_auto(hs_freep) char *y = digest_file(b);

	return x != NULL && y != NULL && strcmp(x, y) == 0;
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
		       ca_is_good(dir, credential, RENEW_BEFORE_S)
		   ? "current"
		   : "stale";
}

static enum object_kind kind_of(const struct hv_object *d)
{
	return d->role != NULL && strcmp(d->role, "db") == 0 ? OBJ_DB_DOMAIN
							     : OBJ_DOMAIN;
}

/* Whose copy it should have; of one that is not wanted nobody asks. */
static const char *credential_of(
    const struct observation *o, const struct hv_object *d)
{
	const struct object *w = objects_find(o->wanted, kind_of(d), d->name);

	return w != NULL ? object_text(w, "credential") : d->name;
}

static void add_domain(struct observation *o, const struct host *host,
    const struct hv_object *d, enum hv_driver driver)
{
	json_t *attrs;

	if (!observe_is_asked(o, d->ve))
		return;
	/* Nothing is restarted because a host does not say. */
	if (d->state == HV_UNKNOWN &&
	    objects_find(o->wanted, kind_of(d), d->name) != NULL) {
		observe_assume(o, kind_of(d), d->name,
		    "the hypervisor does not say whether it runs");
		return;
	}
	attrs = record_of(o->plat, d->name);
	(void)json_object_set_new(attrs, "certificate",
	    json_string(observe_certificate(o->plat, credential_of(o, d),
		d->name, kind_of(d) == OBJ_DB_DOMAIN)));
	(void)json_object_update_new(attrs,
	    json_pack("{s:s, s:s?, s:s, s:s, s:i, s:i, s:s?, s:s?, s:s?, s:s?}",
		"host", host->name, "template", d->role, "driver",
		hv_caps(driver)->name, "state", hv_state_name(d->state),
		"vcpus", (int)d->vcpus, "memory_mib",
		(int)(d->memory_kib / 1024), "network", d->network, "address",
		d->address, "mac", d->mac, "filter", d->filter));
	(void)objects_add(
	    &o->found, kind_of(d), d->name, d->ve, d->enterprise, attrs, NULL);
}

static int add_domains(struct observation *o, const struct host *host,
    enum hv_driver driver, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects list = { 0 };
	struct hv_conn *hv;

	if (plat_hv(o->plat, host->name, driver, &hv, err) < 0 ||
	    hv_list(hv, HV_DOMAIN, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++)
		add_domain(o, host, &list.list[i], driver);
	return 0;
}

static int look_at_host(
    struct observation *o, const struct host *host, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects filters = { 0 };
	hs_auto(hv_objects_done) struct hv_objects networks = { 0 };
	struct hv_conn *hv;

	if (plat_hv(o->plat, host->name, host_driver(host), &hv, err) < 0 ||
	    hv_list(hv, HV_FILTER, &filters, err) < 0 ||
	    hv_list(hv, HV_NETWORK, &networks, err) < 0)
		return -1;
	add_filters(o, host, &filters);
	add_networks(o, host, &networks);
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (host->can[i] &&
		    add_domains(o, host, (enum hv_driver)i, err) < 0)
			return -1;
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

		if (!is_domain && w->kind != OBJ_FILTER &&
		    w->kind != OBJ_NETWORK)
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
	for (size_t i = 0; i < o->found.count; i++)
		for (size_t k = i + 1; k < o->found.count; k++) {
			struct object *a = &o->found.list[i];
			struct object *b = &o->found.list[k];
			struct object *extra;
			char *name;

			if (a->kind != b->kind || strcmp(a->name, b->name) != 0)
				continue;
			extra = is_wanted_on(o, b) ? a : b;
			name =
			    hs_printf("%s@%s", extra->name, object_host(extra));
			free(extra->name);
			extra->name = name;
		}
}

int observe_hosts(struct observation *o, struct hs_err *err)
{
	const struct hosts *hosts;

	if (host_list(o->plat, &hosts, err) < 0)
		return -1;
	for (size_t i = 0; i < hosts->count; i++) {
		struct host *host = hosts->list[i];
		size_t count = o->found.count;
		struct hs_err why = { 0 };

		if (look_at_host(o, host, &why) == 0)
			continue;
		if (host_is_local(host))
			return hs_fail(err, why.code, "%s", why.msg);
		host_fell_silent(host, why.msg);
		forget_since(o, count);
		assume_host(o, host, why.msg);
	}
	tell_twins_apart(o);
	return 0;
}
