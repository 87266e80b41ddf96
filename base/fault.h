/* fault.h - calls to the outside, counted, so that tests can make each of them
 * fail or be the last thing that happens. Costs a read of one flag otherwise.
 *
 * HANSE_FAULT=HOW:WHERE:N, read at the first call: HOW is "fail", "kill"
 * (SIGKILL) or "count" (log each), WHERE the beginning of a call's name ("" is
 * any, e.g. "hv." or "step.made"), N counts from 1. Only threads that have
 * armed themselves are counted: those that run a job. HANSE_FAULT=@FILE: the
 * same from a file's first line, which is read whenever a thread arms itself;
 * another text than before counts anew (what stands behind N is not looked at).
 */
#ifndef HANSE_BASE_FAULT_H
#define HANSE_BASE_FAULT_H

#include <stdbool.h>

struct hs_err;

/**
 * Say that a call to the outside comes now.
 *
 * @where:  its name, a literal: "hv.domain.start", "sql", "ldap", "file.write"
 *
 * Errors: HS_EREMOTE, and only when a test has asked for it.
 */
int hs_fault(const char *where, struct hs_err *err);

/** Count this thread's calls from now on, or no more. */
void hs_fault_arm(bool armed);
bool hs_fault_is_armed(void);

#endif
