/* cpus.c - CPUs that are plugged into a running virtual machine. The kernel
 * announces them and leaves it to us whether they are used. (Those that are
 * taken away it lets go by itself.)
 */

#include "dom-templates/init/init.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define CPUS         "/sys/devices/system/cpu"
#define CPU_PATH     "@/devices/system/cpu/cpu"
#define KERNEL_GROUP 1 /* of its announcements; others are udev's */
#define NEWS_MAX     4096

int init_cpus_open(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP };
	hs_auto(hs_closep) int fd = -1;
	int result;

	if (init_is_container())
		return -1;
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_KOBJECT_UEVENT);
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		hs_warn("cpus.deaf", "msg=\"new CPUs will not be used\"");
		return -1;
	}
	result = fd;
	fd = -1;
	return result;
}

/* Use a CPU, by its folder's name; one that is used already stays so. */
static void use(const char *cpu)
{
	char path[64], state = 0;
	hs_auto(hs_closep) int fd = -1;

	(void)snprintf(path, sizeof(path), CPUS "/%.16s/online", cpu);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && pread(fd, &state, 1, 0) == 1 && state == '0' &&
	    pwrite(fd, "1", 1, 0) == 1)
		hs_info("cpu.used", "cpu=%s", cpu);
}

/* One that comes is used. Those that go must be left alone: the kernel takes
 * them out of use first, and could not let go of one that is back at once. */
void init_cpus_changed(int fd)
{
	static const char comes[] = "add" CPU_PATH, goes[] = "remove" CPU_PATH;
	char news[NEWS_MAX];
	bool told = false;
	ssize_t len;

	while ((len = recv(fd, news, sizeof(news) - 1, 0)) > 0) {
		news[len] = '\0';
		if (strncmp(news, comes, strlen(comes)) == 0)
			use(strrchr(news, '/') + 1);
		else if (strncmp(news, goes, strlen(goes)) != 0)
			continue;
		told = true;
	}
	if (told)
		hs_info("cpus.changed", "online=%ld",
		    sysconf(_SC_NPROCESSORS_ONLN));
}
