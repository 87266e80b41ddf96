/* watching.c - watches on all hosts. */

#include "provisioning/watching.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/host.h"

struct entry {
	char *host;
	enum hv_driver driver;
	struct hv_conn *conn;
	struct hv_watch *watch;
};

struct watching {
	hv_event_fn *fn;
	void *arg;
	struct entry *list;
	size_t count;
};

struct watching *watching_new(hv_event_fn *fn, void *arg)
{
	struct watching *w = hs_alloc(sizeof(*w));

	w->fn = fn;
	w->arg = arg;
	return w;
}

static void end(struct entry *e)
{
	hv_watch_stopp(&e->watch);
	hv_closep(&e->conn);
	free(e->host);
}

void watching_free(struct watching *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		end(&w->list[i]);
	free(w->list);
	free(w);
}

/* -- Ends ------------------------------------------------------------------ */

static bool goes_on(const struct entry *e, const struct hosts *hosts)
{
	if (!hv_is_alive(e->conn))
		return false;
	for (size_t i = 0; i < hosts->count; i++)
		if (strcmp(hosts->list[i]->name, e->host) == 0)
			return hosts->list[i]->can[e->driver];
	return false;
}

static void end_those_gone(struct watching *w, const struct hosts *hosts)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->count; i++)
		if (goes_on(&w->list[i], hosts))
			w->list[kept++] = w->list[i];
		else
			end(&w->list[i]);
	w->count = kept;
}

/* -- Begins ---------------------------------------------------------------- */

static bool is_watched(
    const struct watching *w, const struct host *host, enum hv_driver driver)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->list[i].driver == driver &&
		    strcmp(w->list[i].host, host->name) == 0)
			return true;
	return false;
}

static bool begin(struct watching *w, struct plat *plat, struct host *host,
    enum hv_driver driver)
{
	hs_auto(hs_freep) char *uri = host_uri(plat, host, driver);
	struct entry e = { .host = hs_strdup(host->name), .driver = driver };

	if (!host_answers(plat, host) || hv_open(uri, &e.conn, NULL) < 0 ||
	    hv_watch_start(e.conn, w->fn, w->arg, &e.watch, NULL) < 0) {
		end(&e);
		return false;
	}
	w->list = hs_realloc_array(w->list, w->count + 1, sizeof(*w->list));
	w->list[w->count++] = e;
	return true;
}

bool watching_look(struct watching *w, struct plat *plat, bool *ret_all)
{
	const struct hosts *hosts;
	bool begun = false;

	*ret_all = false;
	if (host_reload(plat, NULL) < 0 || host_list(plat, &hosts, NULL) < 0)
		return false;
	*ret_all = true;
	end_those_gone(w, hosts);
	for (size_t i = 0; i < hosts->count; i++)
		for (int k = 0; k < HV_DRIVER_COUNT; k++) {
			struct host *host = hosts->list[i];
			enum hv_driver driver = (enum hv_driver)k;

			if (!host->can[k] || is_watched(w, host, driver))
				continue;
			if (begin(w, plat, host, driver))
				begun = true;
			else
				*ret_all = false;
		}
	return begun;
}
