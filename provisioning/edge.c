/* edge.c - nginx in front of the portals. */

#include "provisioning/edge.h"

#include <curl/curl.h>
#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "gen/prov_forms.h"
#include "provisioning/edge_workers.h"
#include "provisioning/form.h"
#include "provisioning/host.h"
#include "provisioning/relay.h"

#define FORM_MAX 65536
#define DRAIN_MS 10000

char *edge_path(const struct plat *plat, const char *name)
{
	return hs_printf("%s/edge/%s.conf", plat->conf->config, name);
}

char *edge_relay_path(const struct plat *plat, const char *name)
{
	return hs_printf("%s/edge/%s.relay", plat->conf->config, name);
}

static char *relay_socket(const struct plat *plat, const struct object *edge)
{
	return hs_printf("unix:%s/edge/%s.sock", plat->conf->run, edge->name);
}

/* Where nginx finds the portal. */
static char *portal_of(const struct plat *plat, const struct object *edge)
{
	if (strcmp(object_host(edge), HOST_LOCAL) != 0)
		return relay_socket(plat, edge);
	return hs_printf(
	    "%s:%d", object_text(edge, "address"), DOM_PORT_PORTAL);
}

int edge_render(const struct plat *plat, const struct object *edge,
    char **ret_text, struct hs_err *err)
{
	const struct plat_conf *c = plat->conf;
	bool is_suspended = object_text(edge, "address")[0] == '\0';
	hs_auto(hs_freep) char *path = hs_printf("%s/edge/%s.conf", c->share,
	    is_suspended ? "suspended" : "enterprise");
	hs_auto(hs_freep) char *form = NULL;
	hs_auto(hs_freep) char *cert =
	    plat_path(plat, "ca/edge.%s.crt", edge->name);
	hs_auto(hs_freep) char *key =
	    plat_path(plat, "ca/edge.%s.key", edge->name);
	hs_auto(hs_freep) char *root = hs_printf("%s/static", c->share);
	hs_auto(hs_freep) char *portal = portal_of(plat, edge);
	const struct form_value values[] = {
		{ "ve", edge->ve },
		{ "enterprise", edge->enterprise },
		{ "server_name", object_text(edge, "server_name") },
		{ "listen", c->edge.listen },
		{ "portal", portal },
		{ "certificate", cert },
		{ "certificate_key", key },
		{ "static_root", root },
	};

	if (hs_file_read(path, FORM_MAX, &form, NULL, err) < 0)
		return hs_wrap(err, "the edge's form");
	*ret_text = form_fill(form, values, ARRAY_LEN(values));
	return 0;
}

int edge_render_relay(struct plat *plat, const struct object *edge,
    char **ret_text, struct hs_err *err)
{
	hs_auto(hs_freep) char *socket = relay_socket(plat, edge);
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca/hosts");
	hs_auto(hs_freep) char *to = NULL;
	hs_auto(hs_freep) char *name = NULL;
	struct host *host;

	*ret_text = NULL;
	if (strcmp(object_host(edge), HOST_LOCAL) == 0)
		return 0;
	if (host_find(plat, object_host(edge), &host, err) < 0)
		return -1;
	to = relay_address(host->address);
	name = relay_portal_name(host->name, object_text(edge, "address"));
	*ret_text = form_fill(prov_forms_edge,
	    (const struct form_value[]) {
		{ "listen", socket },
		{ "to", to },
		{ "name", name },
		{ "dir", dir },
	    },
	    4);
	return 0;
}

static int read_pid(const struct plat *plat, pid_t *ret_pid, struct hs_err *err)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("%s/edge/nginx.pid", plat->conf->run);
	hs_auto(hs_freep) char *text = NULL;

	if (hs_file_read(path, 32, &text, NULL, NULL) < 0 ||
	    (*ret_pid = atoi(text)) <= 1)
		return hs_fail(err, HS_EREMOTE,
		    "the edge (nginx) does not run; start it with: make up");
	return 0;
}

static bool has_text(const char *path, const char *text)
{
	hs_auto(hs_freep) char *file = NULL;

	return hs_file_read(path, FORM_MAX, &file, NULL, NULL) == 0 &&
	       strstr(file, text) != NULL;
}

/* The one file names the address or the relay's socket; the other one then the
 * portal that is meant. */
enum edge_way edge_leads_to(const struct plat *plat, const struct object *edge)
{
	hs_auto(hs_freep) char *path = edge_path(plat, edge->name);
	hs_auto(hs_freep) char *relay_path = edge_relay_path(plat, edge->name);
	hs_auto(hs_freep) char *portal = portal_of(plat, edge);
	hs_auto(hs_freep) char *pass = hs_printf(" %s;", portal);
	hs_auto(hs_freep) char *name =
	    relay_portal_name(object_host(edge), object_text(edge, "address"));
	bool is_here = strcmp(object_host(edge), HOST_LOCAL) == 0;

	if (access(path, F_OK) < 0)
		return EDGE_NOWHERE;
	return has_text(path, pass) && (is_here || has_text(relay_path, name))
		   ? EDGE_THERE
		   : EDGE_ELSEWHERE;
}

