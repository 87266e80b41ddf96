/* run.h - private: run a program of the system to its end. */
#ifndef HANSE_HV_RUN_H
#define HANSE_HV_RUN_H

struct hs_err;

/**
 * Run a program, found on the PATH of a system service; what it prints goes
 * into the failure's message.
 *
 * @argv:  ends with NULL
 *
 * Errors: HS_ESYSTEM (it could not be run, failed, or took too long).
 */
int hv_run(const char *const argv[], int timeout_ms, struct hs_err *err);

/**
 * The same of one that says in several lines what is wrong, each of which is in
 * the message.
 *
 * @most:  an exit status up to that is success
 */
int hv_run_to(
    const char *const argv[], int timeout_ms, int most, struct hs_err *err);

/** The same, and what it printed (up to 64 MiB), owned by the caller. */
int hv_run_read(const char *const argv[], int timeout_ms, char **ret_text,
    struct hs_err *err);

#endif
