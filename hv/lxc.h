/* lxc.h - private: what libvirt's LXC driver leaves to us. */
#ifndef HANSE_HV_LXC_H
#define HANSE_HV_LXC_H

#include <sys/types.h>

struct hs_err;

/**
 * The first process of the container that libvirt_lxc controls.
 * Errors: HS_ECONFLICT (it has none).
 */
int hv_init_of(unsigned controller, pid_t *ret_pid, struct hs_err *err);

/** Put all processes of init's PID namespace into a group with a limit. */
int hv_pids_limit(const char *name, pid_t init, struct hs_err *err);
/** Take the group away, once it is empty. */
void hv_pids_remove(const char *name);

/** No user namespaces inside init's. */
int hv_userns_forbid(pid_t init, struct hs_err *err);

/** Take the host's cgroups out of init's sight, and out of its hands. */
int hv_cgroups_hide(pid_t init, struct hs_err *err);

#endif
