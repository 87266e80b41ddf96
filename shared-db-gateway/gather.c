/* gather.c - workers' answers, added up. */

#include "shared-db-gateway/gather.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/command.h"

/* What is the same in all, or means nothing in a sum. */
static bool is_fixed(const char *name)
{
	static const char *const names[] = { "connections", "limits", "pid",
		"port", "reloads", "up_ms" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void merge(json_t *sum, const json_t *more);

static json_t *same_user(const json_t *list, const json_t *route)
{
	const char *user = json_string_value(json_object_get(route, "user"));
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		const char *other =
		    json_string_value(json_object_get(one, "user"));

		if (user != NULL && other != NULL && strcmp(user, other) == 0)
			return one;
	}
	return NULL;
}

static void join(json_t *list, const json_t *more, bool by_user)
{
	size_t i;
	json_t *one;

	json_array_foreach (more, i, one) {
		json_t *known = by_user ? same_user(list, one) : NULL;

		if (known != NULL)
			merge(known, one);
		else
			(void)json_array_append(list, one);
	}
}

static void merge_one(json_t *sum, const char *name, json_t *more)
{
	json_t *have = json_object_get(sum, name);

	if (have == NULL)
		(void)json_object_set(sum, name, more);
	else if (is_fixed(name))
		return;
	else if (json_is_integer(have) && json_is_integer(more))
		(void)json_integer_set(
		    have, json_integer_value(have) + json_integer_value(more));
	else if (json_is_array(have))
		join(have, more, strcmp(name, "routes") == 0);
	else if (json_is_object(have))
		merge(have, more);
	else if (json_is_true(more))
		(void)json_object_set(sum, name, more);
}

static void merge(json_t *sum, const json_t *more)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)more, name, value)
		merge_one(sum, name, value);
}

void gw_gather_begin(struct gw_gather *gather, bool any)
{
	*gather = (struct gw_gather) { .any = any };
}

void gw_gather_add(struct gw_gather *g, const json_t *answer)
{
	if (!json_is_true(json_object_get(answer, "ok"))) {
		if (g->fault == NULL)
			g->fault = json_deep_copy(answer);
	} else if (g->sum == NULL)
		g->sum = json_deep_copy(answer);
	else
		merge(g->sum, answer);
}

json_t *gw_gather_end(struct gw_gather *g)
{
	bool is_good = g->sum != NULL && (g->any || g->fault == NULL);
	json_t *answer = is_good ? g->sum : g->fault;
	const struct hs_err none = { .code = HS_EREMOTE,
		.msg = "no worker answers" };

	if (answer != NULL)
		(void)json_incref(answer);
	json_decref(g->sum);
	json_decref(g->fault);
	*g = (struct gw_gather) { 0 };
	return answer != NULL ? answer : gw_answer(NULL, &none);
}
