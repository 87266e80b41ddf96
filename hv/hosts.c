/* hosts.c - the hosts a program knows, by name. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hv/host_pool.h"

struct hv_hosts {
	pthread_mutex_t lock;
	struct hv_host **list; /* by name */
	size_t count;
};

struct hv_hosts *hv_hosts_new(void)
{
	struct hv_hosts *hosts = hs_alloc(sizeof(*hosts));

	(void)pthread_mutex_init(&hosts->lock, NULL);
	return hosts;
}

/* All of them are told first: then each waits while the others end. */
static void free_all(struct hv_host **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hv_host_end(list[i]);
	for (size_t i = 0; i < count; i++)
		hv_host_free(list[i]);
	free(list);
}

void hv_hosts_free(struct hv_hosts *hosts)
{
	if (hosts == NULL)
		return;
	free_all(hosts->list, hosts->count);
	(void)pthread_mutex_destroy(&hosts->lock);
	free(hosts);
}

/* Where it is, or would be. */
static size_t place_of(const struct hv_hosts *hosts, const char *name)
{
	size_t low = 0, high = hosts->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(hv_host_name(hosts->list[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert(struct hv_hosts *hosts, size_t at, struct hv_host *host)
{
	hosts->list = hs_realloc_array(
	    hosts->list, hosts->count + 1, sizeof(struct hv_host *));
	memmove(&hosts->list[at + 1], &hosts->list[at],
	    (hosts->count - at) * sizeof(struct hv_host *));
	hosts->list[at] = host;
	hosts->count++;
}

/* With the lock; *ret_old is one that was somewhere else, to be freed. */
static int find(struct hv_hosts *hosts, const struct hv_host_conf *conf,
    struct hv_host **ret_host, struct hv_host **ret_old, struct hs_err *err)
{
	size_t at = place_of(hosts, conf->name);
	bool is_known = at < hosts->count &&
			strcmp(hv_host_name(hosts->list[at]), conf->name) == 0;

	if (is_known && hv_host_is_at(hosts->list[at], conf->uris)) {
		*ret_host = hosts->list[at];
		return 0;
	}
	if (hv_host_new(conf, ret_host, err) < 0)
		return -1;
	if (is_known) {
		*ret_old = hosts->list[at];
		hosts->list[at] = *ret_host;
	} else {
		insert(hosts, at, *ret_host);
	}
	return 0;
}

int hv_hosts_know(
    struct hv_hosts *hosts, const struct hv_host_conf *conf, struct hs_err *err)
{
	hs_auto(hv_host_freep) struct hv_host *old = NULL;
	struct hv_host *host;
	int done;

	(void)pthread_mutex_lock(&hosts->lock);
	done = find(hosts, conf, &host, &old, err);
	(void)pthread_mutex_unlock(&hosts->lock);
	return done;
}

int hv_hosts_borrow(struct hv_hosts *hosts, const struct hv_host_conf *conf,
    enum hv_driver driver, int timeout_ms, struct hv_conn **ret_conn,
    struct hs_err *err)
{
	hs_auto(hv_host_freep) struct hv_host *old = NULL;
	struct hv_host *host = NULL;
	int done;

	(void)pthread_mutex_lock(&hosts->lock);
	done = find(hosts, conf, &host, &old, err);
	if (done == 0)
		hv_host_ref(host);
	(void)pthread_mutex_unlock(&hosts->lock);
	if (done < 0)
		return -1;
	done = hv_host_borrow(host, driver, timeout_ms, ret_conn, err);
	hv_host_unref(host);
	return done;
}

void hv_hosts_prune(struct hv_hosts *hosts,
    bool (*keep)(const char *name, void *arg), void *arg)
{
	struct hv_host **gone;
	size_t count = 0, kept = 0;

	(void)pthread_mutex_lock(&hosts->lock);
	gone =
	    hs_realloc_array(NULL, hosts->count + 1, sizeof(struct hv_host *));
	for (size_t i = 0; i < hosts->count; i++)
		if (keep(hv_host_name(hosts->list[i]), arg))
			hosts->list[kept++] = hosts->list[i];
		else
			gone[count++] = hosts->list[i];
	hosts->count = kept;
	(void)pthread_mutex_unlock(&hosts->lock);
	free_all(gone, count);
}

void hv_hosts_each(struct hv_hosts *hosts,
    void (*fn)(struct hv_host *host, void *arg), void *arg)
{
	(void)pthread_mutex_lock(&hosts->lock);
	for (size_t i = 0; i < hosts->count; i++)
		fn(hosts->list[i], arg);
	(void)pthread_mutex_unlock(&hosts->lock);
}
