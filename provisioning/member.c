/* member.c - one of the domains of a replicated database, as its Patroni has
 * it.
 */

#include "provisioning/member.h"

#include <curl/curl.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/object.h"
#include "provisioning/plat.h"

#define AWAIT_MS  120000
#define ASK_AGAIN 500
#define ANSWER_MS 2000L

static size_t ignore(char *data, size_t size, size_t count, void *arg)
{
	(void)data;
	(void)arg;
	return size * count;
}

/* By its address, which stands in its certificate. */
static bool is_ready(const char *address, const char *ca)
{
	hs_auto(hs_freep) char *url =
	    hs_printf("https://%s:%d/readiness", address, DOM_PORT_PATRONI);
	CURL *curl = curl_easy_init();
	long status = 0;

	if (curl == NULL)
		return false;
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ANSWER_MS);
	(void)curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	(void)curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	if (curl_easy_perform(curl) == CURLE_OK)
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	return status == 200;
}

int member_await(
    struct plat *plat, const struct object *domain, struct hs_err *err)
{
	hs_auto(hs_freep) char *ca = plat_path(plat, "ca/ca.crt");
	const char *address = object_text(domain, "address");
	int64_t until = hs_now_ms() + AWAIT_MS;

	if (object_text(domain, "peers")[0] == '\0')
		return 0;
	while (!is_ready(address, ca)) {
		if (plat_gives_up(plat, err) < 0)
			return -1;
		if (hs_now_ms() >= until) {
			hs_warn("member.slow", "domain=%s", domain->name);
			return 0;
		}
		hs_pause_ms(ASK_AGAIN);
	}
	return 0;
}
