/* want_domain.c - domains that should be: of members and of databases. */

#include "provisioning/want_part.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "gen/prov_sql.h"
#include "provisioning/db_size.h"
#include "provisioning/digest.h"
#include "provisioning/spec.h"

#define FIRST_HOST       10
#define LAST_HOST        250
#define IDMAP_SLOTS      65000
#define CONNECTIONS_STEP 1200 /* more of them restart a database server */
#define IDMAP_FIRST      16   /* ids below 16 * 65536 are the host's own */

/* -- What the host can do -------------------------------------------------- */

/* "hansed --setup" has probed once and left a word in a file. */
static bool host_says(
    const struct plat *plat, const char *file, const char *word)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "%s", file);
	hs_auto(hs_freep) char *text = NULL;

	return hs_file_read(path, 64, &text, NULL, NULL) == 0 &&
	       strncmp(text, word, strlen(word)) == 0;
}

int want_driver(const struct plat *plat, enum spec_driver driver,
    enum spec_isolation isolation, const char *name, const char **ret_driver,
    struct hs_err *err)
{
	bool has_kvm = host_says(plat, "probe.kvm", "ok");

	switch (driver) {
	case SPEC_DRIVER_LXC:
		if (isolation == SPEC_ISOLATION_VM)
			return hs_fail(err, HS_EINVAL,
			    "%s: isolation 'vm' rules out driver 'lxc'; use "
			    "'qemu'",
			    name);
		*ret_driver = "lxc";
		return 0;
	case SPEC_DRIVER_QEMU:
		*ret_driver = "qemu";
		return 0;
	case SPEC_DRIVER_XEN:
		return hs_fail(err, HS_EINVAL,
		    "%s: driver 'xen' needs a Xen host, and this version "
		    "places domains on its own machine only; use 'lxc' or "
		    "'qemu' (see: hanse doctor)",
		    name);
	case SPEC_DRIVER_AUTO:
	case SPEC_DRIVER_UNSET:
		*ret_driver =
		    has_kvm || isolation == SPEC_ISOLATION_VM ? "qemu" : "lxc";
		return 0;
	}
	return hs_fail(err, HS_EINVAL, "%s: unknown driver", name);
}

/* -- Domains --------------------------------------------------------------- */

/* The one taken before, or the newest; also if that is all there is left. */
static int one_image(const struct plat *plat, const char *name,
    const char *taken, char **ret_path, struct hs_err *err)
{
	hs_auto(hs_freep) char *manifest = plat_path(plat, "images/manifest");
	hs_auto(hs_freep) char *newest = NULL;

	if (dom_image_path(manifest, name, &newest, err) < 0)
		return hs_wrap(err, "system image (run: make images)");
	*ret_path = taken != NULL && access(taken, R_OK) == 0
			? hs_strdup(taken)
			: hs_steal(&newest);
	return 0;
}

static bool is_same(const char *was, const char *took)
{
	return took == NULL || (was != NULL && strcmp(was, took) == 0);
}

static bool is_taken(const struct instance *row, const struct instance *took)
{
	return is_same(row->image, took->image) &&
	       is_same(row->kernel, took->kernel) &&
	       is_same(row->initrd, took->initrd);
}

/* Which images: those taken before stay until somebody asks for newer ones. */
static int image_names(const struct want *w, const struct place *p,
    json_t *attrs, struct hs_err *err)
{
	const struct instance *row = instance_find(&w->instances, p->owner);
	struct instance took = { .owner = (char *)(uintptr_t)p->owner };
	const struct {
		const char *field, *name, *taken;
		char **took;
	} images[] = {
		{ "image", dom_kind_find(p->template)->image, row->image,
		    &took.image },
		{ "kernel", "kernel", row->kernel, &took.kernel },
		{ "initrd", "initrd", row->initrd, &took.initrd },
	};
	size_t count = strcmp(p->driver, "lxc") == 0 ? 1 : ARRAY_LEN(images);
	int failed = 0;

	for (size_t i = 0; i < count && failed == 0; i++) {
		failed = one_image(w->plat, images[i].name, images[i].taken,
		    images[i].took, err);
		if (failed == 0)
			(void)json_object_set_new(attrs, images[i].field,
			    json_string(*images[i].took));
	}
	if (failed == 0 && !is_taken(row, &took))
		failed = instance_pin(w->plat->store, &took, err);
	free(took.image);
	free(took.kernel);
	free(took.initrd);
	return failed;
}

/* What stands in the domain's own files: a change of it is a change of the
 * domain, which begins again from them. */
static void want_files(json_t *attrs, const json_t *params)
{
	static const char *const fields[] = { "title", "legal_name",
		"max_connections" };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		json_t *value = json_object_get(params, fields[i]);

		if (value != NULL)
			(void)json_object_set(attrs, fields[i], value);
	}
}

/* Within a VE's network its members go without its name. */
static const char *host_key(const struct place *p)
{
	return p->enterprise != NULL ? p->name + strlen(p->ve) + 1 : p->name;
}

