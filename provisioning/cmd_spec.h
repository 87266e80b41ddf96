/* cmd_spec.h - a spec as plan and apply hand it to hansed; private to hanse. */
#ifndef HANSE_PROVISIONING_CMD_SPEC_H
#define HANSE_PROVISIONING_CMD_SPEC_H

#include <jansson.h>
#include <stdbool.h>

struct call;
struct hs_err;

/**
 * Read the spec the call names, check it here, and ask hansed.
 *
 * Faults, ours or hansed's, are put into the call. Progress is shown, unless
 * --quiet.
 *
 * @command:  "plan" or "apply"
 * @restart:  databases may stop for it
 *
 * Errors: as spec_load() and client_ask().
 */
int cmd_spec_ask(const struct call *call, const char *command, bool restart,
    json_t **ret_result, struct hs_err *err);

/** Add what --detach and --key say to a request. */
void cmd_job_options(const struct call *call, json_t *request);

/**
 * Whether an apply was refused for what must stop for it, and, on a terminal,
 * the operator says that it may.
 */
bool cmd_spec_may_restart(const struct call *call, const struct hs_err *err);

/** "3 changes" and so on, on standard output; of a detached job its number. */
void cmd_print_changes(const json_t *result);

#endif
