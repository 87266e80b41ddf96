/* sim.c - hosts that are only simulated: domains and networks that
 * are numbers and names, behind the same public functions, so that thousands of
 * hosts can be tried on one machine.
 *
 *   sim:///NAME?driver=DRIVER&latency_ms=M&domains=N&uptime_s=S
 *
 * All connections of the process to one NAME see one host. It behaves as DRIVER
 * ("qemu" if none is said), takes M ms for each question, and has N domains of
 * ours that run from the start, and have done so for S seconds. It answers as
 * libvirt does by way of hv.h: what is so already is fine, a name that belongs
 * to another UUID is refused. Only objects of ours can be defined.
 */

#include "hv/sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "hv/conn.h"
#include "hv/ops.h"
#include "hv/pool.h"
#include "hv/sim_host.h"
#include "hv/watch.h"

#define FROZEN_MS 5  /* how often one looks whether it goes on */
#define CPU_PART  50 /* a domain uses this part of a CPU */

/* -- The way there ------------------------------------------------------ */

/* A question takes its time, and from a frozen host comes no answer: until
 * the deadline passes, or whoever waits is let go. */
static int reach(struct hv_conn *conn, struct hs_err *err)
{
	if (conn->sim->latency_ms > 0)
		hs_pause_ms(conn->sim->latency_ms);
	while (atomic_load(&conn->sim->is_frozen) &&
	       !atomic_load(&conn->is_late) && !atomic_load(&conn->is_cut))
		hs_pause_ms(FROZEN_MS);
	if (atomic_load(&conn->is_cut) && conn->host != NULL)
		return hv_host_fail(conn->host, err);
	if (atomic_load(&conn->is_late) || atomic_load(&conn->is_cut))
		return hs_fail(err, HS_EREMOTE,
		    "simulated host '%s' does not answer", conn->sim->name);
	return 0;
}

/* What is done to an object, with the lock. Returns -1 with *err. */
struct act {
	enum hv_kind kind;
	bool is_removal; /* of what is absent already is fine */
	int (*on)(struct sim_host *host, struct hv_object *object,
	    uint64_t value, struct hs_err *err);
};

static int act_on(struct hv_conn *conn, const struct act *act, const char *name,
    uint64_t value, struct hs_err *err)
{
	struct sim_host *host = conn->sim;
	struct hv_object *object;
	int done = 0;

	if (reach(conn, err) < 0)
		return -1;
	(void)pthread_mutex_lock(&host->lock);
	object = hv_sim_find(host, act->kind, name);
	if (object != NULL)
		done = act->on(host, object, value, err);
	else if (!act->is_removal)
		done = hs_fail(err, HS_ENOTFOUND, "no %s '%s'",
		    hv_kind_name(act->kind), name);
	(void)pthread_mutex_unlock(&host->lock);
	return done;
}

/* -- Acts --------------------------------------------------------------- */

/* clang-format off */
/* The way into a state, and what is told of it. */
static const struct move {
	enum hv_state from, to;
	enum hv_change change;
} moves[] = {
	{ HV_STOPPED, HV_RUNNING, HV_STARTED   },
	{ HV_PAUSED,  HV_RUNNING, HV_RESUMED   },
	{ HV_RUNNING, HV_PAUSED,  HV_SUSPENDED },
	{ HV_RUNNING, HV_STOPPED, HV_ENDED     },
	{ HV_PAUSED,  HV_STOPPED, HV_ENDED     },
};
/* clang-format on */

/* One that is there already is fine; no way there is a conflict. */
static int move(struct sim_host *host, struct hv_object *object,
    enum hv_state to, struct hs_err *err)
{
	if (object->state == to)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].from == object->state && moves[i].to == to) {
			object->state = to;
			hv_sim_tell(host, object, moves[i].change);
			return 0;
		}
	return hs_fail(err, HS_ECONFLICT, "%s '%s' is %s",
	    hv_kind_name(object->kind), object->name,
	    hv_state_name(object->state));
}

static int start(struct sim_host *host, struct hv_object *object,
    uint64_t value, struct hs_err *err)
{
	(void)value;
	return move(host, object, HV_RUNNING, err);
}

