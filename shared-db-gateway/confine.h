/* confine.h - what the gateway's processes may do from their start on. A worker
 * may reach its own chain of the audit and the servers; the listener
 * nothing but the connections that it is given. What breaks in is in there with
 * it.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_CONFINE_H
#define HANSE_SHARED_DB_GATEWAY_CONFINE_H

struct hs_err;

/**
 * From now on only the audit, and what libraries read of the system
 * (Landlock): keys and routes come over a pipe. Threads begun after this are in
 * it, too. A kernel without it is logged, and
 * is no error.
 *
 * @audit:  the folder of its chain; NULL: none
 *
 * Errors: HS_ESYSTEM (a file is not there).
 */
int gw_confine_files(const char *audit, struct hs_err *err);

/**
 * From now on, in every thread, only the calls of a running worker: no program,
 * no other process, no listening socket (seccomp). Errors: HS_ESYSTEM.
 */
int gw_confine_worker(struct hs_err *err);

/** The same for the listener, which has no use for files and for connections of
 * its own, either. Errors: HS_ESYSTEM. */
int gw_confine_listener(struct hs_err *err);

#endif
