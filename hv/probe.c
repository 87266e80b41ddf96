/* probe.c - can domains of a kind run here? Each kind is a list of needs, and
 * each need is tried, not looked up: /dev/kvm may be there and boot nothing.
 */

#include "hv/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/run.h"

#define QEMU      "qemu-system-x86_64"
#define QEMU_MS   10000
#define FILE_MAX  65536
#define NEEDS_MAX 6
#define START_IT  "start libvirtd; \"make up\" does"

/* What a kernel says last when it has come up and finds no file system. */
#define KERNEL_IS_UP "Kernel panic - not syncing"

int hv_missing(struct hv_probe *probe, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(probe->reason, sizeof(probe->reason), fmt, ap);
	va_end(ap);
	(void)snprintf(probe->remedy, sizeof(probe->remedy), "%s", remedy);
	return -1;
}

static int need_libvirt(
    enum hv_driver driver, const char *package, struct hv_probe *probe)
{
	hs_auto(hv_closep) struct hv_conn *conn = NULL;
	struct hs_err err = { 0 };

	if (hv_open(hv_caps(driver)->uri, &conn, &err) == 0)
		return 0;
	return hv_missing(probe,
	    err.code == HS_EREMOTE && strstr(err.msg, "driver") != NULL
		? package
		: START_IT,
	    "%s", err.msg);
}

static int need_lxc(const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	(void)guest;
	return need_libvirt(HV_LXC, "install libvirt-daemon-driver-lxc", probe);
}

static int need_qemu(const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	(void)guest;
	return need_libvirt(
	    HV_QEMU, "install libvirt-daemon-driver-qemu", probe);
}

static int need_tcg(const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	const char *ask[] = { QEMU, "-accel", "help", NULL };
	hs_auto(hs_freep) char *text = NULL;
	struct hs_err err = { 0 };

	(void)guest;
	if (hv_run_read(ask, QEMU_MS, &text, &err) < 0)
		return hv_missing(
		    probe, "install qemu-system-x86", "%s", err.msg);
	if (strstr(text, "tcg") == NULL)
		return hv_missing(probe, "install Debian's qemu-system-x86",
		    "this QEMU has no TCG");
	return 0;
}

static int need_kvm_device(
    const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	(void)guest;
	if (access("/dev/kvm", R_OK | W_OK) == 0)
		return 0;
	return hv_missing(probe,
	    "switch virtualisation on in the firmware, or use driver lxc",
	    "no /dev/kvm that this user may open");
}

/* The guest has no root: its kernel panics, which resets the machine, which
 * ends QEMU. One that hangs is killed. */
static int need_kvm_boot(
    const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	hs_auto(hs_freep) char *text = NULL;
	struct hs_err err = { 0 };
	const char *boot[] = { QEMU, "-nodefaults", "-no-user-config", "-accel",
		"kvm", "-cpu", "host", "-m", "256", "-display", "none",
		"-serial", "stdio", "-no-reboot", "-kernel", NULL, "-append",
		"console=ttyS0 panic=-1 root=none rdinit=/none init=/none",
		NULL, NULL, NULL };

	if (guest == NULL || guest->kernel == NULL)
		return hv_missing(probe, "build the images: make images",
		    "no kernel at hand to try /dev/kvm with");
	boot[15] = guest->kernel;
	if (guest->initrd != NULL) {
		boot[18] = "-initrd";
		boot[19] = guest->initrd;
	}
	if (hv_run_read(boot, guest->timeout_ms, &text, &err) < 0)
		return hv_missing(probe, "use QEMU without KVM, or driver lxc",
		    "/dev/kvm is there, but a guest does not boot: %s",
		    err.msg);
	if (strstr(text, KERNEL_IS_UP) == NULL)
		return hv_missing(probe, "use QEMU without KVM, or driver lxc",
		    "/dev/kvm is there, but a guest ends before its kernel "
		    "is up");
	return 0;
}

static int need_xen_host(
    const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	hs_auto(hs_freep) char *type = NULL, *role = NULL;

	(void)guest;
	if (hs_file_read("/sys/hypervisor/type", FILE_MAX, &type, NULL, NULL) <
		0 ||
	    strncmp(type, "xen", 3) != 0)
		return hv_missing(probe, "boot this host under Xen",
		    "this kernel does not run under Xen");
	if (hs_file_read(
		"/proc/xen/capabilities", FILE_MAX, &role, NULL, NULL) < 0 ||
	    strstr(role, "control_d") == NULL)
		return hv_missing(probe, "run hanse in domain 0",
		    "this is a guest of Xen, not its domain 0");
	return 0;
}

static int need_xen(const struct hv_probe_guest *guest, struct hv_probe *probe)
{
	(void)guest;
	return need_libvirt(HV_XEN, "install libvirt-daemon-driver-xen", probe);
}

static const struct {
	const char *name, *praise;
	hv_need *needs[NEEDS_MAX];
} probes[HV_PROBE_COUNT] = {
	[HV_PROBE_LXC] = { "lxc",
	    "libvirt answers; user namespaces, shifted mounts and walls work",
	    { need_lxc, hv_need_lxc_cgroups, hv_need_shared_mounts,
		hv_need_idmap, hv_need_walls } },
	[HV_PROBE_QEMU] = { "qemu", "libvirt answers; QEMU has TCG",
	    { need_tcg, need_qemu, hv_need_walls } },
	[HV_PROBE_KVM] = { "kvm", "a guest boots with /dev/kvm",
	    { need_kvm_device, need_tcg, need_kvm_boot } },
	[HV_PROBE_XEN] = { "xen", "domain 0 of Xen; libvirt answers",
	    { need_xen_host, need_xen } },
};

const char *hv_probe_name(enum hv_probe_kind kind)
{
	return probes[kind].name;
}

void hv_probe(enum hv_probe_kind kind, const struct hv_probe_guest *guest,
    struct hv_probe *ret_probe)
{
	*ret_probe = (struct hv_probe) { 0 };
	for (size_t i = 0; i < NEEDS_MAX && probes[kind].needs[i] != NULL; i++)
		if (probes[kind].needs[i](guest, ret_probe) < 0)
			return;
	ret_probe->ok = true;
	(void)snprintf(ret_probe->reason, sizeof(ret_probe->reason), "%s",
	    probes[kind].praise);
}
