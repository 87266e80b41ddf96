/* lxc_disk.c - what LXC domains ask of their disks, as the kernel counts it by
 * cgroup. libvirt reads the same files (virDomainBlockStats), but adds up all
 * devices, and on Linux 6.10 and later finds nothing: there a device is counted
 * from the moment it has been given a limit.
 *
 * A data volume is a loop device of its own, which counts more than the cgroup:
 * also what the file system writes back and its journal. Of it that is taken.
 */

#include "hv/lxc_disk.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "hv/loop.h"

#define BLKIO_V1   "/sys/fs/cgroup/blkio"
#define CGROUP_V2  "/sys/fs/cgroup"
#define LIMIT      BLKIO_V1 "/blkio.throttle.read_iops_device"
#define TEXT_MAX   65536
#define LOOP_MAJOR 7
#define SECTOR     512 /* of /sys/block/DEVICE/stat */

void hv_loop_count(const char *device)
{
	hs_auto(hs_freep) char *none = NULL;
	hs_auto(hs_closep) int fd = open(LIMIT, O_WRONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || stat(device, &st) < 0)
		return;
	none = hs_printf("%u:%u 0", major(st.st_rdev), minor(st.st_rdev));
	if (write(fd, none, strlen(none)) < 0)
		hs_debug("lxc.not_counted", "device=%s", device);
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end != NULL ? end + 1 : "";
}

static bool is_asked(unsigned device, unsigned number, unsigned but)
{
	return device == LOOP_MAJOR && number != but;
}

/* "7:3 Read 6" */
void hv_blkio_add(
    const char *text, unsigned but, uint64_t *reads, uint64_t *writes)
{
	for (; *text != '\0'; text = next_line(text)) {
		unsigned long long value;
		unsigned device, number;
		char what[8];

		if (sscanf(text, "%u:%u %7s %llu", &device, &number, what,
			&value) != 4 ||
		    !is_asked(device, number, but))
			continue;
		if (strcmp(what, "Read") == 0)
			*reads += value;
		else if (strcmp(what, "Write") == 0)
			*writes += value;
	}
}

/* "7:3 rbytes=24576 wbytes=0 rios=6 wios=0 dbytes=0 dios=0" */
void hv_io_stat_add(const char *text, unsigned but, struct hv_usage *usage)
{
	for (; *text != '\0'; text = next_line(text)) {
		unsigned long long read, written, reads, writes;
		unsigned device, number;

		if (sscanf(text,
			"%u:%u rbytes=%llu wbytes=%llu rios=%llu wios=%llu",
			&device, &number, &read, &written, &reads,
			&writes) != 6 ||
		    !is_asked(device, number, but))
			continue;
		usage->disk_read_bytes += read;
		usage->disk_write_bytes += written;
		usage->disk_reads += reads;
		usage->disk_writes += writes;
	}
}

/* The folder of a process's cgroup, by the beginning of its line in
 * /proc/PID/cgroup; NULL: it has none. */
static char *group_of(int pid, const char *of, const char *below)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/cgroup", pid);
	hs_auto(hs_freep) char *text = NULL;
	const char *at;

	if (hs_file_read(path, TEXT_MAX, &text, NULL, NULL) < 0)
		return NULL;
	at = strstr(text, of);
	if (at == NULL)
		return NULL;
	at += strlen(of);
	return hs_printf("%s%.*s", below, (int)strcspn(at, "\n"), at);
}

static char *file_of(const char *group, const char *name)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s", group, name);
	char *text = NULL;

	return hs_file_read(path, TEXT_MAX, &text, NULL, NULL) == 0 ? text
								    : NULL;
}

static void begin(struct hv_usage *usage)
{
	usage->disk_reads = usage->disk_writes = 0;
	usage->disk_read_bytes = usage->disk_write_bytes = 0;
}

/* With the groups below it, should it make some. */
static void read_v1(const char *group, unsigned but, struct hv_usage *usage)
{
	hs_auto(hs_freep) char *requests =
	    file_of(group, "blkio.throttle.io_serviced_recursive");
	hs_auto(hs_freep) char *bytes =
	    file_of(group, "blkio.throttle.io_service_bytes_recursive");

	if (requests == NULL || bytes == NULL)
		return;
	begin(usage);
	hv_blkio_add(requests, but, &usage->disk_reads, &usage->disk_writes);
	hv_blkio_add(
	    bytes, but, &usage->disk_read_bytes, &usage->disk_write_bytes);
}

