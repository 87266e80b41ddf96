/* domain.c - the life of a domain: define, start, stop, forget. */

#include "hv/domain.h"

#include <libvirt/virterror.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "hv/conn.h"
#include "hv/driver.h"
#include "hv/host.h"
#include "hv/lxc.h"
#include "hv/vir.h"
#include "hv/wall.h"

#define POLL_NS   10000000L
#define KILLED_MS 3000

#define hs_domain hs_auto(hv_domain_unrefp) virDomainPtr

/* clang-format off */
static const char *const state_names[HV_STATE_COUNT] = {
	[HV_RUNNING] = "running",
	[HV_PAUSED]  = "paused",
	[HV_STOPPED] = "stopped",
	[HV_UNKNOWN] = "unknown",
};

/* libvirt's states; one that is just shutting down still runs. */
static const enum hv_state states[] = {
	[VIR_DOMAIN_NOSTATE]     = HV_UNKNOWN,
	[VIR_DOMAIN_RUNNING]     = HV_RUNNING,
	[VIR_DOMAIN_BLOCKED]     = HV_RUNNING,
	[VIR_DOMAIN_PAUSED]      = HV_PAUSED,
	[VIR_DOMAIN_SHUTDOWN]    = HV_RUNNING,
	[VIR_DOMAIN_SHUTOFF]     = HV_STOPPED,
	[VIR_DOMAIN_CRASHED]     = HV_STOPPED,
	[VIR_DOMAIN_PMSUSPENDED] = HV_PAUSED,
};

