/* source.c - who is asked for readings. */

#include "provisioning/source.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "provisioning/metric.h"

static void source_free(struct source *source)
{
	hv_closep(&source->conn);
	lives_done(&source->lives);
	metric_drop(METRIC_METER_READ, METRIC_OF(source->name));
	free(source->name);
	free(source->host);
	free(source->uri);
	free(source);
}

static struct source *find(const struct sources *sources, const char *name)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->list[i]->name, name) == 0)
			return sources->list[i];
	return NULL;
}

/* Takes the name. */
static struct source *add(
    struct sources *sources, enum source_kind kind, char *name)
{
	struct source *source = find(sources, name);

	if (source != NULL) {
		free(name);
	} else {
		source = hs_alloc(sizeof(*source));
		*source = (struct source) { .kind = kind, .name = name };
		sources->list = hs_realloc_array(
		    sources->list, sources->count + 1, sizeof(*sources->list));
		sources->list[sources->count++] = source;
	}
	source->is_listed = true;
	return source;
}

/* Where it was before is another one's now: asked there next time. */
static void set_uri(struct source *source, char *uri)
{
	if (source->turn == SOURCE_ASKED ||
	    (source->uri != NULL && strcmp(source->uri, uri) == 0)) {
		free(uri);
		return;
	}
	hv_closep(&source->conn);
	free(source->uri);
	source->uri = uri;
}

static void add_host(
    struct sources *sources, const struct plat *plat, const struct host *host)
{
	for (int k = 0; k < HV_DRIVER_COUNT; k++) {
		enum hv_driver driver = (enum hv_driver)k;
		struct source *source;

		if (!host->can[k])
			continue;
		source = add(sources, SOURCE_DOMAINS,
		    hs_printf(
			"domain/%s/%s", host->name, hv_caps(driver)->name));
		if (source->host == NULL)
			source->host = hs_strdup(host->name);
		source->driver = driver;
		source->is_local = host_is_local(host);
		set_uri(source, host_uri(plat, host, driver));
	}
}

/* One that is being asked goes when it has answered. */
static void drop_unlisted(struct sources *sources)
{
	size_t kept = 0;

	for (size_t i = 0; i < sources->count; i++) {
		struct source *source = sources->list[i];

		if (source->is_listed || source->turn == SOURCE_ASKED)
			sources->list[kept++] = source;
		else
			source_free(source);
	}
	sources->count = kept;
}

void sources_update(
    struct sources *sources, const struct plat *plat, const struct hosts *hosts)
{
	for (size_t i = 0; i < sources->count; i++)
		sources->list[i]->is_listed = false;
	(void)add(sources, SOURCE_GATEWAY, hs_strdup("gateway"));
	(void)add(sources, SOURCE_EDGE, hs_strdup("edge"));
	for (size_t i = 0; i < hosts->count; i++)
		add_host(sources, plat, hosts->list[i]);
	drop_unlisted(sources);
}

void sources_done(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		source_free(sources->list[i]);
	free(sources->list);
	*sources = (struct sources) { 0 };
}

void sources_queue(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->list[i]->turn == SOURCE_IDLE &&
		    sources->list[i]->is_listed)
			sources->list[i]->turn = SOURCE_QUEUED;
}

struct source *sources_next(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		struct source *source = sources->list[i];

		if (source->turn != SOURCE_QUEUED)
			continue;
		source->turn = SOURCE_ASKED;
		return source;
	}
	return NULL;
}

size_t sources_domains(const struct sources *sources)
{
	size_t sum = 0;

	for (size_t i = 0; i < sources->count; i++)
		sum += sources->list[i]->domains;
	return sum;
}

char *sources_names(const struct sources *sources)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < sources->count; i++)
		(void)json_array_append_new(
		    list, json_string(sources->list[i]->name));
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}
