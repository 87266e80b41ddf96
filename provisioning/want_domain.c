/* want_domain.c - domains that should be. */

#include "provisioning/want_part.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "gen/prov_sql.h"
#include "provisioning/digest.h"
#include "provisioning/spec.h"

#define IDMAP_SLOTS 65000
#define IDMAP_FIRST 16 /* ids below 16 * 65536 are the host's own */

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

/* Not every platform has it: it is as large as the others together. */
static bool is_extra(const char *image)
{
	return strcmp(image, "db-replicated") == 0;
}

/* The one taken before, or the newest; also if that is all there is left. */
static int one_image(const struct plat *plat, const char *name,
    const char *taken, char **ret_path, struct hs_err *err)
{
	hs_auto(hs_freep) char *manifest = plat_path(plat, "images/manifest");
	hs_auto(hs_freep) char *newest = NULL;

	if (dom_image_path(manifest, name, &newest, err) < 0)
		return hs_wrap(err, "system image (run: make images%s%s)",
		    is_extra(name) ? " IMAGES=" : "",
		    is_extra(name) ? name : "");
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
static void want_untouched(const struct place *p, json_t *attrs)
{
	(void)json_object_update_new(attrs,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
		"definition", "as made", "source", "as made", "files",
		"as made", "live", "as defined", "link", "up", "wall", "up",
		"mounts", "there", "limits", "set", "isolated",
		p->peers == NULL, "autostart", 0));
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
	    store_allocate(store, p->hosts, host_key(p), WANT_FIRST_HOST,
		WANT_LAST_HOST, &host, err) < 0 ||
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
	want_untouched(p, attrs);
	want_calls(w, p, attrs);
	if (p->peers != NULL)
		(void)json_object_set_new(
		    attrs, "peers", json_string(p->peers));
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
