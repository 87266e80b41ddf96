/* command.h - the commands of a worker: drain, kill, ping, pools, reload,
 * retire, sessions, status, stop. The master passes on those of its callers.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_COMMAND_H
#define HANSE_SHARED_DB_GATEWAY_COMMAND_H

struct gw_core;
struct hs_err;
struct json_t;

/** The answer to a line, owned by the caller; never NULL. */
char *gw_command_run(struct gw_core *core, const char *line);

/**
 * A result with "ok": true, or what the error says with "ok": false.
 *
 * @result:  NULL: it failed; else it is what is returned
 */
struct json_t *gw_answer(struct json_t *result, const struct hs_err *err);

#endif
