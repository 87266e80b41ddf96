/* doctor_hv.c - which hypervisors work here, found by trying them. */

#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "dom-templates/dom_template.h"
#include "hv/hv.h"
#include "provisioning/doctor.h"

#define GUEST_MS 15000

/* What "driver: auto" takes, best first. */
static const enum hv_probe_kind preference[] = {
	HV_PROBE_XEN,
	HV_PROBE_KVM,
	HV_PROBE_LXC,
	HV_PROBE_QEMU,
};

static void probe_one(
    enum hv_probe_kind kind, bool quick, struct hv_probe *ret_probe)
{
	hs_auto(hs_freep) char *kernel = NULL;
	struct hv_probe_guest guest = { .timeout_ms = GUEST_MS };

	if (kind != HV_PROBE_KVM) {
		hv_probe(kind, NULL, ret_probe);
		return;
	}
	if (quick) {
		*ret_probe = (struct hv_probe) {
			.reason = "not probed: --quick boots no guest",
		};
		return;
	}
	if (dom_image_path(DOM_IMAGE_MANIFEST, "kernel", &kernel, NULL) == 0)
		guest.kernel = kernel;
	hv_probe(kind, &guest, ret_probe);
}

/* One that does not work is no fault as long as another does. */
static void add_probe(struct findings *findings, enum hv_probe_kind kind,
    const struct hv_probe *probe)
{
	findings_add(findings, "hypervisor", hv_probe_name(kind),
	    probe->ok ? FINDING_OK : FINDING_WARN, probe->reason,
	    probe->remedy);
}

static void add_choice(struct findings *findings, const bool *works)
{
	for (size_t i = 0; i < ARRAY_LEN(preference); i++) {
		hs_auto(hs_freep) char *reason = NULL;

		if (!works[preference[i]])
			continue;
		reason = hs_printf("'driver: auto' means %s here",
		    hv_probe_name(preference[i]));
		findings_add(
		    findings, "hypervisor", "auto", FINDING_OK, reason, "");
		return;
	}
	if (geteuid() == 0)
		findings_add(findings, "hypervisor", "auto", FINDING_FAIL,
		    "no hypervisor works here", "see the lines above");
	else
		findings_add(findings, "hypervisor", "auto", FINDING_WARN,
		    "none that this user may try", "sudo hanse doctor");
}

void doctor_hypervisors(struct findings *findings, bool quick)
{
	bool works[HV_PROBE_COUNT] = { false };
	struct hs_err err = { 0 };

	if (hv_init(&err) < 0) {
		findings_add(findings, "hypervisor", "libvirt", FINDING_FAIL,
		    err.msg, "install the packages of etc/packages.txt");
		return;
	}
	for (int kind = 0; kind < HV_PROBE_COUNT; kind++) {
		struct hv_probe probe = { 0 };

		probe_one((enum hv_probe_kind)kind, quick, &probe);
		works[kind] = probe.ok;
		add_probe(findings, (enum hv_probe_kind)kind, &probe);
	}
	add_choice(findings, works);
}