static int stop(struct sim_host *host, struct hv_object *object, uint64_t value,
    struct hs_err *err)
{
	(void)value;
	return move(host, object, HV_STOPPED, err);
}

static int pause_it(struct sim_host *host, struct hv_object *object,
    uint64_t value, struct hs_err *err)
{
	(void)value;
	return move(host, object, HV_PAUSED, err);
}

static int resume(struct sim_host *host, struct hv_object *object,
    uint64_t value, struct hs_err *err)
{
	(void)value;
	if (object->state == HV_STOPPED)
		return hs_fail(err, HS_ECONFLICT,
		    "cannot resume domain '%s': stopped", object->name);
	return move(host, object, HV_RUNNING, err);
}

static int undefine(struct sim_host *host, struct hv_object *object,
    uint64_t value, struct hs_err *err)
{
	(void)value;
	if (object->kind == HV_DOMAIN && object->state != HV_STOPPED)
		return hs_fail(
		    err, HS_ECONFLICT, "domain '%s' runs", object->name);
	hv_sim_tell(host, object, HV_UNDEFINED);
	hv_sim_erase(host, object->kind, object);
	return 0;
}

static int set_memory(struct sim_host *host, struct hv_object *object,
    uint64_t value, struct hs_err *err)
{
	bool has_maxima = hv_caps(host->driver)->has_maxima;

	if (has_maxima && object->state != HV_STOPPED &&
	    value > object->memory_max_kib)
		return hs_fail(err, HS_ELIMIT,
		    "domain '%s' has room for %llu KiB of memory while it runs",
		    object->name, (unsigned long long)object->memory_max_kib);
	object->memory_kib = value;
	if (!has_maxima || value > object->memory_max_kib)
		object->memory_max_kib = value;
	return 0;
}

static int set_vcpus(struct sim_host *host, struct hv_object *object,
    uint64_t value, struct hs_err *err)
{
	const struct hv_caps *caps = hv_caps(host->driver);
	bool runs = object->state != HV_STOPPED;

	if (runs && ((caps->has_maxima && value > object->vcpus_max) ||
			(!caps->fewer_vcpus && value < object->vcpus)))
		return hs_fail(err, HS_ELIMIT,
		    "domain '%s' must be stopped for that", object->name);
	object->vcpus = (unsigned)value;
	if (!caps->has_maxima || value > object->vcpus_max)
		object->vcpus_max = (unsigned)value;
	return 0;
}

/* -- Watches ------------------------------------------------------------ */

static int sim_watch(
    struct hv_conn *conn, struct hv_watch *watch, struct hs_err *err)
{
	struct sim_host *host = conn->sim;

	(void)err;
	(void)pthread_mutex_lock(&host->lock);
	host->watches = hs_realloc_array(
	    host->watches, host->watch_count + 1, sizeof(struct hv_watch *));
	host->watches[host->watch_count++] = hv_watch_ref(watch);
	(void)pthread_mutex_unlock(&host->lock);
	return 0;
}

static void sim_unwatch(struct hv_conn *conn, struct hv_watch *watch)
{
	struct sim_host *host = conn->sim;
	size_t kept = 0;

	(void)pthread_mutex_lock(&host->lock);
	for (size_t i = 0; i < host->watch_count; i++)
		if (host->watches[i] == watch)
			hv_watch_unref(watch);
		else
			host->watches[kept++] = host->watches[i];
	host->watch_count = kept;
	(void)pthread_mutex_unlock(&host->lock);
}

/* -- Operations --------------------------------------------------------- */

/* What runs goes on as it is, and is defined anew. */
static int store_object(
    struct sim_host *host, struct hv_object *object, struct hs_err *err)
{
	struct hv_object *old = hv_sim_find(host, object->kind, object->name);

	if (old != NULL && strcmp(old->uuid, object->uuid) != 0)
		return hs_fail(err, HS_ECONFLICT,
		    "%s '%s' exists with another UUID",
		    hv_kind_name(object->kind), object->name);
	object->state = old != NULL ? old->state : HV_STOPPED;
	if (old != NULL)
		hv_sim_erase(host, object->kind, old);
	hv_sim_insert(host, object);
	hv_sim_tell(host, object, HV_DEFINED);
	return 0;
}

