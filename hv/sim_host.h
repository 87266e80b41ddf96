/* sim_host.h - private: a simulated host, for the operations on it. */
#ifndef HANSE_HV_SIM_HOST_H
#define HANSE_HV_SIM_HOST_H

#include <pthread.h>
#include <stdatomic.h>

#include "hv/hv.h"

/* Sorted by name. */
struct store {
	struct hv_object *list;
	size_t count, size;
};

struct sim_host {
	char *name;
	enum hv_driver driver;
	int latency_ms;
	int64_t since_ms;
	uint64_t uptime_ms; /* before that */
	atomic_bool is_frozen;
	pthread_mutex_t lock;
	struct store stores[HV_KIND_COUNT];
	struct hv_watch **watches;
	size_t watch_count;
	struct sim_host *next;
};

/* All of these with the host's lock. */

/** NULL: it has none of that name. Lent until the next insert or erase. */
struct hv_object *hv_sim_find(
    struct sim_host *host, enum hv_kind kind, const char *name);
/** Takes what the object owns. */
void hv_sim_insert(struct sim_host *host, const struct hv_object *object);
void hv_sim_erase(
    struct sim_host *host, enum hv_kind kind, struct hv_object *object);
/** Tell all watches; they hear it in the event thread, in this order. */
void hv_sim_tell(struct sim_host *host, const struct hv_object *object,
    enum hv_change change);

#endif
