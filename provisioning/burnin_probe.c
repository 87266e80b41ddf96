/* burnin_probe.c - one portal asked through the edge, time after time. */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "provisioning/burnin.h"

#define EDGE_PORT    "8443"
#define EDGE_ADDRESS "127.0.0.1"
#define CA_FILE      "/var/lib/hanse/ca/ca.crt"
#define TIMEOUT_MS   5000L
#define PAUSE_MS     40

static size_t ignore(char *data, size_t size, size_t count, void *arg)
{
	(void)data;
	(void)arg;
	return size * count;
}

static void note(struct burnin_probe *p, const char *what)
{
	if (atomic_fetch_add(&p->failed, 1) == 0)
		(void)snprintf(
		    p->first_failure, sizeof(p->first_failure), "%s", what);
}

/* How far a request came that has no answer. */
static const char *stage_of(CURL *curl)
{
	static const struct {
		CURLINFO info;
		const char *ended_in;
	} stages[] = {
		{ CURLINFO_CONNECT_TIME_T, "connecting" },
		{ CURLINFO_APPCONNECT_TIME_T, "in the TLS handshake" },
		{ CURLINFO_STARTTRANSFER_TIME_T, "waiting for the answer" },
	};
	long connects = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
	for (size_t i = connects > 0 ? 0 : 2; i < ARRAY_LEN(stages); i++) {
		curl_off_t us = 0;

		(void)curl_easy_getinfo(curl, stages[i].info, &us);
		if (us == 0)
			return stages[i].ended_in;
	}
	return "in the answer";
}

/* A kept connection that nginx ended, as it does when it reads its files anew,
 * before a byte of the answer came. */
static bool was_closed(CURL *curl, CURLcode code)
{
	long connects = 0, status = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return connects == 0 && status == 0 &&
	       (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
		   code == CURLE_GOT_NOTHING);
}

/* A client may ask once more on a new connection (RFC 9112 9.3.1). */
static CURLcode perform(CURL *curl)
{
	CURLcode code = curl_easy_perform(curl);

	if (!was_closed(curl, code))
		return code;
	(void)curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	code = curl_easy_perform(curl);
	(void)curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 0L);
	return code;
}

static void ask(struct burnin_probe *p, CURL *curl)
{
	CURLcode code = perform(curl);
	long status = 0;
	char text[sizeof(p->first_failure)];

	/* What was asked for before it had to answer does not count. */
	if (atomic_load(&p->quiet))
		return;
	(void)atomic_fetch_add(&p->asked, 1);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK) {
		(void)snprintf(text, sizeof(text), "%s, %s",
		    curl_easy_strerror(code), stage_of(curl));
		note(p, text);
	} else if (status != 200) {
		(void)snprintf(text, sizeof(text), "status %ld", status);
		note(p, text);
	}
}

static void *probe_thread(void *arg)
{
	struct burnin_probe *p = arg;
	struct curl_slist *resolve = curl_slist_append(NULL, p->resolve);
	CURL *curl = curl_easy_init();

	if (curl == NULL) {
		note(p, "curl does not start");
		return NULL;
	}
	(void)curl_easy_setopt(curl, CURLOPT_URL, p->url);
	(void)curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
	(void)curl_easy_setopt(curl, CURLOPT_CAINFO, p->ca);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	while (!atomic_load(&p->stop)) {
		ask(p, curl);
		hs_pause_ms(PAUSE_MS);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(resolve);
	return NULL;
}

int burnin_probe_start(
    struct burnin_probe *p, const char *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *host =
	    hs_printf("%s.%s.localhost", BURNIN_FIRST, ve);

	p->url = hs_printf("https://%s:%s/healthz", host, EDGE_PORT);
	p->resolve = hs_printf("%s:%s:%s", host, EDGE_PORT, EDGE_ADDRESS);
	p->ca = hs_strdup(CA_FILE);
	if (pthread_create(&p->thread, NULL, probe_thread, p) != 0)
		return hs_fail(err, HS_ESYSTEM, "no thread for a probe");
	p->runs = true;
	return 0;
}

void burnin_probe_stop(struct burnin_probe *p)
{
	atomic_store(&p->stop, true);
	if (p->runs)
		(void)pthread_join(p->thread, NULL);
	p->runs = false;
	free(p->url);
	free(p->resolve);
	free(p->ca);
	p->url = p->resolve = p->ca = NULL;
}
