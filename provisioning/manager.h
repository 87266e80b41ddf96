/* manager.h - what hansed does for hanse: one function a command. */
#ifndef HANSE_PROVISIONING_MANAGER_H
#define HANSE_PROVISIONING_MANAGER_H

#include <jansson.h>

#include "base/conf.h"
#include "provisioning/job.h"
#include "provisioning/plat.h"
#include "provisioning/table.h"

struct hs_err;

/** A request, and where its progress goes. */
struct request {
	struct plat *plat;
	const json_t *args; /* the request as it came */
	struct hs_faults *faults;
	job_listener *listener;
	bool (*is_left)(void *arg); /* nobody reads the progress any more */
	void *arg;
	char *result_parts[TABLE_PARTS]; /* the result, if it is a table */
};

/**
 * Each returns the "result" of protocol.md; the caller owns the reference, or
 * the parts of the table that is in its place.
 */
typedef int manager_command(
    struct request *request, json_t **ret_result, struct hs_err *err);

manager_command manager_plan, manager_apply, manager_destroy, manager_start,
    manager_stop, manager_verify;
manager_command manager_restart, manager_rotate, manager_suspend,
    manager_resume, manager_roll;
manager_command manager_job_follow, manager_job_cancel, manager_job_retry;
manager_command query_get, query_describe, query_events, query_status;
manager_command audit_statements, audit_verify;
manager_command schema_status, schema_roll;
manager_command user_passwd;
manager_command user_put;
manager_command user_remove;
manager_command user_list;
manager_command quota_get, quota_set, quota_unset, quota_verify;
manager_command gateway_get, gateway_kill, gateway_renew;
manager_command usage_get, usage_model, usage_load, usage_sources,
    usage_correct;
manager_command price_list, price_units, price_set;
manager_command bill_list, bill_close, bill_show, bill_verify;
manager_command webhook_add, webhook_remove, webhook_test;

/**
 * Have a job done for a VE and stay with it, telling what it does.
 * @args:  taken
 */
int manager_do(struct request *request, const char *command, const char *ve,
    json_t *args, struct hs_err *err);
/**
 * Queue a job, stay with it unless that is not wanted, say what came of it.
 * @args is taken.
 */
int manager_run_job(struct request *request, const char *command,
    const char *ve, json_t *args, json_t **ret_result, struct hs_err *err);

manager_command host_add, host_refresh, host_drain, host_undrain, host_remove;

/** The relay here knows the hosts there are: at hansed's start. */
int host_refresh_relay(struct plat *plat, struct hs_err *err);

manager_command manager_repair, manager_adopt;

/** The work of job "stop": every domain and network, no data touched. */
int stop_all(struct plat *plat, const json_t *args, struct hs_err *err);

/** A text of the request; NULL if it has none. */
const char *request_text(const struct request *request, const char *key);

#endif