/* Of a member's portal: two instances share its connections for a while. */
static unsigned threads_of(const struct place *p)
{
	unsigned most = dom_kind_find(p->template)->threads;
	unsigned half = p->connections > 1 ? p->connections / 2 : 1;

	return half < most ? half : most;
}

/* What nobody else is to change: see observe_hosts.c. */
static void want_untouched(json_t *attrs)
{
	(void)json_object_update_new(attrs,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
		"definition", "as made", "source", "as made", "files",
		"as made", "live", "as defined", "link", "up", "wall", "up",
		"mounts", "there", "limits", "set", "isolated", 1, "autostart",
		0));
}

/* Whom its wall lets it call; a script of the host has that of its own. */
static void want_calls(
    const struct want *w, const struct place *p, json_t *attrs)
{
	hs_auto(hs_freep) char *calls = hs_printf("%u %u",
	    w->plat->conf->gateway_port, w->plat->conf->directory_port);
	enum hv_driver driver = HV_LXC;

	if (p->enterprise != NULL && hv_driver_find(p->driver, &driver) &&
	    hv_caps(driver)->wall)
		(void)json_object_set_new(attrs, "calls", json_string(calls));
}

int want_domain(struct want *w, enum object_kind kind, const struct place *p,
    json_t *params, struct hs_err *err)
{
	char uuid[HV_UUID_SIZE], mac[HV_NAME_SIZE], ifname[HV_NAME_SIZE];
	hs_auto(hs_freep) char *filter =
	    hs_printf("hanse-%s", dom_kind_find(p->template)->filter);
	const struct instance *row = instance_find(&w->instances, p->owner);
	hs_auto(hs_freep) char *credential =
	    instance_name(p->owner, row->credential);
	hs_auto(hs_freep) char *address = NULL;
	hs_auto(hs_freep) char *gateway = NULL;
	const char *const accel = p->has_kvm ? "kvm" : "tcg";
	struct hs_db *store;
	unsigned host, slot;
	json_t *attrs;

	if (plat_store(w->plat, &store, err) < 0 ||
	    store_allocate(store, p->hosts, host_key(p), FIRST_HOST, LAST_HOST,
		&host, err) < 0 ||
	    store_allocate(
		store, "idmap", p->name, 0, IDMAP_SLOTS, &slot, err) < 0) {
		json_decref(params);
		return hs_wrap(err, "domain '%s'", p->name);
	}
	hv_uuid5("domain", p->name, uuid);
	hv_mac(uuid, mac);
	hv_ifname(uuid, ifname);
	address = hs_printf("%s.%u.%u", w->plat->conf->pool, p->subnet, host);
	gateway = hs_printf("%s.%u.1", w->plat->conf->pool, p->subnet);
	attrs =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s}",
		"host", p->host, "template", p->template, "driver", p->driver,
		"state", "running", "certificate", "current", "vcpus",
		(int)p->vcpus, "memory_mib", (int)p->memory_mib, "network",
		p->network, "address", address, "mac", mac, "filter", filter);
	want_files(attrs, params);
	want_untouched(attrs);
	want_calls(w, p, attrs);
	if (p->enterprise != NULL) {
		hs_auto(hs_freep) char *password =
		    instance_password(p->ve, p->enterprise, row->credential);

		(void)json_object_set_new(
		    attrs, "threads", json_integer(threads_of(p)));
		(void)json_object_set_new(
		    params, "password", json_string(password));
	}
	(void)json_object_update_new(
	    params, json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:I, s:s}",
			"owner", p->owner, "credential", credential, "uuid",
			uuid, "ifname", ifname, "generation",
			(int)row->generation, "gateway", gateway, "idmap_base",
			(json_int_t)(slot + IDMAP_FIRST) * DOM_IDMAP_COUNT,
			"accel", accel));
	if (image_names(w, p, attrs, err) < 0) {
		json_decref(attrs);
		json_decref(params);
		return -1;
	}
	(void)objects_add(
	    &w->objects, kind, p->name, p->ve, p->enterprise, attrs, params);
	return 0;
}

void want_credential(struct want *w, const char *name, const char *ve,
    const char *enterprise, json_t *params)
{
	(void)objects_add(&w->objects, OBJ_CREDENTIAL, name, ve, enterprise,
	    json_pack("{s:s}", "state", "good"), params);
}

/* -- The database domains -------------------------------------------------- */

/* In steps, so that one more enterprise is no restart. */
static unsigned max_connections(unsigned connections)
{
	return (connections + CONNECTIONS_STEP - 1) / CONNECTIONS_STEP *
	       CONNECTIONS_STEP;
}

/* What the domain was last given; 0: there is none, or that is not known. */
static unsigned made_mib(const struct hs_rows *made, const char *name)
{
	for (size_t i = 0; i < hs_rows_count(made); i++)
		if (strcmp(hs_rows_get(made, i, "name"), name) == 0)
			return (unsigned)strtoul(
			    hs_rows_get(made, i, "memory_mib"), NULL, 10);
	return 0;
}