static const char *const reasons[] = {
	[VIR_DOMAIN_SHUTOFF_SHUTDOWN]      = "shut down",
	[VIR_DOMAIN_SHUTOFF_DESTROYED]     = "destroyed",
	[VIR_DOMAIN_SHUTOFF_CRASHED]       = "crashed",
	[VIR_DOMAIN_SHUTOFF_MIGRATED]      = "moved away",
	[VIR_DOMAIN_SHUTOFF_SAVED]         = "saved",
	[VIR_DOMAIN_SHUTOFF_FAILED]        = "failed",
	[VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = "set back to a snapshot",
	[VIR_DOMAIN_SHUTOFF_DAEMON]        = "lost by libvirt",
};
/* clang-format on */

const char *hv_state_name(enum hv_state state)
{
	return state_names[state];
}

int hv_domain_find(struct hv_conn *conn, const char *name,
    virDomainPtr *ret_domain, struct hs_err *err)
{
	virDomainPtr domain = virDomainLookupByName(conn->vir, name);

	if (domain == NULL)
		return hv_fail(conn, err, "domain '%s'", name);
	*ret_domain = domain;
	return 0;
}

/* The same for what removes: an absent domain is no failure. */
static int lookup_or_gone(struct hv_conn *conn, const char *name,
    virDomainPtr *ret_domain, struct hs_err *err)
{
	struct hs_err why = { 0 };

	if (hv_domain_find(conn, name, ret_domain, &why) == 0 ||
	    why.code == HS_ENOTFOUND)
		return 0;
	return hs_fail(err, why.code, "%s", why.msg);
}

enum hv_state hv_state_of(virDomainPtr domain)
{
	int state;

	if (virDomainGetState(domain, &state, NULL, 0) < 0)
		return HV_UNKNOWN;
	if (state < 0 || (size_t)state >= ARRAY_LEN(states))
		return HV_UNKNOWN;
	return states[state];
}

const char *hv_reason_of(virDomainPtr domain)
{
	int state, reason;

	if (virDomainGetState(domain, &state, &reason, 0) < 0)
		return NULL;
	if (state == VIR_DOMAIN_CRASHED)
		return "crashed";
	if (state != VIR_DOMAIN_SHUTOFF || reason < 0 ||
	    (size_t)reason >= ARRAY_LEN(reasons))
		return NULL;
	return reasons[reason];
}

/* libvirt would start it before its mounts are there. */
static int forbid_autostart(virDomainPtr domain)
{
	int on = 0;

	return virDomainGetAutostart(domain, &on) == 0 && on != 0
		   ? virDomainSetAutostart(domain, 0)
		   : 0;
}

int hv_vir_domain_define(
    struct hv_conn *conn, const char *xml, struct hs_err *err)
{
	hs_domain domain = virDomainDefineXML(conn->vir, xml);

	return domain != NULL && forbid_autostart(domain) == 0
		   ? 0
		   : hv_fail(conn, err, "define domain");
}

/* What stands around it, as it runs or as it will; and of one that does not run
 * yet, nothing that whoever had its address has left. */
static int prepare(
    struct hv_conn *conn, virDomainPtr domain, bool runs, struct hs_err *err)
{
	hs_auto(hs_freep) char *xml = NULL;
	struct hv_object object = { 0 };
	int failed = 0;

	if (!conn->is_local || !hv_caps(conn->driver)->wall)
		return 0;
	xml = virDomainGetXMLDesc(domain, 0);
	if (xml == NULL)
		return hv_fail(conn, err, "read a domain");
	if (hv_object_parse(HV_DOMAIN, xml, &object)) {
		if (!runs && object.address != NULL)
			hv_address_forget(object.address);
		failed = hv_wall_raise(&object, err);
	}
	hv_object_done(&object);
	return failed;
}

static void remove_wall(struct hv_conn *conn, const char *name)
{
	struct hs_err err = { 0 };

	if (conn->is_local && hv_caps(conn->driver)->wall &&
	    hv_wall_remove(name, &err) < 0)
		hs_warn("wall.kept", "domain=%s err=\"%s\"", name, err.msg);
}

int hv_vir_domain_start(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	hs_domain domain = NULL;
	enum hv_state state;
	bool ran;

	if (hv_domain_find(conn, name, &domain, err) < 0)
		return -1;
	state = hv_state_of(domain);
	ran = state == HV_RUNNING || state == HV_PAUSED;
	if (prepare(conn, domain, ran, err) < 0)
		return -1;
	if ((state == HV_PAUSED && virDomainResume(domain) < 0) ||
	    (!ran && virDomainCreate(domain) < 0))
		return hv_fail(conn, err, "start domain '%s'", name);
	if (conn->driver != HV_LXC || !conn->is_local ||
	    hv_domain_confine(conn, name, err) == 0)
		return 0;
	if (!ran)
		(void)virDomainDestroy(domain);
	return hs_wrap(err, "start domain '%s'", name);
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait until the domain is seen to be stopped; a lost contact is not that. */
static bool has_stopped(virDomainPtr domain, int timeout_ms)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	int64_t end = now_ms() + timeout_ms;
	int state;

	do {
		if (virDomainGetState(domain, &state, NULL, 0) < 0)
			return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
		/* Xen's is off before its remains are gone: still active. */
		if ((state == VIR_DOMAIN_SHUTOFF ||
			state == VIR_DOMAIN_CRASHED) &&
		    virDomainIsActive(domain) == 0)
			return true;
		(void)nanosleep(&pause, NULL);
	} while (now_ms() < end);
	return false;
}

/*
 * libvirt takes 1.8 s to destroy an LXC domain; when its first process dies,
 * the rest follows in 0.2 s. A paused one cannot die: libvirt knows how.
 */
static bool has_been_killed(struct hv_conn *conn, virDomainPtr domain)
{
	pid_t pid;

	if (conn->driver != HV_LXC || !conn->is_local ||
	    hv_state_of(domain) == HV_PAUSED ||
	    hv_init_of(virDomainGetID(domain), &pid, NULL) < 0)
		return false;
	return kill(pid, SIGKILL) == 0 && has_stopped(domain, KILLED_MS);
}

/* What is held hears nothing, not even the signal that would kill it. */
static void let_go(virDomainPtr domain)
{
	if (hv_state_of(domain) == HV_PAUSED)
		(void)virDomainResume(domain);
}

static int destroy(struct hv_conn *conn, virDomainPtr domain, const char *name,
    struct hs_err *err)
{
	let_go(domain);
	if (hv_state_of(domain) != HV_STOPPED &&
	    !has_been_killed(conn, domain) && virDomainDestroy(domain) < 0 &&
	    !has_stopped(domain, 0))
		return hv_fail(conn, err, "destroy domain '%s'", name);
	if (conn->driver == HV_LXC && conn->is_local)
		hv_pids_remove(name);
	return 0;
}

int hv_vir_domain_shutdown(
    struct hv_conn *conn, const char *name, int timeout_ms, struct hs_err *err)
{
	hs_domain domain = NULL;

	if (lookup_or_gone(conn, name, &domain, err) < 0)
		return -1;
	if (domain == NULL)
		return 0;
	let_go(domain);
	if (hv_state_of(domain) == HV_RUNNING &&
	    virDomainShutdownFlags(domain, hv_shutdown_flags(conn->driver)) ==
		0)
		(void)has_stopped(domain, timeout_ms);
	return destroy(conn, domain, name, err);
}

int hv_vir_domain_destroy(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	hs_domain domain = NULL;

	if (lookup_or_gone(conn, name, &domain, err) < 0)
		return -1;
	return domain == NULL ? 0 : destroy(conn, domain, name, err);
}

int hv_vir_domain_undefine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	hs_domain domain = NULL;
	enum hv_state state;

	if (lookup_or_gone(conn, name, &domain, err) < 0)
		return -1;
	state = domain != NULL ? hv_state_of(domain) : HV_STOPPED;
	if (state == HV_RUNNING || state == HV_PAUSED)
		return hs_fail(err, HS_ECONFLICT, "domain '%s' runs", name);
	if (domain != NULL &&
	    virDomainUndefineFlags(domain, hv_undefine_flags(conn->driver)) <
		0 &&
	    virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
		return hv_fail(conn, err, "undefine domain '%s'", name);
	remove_wall(conn, name);
	return 0;
}

int hv_vir_domain_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	hs_domain domain = NULL;
	struct hs_err why = { 0 };

	if (hv_domain_find(conn, name, &domain, &why) == 0)
		*ret_state = hv_state_of(domain);
	else if (why.code == HS_ENOTFOUND)
		return hs_fail(err, why.code, "%s", why.msg);
	else
		*ret_state = HV_UNKNOWN;
	return 0;
}

int hv_vir_domain_init_pid(
    struct hv_conn *conn, const char *name, pid_t *ret_pid, struct hs_err *err)
{
	hs_domain domain = NULL;
	unsigned id;

	if (conn->driver != HV_LXC || !conn->is_local)
		return hs_fail(err, HS_EINVAL,
		    "domain '%s': no container on this host", name);
	if (hv_domain_find(conn, name, &domain, err) < 0)
		return -1;
	id = virDomainGetID(domain);
	if (id == (unsigned)-1)
		return hs_fail(
		    err, HS_ECONFLICT, "domain '%s' does not run", name);
	return hv_init_of(id, ret_pid, err);
}

int hv_vir_domain_confine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	pid_t pid;

	if (hv_vir_domain_init_pid(conn, name, &pid, err) < 0 ||
	    hv_pids_limit(name, pid, err) < 0 ||
	    hv_userns_forbid(pid, err) < 0 || hv_cgroups_hide(pid, err) < 0)
		return hs_wrap(err, "confine domain '%s'", name);
	return 0;
}
