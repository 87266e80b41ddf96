/* setup.c - what the platform needs before its services can start. */

#include "provisioning/setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/archive.h"
#include "provisioning/ca.h"
#include "provisioning/relay.h"
#include "provisioning/seal.h"
#include "provisioning/setup_console.h"
#include "provisioning/step.h"
#include "shared-db-gateway/gateway.h"

#define DAYS           397
#define RENEW_BEFORE_S (30 * 24 * 3600L)
#define PROBE_MS       8000

/* clang-format off */
static const struct folder {
	const char *name;
	unsigned mode;
	uid_t owner;
} folders[] = {
	{ "",                  0711, 0           },
	{ "ca",                0711, 0           },
	{ "ca/backend",        0711, 0           },
	{ "ca/hosts",          0711, 0           },
	{ "hosts",             0700, 0           },
	{ "images",            0755, 0           },
	{ "domains",           0711, 0           },
	{ "volumes",           0711, 0           },
	{ "initial-passwords", 0700, 0           },
	{ "archives",          0700, 0           },
	{ "gateway",           0711, 0           },
	{ "gateway/routes",    0700, GATEWAY_UID },
	{ "gateway/audit",     0700, GATEWAY_UID },
};

static const struct credential {
	const char *dir; /* below state */
	struct ca_request request;
	const char *host; /* that it must be good for; NULL: any */
} credentials[] = {
	{ "ca", { "gateway-server", GW_HOST,
		  "DNS:" GW_HOST ",DNS:*." GW_HOST ",DNS:localhost,IP:127.0.0.1",
		  CA_SERVER, DAYS, GATEWAY_UID },
	    GW_PLATFORM "." GW_HOST },
	{ "ca", { "directory", "directory.hanse.internal",
		  "DNS:directory.hanse.internal,DNS:localhost,IP:127.0.0.1",
		  CA_SERVER, DAYS, 0 },
	    NULL },
	{ "ca", { "platform.provisioner", "platform.provisioner", NULL,
		  CA_CLIENT, DAYS, 0 },
	    NULL },
	/* Of an authority whose certificates database domains believe: whoever
	 * shows one is the role it names. */
	{ "ca/backend", { "role.hanse_provisioner", "hanse_provisioner", NULL,
		  CA_CLIENT, DAYS, GATEWAY_UID },
	    NULL },
};
/* clang-format on */

static int make_folders(struct plat *plat, struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const struct folder *f = &folders[i];
		hs_auto(hs_freep) char *path = plat_path(plat, "%s", f->name);

		if (hs_dir_make(path, f->mode, err) < 0)
			return -1;
		if (chmod(path, f->mode) < 0 ||
		    chown(path, f->owner, f->owner) < 0)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "mode of '%s'", path);
	}
	return 0;
}

static int make_credentials(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *ca = plat_path(plat, "ca");
	hs_auto(hs_freep) char *backend = plat_path(plat, "ca/backend");
	hs_auto(hs_freep) char *archive = archive_key_path(plat);

	if (ca_init(ca, "hanse platform CA", err) < 0 ||
	    ca_init(backend, "hanse gateway CA", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(credentials); i++) {
		const struct credential *c = &credentials[i];
		hs_auto(hs_freep) char *dir = plat_path(plat, "%s", c->dir);
		hs_auto(hs_freep) char *alt =
		    c->request.alt == NULL
			? NULL
			: hs_printf("%s,IP:%s", c->request.alt,
			      plat->conf->platform_address);
		struct ca_request request = c->request;

		request.alt = alt;
		if ((!ca_is_good(dir, request.name, RENEW_BEFORE_S) ||
			(c->host != NULL &&
			    !ca_is_for(dir, request.name, c->host))) &&
		    ca_issue(dir, &request, err) < 0)
			return -1;
	}
	return seal_key_make(archive, err);
}

/* Nothing is served yet but the provisioner's own way in. */
static int make_routes(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    plat_path(plat, "gateway/routes/platform.json");

	if (access(path, F_OK) == 0)
		return 0;
	return step_servers_begin(plat, err);
}

/* The answer outlives the probe: a guest that hangs takes its time. */
static int probe_kvm(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "probe.kvm");
	hs_auto(hs_freep) char *manifest = plat_path(plat, "images/manifest");
	hs_auto(hs_freep) char *kernel = NULL;
	hs_auto(hs_freep) char *text = NULL;
	struct hv_probe probe = { 0 };
	struct hv_probe_guest guest = {
		.timeout_ms = PROBE_MS,
	};

	if (access(path, F_OK) == 0)
		return 0;
	if (dom_image_path(manifest, "kernel", &kernel, NULL) < 0)
		return 0;
	guest.kernel = kernel;
	hv_probe(HV_PROBE_KVM, &guest, &probe);
	text = hs_printf("%s %s\n", probe.ok ? "ok" : "no", probe.reason);
	return hs_file_write(path, text, strlen(text), 0644, err);
}

/* Without a control database nobody knows the hosts: hansed writes it whole
 * when it starts. */
static int make_relay(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "hosts/relay.conf");

	if (relay_credential(plat, HOST_LOCAL, err) < 0)
		return -1;
	return access(path, F_OK) == 0 ? 0 : relay_write(plat, NULL, err);
}

int setup_run(struct plat *plat, struct hs_err *err)
{
	if (make_folders(plat, err) < 0 || make_credentials(plat, err) < 0 ||
	    make_routes(plat, err) < 0 || make_relay(plat, err) < 0 ||
	    setup_console(plat, DAYS, RENEW_BEFORE_S, err) < 0)
		return hs_wrap(err, "setup");
	return probe_kvm(plat, err);
}
