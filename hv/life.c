/* life.c - which life it is: of this host, and of a domain on it. libvirt's
 * numbers begin anew with the host, and QEMU's also with libvirtd; a boot and
 * the moment a process began do not come twice.
 */

#include "hv/life.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define BOOT_ID   "/proc/sys/kernel/random/boot_id"
#define BOOT_SIZE 40
#define STAT_SIZE 4096
#define PID_SIZE  32
#define BEGAN     22 /* of /proc/PID/stat: starttime, counted from 1 */

static char boot_id[BOOT_SIZE] = "unknown";

/* Without its dashes. A host that has none is taken not to boot. */
static void read_boot(void)
{
	hs_auto(hs_freep) char *text = NULL;
	size_t n = 0;

	if (hs_file_read(BOOT_ID, BOOT_SIZE, &text, NULL, NULL) < 0)
		return;
	for (const char *c = text; *c != '\0' && *c != '\n'; c++)
		if (*c != '-' && n < BOOT_SIZE - 1)
			boot_id[n++] = *c;
	boot_id[n] = '\0';
}

const char *hv_boot(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, read_boot);
	return boot_id;
}

uint64_t hv_began_of(const char *stat)
{
	/* Its name may have blanks and brackets; it ends at the last one. */
	const char *at = strrchr(stat, ')');

	for (int n = 2; at != NULL && n < BEGAN; n++)
		at = strchr(at + 1, ' ');
	return at != NULL ? strtoull(at + 1, NULL, 10) : HV_NOT_TOLD;
}

static uint64_t process_began(long pid)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%ld/stat", pid);
	hs_auto(hs_freep) char *stat = NULL;

	if (hs_file_read(path, STAT_SIZE, &stat, NULL, NULL) < 0)
		return HV_NOT_TOLD;
	return hv_began_of(stat);
}

uint64_t hv_domain_began(enum hv_driver driver, const char *name, int id)
{
	hs_auto(hs_freep) char *path = NULL;
	hs_auto(hs_freep) char *pid = NULL;

	if (driver == HV_LXC) /* the number is its controller's */
		return process_began(id);
	if (driver != HV_QEMU)
		return HV_NOT_TOLD;
	path = hs_printf("/run/libvirt/qemu/%s.pid", name);
	if (hs_file_read(path, PID_SIZE, &pid, NULL, NULL) < 0)
		return HV_NOT_TOLD;
	return process_began(strtol(pid, NULL, 10));
}
