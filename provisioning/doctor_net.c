/* doctor_net.c - ports free or ours, services that answer. */

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "provisioning/doctor.h"

#define LISTENING 0x0a /* state of a line of /proc/net/tcp */

/* clang-format off */
static const struct port {
	const char *address;
	unsigned short number;
	const char *what, *program; /* whose it is: comm, cut at 15 bytes */
} ports[] = {
	{ "127.0.0.1", 8443, "the edge",      "nginx"         },
	{ "127.0.0.1", 9464, "the metrics",   "hansed"        },
	{ "127.0.0.1", 6432, "the gateway",   "hanse-gateway" },
	{ "10.90.0.1", 6432, "the gateway",   "hanse-gateway" },
	{ "10.90.0.1", 1636, "the directory", "slapd"         },
};

static const struct {
	const char *name, *path;
} services[] = {
	{ "control-db", "/run/hanse/control-db/.s.PGSQL.5432" },
	{ "directory",  "/run/hanse/directory/ldapi"          },
	{ "gateway",    "/run/hanse/gateway/control.sock"     },
	{ "libvirt",    "/run/libvirt/libvirt-sock"           },
};
/* clang-format on */

/*
 * The inode of the socket that listens on the address and port, or on every
 * address; 0 if there is none. Lines: "sl local:port remote:port state tx:rx
 * tr:when retrnsmt uid timeout inode ...".
 */
static unsigned long listener_inode(const struct port *port)
{
	hs_auto(hs_fclosep) FILE *file = fopen("/proc/net/tcp", "re");
	struct in_addr wanted = { 0 };
	char line[512];

	if (file == NULL || inet_pton(AF_INET, port->address, &wanted) != 1)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned address, number, state;
		unsigned long inode;

		if (sscanf(line,
			"%*d: %x:%x %*x:%*x %x %*s %*s %*s %*u %*d %lu",
			&address, &number, &state, &inode) != 4)
			continue;
		if (state == LISTENING && number == port->number &&
		    (address == wanted.s_addr || address == 0))
			return inode;
	}
	return 0;
}

static bool holds(const char *pid, const char *wanted)
{
	hs_auto(hs_freep) char *folder = hs_printf("/proc/%s/fd", pid);
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		hs_auto(hs_freep) char *path =
		    hs_printf("%s/%s", folder, entry->d_name);
		char target[64];
		ssize_t len = readlink(path, target, sizeof(target) - 1);

		if (len <= 0)
			continue;
		target[len] = '\0';
		found = strcmp(target, wanted) == 0;
	}
	(void)closedir(dir);
	return found;
}

/* The name of a process that holds the socket; NULL if that cannot be seen. */
static char *holder_name(unsigned long inode)
{
	hs_auto(hs_freep) char *wanted = hs_printf("socket:[%lu]", inode);
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char *name = NULL;

	if (dir == NULL)
		return NULL;
	while (name == NULL && (entry = readdir(dir)) != NULL) {
		hs_auto(hs_freep) char *path = NULL;

		if (isdigit((unsigned char)entry->d_name[0]) == 0 ||
		    !holds(entry->d_name, wanted))
			continue;
		path = hs_printf("/proc/%s/comm", entry->d_name);
		if (hs_file_read(path, 64, &name, NULL, NULL) == 0)
			name[strcspn(name, "\n")] = '\0';
	}
	(void)closedir(dir);
	return name;
}

static void check_port(struct findings *findings, const struct port *port)
{
	hs_auto(hs_freep) char *name =
	    hs_printf("%s:%u", port->address, port->number);
	hs_auto(hs_freep) char *holder = NULL, *reason = NULL, *remedy = NULL;
	unsigned long inode = listener_inode(port);
	enum finding_state state = FINDING_OK;

	if (inode == 0) {
		reason = hs_printf("free for %s", port->what);
	} else {
		holder = holder_name(inode);
		reason = hs_printf("taken by %s",
		    holder != NULL ? holder : "a process root can name");
		if (holder == NULL)
			state = FINDING_WARN;
		else if (strncmp(holder, port->program, 15) != 0)
			state = FINDING_FAIL;
	}
	if (state == FINDING_FAIL)
		remedy = hs_printf("stop %s, or give %s another port in "
				   "/etc/hanse",
		    holder, port->what);
	findings_add(findings, "port", name, state, reason,
	    remedy != NULL ? remedy : "");
}

void doctor_ports(struct findings *findings)
{
	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		check_port(findings, &ports[i]);
}

/* 0, or the errno of the attempt. */
static int try_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	hs_auto(hs_closep) int fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return EINVAL;
	(void)strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno;
	return 0;
}

/* One that is not running yet is no fault of the host. */
static void check_service(
    struct findings *findings, const char *name, const char *path)
{
	int code = try_socket(path);
	hs_auto(hs_freep) char *reason =
	    code == 0 ? hs_strdup("answers")
		      : hs_printf("%s: %s", path, strerror(code));
	const char *remedy = code == 0        ? ""
			     : code == EACCES ? "run hanse doctor as root"
					      : "start it: make up";

	findings_add(findings, "service", name,
	    code == 0 ? FINDING_OK : FINDING_WARN, reason, remedy);
}

void doctor_services(struct findings *findings, const char *hansed)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		check_service(findings, services[i].name, services[i].path);
	check_service(findings, "hansed", hansed);
}
