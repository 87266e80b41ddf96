/* confine.h - what the gateway's process may do from its start on: files that
 * its configuration names, and calls that it needs. What breaks in is in there
 * with it.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_CONFINE_H
#define HANSE_SHARED_DB_GATEWAY_CONFINE_H

struct gw_config;
struct hs_err;

/**
 * From now on only the files of the configuration (Landlock). Threads begun
 * after this are in it, too. A kernel without it is logged, and is no error.
 *
 * Errors: HS_ESYSTEM (a file is not there).
 */
int gw_confine_files(const struct gw_config *config, struct hs_err *err);

/**
 * From now on, in every thread, only the calls of a running gateway: no
 * program, no other process, no new listening socket (seccomp). Errors:
 * HS_ESYSTEM.
 */
int gw_confine_calls(struct hs_err *err);

#endif
