/* sim_host.c - simulated hosts: what they have, and whom they tell.
 *
 * A host lives as long as the process, as a real one outlives those who connect
 * to it: hence the global.
 */

#include "hv/sim_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "hv/conn.h"
#include "hv/driver.h"
#include "hv/events.h"
#include "hv/ops.h"
#include "hv/sim.h"
#include "hv/watch.h"

#define MEMORY_KIB 262144 /* of a domain from the start */

static struct {
	pthread_mutex_t lock;
	struct sim_host *hosts;
} sims = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* -- Objects ------------------------------------------------------------ */

static size_t place_of(const struct store *store, const char *name)
{
	size_t low = 0, high = store->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(store->list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct hv_object *hv_sim_find(
    struct sim_host *host, enum hv_kind kind, const char *name)
{
	struct store *store = &host->stores[kind];
	size_t at = place_of(store, name);

	return at < store->count && strcmp(store->list[at].name, name) == 0
		   ? &store->list[at]
		   : NULL;
}

/* Takes what the object owns. */
void hv_sim_insert(struct sim_host *host, const struct hv_object *object)
{
	struct store *store = &host->stores[object->kind];
	size_t at = place_of(store, object->name);

	if (store->count == store->size) {
		store->size += store->size / 2 + 4;
		store->list = hs_realloc_array(
		    store->list, store->size, sizeof(*store->list));
	}
	memmove(&store->list[at + 1], &store->list[at],
	    (store->count - at) * sizeof(*store->list));
	store->list[at] = *object;
	store->count++;
}

void hv_sim_erase(
    struct sim_host *host, enum hv_kind kind, struct hv_object *object)
{
	struct store *store = &host->stores[kind];
	size_t at = (size_t)(object - store->list);

	hv_object_done(object);
	store->count--;
	memmove(&store->list[at], &store->list[at + 1],
	    (store->count - at) * sizeof(*store->list));
}

/* -- Events ------------------------------------------------------------- */

/* On its way into the event thread, where all watches are told. */
struct news {
	struct hv_watch *watch;
	struct hv_event event;
};

static void news_free(void *data)
{
	struct news *news = data;

	hv_watch_unref(news->watch);
	free((char *)(uintptr_t)news->event.name);
	free((char *)(uintptr_t)news->event.uuid);
	free(news);
}

static void news_tell(int timer, void *data)
{
	struct news *news = data;

	hv_watch_tell(news->watch, &news->event);
	hv_timer_remove(timer);
}

/* With the host's lock, so that they come in the order they happen. */
void hv_sim_tell(struct sim_host *host, const struct hv_object *object,
    enum hv_change change)
{
	for (size_t i = 0; i < host->watch_count; i++) {
		struct news *news = hs_alloc(sizeof(*news));

		news->watch = hv_watch_ref(host->watches[i]);
		news->event = (struct hv_event) { .change = change,
			.kind = object->kind,
			.name = hs_strdup(object->name),
			.uuid = hs_strdup(object->uuid) };
		(void)hv_timer_add(0, news_tell, news, news_free);
	}
}

/* -- Hosts -------------------------------------------------------------- */

/* What a URI says. */
struct wanted {
	char *name;
	enum hv_driver driver;
	unsigned latency_ms, domains, uptime_s;
};

static void wanted_done(struct wanted *wanted)
{
	free(wanted->name);
}

static int parse_parameter(
    const char *text, struct wanted *wanted, struct hs_err *err)
{
	char key[16], value[16];
	char *end = value;
	unsigned number;

	if (sscanf(text, "%15[a-z_]=%15[a-z0-9]", key, value) != 2)
		return hs_fail(err, HS_EINVAL, "simulated host: '%s'", text);
	if (strcmp(key, "driver") == 0)
		return hv_driver_find(value, &wanted->driver)
			   ? 0
			   : hs_fail(err, HS_EINVAL,
				 "simulated host: no driver '%s'", value);
	number = (unsigned)strtoul(value, &end, 10);
	if (*end == '\0' && strcmp(key, "latency_ms") == 0)
		wanted->latency_ms = number;
	else if (*end == '\0' && strcmp(key, "domains") == 0)
		wanted->domains = number;
	else if (*end == '\0' && strcmp(key, "uptime_s") == 0)
		wanted->uptime_s = number;
	else
		return hs_fail(err, HS_EINVAL, "simulated host: '%s'", text);
	return 0;
}

static int parse(const char *uri, struct wanted *wanted, struct hs_err *err)
{
	const char *name = uri + strlen(HV_SIM_SCHEME);
	const char *at = name + strcspn(name, "?");

	wanted->name = hs_strndup(name, (size_t)(at - name));
	wanted->driver = HV_QEMU;
	if (wanted->name[0] == '\0')
		return hs_fail(err, HS_EINVAL, "simulated host without a name");
	for (; *at != '\0'; at += strcspn(at, "&")) {
		at++;
		if (parse_parameter(at, wanted, err) < 0)
			return -1;
	}
	return 0;
}

/* A domain of the virtual enterprise NAME, as our templates make them. */
static void add_domain(struct sim_host *host, unsigned number)
{
	char uuid[HV_UUID_SIZE], mac[HV_NAME_SIZE], ifname[HV_NAME_SIZE];
	struct hv_object object = {
		.kind = HV_DOMAIN,
		.state = HV_RUNNING,
		.name = hs_printf("%s.d%u", host->name, number),
		.role = hs_strdup("app"),
		.ve = hs_strdup(host->name),
		.enterprise = hs_printf("d%u", number),
		.network = hs_printf("hanse-%s", host->name),
		.generation = 1,
		.vcpus = 1,
		.vcpus_max = 4,
		.memory_kib = MEMORY_KIB,
		.memory_max_kib = (uint64_t)2 * MEMORY_KIB,
	};

	hv_uuid5("domain", object.name, uuid);
	hv_mac(uuid, mac);
	hv_ifname(uuid, ifname);
	object.uuid = hs_strdup(uuid);
	object.mac = hs_strdup(mac);
	object.ifname = hs_strdup(ifname);
	hv_sim_insert(host, &object);
}

static struct sim_host *host_new(const struct wanted *wanted)
{
	struct sim_host *host = hs_alloc(sizeof(*host));

	host->name = hs_strdup(wanted->name);
	host->driver = wanted->driver;
	host->latency_ms = (int)wanted->latency_ms;
	host->since_ms = hs_now_ms();
	host->uptime_ms = (uint64_t)wanted->uptime_s * 1000;
	atomic_init(&host->is_frozen, false);
	(void)pthread_mutex_init(&host->lock, NULL);
	for (unsigned i = 1; i <= wanted->domains; i++)
		add_domain(host, i);
	return host;
}

/* With the lock of all. */
static struct sim_host *host_find(const char *name)
{
	struct sim_host *host = sims.hosts;

	while (host != NULL && strcmp(host->name, name) != 0)
		host = host->next;
	return host;
}

int hv_sim_attach(const char *uri, struct hv_conn *conn, struct hs_err *err)
{
	hs_auto(wanted_done) struct wanted wanted = { 0 };
	struct sim_host *host;

	if (parse(uri, &wanted, err) < 0)
		return -1;
	(void)pthread_mutex_lock(&sims.lock);
	host = host_find(wanted.name);
	if (host == NULL) {
		host = host_new(&wanted);
		host->next = sims.hosts;
		sims.hosts = host;
	}
	(void)pthread_mutex_unlock(&sims.lock);
	conn->ops = &hv_sim_ops;
	conn->sim = host;
	conn->driver = wanted.driver;
	return 0;
}

int hv_sim_freeze(const char *name, bool is_frozen, struct hs_err *err)
{
	struct sim_host *host;

	(void)pthread_mutex_lock(&sims.lock);
	host = host_find(name);
	if (host != NULL)
		atomic_store(&host->is_frozen, is_frozen);
	(void)pthread_mutex_unlock(&sims.lock);
	return host != NULL
		   ? 0
		   : hs_fail(err, HS_ENOTFOUND, "no simulated host '%s'", name);
}
