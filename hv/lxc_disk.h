/* lxc_disk.h - private: what an LXC domain of this host asks of its disks. */
#ifndef HANSE_HV_LXC_DISK_H
#define HANSE_HV_LXC_DISK_H

#include "hv/hv.h"

/**
 * Have the kernel count what is asked of a loop device, by domain. Since Linux
 * 6.10 it does so only of devices that somebody has set a limit for; "none" is
 * one. Not to be able to is no failure: then nothing is told.
 */
void hv_loop_count(const char *device);

/**
 * A domain's volume has been mounted: note where its device's counters stand,
 * which do not begin anew with each file that is attached to it.
 */
void hv_volume_note(const char *domain, const char *volume);
/** Before its folder is removed. */
void hv_volume_forget(const char *domain);

/**
 * Fill in what the domain's cgroup has counted of loop devices; and what the
 * device of its data volume has, where that was noted.
 */
void hv_lxc_disks(struct hv_usage *usage);

/**
 * The same of the kernel's texts: v1's of requests and bytes, v2's io.stat.
 * What is not about a loop device is left out: what a domain asks of its loop
 * device is asked of the disk below once more. So is the device "but", which
 * counts for itself.
 */
void hv_blkio_add(
    const char *text, unsigned but, uint64_t *reads, uint64_t *writes);
void hv_io_stat_add(const char *text, unsigned but, struct hv_usage *usage);

#define HV_NO_LOOP UINT32_MAX /* "but" for this one: for none */

#endif
