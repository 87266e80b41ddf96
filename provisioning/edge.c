/* edge.c - nginx in front of the portals. */

#include "provisioning/edge.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
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

#define FORM_MAX  65536
#define DRAIN_MS  10000
#define RELOAD_MS 5000
#define TICK_MS   20

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

/* -- What nginx runs ------------------------------------------------------- */

/** Its youngest worker: made when it last read its files. */
struct worker {
	pid_t pid;
	unsigned long long start; /* ticks since boot */
};

/* Files of /proc have no size, so these are no hs_file_read(). */
static ssize_t read_proc(const char *path, char *text, size_t size)
{
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, text, size - 1) : -1;

	text[len > 0 ? len : 0] = '\0';
	return len;
}

/* Field 22; the second one is in parentheses and may hold anything. */
static unsigned long long start_of(pid_t pid)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/stat", pid);
	char text[1024];
	const char *p;

	if (read_proc(path, text, sizeof(text)) <= 0 ||
	    (p = strrchr(text, ')')) == NULL)
		return 0;
	for (int field = 2; field < 22 && p != NULL; field++)
		p = strchr(p + 1, ' ');
	return p != NULL ? strtoull(p, NULL, 10) : 0;
}

static struct worker youngest(pid_t nginx)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("/proc/%d/task/%d/children", nginx, nginx);
	struct worker best = { 0 };
	char text[4096], *p = text, *end;

	(void)read_proc(path, text, sizeof(text));
	for (;;) {
		struct worker w = { .pid = (pid_t)strtol(p, &end, 10) };

		if (end == p)
			return best;
		p = end;
		w.start = start_of(w.pid);
		if (w.start >= best.start)
			best = w;
	}
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_newer(const char *path, int64_t than_ms)
{
	struct stat st;

	return stat(path, &st) < 0 || (int64_t)st.st_mtim.tv_sec * 1000 +
					      st.st_mtim.tv_nsec / 1000000 >
					  than_ms;
}

bool edge_is_loaded(const struct plat *plat, const char *name)
{
	hs_auto(hs_freep) char *conf = edge_path(plat, name);
	hs_auto(hs_freep) char *cert = plat_path(plat, "ca/edge.%s.crt", name);
	struct worker worker = { 0 };
	int64_t read_ms;
	pid_t pid = 0;

	if (read_pid(plat, &pid, NULL) < 0 ||
	    (worker = youngest(pid)).start == 0)
		return false;
	read_ms = clock_ms(CLOCK_REALTIME) - clock_ms(CLOCK_BOOTTIME) +
		  (int64_t)worker.start * 1000 / sysconf(_SC_CLK_TCK);
	/* The kernel's ticks are coarse. */
	return !is_newer(conf, read_ms + TICK_MS) &&
	       !is_newer(cert, read_ms + TICK_MS);
}

/* It reads them in its own time; who asks next shall see what we wrote. */
static void wait_for_workers(pid_t nginx, pid_t old)
{
	for (int ms = 0; ms < RELOAD_MS && youngest(nginx).pid == old; ms += 10)
		hs_pause_ms(10);
}

static int flush(struct plat *plat, struct hs_err *err)
{
	pid_t pid = 0, old;

	if (hs_fault("edge.reload", err) < 0 || test_files(plat, err) < 0 ||
	    read_pid(plat, &pid, err) < 0)
		return hs_wrap(err, "edge");
	old = youngest(pid).pid;
	if (edge_tell(plat, pid, err) < 0)
		return hs_wrap(err, "edge");
	wait_for_workers(pid, old);
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
