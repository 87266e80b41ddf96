/* query_hosts.c - what hosts there are. */

#include "provisioning/query.h"

#include <string.h>

#include "base/err.h"
#include "provisioning/host.h"

static json_t *drivers_json(const struct host *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < HV_DRIVER_COUNT; i++)
		if (h->can[i])
			(void)json_array_append_new(list,
			    json_string(hv_caps((enum hv_driver)i)->name));
	if (h->has_kvm)
		(void)json_array_append_new(list, json_string("kvm"));
	return list;
}

static json_t *limit_json(unsigned limit)
{
	return limit > 0 ? json_integer((json_int_t)limit) : json_null();
}

json_t *query_host_json(struct plat *plat, struct host *h)
{
	bool answers = host_answers(plat, h);

	return json_pack("{s:s, s:s, s:s, s:s?, s:s*, s:I, s:I, s:I, s:o, s:o, "
			 "s:o, s:O*, s:s*}",
	    "name", h->name, "state", h->drained ? "drained" : "active",
	    "answers", answers ? "yes" : "no", "address", h->address, "reason",
	    answers ? NULL : h->silent, "domains", (json_int_t)h->domains,
	    "vcpus", (json_int_t)h->vcpus, "memory_mib",
	    (json_int_t)h->memory_mib, "max_vcpus", limit_json(h->max_vcpus),
	    "max_memory_mib", limit_json(h->max_memory_mib), "drivers",
	    drivers_json(h), "shell", h->shell, "note", h->note);
}

void query_host_services(struct plat *plat, json_t *services)
{
	const struct hosts *hosts;

	if (host_list(plat, &hosts, NULL) < 0)
		return;
	for (size_t i = 0; i < hosts->count; i++) {
		struct host *h = hosts->list[i];
		hs_auto(hs_freep) char *name = hs_printf("host %s", h->name);
		bool ok = host_is_local(h) || host_answers(plat, h);

		if (host_is_local(h))
			continue;
		(void)json_array_append_new(
		    services, json_pack("{s:s, s:s, s:s}", "name", name,
				  "state", ok ? "ok" : "down", "detail",
				  ok ? (h->drained ? "drained" : "")
				  : h->silent != NULL ? h->silent
						      : "does not answer"));
	}
}
