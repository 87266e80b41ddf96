/* dom_template.h - what a domain looks like: parameters in, libvirt XML out.
 *
 * The public header of dom-templates/. Every XML file of this folder is built
 * in; {{name}} is filled in escaped, {{#name}}...{{/name}} stays only if name
 * has a value. A name without a value outside such a section is an error.
 */
#ifndef HANSE_DOM_TEMPLATES_DOM_TEMPLATE_H
#define HANSE_DOM_TEMPLATES_DOM_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

struct hs_err;

/* Who owns what inside every image; the same on each build. A file of
 * /etc/hanse that only the service may read is 0600 and owned by one of them
 * (LXC: seen through the idmapped mount or chowned to idmap_base + uid). */
#define DOM_UID_PORTAL   900 /* user hanse, runs hanse-portal */
#define DOM_UID_POSTGRES 901 /* user postgres of the db images */
#define DOM_UID_ETCD     902 /* user etcd of the db-replicated image */

/* Ids a domain has in its user namespace, from idmap_base up. */
#define DOM_IDMAP_COUNT 65536

/* How far a virtual machine grows without a restart: times what it has. What
 * it does not have yet is ballooned away at its start, which under TCG takes
 * 0.5 s of CPU time for each 128 MiB. */
#define DOM_MEMORY_GROWTH 2
#define DOM_VCPUS_GROWTH  4
#define DOM_VCPUS_MAX     64

#define DOM_PORT_PORTAL   9000 /* FastCGI, app domain */
#define DOM_PORT_POSTGRES 5432 /* db domain */
#define DOM_PORT_PATRONI  8008 /* its REST API, of a replicated one */

#define DOM_IMAGE_MANIFEST "/var/lib/hanse/images/manifest"

/** How a domain is run. */
enum dom_driver {
	DOM_LXC,
	DOM_QEMU,
	DOM_XEN, /* paravirtual */
};
#define DOM_DRIVER_COUNT (DOM_XEN + 1)

/** "lxc", "qemu", "xen"; a static string. */
const char *dom_driver_name(enum dom_driver driver);
/** The driver of that name; false if there is none. */
bool dom_driver_find(const char *name, enum dom_driver *ret_driver);

/** A template: what its domains have in common beyond their sizes. */
struct dom_kind {
	const char *name;        /* "app-large", as in a spec and in metadata */
	const char *image;       /* of the manifest, "app" */
	const char *filter;      /* its wall's, "hanse-" + this */
	const char *ports;       /* of its services: its host calls them */
	const char *peer_ports;  /* what its peers call; NULL: it has none */
	unsigned memory_min_mib; /* what it takes to work at all */
	unsigned tmp_mib;        /* of /tmp */
	unsigned threads;        /* of a portal, at most */
	const char *refuses;     /* what the gateway refuses to its sessions */
};

/** NULL if there is no template of that name. */
const struct dom_kind *dom_kind_find(const char *name);

/** What a domain is made of. Strings are only lent; NULL means "has none". */
struct dom_params {
	const char *name;       /* "VE.ENTERPRISE", "db.shared" */
	const char *uuid;       /* v5 over "hanse:domain/NAME" */
	const char *kind;       /* a template's name, "app" */
	const char *ve;         /* NULL: the platform's */
	const char *enterprise; /* NULL: no enterprise's */
	uint64_t generation;

	uint64_t memory_kib;
	unsigned vcpus;
	/* A virtual machine: what it may be given while it runs; 0: as much as
	 * the above grow. (A container has no such limits.) */
	uint64_t memory_max_kib;
	unsigned vcpus_max;

	const char *network; /* libvirt network, "hanse-VE" */
	const char *bridge;  /* Xen: of that network, "hv-" + 8 hex */
	const char *ifname;  /* host end, "hi" + 12 hex, at most 15 bytes */
	const char *mac;
	const char *address; /* the domain's, "10.90.2.10" */
	unsigned prefix;     /* bits, e.g. 24 */
	const char *gateway; /* host end of the network, "10.90.2.1" */
	const char *route;   /* platform address, via gateway; NULL: none */
	const char *filter;  /* name of its wall, see hv/wall.c (Xen: script
			      * of the host, see etc/xen); NULL: none */
	const char *calls;   /* ports it may call at the platform's address */
	const char *peers;   /* addresses of domains it reaches, and they it, at
			      * the ports of its kind; NULL: none, isolated */

	/* LXC: folders on the host, mounted and idmapped by the caller. */
	const char *root_dir;   /* the squashfs, read-only */
	const char *config_dir; /* becomes /etc/hanse, read-only */
	const char *data_dir;   /* becomes /data; NULL: none */
	uint32_t idmap_base;    /* host id of root inside; never 0 */

	/* QEMU and Xen: files on the host. Xen's disks are xvda, xvdb, xvdc. */
	const char *accel;       /* QEMU: "kvm" or "tcg" */
	const char *kernel;      /* manifest "kernel" */
	const char *initrd;      /* manifest "initrd" */
	const char *cmdline;     /* NULL: the driver's own */
	const char *image;       /* squashfs, disk vda, read-only */
	const char *config_disk; /* squashfs, disk vdb, read-only */
	const char *data_disk;   /* raw ext4, disk vdc; NULL: none */
	const char *console_log; /* QEMU: file the console is written to; Xen:
				  * xenconsoled decides */
};

/** A libvirt network: a bridge with a host end, no DHCP, no DNS. */
struct dom_network_params {
	const char *name; /* "hanse-VE", "hanse-data" */
	const char *uuid; /* v5 over "hanse:network/NAME" */
	const char *ve;   /* NULL: the platform's */
	uint64_t generation;
	const char *bridge;  /* "hv-" + 8 hex, "hanse-data" */
	const char *mac;     /* of the bridge */
	const char *address; /* host end, "10.90.2.1"; NULL: another host's */
	unsigned prefix;
};

/**
 * Domain XML.
 *
 * @ret_xml:  owned by the caller
 *
 * Errors: HS_EINVAL (a parameter the driver needs is missing; the message
 * names it).
 */
int dom_template_domain(enum dom_driver driver, const struct dom_params *params,
    char **ret_xml, struct hs_err *err);

/** Network XML. Errors: HS_EINVAL. */
int dom_template_network(const struct dom_network_params *params,
    char **ret_xml, struct hs_err *err);

/**
 * Where "make images" put a system image.
 *
 * @manifest:  DOM_IMAGE_MANIFEST, or a test's
 * @name:      "app", "db", "kernel" or "initrd"
 * @ret_path:  absolute path, owned by the caller
 *
 * Errors: HS_ENOTFOUND (nothing built yet, or not that one), HS_EINVAL.
 */
int dom_image_path(const char *manifest, const char *name, char **ret_path,
    struct hs_err *err);

#endif