static int define(struct hv_conn *conn, enum hv_kind kind, const char *xml,
    struct hs_err *err)
{
	struct sim_host *host = conn->sim;
	struct hv_object object;
	int done;

	if (reach(conn, err) < 0)
		return -1;
	if (!hv_object_parse(kind, xml, &object))
		return hs_fail(err, HS_EINVAL, "define %s: not one of ours",
		    hv_kind_name(kind));
	(void)pthread_mutex_lock(&host->lock);
	done = store_object(host, &object, err);
	(void)pthread_mutex_unlock(&host->lock);
	if (done < 0)
		hv_object_done(&object);
	return done;
}

static int sim_domain_define(
    struct hv_conn *conn, const char *xml, struct hs_err *err)
{
	return define(conn, HV_DOMAIN, xml, err);
}

static int sim_network_define(
    struct hv_conn *conn, const char *xml, struct hs_err *err)
{
	return define(conn, HV_NETWORK, xml, err);
}

/* An operation by name that is one act. */
#define ACT(fn, kind_, removes, on_)                                    \
	static int fn(                                                  \
	    struct hv_conn *conn, const char *name, struct hs_err *err) \
	{                                                               \
		static const struct act a = { kind_, removes, on_ };    \
                                                                        \
		return act_on(conn, &a, name, 0, err);                  \
	}

ACT(sim_domain_start, HV_DOMAIN, false, start)
ACT(sim_domain_destroy, HV_DOMAIN, true, stop)
ACT(sim_domain_undefine, HV_DOMAIN, true, undefine)
ACT(sim_domain_suspend, HV_DOMAIN, false, pause_it)
ACT(sim_domain_resume, HV_DOMAIN, false, resume)
ACT(sim_network_start, HV_NETWORK, false, start)
ACT(sim_network_destroy, HV_NETWORK, true, stop)
ACT(sim_network_undefine, HV_NETWORK, true, undefine)

static int sim_domain_shutdown(
    struct hv_conn *conn, const char *name, int timeout_ms, struct hs_err *err)
{
	(void)timeout_ms;
	return sim_domain_destroy(conn, name, err);
}

static int sim_domain_set_memory(
    struct hv_conn *conn, const char *name, uint64_t kib, struct hs_err *err)
{
	static const struct act act = { HV_DOMAIN, false, set_memory };

	return act_on(conn, &act, name, kib, err);
}

static int sim_domain_set_vcpus(
    struct hv_conn *conn, const char *name, unsigned vcpus, struct hs_err *err)
{
	static const struct act act = { HV_DOMAIN, false, set_vcpus };

	return act_on(conn, &act, name, vcpus, err);
}

/* There is no process, so nothing that could be confined. */
static int sim_domain_init_pid(
    struct hv_conn *conn, const char *name, pid_t *ret_pid, struct hs_err *err)
{
	(void)conn;
	(void)ret_pid;
	return hs_fail(
	    err, HS_EINVAL, "domain '%s': no container on this host", name);
}

static int sim_domain_confine(
    struct hv_conn *conn, const char *name, struct hs_err *err)
{
	pid_t pid;

	return sim_domain_init_pid(conn, name, &pid, err);
}

static int state_of(struct hv_conn *conn, enum hv_kind kind, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	const struct hv_object *object;

	*ret_state = HV_UNKNOWN;
	if (reach(conn, NULL) < 0)
		return 0;
	(void)pthread_mutex_lock(&conn->sim->lock);
	object = hv_sim_find(conn->sim, kind, name);
	if (object != NULL)
		*ret_state = object->state;
	(void)pthread_mutex_unlock(&conn->sim->lock);
	return object != NULL ? 0
			      : hs_fail(err, HS_ENOTFOUND, "no %s '%s'",
				    hv_kind_name(kind), name);
}

static int sim_domain_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	return state_of(conn, HV_DOMAIN, name, ret_state, err);
}

static int sim_network_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err)
{
	return state_of(conn, HV_NETWORK, name, ret_state, err);
}

