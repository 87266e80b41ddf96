/* remote.h - run hanse-host on another host, by the command that host has for
 * that (ssh or the like).
 */
#ifndef HANSE_PROVISIONING_REMOTE_H
#define HANSE_PROVISIONING_REMOTE_H

#include "provisioning/host.h"

struct hs_err;

#define REMOTE_MS      30000  /* small things */
#define REMOTE_LONG_MS 180000 /* images, and starting services */

/**
 * Run a verb and wait.
 *
 * @argv:     verb and arguments, ended by NULL; names and numbers only, for a
 *            shell over there may read them
 * @input:    a file that becomes its standard input; NULL: none
 * @ret_out:  what it printed; owned by the caller; NULL if not wanted
 *
 * Errors: HS_EREMOTE (it could not be run there, or did not end in time), else
 * what it failed with.
 */
int remote_run(const struct host *host, const char *const *argv,
    const char *input, int timeout_ms, char **ret_out, struct hs_err *err);

/**
 * Pack files for the standard input of a verb.
 *
 * @dir, @names:  what to pack; names end with NULL
 * @ret_path:     the file, in the same folder, to be unlinked and freed
 */
int remote_pack(const char *dir, const char *const *names, char **ret_path,
    struct hs_err *err);

/** Send an image of ours, if it is not there yet. @path: of ours. */
int remote_image(const struct host *host, const char *path, struct hs_err *err);

#endif
