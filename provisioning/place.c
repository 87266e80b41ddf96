/* place.c - which host a domain goes to. */

#include "provisioning/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define PER_MILLE 1000ULL

/** What is given away on a host already, the asking domain left out. */
struct usage {
	unsigned long long vcpus, memory_mib;
	unsigned same_ve;
	const char *avoided; /* a domain that must not be beside it; NULL */
};

/** A host that can have the domain, and how well. */
struct candidate {
	const struct place_host *host;
	unsigned long long
	    load; /* per mille of its size, the fuller resource */
	unsigned same_ve;
};

static bool are_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

const struct place_host *place_host_find(
    const struct place_state *state, const char *name)
{
	for (size_t i = 0; i < state->hosts_count; i++)
		if (are_same(state->hosts[i].name, name))
			return &state->hosts[i];
	return NULL;
}

static bool is_avoided(const struct place_request *r, const char *name)
{
	for (size_t i = 0; i < r->avoid_count; i++)
		if (strcmp(r->avoid[i], name) == 0)
			return true;
	return false;
}

static struct usage usage_of(const struct place_state *state,
    const struct place_request *r, const struct place_host *host)
{
	struct usage u = { 0 };

	for (size_t i = 0; i < state->domains_count; i++) {
		const struct place_domain *d = &state->domains[i];

		if (!are_same(d->host, host->name) ||
		    strcmp(d->name, r->domain->name) == 0)
			continue;
		u.vcpus += d->vcpus;
		u.memory_mib += d->memory_mib;
		u.same_ve += are_same(d->ve, r->domain->ve);
		if (is_avoided(r, d->name))
			u.avoided = d->name;
	}
	return u;
}

static bool has_driver(
    const struct place_request *r, const struct place_host *host)
{
	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (r->may[i] && host->can[i])
			return true;
	return false;
}

static char *drivers_asked(const struct place_request *r)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (r->may[i])
			hs_text_addf(&text, "%s%s", text.len > 0 ? " or " : "",
			    hv_caps((enum hv_driver)i)->name);
	return hs_text_take(&text);
}

/* Why the host cannot have it, or NULL; owned by the caller. */
static char *refusal(const struct place_request *r,
    const struct place_host *host, const struct usage *u)
{
	const struct place_domain *d = r->domain;
	hs_auto(hs_freep) char *drivers = NULL;

	if (r->pin != NULL && strcmp(r->pin, host->name) != 0)
		return hs_printf("it must be on '%s'", r->pin);
	if (host->drained)
		return hs_strdup("is drained");
	if (host->silent != NULL)
		return hs_printf("does not answer (%s)", host->silent);
	if (!has_driver(r, host)) {
		drivers = drivers_asked(r);
		return hs_printf("has no driver %s", drivers);
	}
	if (u->avoided != NULL)
		return hs_printf("has '%s', which it must avoid", u->avoided);
	if (host->max_vcpus > 0 && u->vcpus + d->vcpus > host->max_vcpus)
		return hs_printf("has %llu of %u vCPUs left, %u are asked",
		    host->max_vcpus > u->vcpus ? host->max_vcpus - u->vcpus : 0,
		    host->max_vcpus, d->vcpus);
	if (host->max_memory_mib > 0 &&
	    u->memory_mib + d->memory_mib > host->max_memory_mib)
		return hs_printf("has %llu of %u MiB left, %u are asked",
		    host->max_memory_mib > u->memory_mib
			? host->max_memory_mib - u->memory_mib
			: 0,
		    host->max_memory_mib, d->memory_mib);
	return NULL;
}

static unsigned long long load_of(const struct place_host *host,
    const struct usage *u, const struct place_domain *d)
{
	unsigned long long cpu = (u->vcpus + d->vcpus) * PER_MILLE /
				 (host->vcpus > 0 ? host->vcpus : 1);
	unsigned long long memory =
	    (u->memory_mib + d->memory_mib) * PER_MILLE /
	    (host->memory_mib > 0 ? host->memory_mib : 1);

	return cpu > memory ? cpu : memory;
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (b->host == NULL)
		return true;
	if (a->load != b->load)
		return a->load < b->load;
	if (a->same_ve != b->same_ve)
		return a->same_ve < b->same_ve;
	return strcmp(a->host->name, b->host->name) < 0;
}

/* The place it has, if it can go on having it. */
static const struct place_host *kept(
    const struct place_state *state, const struct place_request *r)
{
	const struct place_host *host = place_host_find(state, r->domain->host);
	hs_auto(hs_freep) char *why = NULL;
	struct usage u;

	if (host == NULL || host->silent != NULL)
		return host;
	u = usage_of(state, r, host);
	why = refusal(r, host, &u);
	return why == NULL ? host : NULL;
}

int place_choose(const struct place_state *state,
    const struct place_request *request, const struct place_host **ret_host,
    struct hs_err *err)
{
	const struct place_host *host = kept(state, request);
	hs_auto(hs_text_done) struct hs_text reasons = { 0 };
	struct candidate best = { 0 };

	for (size_t i = 0; host == NULL && i < state->hosts_count; i++) {
		const struct place_host *h = &state->hosts[i];
		struct usage u = usage_of(state, request, h);
		hs_auto(hs_freep) char *why = refusal(request, h, &u);
		struct candidate c = { h, load_of(h, &u, request->domain),
			u.same_ve };

		if (why != NULL)
			hs_text_addf(&reasons, "%s'%s' %s",
			    reasons.len > 0 ? "; " : "", h->name, why);
		else if (is_better(&c, &best))
			best = c;
	}
	if (host == NULL)
		host = best.host;
	if (host == NULL)
		return hs_fail(err, HS_ECONFLICT,
		    "no host can have domain '%s': %s", request->domain->name,
		    reasons.data != NULL ? reasons.data : "there is none");
	*ret_host = host;
	return 0;
}