static int sim_list(struct hv_conn *conn, enum hv_kind kind,
    struct hv_objects *ret_objects, struct hs_err *err)
{
	const struct store *store = &conn->sim->stores[kind];
	struct hv_objects objects = { 0 };

	if (reach(conn, err) < 0)
		return -1;
	(void)pthread_mutex_lock(&conn->sim->lock);
	if (store->count > 0)
		objects.list =
		    hs_realloc_array(NULL, store->count, sizeof(*objects.list));
	for (; objects.count < store->count; objects.count++)
		hv_object_copy(
		    &store->list[objects.count], &objects.list[objects.count]);
	(void)pthread_mutex_unlock(&conn->sim->lock);
	*ret_objects = objects;
	return 0;
}

/* As if each had done its share of work since the host began. */
static int sim_find(struct hv_conn *conn, enum hv_kind kind, const char *name,
    struct hv_object *ret_object, struct hs_err *err)
{
	const struct hv_object *object;

	if (reach(conn, err) < 0)
		return -1;
	(void)pthread_mutex_lock(&conn->sim->lock);
	object = hv_sim_find(conn->sim, kind, name);
	if (object != NULL)
		hv_object_copy(object, ret_object);
	(void)pthread_mutex_unlock(&conn->sim->lock);
	return object != NULL ? 0
			      : hs_fail(err, HS_ENOTFOUND, "no %s '%s'",
				    hv_kind_name(kind), name);
}

/* Since when its domains have run. */
static uint64_t sim_uptime_ms(const struct sim_host *host)
{
	return (uint64_t)(hs_now_ms() - host->since_ms) + host->uptime_ms;
}

static int sim_usage_list(struct hv_conn *conn, const char *name,
    struct hv_usages *ret_usages, struct hs_err *err)
{
	const struct store *store = &conn->sim->stores[HV_DOMAIN];
	struct hv_usages usages = { 0 };
	uint64_t ms;

	if (reach(conn, err) < 0)
		return -1;
	ms = sim_uptime_ms(conn->sim);
	(void)pthread_mutex_lock(&conn->sim->lock);
	usages.list = hs_alloc((store->count + 1) * sizeof(*usages.list));
	for (size_t i = 0; i < store->count; i++)
		if (store->list[i].state == HV_RUNNING &&
		    (name == NULL || strcmp(name, store->list[i].name) == 0))
			usages.list[usages.count++] = (struct hv_usage) {
				.name = hs_strdup(store->list[i].name),
				.id = (int)i + 1,
				.began = HV_NOT_TOLD,
				.cpu_ns = ms * 1000000 / CPU_PART,
				.memory_kib = store->list[i].memory_kib,
				.used_kib = store->list[i].memory_kib,
				.data_kib = HV_NOT_TOLD,
			};
	(void)pthread_mutex_unlock(&conn->sim->lock);
	*ret_usages = usages;
	return 0;
}

static bool sim_is_alive(struct hv_conn *conn)
{
	(void)conn;
	return true;
}

static void sim_close(struct hv_conn *conn)
{
	(void)conn;
}

const struct hv_ops hv_sim_ops = {
	.domain_define = sim_domain_define,
	.domain_start = sim_domain_start,
	.domain_destroy = sim_domain_destroy,
	.domain_undefine = sim_domain_undefine,
	.domain_suspend = sim_domain_suspend,
	.domain_resume = sim_domain_resume,
	.domain_confine = sim_domain_confine,
	.domain_shutdown = sim_domain_shutdown,
	.domain_set_memory = sim_domain_set_memory,
	.domain_set_vcpus = sim_domain_set_vcpus,
	.domain_state = sim_domain_state,
	.domain_init_pid = sim_domain_init_pid,
	.usage_list = sim_usage_list,
	.list = sim_list,
	.find = sim_find,
	.network_define = sim_network_define,
	.network_start = sim_network_start,
	.network_destroy = sim_network_destroy,
	.network_undefine = sim_network_undefine,
	.network_state = sim_network_state,
	.watch = sim_watch,
	.unwatch = sim_unwatch,
	.ask = reach,
	.is_alive = sim_is_alive,
	.close = sim_close,
};
