/* gateway_meter.c - the gateway's counts, whenever somebody has looked. */

#include "provisioning/gateway_meter.h"

#include <jansson.h>

#include "base/mem.h"
#include "provisioning/metric.h"

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void total(enum metric metric, const char *const *labels,
    const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));

	metric_total(metric, labels, value > 0 ? (uint64_t)value : 0);
}

static void one_route(const json_t *route)
{
	const char *ve = json_string_value(json_object_get(route, "ve"));
	const char *enterprise =
	    json_string_value(json_object_get(route, "enterprise"));
	const char *const labels[METRIC_LABELS_MAX] = { ve, enterprise };

	metric_set(METRIC_GATEWAY_SESSIONS, labels, number(route, "sessions"));
	metric_set(METRIC_GATEWAY_BACKENDS, labels, number(route, "backends"));
	total(METRIC_GATEWAY_STATEMENTS, labels, route, "statements");
	total(METRIC_GATEWAY_TRANSACTIONS, labels, route, "transactions");
	total(METRIC_GATEWAY_ROWS, labels, route, "rows");
	total(METRIC_GATEWAY_CUT, labels, route, "cut");
	total(METRIC_GATEWAY_WAITED, labels, route, "waited_ms");
	total(METRIC_GATEWAY_BYTES, METRIC_OF(ve, enterprise, "in"), route,
	    "bytes_in");
	total(METRIC_GATEWAY_BYTES, METRIC_OF(ve, enterprise, "out"), route,
	    "bytes_out");
}

void gateway_meter(const json_t *status)
{
	const json_t *audit = json_object_get(status, "audit");
	const json_t *route;
	size_t i;

	metric_set(METRIC_GATEWAY_UP, NULL, status != NULL);
	if (status == NULL)
		return;
	json_array_foreach (json_object_get(status, "routes"), i, route)
		one_route(route);
	if (audit == NULL)
		return;
	total(METRIC_GATEWAY_AUDIT_LOST, NULL, audit, "lost");
	metric_set(METRIC_GATEWAY_AUDIT_FAILING, NULL,
	    json_is_true(json_object_get(audit, "failing")));
}
