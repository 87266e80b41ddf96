/* step_host.h - what steps do on the host of a domain besides libvirt's part:
 * by a call if it is this host, by hanse-host if it is another.
 */
#ifndef HANSE_PROVISIONING_STEP_HOST_H
#define HANSE_PROVISIONING_STEP_HOST_H

#include "provisioning/step.h"

struct hs_err;

/** The paths an LXC domain's XML names. */
struct step_mounts {
	char *root, *data;
};
void step_mounts_done(struct step_mounts *mounts);

/**
 * Bring what a domain begins from to its host, and mount it if it is LXC.
 *
 * @w:       the domain; its configuration has been written here
 * @driver:  of it
 */
int step_host_put(struct plat *plat, const struct object *w,
    enum hv_driver driver, struct step_mounts *ret_mounts, struct hs_err *err);

/** Start a defined domain, confined. */
int step_host_start(struct plat *plat, const struct object *w,
    enum hv_driver driver, struct hs_err *err);

/** Stop a domain, read a last time; an LXC domain's mounts go. */
int step_host_stop(struct plat *plat, const struct object *object,
    enum hv_driver driver, int timeout_ms, struct hs_err *err);

/** Put a running domain's interface back on its bridge, see hv_link_plug(). */
int step_host_plug(struct plat *plat, const struct object *w,
    const char *ifname, const char *bridge, struct hs_err *err);

/** Forget what step_host_put() brought to another host. */
int step_host_forget(
    struct plat *plat, const struct object *object, struct hs_err *err);

#endif
