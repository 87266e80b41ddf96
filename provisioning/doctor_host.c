/* doctor_host.c - root, room, memory, tools. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "provisioning/doctor.h"

#define MIB             (1024ULL * 1024)
#define DISK_FAIL_MIB   2048
#define DISK_WARN_MIB   10240
#define MEMORY_FAIL_MIB 512
#define MEMORY_WARN_MIB 2048

static void check_root(struct findings *findings)
{
	bool root = geteuid() == 0;

	findings_add(findings, "host", "root", root ? FINDING_OK : FINDING_WARN,
	    root ? "this is root" : "this is not root",
	    root ? "" : "some checks need root: sudo hanse doctor");
}

/* Below both limits it fails, between them it warns. */
static enum finding_state judge(
    unsigned long long value, unsigned long long fail, unsigned long long warn)
{
	if (value < fail)
		return FINDING_FAIL;
	return value < warn ? FINDING_WARN : FINDING_OK;
}

/* The folder may not be made yet: then what it will be made in counts. */
static void check_disk(struct findings *findings, const char *folder)
{
	hs_auto(hs_freep) char *path = hs_strdup(folder);
	hs_auto(hs_freep) char *reason = NULL;
	struct statvfs fs;
	unsigned long long mib;
	enum finding_state state;

	while (access(path, F_OK) != 0 && strrchr(path, '/') > path)
		*strrchr(path, '/') = '\0';
	if (statvfs(path, &fs) < 0) {
		findings_add(findings, "host", folder, FINDING_FAIL,
		    "cannot be read", "check the file system");
		return;
	}
	mib = (unsigned long long)fs.f_bavail * fs.f_frsize / MIB;
	state = judge(mib, DISK_FAIL_MIB, DISK_WARN_MIB);
	reason = hs_printf("%llu MiB free", mib);
	findings_add(findings, "host", folder, state, reason,
	    state == FINDING_OK ? "" : "make room: 10 GiB are comfortable");
}

static unsigned long long available_mib(void)
{
	hs_auto(hs_freep) char *text = NULL;
	const char *line;

	if (hs_file_read("/proc/meminfo", 65536, &text, NULL, NULL) < 0)
		return 0;
	line = strstr(text, "MemAvailable:");
	return line != NULL ? strtoull(line + 13, NULL, 10) / 1024 : 0;
}

static void check_memory(struct findings *findings)
{
	unsigned long long mib = available_mib();
	enum finding_state state = judge(mib, MEMORY_FAIL_MIB, MEMORY_WARN_MIB);
	hs_auto(hs_freep) char *reason = hs_printf("%llu MiB available", mib);

	findings_add(findings, "host", "memory", state, reason,
	    state == FINDING_OK ? ""
				: "stop what is not needed: the example chain "
				  "takes about 2 GiB");
}

void doctor_host(struct findings *findings)
{
	check_root(findings);
	check_disk(findings, "/var/lib/hanse");
	check_disk(findings, "/var/cache/hanse");
	check_memory(findings);
}

/* clang-format off */
static const struct {
	const char *program, *package;
	const char *what; /* it is for */
} tools[] = {
	{ "libvirtd",           "libvirt-daemon",      "domains"              },
	{ "qemu-system-x86_64", "qemu-system-x86",     "virtual machines"     },
	{ "mmdebstrap",         "mmdebstrap",          "building images"      },
	{ "mksquashfs",         "squashfs-tools",      "building images"      },
	{ "mkfs.ext4",          "e2fsprogs",           "data volumes"         },
	{ "ip",                 "iproute2",            "networks"             },
	{ "nft",                "nftables",            "walls around domains" },
	{ "iptables",           "iptables",            "networks of libvirt"  },
	{ "dnsmasq",            "dnsmasq-base",        "networks"             },
	{ "nginx",              "nginx-light",         "the edge"             },
	{ "slapd",              "slapd",               "the directory"        },
	{ "psql",               "postgresql-client-15", "hanse psql"          },
	{ "openssl",            "openssl",             "certificates"         },
};
/* clang-format on */

static bool is_there(const char *program)
{
	static const char *const folders[] = { "/usr/local/sbin",
		"/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		hs_auto(hs_freep) char *path =
		    hs_printf("%s/%s", folders[i], program);

		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* One line if all are there. */
void doctor_tools(struct findings *findings)
{
	hs_auto(hs_freep) char *all = NULL;
	bool any_missing = false;

	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		hs_auto(hs_freep) char *reason = NULL, *remedy = NULL;

		if (is_there(tools[i].program))
			continue;
		any_missing = true;
		reason = hs_printf("not here; needed for %s", tools[i].what);
		remedy = hs_printf("apt-get install %s", tools[i].package);
		findings_add(findings, "tool", tools[i].program, FINDING_FAIL,
		    reason, remedy);
	}
	all = hs_printf("%zu programs are here", ARRAY_LEN(tools));
	if (!any_missing)
		findings_add(findings, "tool", "all", FINDING_OK, all, "");
}
