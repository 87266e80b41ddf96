/* place.h - which host a domain goes to: pure, from what is known of the hosts.
 *
 * A domain that has a place keeps it while its host can go on having it. Else
 * it goes, of the hosts that can have it, to the one that is least loaded for
 * its size; of equals, to the one with the fewest domains of the same virtual
 * enterprise; of equals, to the first by name.
 */
#ifndef HANSE_PROVISIONING_PLACE_H
#define HANSE_PROVISIONING_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "hv/hv.h"

struct hs_err;

/** A host as placement sees it. */
struct place_host {
	const char *name;
	bool drained;
	const char *silent; /* why it does not answer; NULL: it does */
	bool can[HV_DRIVER_COUNT];
	bool has_kvm;
	unsigned vcpus, memory_mib;         /* its size; at least 1 */
	unsigned max_vcpus, max_memory_mib; /* to be given away; 0: no limit */
};

/** A domain: with a host it has its place, and counts there. */
struct place_domain {
	char *name;
	char *ve;   /* NULL: the platform's */
	char *host; /* NULL: nowhere yet */
	unsigned vcpus, memory_mib;
};

struct place_state {
	const struct place_host *hosts;
	size_t hosts_count;
	const struct place_domain *domains;
	size_t domains_count;
};

/** What is asked for. */
struct place_request {
	const struct place_domain *domain; /* with the place it has, if any */
	bool may[HV_DRIVER_COUNT];         /* drivers that will do */
	const char *pin;                   /* that host and no other; NULL */
	char *const *avoid; /* domains that must not be on the same host */
	size_t avoid_count;
};

/**
 * Choose.
 *
 * A domain on a host that does not answer stays there: it may be running.
 *
 * @ret_host:  lent by the state
 *
 * Errors: HS_ECONFLICT (no host can have it; the message says why, host by
 * host).
 */
int place_choose(const struct place_state *state,
    const struct place_request *request, const struct place_host **ret_host,
    struct hs_err *err);

/** The host of that name, or NULL. */
const struct place_host *place_host_find(
    const struct place_state *state, const char *name);

#endif