/* A hard link: hs_file_write() puts a new file in the old one's place. */
int edge_keep_old(const char *path, struct hs_err *err)
{
	hs_auto(hs_freep) char *old = hs_printf("%s.old", path);

	(void)unlink(old);
	if (link(path, old) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "keep '%s'", path);
	return 0;
}

/* What was kept goes back, or goes. */
static void end_keeping(const struct plat *plat, bool restore)
{
	hs_auto(hs_freep) char *pattern =
	    hs_printf("%s/edge/*.old", plat->conf->config);
	glob_t found = { 0 };

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *old = found.gl_pathv[i];
			hs_auto(hs_freep) char *path =
			    hs_strndup(old, strlen(old) - strlen(".old"));

			if (restore ? rename(old, path) < 0 : unlink(old) < 0)
				hs_warn("edge.old", "file=%s", old);
		}
	globfree(&found);
}

/* What was kept belongs to one job at a time. */
static pthread_mutex_t one_flush = PTHREAD_MUTEX_INITIALIZER;

static int test_files(const struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_freep) char *prefix = hs_printf("%s/edge", plat->conf->run);
	hs_auto(hs_freep) char *file =
	    hs_printf("%s/edge/nginx.conf", plat->conf->config);
	const char *const test[] = { "nginx", "-q", "-e", "stderr", "-p",
		prefix, "-c", file, "-t", NULL };
	int failed = plat_run(test, err);

	end_keeping(plat, failed < 0);
	return failed;
}

static int flush(struct plat *plat, struct hs_err *err)
{
	pid_t pid = 0;

	if (hs_fault("edge.reload", err) < 0 || test_files(plat, err) < 0 ||
	    read_pid(plat, &pid, err) < 0 || edge_tell(plat, pid, err) < 0)
		return hs_wrap(err, "edge");
	plat->edge_changed = false;
	return 0;
}

/* One that does not run reads all of them when it starts. */
static bool is_running(const struct plat *plat)
{
	pid_t pid = 0;

	return read_pid(plat, &pid, NULL) == 0 && kill(pid, 0) == 0;
}

int edge_flush(struct plat *plat, struct hs_err *err)
{
	int failed;

	if (!plat->edge_changed && (edge_is_told(plat) || !is_running(plat)))
		return 0;
	(void)pthread_mutex_lock(&one_flush);
	failed = flush(plat, err);
	(void)pthread_mutex_unlock(&one_flush);
	return failed;
}

int edge_forget_relay(struct plat *plat, const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = edge_path(plat, name);
	hs_auto(hs_freep) char *relay = edge_relay_path(plat, name);

	if (access(relay, F_OK) < 0 || has_text(path, " unix:"))
		return 0;
	if (unlink(relay) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "remove '%s'", relay);
	plat->edge_changed = true;
	return 0;
}

int edge_drain(struct plat *plat, struct hs_err *err)
{
	if (!is_running(plat))
		return 0;
	if (edge_flush(plat, err) < 0)
		return -1;
	return edge_wait_for_workers(plat, DRAIN_MS, err);
}

static size_t ignore(char *data, size_t size, size_t count, void *arg)
{
	(void)data;
	(void)arg;
	return size * count;
}

/* Resolved here: the names need not be in any DNS. */
static struct curl_slist *resolution(const struct plat *plat, const char *host)
{
	const char *listen = plat->conf->edge.listen;
	const char *colon = strrchr(listen, ':');
	hs_auto(hs_freep) char *address =
	    hs_strndup(listen, (size_t)(colon - listen));
	hs_auto(hs_freep) char *entry =
	    hs_printf("%s:%s:%s", host, colon + 1, address);

	return curl_slist_append(NULL, entry);
}

int edge_portal_answers(const struct plat *plat, const char *ve,
    const char *enterprise, long timeout_ms, struct hs_err *err)
{
	hs_auto(hs_freep) char *base = plat_url(plat, ve, enterprise);
	hs_auto(hs_freep) char *url = hs_printf("%shealthz", base);
	hs_auto(hs_freep) char *host = plat_edge_name(plat, ve, enterprise);
	hs_auto(hs_freep) char *ca = plat_path(plat, "ca/ca.crt");
	struct curl_slist *resolve = resolution(plat, host);
	CURL *curl = curl_easy_init();
	long status = 0;
	CURLcode code = CURLE_FAILED_INIT;

	if (curl != NULL) {
		(void)curl_easy_setopt(curl, CURLOPT_URL, url);
		(void)curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
		(void)curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
		(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
		(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
		(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
		(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
		code = curl_easy_perform(curl);
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_cleanup(curl);
	}
	curl_slist_free_all(resolve);
	if (code != CURLE_OK)
		return hs_fail(err, HS_EREMOTE, "portal %s: %s", base,
		    curl_easy_strerror(code));
	if (status != 200)
		return hs_fail(
		    err, HS_EREMOTE, "portal %s says %ld", base, status);
	return 0;
}