static void read_v2(const char *group, unsigned but, struct hv_usage *usage)
{
	hs_auto(hs_freep) char *text = file_of(group, "io.stat");

	if (text == NULL)
		return;
	begin(usage);
	hv_io_stat_add(text, but, usage);
}

/* -- Data volumes ---------------------------------------------------------- */

/* A loop device and its counters. */
struct device {
	unsigned number;
	uint64_t sequence; /* of what is attached to it */
	uint64_t reads, read_sectors, writes, write_sectors;
};

static int device_read(unsigned number, struct device *ret_device)
{
	hs_auto(hs_freep) char *dir = hs_printf("/sys/block/loop%u", number);
	hs_auto(hs_freep) char *sequence = file_of(dir, "diskseq");
	hs_auto(hs_freep) char *stat = file_of(dir, "stat");

	*ret_device = (struct device) { .number = number };
	if (sequence == NULL || stat == NULL)
		return -1;
	ret_device->sequence = strtoull(sequence, NULL, 10);
	return sscanf(stat,
		   "%" SCNu64 " %*u %" SCNu64 " %*u %" SCNu64 " %*u "
		   "%" SCNu64,
		   &ret_device->reads, &ret_device->read_sectors,
		   &ret_device->writes, &ret_device->write_sectors) == 4
		   ? 0
		   : -1;
}

static char *note_path(const char *domain)
{
	return hs_printf(HV_MOUNT_ROOT "/domain/%s/volume", domain);
}

void hv_volume_note(const char *domain, const char *volume)
{
	hs_auto(hs_freep) char *path = note_path(domain);
	hs_auto(hs_freep) char *name = NULL;
	hs_auto(hs_freep) char *text = NULL;
	struct device d;
	unsigned number;

	if (!hv_loop_find(volume, &name) ||
	    sscanf(name, "/dev/loop%u", &number) != 1 ||
	    device_read(number, &d) < 0)
		return;
	text = hs_printf("%u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			 " %" PRIu64 "\n",
	    d.number, d.sequence, d.reads, d.read_sectors, d.writes,
	    d.write_sectors);
	(void)hs_file_write(path, text, strlen(text), 0644, NULL);
}

void hv_volume_forget(const char *domain)
{
	hs_auto(hs_freep) char *path = note_path(domain);

	(void)unlink(path);
}

/* Returns the number of its device. */
static unsigned read_volume(struct hv_usage *usage)
{
	hs_auto(hs_freep) char *path = note_path(usage->name);
	hs_auto(hs_freep) char *text = NULL;
	struct device was, now;

	if (hs_file_read(path, TEXT_MAX, &text, NULL, NULL) < 0 ||
	    sscanf(text,
		"%u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		&was.number, &was.sequence, &was.reads, &was.read_sectors,
		&was.writes, &was.write_sectors) != 6 ||
	    device_read(was.number, &now) < 0 || now.sequence != was.sequence)
		return HV_NO_LOOP;
	usage->volume.life = now.sequence;
	usage->volume.reads = now.reads - was.reads;
	usage->volume.writes = now.writes - was.writes;
	usage->volume.read_bytes =
	    (now.read_sectors - was.read_sectors) * SECTOR;
	usage->volume.write_bytes =
	    (now.write_sectors - was.write_sectors) * SECTOR;
	return now.number;
}

void hv_lxc_disks(struct hv_usage *usage)
{
	unsigned but = read_volume(usage);
	hs_auto(hs_freep) char *v1 = group_of(usage->id, ":blkio:", BLKIO_V1);
	hs_auto(hs_freep) char *v2 = NULL;

	if (v1 != NULL) {
		read_v1(v1, but, usage);
		return;
	}
	v2 = group_of(usage->id, "0::", CGROUP_V2);
	if (v2 != NULL)
		read_v2(v2, but, usage);
}