/* Unless somebody says a number: what its connections take, and never less than
 * it has, for less is a restart. */
static unsigned server_memory(const struct want *w, const struct spec *spec,
    const struct place *p, unsigned connections)
{
	unsigned given = db_size_given_mib(w->plat->conf, spec);
	unsigned made = made_mib(w->made_memory, p->name);
	enum hv_driver driver = HV_LXC;
	unsigned computed;

	(void)hv_driver_find(p->driver, &driver);
	computed = db_size_memory_mib(connections, driver);
	if (given > 0)
		return given;
	return computed > made ? computed : made;
}

/* A database domain of its own is isolated as its VE asks; the shared one is
 * the operator's to choose. */
static const char *server_driver(
    const struct plat_conf *conf, const struct spec *spec, bool own)
{
	if (own && (spec->isolation == SPEC_ISOLATION_VM ||
		       spec->driver == SPEC_DRIVER_QEMU))
		return "qemu";
	return strcmp(conf->database.driver, "qemu") == 0 ? "qemu" : "lxc";
}

static int want_server(struct want *w, const struct spec *spec,
    const char *name, struct hs_err *err)
{
	const struct plat_conf *c = w->plat->conf;
	bool own = spec->database.class == SPEC_CLASS_DEDICATED;
	unsigned connections = db_size_connections(w->ves, NULL, name);
	unsigned disk = own && spec->database.disk_gib > 0
			    ? spec->database.disk_gib
			    : c->database.disk_gib;
	struct place place = {
		.owner = name,
		.name = name,
		.ve = own ? spec->ve : NULL,
		.template = "db",
		.driver = server_driver(c, spec, own),
		.network = WANT_DATA_NETWORK,
		.hosts = "host:data",
		.subnet = 1,
		.vcpus = 2,
	};

	place.memory_mib = server_memory(w, spec, &place, connections);
	(void)objects_add(&w->objects, OBJ_VOLUME, name, place.ve, NULL,
	    json_pack("{s:i}", "size_gib", (int)disk), NULL);
	want_credential(w, name, place.ve, NULL,
	    json_pack("{s:s, s:s, s:s}", "cn", name, "alt",
		"DNS:db.hanse.internal", "usage", "server"));
	if (want_place_local(w, &place, err) < 0 ||
	    want_domain(w, OBJ_DB_DOMAIN, &place,
		json_pack("{s:i, s:i}", "max_connections",
		    (int)max_connections(connections), "connections",
		    (int)connections),
		err) < 0)
		return -1;
	/* What is in the volume is as large as the volume. */
	(void)json_object_set_new(w->objects.list[w->objects.count - 1].attrs,
	    "disk_gib", json_integer(disk));
	return 0;
}

/* The way to a server that nobody wants any more, for as long as it holds a
 * database: what is in it is archived through the gateway. */
static int keep_held(struct want *w, json_t *servers, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;

	if (plat_store(w->plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_holding_servers, 0, NULL, &rows, err) <
		0)
		return -1;
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		const char *name = hs_rows_get(rows, i, "server");
		hs_auto(hs_freep) char *address = hs_printf("%s.1.%s",
		    w->plat->conf->pool, hs_rows_get(rows, i, "host"));

		if (json_object_get(servers, name) == NULL)
			(void)json_object_set_new(
			    servers, name, json_string(address));
	}
	return 0;
}

static int want_each(struct want *w, json_t *servers, struct hs_err *err)
{
	for (size_t i = 0; i < w->ves->count; i++) {
		const struct spec *spec = w->ves->list[i].spec;
		hs_auto(hs_freep) char *name = db_size_server(spec);
		const struct object *domain;

		if (json_object_get(servers, name) != NULL)
			continue;
		if (want_server(w, spec, name, err) < 0)
			return -1;
		domain = &w->objects.list[w->objects.count - 1];
		(void)json_object_set_new(
		    servers, name, json_string(object_text(domain, "address")));
	}
	return 0;
}

static int read_made(struct want *w, struct hs_err *err)
{
	struct hs_db *store;

	return plat_store(w->plat, &store, err) < 0
		   ? -1
		   : hs_db_query(store, prov_sql_made_memory, 0, NULL,
			 &w->made_memory, err);
}

/* The database domains come first: routes name their addresses. */
int want_servers(struct want *w, struct hs_err *err)
{
	json_t *servers = json_object();
	int failed;

	failed =
	    read_made(w, err) < 0 || want_each(w, servers, err) < 0 ? -1 : 0;
	hs_rows_freep(&w->made_memory);
	if (failed < 0) {
		json_decref(servers);
		return -1;
	}
	if (keep_held(w, servers, err) < 0) {
		json_decref(servers);
		return -1;
	}
	if (json_object_size(servers) == 0) {
		json_decref(servers);
		return 0;
	}
	(void)objects_add(&w->objects, OBJ_SERVERS, "platform", NULL, NULL,
	    json_pack("{s:o, s:s, s:s}", "servers", servers, "mode", "private",
		"serves", "the file"),
	    NULL);
	return 0;
}
