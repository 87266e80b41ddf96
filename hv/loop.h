/* loop.h - private: files as block devices. */
#ifndef HANSE_HV_LOOP_H
#define HANSE_HV_LOOP_H

#include <stdbool.h>

struct hs_err;

/**
 * The loop device of a file that has one.
 *
 * @ret_device:  e.g. "/dev/loop3", owned by the caller
 */
bool hv_loop_find(const char *file, char **ret_device);

/**
 * Whether a file still has its loop device after a while: the kernel lets go of
 * it some time after the unmounting.
 */
bool hv_loop_stays(const char *file);

/**
 * Attach a file to its loop device, or to a free one that goes when it is no
 * longer used. It is kept only as long as *ret_fd is open or it is mounted.
 *
 * Errors: HS_ENOTFOUND, HS_ESYSTEM.
 */
int hv_loop_attach(const char *file, bool is_readonly, char **ret_device,
    int *ret_fd, struct hs_err *err);

#endif
