/* step_host.c - what steps do on the host of a domain besides libvirt's part.
 */

#include "provisioning/step_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "provisioning/host.h"
#include "provisioning/meter_last.h"
#include "provisioning/remote.h"

void step_mounts_done(struct step_mounts *mounts)
{
	free(mounts->root);
	free(mounts->data);
}

/* The host of an object; NULL if it is this one. */
static int remote_of(struct plat *plat, const struct object *object,
    const struct host **ret_host, struct hs_err *err)
{
	struct host *host;

	if (host_find(plat, object_host(object), &host, err) < 0)
		return -1;
	*ret_host = host_is_local(host) ? NULL : host;
	return 0;
}

/* -- Here ------------------------------------------------------------------ */

static int mount_here(struct plat *plat, const struct object *w,
    struct step_mounts *ret_mounts, struct hs_err *err)
{
	unsigned base = (unsigned)object_number(w, "idmap_base");
	hs_auto(hs_freep) char *image = NULL;
	hs_auto(hs_freep) char *volume =
	    plat_path(plat, "volumes/%s.raw", w->name);

	if (hv_image_mount(object_text(w, "image"), &image, err) < 0 ||
	    hv_root_mount(w->name, image, base, &ret_mounts->root, err) < 0)
		return -1;
	if (w->kind != OBJ_DB_DOMAIN)
		return 0;
	return hv_data_mount(w->name, volume, base, &ret_mounts->data, err);
}

/* -- There ----------------------------------------------------------------- */

static const char *file_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int send_images(
    const struct host *host, const struct object *w, struct hs_err *err)
{
	static const char *const parts[] = { "image", "kernel", "initrd" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *path = object_text(w, parts[i]);

		if (path[0] != '\0' && remote_image(host, path, err) < 0)
			return -1;
	}
	return 0;
}

/* The same paths as here, so that the XML is the same. */
static int put_there(struct plat *plat, const struct host *host,
    const struct object *w, enum hv_driver driver, struct hs_err *err)
{
	bool is_lxc = driver == HV_LXC;
	hs_auto(hs_freep) char *home = plat_path(plat, "domains/%s", w->name);
	hs_auto(hs_freep) char *pack = NULL;
	hs_auto(hs_freep) char *base =
	    hs_printf("%lld", (long long)object_number(w, "idmap_base"));
	const char *const names[] = { is_lxc ? "config" : "config.squashfs",
		NULL };
	const char *const argv[] = { "domain-put", w->name,
		hv_caps(driver)->name,
		is_lxc ? file_of(object_text(w, "image")) : NULL, base, NULL };
	int failed;

	if (send_images(host, w, err) < 0 ||
	    remote_pack(home, names, &pack, err) < 0)
		return -1;
	failed = remote_run(host, argv, pack, REMOTE_LONG_MS, NULL, err);
	(void)unlink(pack);
	return failed;
}

/* -- Either ---------------------------------------------------------------- */

int step_host_put(struct plat *plat, const struct object *w,
    enum hv_driver driver, struct step_mounts *ret_mounts, struct hs_err *err)
{
	const struct host *there;

	if (remote_of(plat, w, &there, err) < 0)
		return -1;
	if (there == NULL)
		return driver == HV_LXC ? mount_here(plat, w, ret_mounts, err)
					: 0;
	if (put_there(plat, there, w, driver, err) < 0)
		return -1;
	ret_mounts->root = hs_printf(HV_MOUNT_ROOT "/domain/%s/root", w->name);
	return 0;
}

int step_host_start(struct plat *plat, const struct object *w,
    enum hv_driver driver, struct hs_err *err)
{
	const char *const argv[] = { "domain-start", w->name,
		hv_caps(driver)->name, NULL };
	const struct host *there;
	struct hv_conn *hv;

	if (remote_of(plat, w, &there, err) < 0)
		return -1;
	if (there != NULL)
		return remote_run(there, argv, NULL, REMOTE_LONG_MS, NULL, err);
	if (plat_hv(plat, object_host(w), driver, &hv, err) < 0)
		return -1;
	return hv_domain_start(hv, w->name, err);
}

int step_host_stop(struct plat *plat, const struct object *object,
    enum hv_driver driver, int timeout_ms, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = object_bare(object);
	hs_auto(hs_freep) char *ms = hs_printf("%d", timeout_ms);
	const char *const argv[] = { "domain-stop", name, ms, NULL };
	const struct host *there;
	struct hv_conn *hv;

	if (remote_of(plat, object, &there, err) < 0)
		return -1;
	meter_last(plat, object_host(object), driver, name);
	if (there != NULL && driver == HV_LXC)
		return remote_run(there, argv, NULL, REMOTE_LONG_MS, NULL, err);
	if (plat_hv(plat, object_host(object), driver, &hv, err) < 0 ||
	    hv_domain_shutdown(hv, name, timeout_ms, err) < 0)
		return -1;
	return driver == HV_LXC ? hv_mounts_remove(name, err) : 0;
}

int step_host_plug(struct plat *plat, const struct object *w,
    const char *ifname, const char *bridge, struct hs_err *err)
{
	const char *const argv[] = { "domain-plug", ifname, bridge, NULL };
	const struct host *there;

	if (remote_of(plat, w, &there, err) < 0)
		return -1;
	return there != NULL
		   ? remote_run(there, argv, NULL, REMOTE_MS, NULL, err)
		   : hv_link_plug(ifname, bridge,
			 json_is_true(json_object_get(w->attrs, "isolated")),
			 err);
}

int step_host_forget(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = object_bare(object);
	const char *const argv[] = { "domain-forget", name, NULL };
	const struct host *there;

	if (remote_of(plat, object, &there, err) < 0)
		return -1;
	return there != NULL
		   ? remote_run(there, argv, NULL, REMOTE_MS, NULL, err)
		   : 0;
}
