/* cmd_burnin.c - hanse burnin: everything an operator does, on chains made for
 * it, side by side, with their portals asked all the while; then nothing may
 * be left. After Ganeti's tool of that name.
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "hv/hv.h"
#include "provisioning/burnin.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

#define CHAINS_MAX   8
#define CHAINS_USUAL 2
#define MEND_MS      60000

/** One chain and what is done to it, in a thread of its own. */
struct burner {
	const struct call *call;
	pthread_t thread;
	char ve[32];
	struct burnin_shape shape;
	struct burnin_probe probe;
	const char *other_host; /* to move to; NULL: there is none */
	json_t *steps;
	bool failed;
};

typedef int burn(struct burner *b, struct hs_err *err);

/* -- Requests -------------------------------------------------------------- */

static int ask(
    struct burner *b, json_t *request, json_t **ret_result, struct hs_err *err)
{
	json_t *result = NULL;

	if (client_ask(b->call, request, NULL, NULL, &result, err) < 0)
		return -1;
	if (ret_result != NULL)
		*ret_result = result;
	else
		json_decref(result);
	return 0;
}

/* As its shape says now; afterwards there is nothing to change. */
static int apply(struct burner *b, struct hs_err *err)
{
	hs_auto(hs_freep) char *spec = burnin_spec(&b->shape);
	hs_auto(json_freep) json_t *plan = NULL;

	if (ask(b,
		json_pack("{s:s, s:s, s:s, s:b}", "command", "apply", "file",
		    "burn-in", "spec", spec, "restart", 1),
		NULL, err) < 0 ||
	    ask(b,
		json_pack("{s:s, s:s, s:s}", "command", "plan", "file",
		    "burn-in", "spec", spec),
		&plan, err) < 0)
		return -1;
	if (json_array_size(json_object_get(plan, "changes")) == 0)
		return 0;
	return hs_fail(err, HS_ECONFLICT,
	    "there is something to change after an apply: %s",
	    json_text(json_array_get(json_object_get(plan, "changes"), 0),
		"name", "?"));
}

static int tell(struct burner *b, const char *command, struct hs_err *err)
{
	return ask(b,
	    json_pack("{s:s, s:s, s:s}", "command", command, "ve", b->ve,
		"enterprise", BURNIN_FIRST),
	    NULL, err);
}

/* -- What is done ---------------------------------------------------------- */

static int create(struct burner *b, struct hs_err *err)
{
	if (apply(b, err) < 0)
		return -1;
	return burnin_probe_start(&b->probe, b->ve, err);
}

static int grow(struct burner *b, struct hs_err *err)
{
	b->shape.memory_mib += 64;
	b->shape.vcpus++;
	return apply(b, err);
}

static int hire(struct burner *b, struct hs_err *err)
{
	b->shape.people++;
	return apply(b, err);
}

static int suspend(struct burner *b, struct hs_err *err)
{
	return tell(b, "suspend", err);
}

static int resume(struct burner *b, struct hs_err *err)
{
	return tell(b, "resume", err);
}

static int restart(struct burner *b, struct hs_err *err)
{
	return tell(b, "restart", err);
}

static int rotate(struct burner *b, struct hs_err *err)
{
	return tell(b, "rotate", err);
}

static int retemplate(struct burner *b, struct hs_err *err)
{
	b->shape.template = "app-large";
	return apply(b, err);
}

static int move(struct burner *b, struct hs_err *err)
{
	b->shape.host = b->other_host;
	if (apply(b, err) < 0)
		return -1;
	b->shape.host = "local";
	return apply(b, err);
}

/* The domain's name changes with its instances; it is asked for. */
static int domain_of(struct burner *b, char **ret_name,
    enum hv_driver *ret_driver, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	hs_auto(hs_freep) char *own = hs_printf("%s.%s", b->ve, BURNIN_FIRST);
	size_t i;
	json_t *item;

	if (ask(b,
		json_pack("{s:s, s:s, s:s}", "command", "get", "what",
		    "domains", "ve", b->ve),
		&result, err) < 0)
		return -1;
	json_array_foreach (json_object_get(result, "items"), i, item) {
		const char *name = json_text(item, "name", "");

		if (strncmp(name, own, strlen(own)) == 0 &&
		    hv_driver_find(json_text(item, "driver", ""), ret_driver)) {
			*ret_name = hs_strdup(name);
			return 0;
		}
	}
	return hs_fail(err, HS_ENOTFOUND, "no domain of %s", own);
}

static bool is_mended(struct burner *b)
{
	hs_auto(json_freep) json_t *result = NULL;
	size_t i;
	json_t *finding;

	if (ask(b, json_pack("{s:s}", "command", "verify"), &result, NULL) < 0)
		return false;
	json_array_foreach (json_object_get(result, "findings"), i, finding)
		if (strncmp(json_text(finding, "name", ""), b->ve,
			strlen(b->ve)) == 0)
			return false;
	return true;
}

/* Its domain is killed behind hansed's back. */
static int fail_and_repair(struct burner *b, struct hs_err *err)
{
	hs_auto(hs_freep) char *name = NULL;
	hs_auto(hv_closep) struct hv_conn *hv = NULL;
	int64_t end = hs_now_ms() + MEND_MS;
	enum hv_driver driver;

	if (domain_of(b, &name, &driver, err) < 0 ||
	    hv_open(hv_caps(driver)->uri, &hv, err) < 0 ||
	    hv_domain_destroy(hv, name, err) < 0 ||
	    ask(b, json_pack("{s:s, s:s}", "command", "repair", "ve", b->ve),
		NULL, err) < 0)
		return -1;
	while (!is_mended(b)) {
		if (hs_now_ms() > end)
			return hs_fail(err, HS_ECONFLICT,
			    "it is not mended after %d s", MEND_MS / 1000);
		hs_pause_ms(200);
	}
	return 0;
}

static int dismiss(struct burner *b, struct hs_err *err)
{
	b->shape.has_second = false;
	return apply(b, err);
}

static int remove_all(struct burner *b, struct hs_err *err)
{
	burnin_probe_stop(&b->probe);
	return ask(b,
	    json_pack("{s:s, s:s}", "command", "destroy", "ve", b->ve), NULL,
	    err);
}

/* clang-format off */
static const struct {
	const char *name;
	burn *run;
	bool is_quiet;   /* the portal need not answer meanwhile */
	bool stays_so;   /* nor afterwards */
	bool needs_host; /* another one */
} burns[] = {
	{ .name = "create", .run = create, .is_quiet = true },
	{ .name = "grow", .run = grow },
	{ .name = "hire", .run = hire },
	{ .name = "restart", .run = restart },
	{ .name = "suspend", .run = suspend, .is_quiet = true, .stays_so = true },
	{ .name = "resume", .run = resume,  .is_quiet = true },
	{ .name = "re-template", .run = retemplate },
	{ .name = "rotate", .run = rotate },
	{ .name = "move", .run = move, .needs_host = true },
	{ .name = "fail and repair", .run = fail_and_repair, .is_quiet = true },
	{ .name = "remove a member", .run = dismiss },
	{ .name = "remove", .run = remove_all, .is_quiet = true, .stays_so = true },
};
/* clang-format on */

/* -- A chain --------------------------------------------------------------- */

static void burn_one(struct burner *b, size_t i)
{
	hs_auto(hs_freep) char *why = NULL;
	struct hs_err err = { 0 };
	int64_t since = hs_now_ms();
	long asked = atomic_load(&b->probe.asked);
	long unanswered = atomic_load(&b->probe.failed);
	int failed;

	if (burns[i].is_quiet)
		atomic_store(&b->probe.quiet, true);
	failed = burns[i].run(b, &err);
	if (!burns[i].stays_so)
		atomic_store(&b->probe.quiet, false);
	unanswered = atomic_load(&b->probe.failed) - unanswered;
	if (unanswered > 0)
		why = hs_printf("%ld of %ld requests unanswered: %s",
		    unanswered, atomic_load(&b->probe.asked) - asked,
		    b->probe.first_failure);
	else if (failed < 0)
		why = hs_strdup(err.msg);
	(void)json_array_append_new(b->steps,
	    json_pack("{s:s, s:s, s:I, s:I, s:I, s:s*}", "step", burns[i].name,
		"result", why != NULL ? "failed" : "ok", "ms",
		(json_int_t)(hs_now_ms() - since), "asked",
		(json_int_t)(atomic_load(&b->probe.asked) - asked),
		"unanswered", (json_int_t)unanswered, "message",
		failed < 0 ? err.msg : why));
	b->failed |= why != NULL;
	if (!b->call->given[OPT_QUIET])
		(void)fprintf(stderr, "%-12s %-16s %s  %lld.%lld s%s%s\n",
		    b->ve, burns[i].name, why != NULL ? "FAILED" : "ok",
		    (long long)(hs_now_ms() - since) / 1000,
		    (long long)(hs_now_ms() - since) % 1000 / 100,
		    why != NULL ? ": " : "",
		    failed < 0    ? err.msg
		    : why != NULL ? why
				  : "");
}

static void *burn_thread(void *arg)
{
	struct burner *b = arg;

	for (size_t i = 0; i < ARRAY_LEN(burns); i++)
		if (!burns[i].needs_host || b->other_host != NULL)
			burn_one(b, i);
	burnin_probe_stop(&b->probe);
	return NULL;
}

/* -- What must hold at the end --------------------------------------------- */

static json_t *check(const struct call *call, const char *name, json_t *request,
    const char *good, bool *failed)
{
	hs_auto(json_freep) json_t *result = NULL;
	struct hs_err err = { 0 };
	bool ok = client_ask(call, request, NULL, NULL, &result, &err) == 0 &&
		  json_is_true(json_object_get(result, good));

	*failed |= !ok;
	if (!call->given[OPT_QUIET])
		(void)fprintf(stderr, "%-29s %s%s%s\n", name,
		    ok ? "ok" : "FAILED", err.msg[0] != '\0' ? ": " : "",
		    err.msg);
	return json_pack("{s:s, s:b, s:O*, s:s*}", "check", name, "ok", ok,
	    "found", result, "message", err.msg[0] != '\0' ? err.msg : NULL);
}

static char *other_host(const struct call *call)
{
	hs_auto(json_freep) json_t *result = NULL;
	size_t i;
	json_t *item;

	if (client_ask(call,
		json_pack("{s:s, s:s}", "command", "get", "what", "hosts"),
		NULL, NULL, &result, NULL) < 0)
		return NULL;
	json_array_foreach (json_object_get(result, "items"), i, item)
		if (strcmp(json_text(item, "name", "local"), "local") != 0 &&
		    strcmp(json_text(item, "state", ""), "active") == 0)
			return hs_strdup(json_text(item, "name", NULL));
	return NULL;
}

static json_t *burn_all(
    const struct call *call, size_t count, const char *other, bool *failed)
{
	struct burner burners[CHAINS_MAX] = { 0 };
	json_t *chains = json_array();

	for (size_t i = 0; i < count; i++) {
		struct burner *b = &burners[i];

		b->call = call;
		b->steps = json_array();
		b->other_host = other;
		(void)snprintf(b->ve, sizeof(b->ve), "burnin-%zu", i + 1);
		b->shape = (struct burnin_shape) { .ve = b->ve,
			.memory_mib = 256,
			.vcpus = 1,
			.people = 1,
			.has_second = true };
		if (pthread_create(&b->thread, NULL, burn_thread, b) != 0)
			b->ve[0] = '\0';
	}
	for (size_t i = 0; i < count; i++) {
		if (burners[i].ve[0] != '\0')
			(void)pthread_join(burners[i].thread, NULL);
		*failed |= burners[i].failed || burners[i].ve[0] == '\0';
		(void)json_array_append_new(chains,
		    json_pack("{s:s, s:b, s:o}", "ve", burners[i].ve, "ok",
			!burners[i].failed, "steps", burners[i].steps));
	}
	return chains;
}

int cmd_burnin(const struct call *call, struct hs_err *err)
{
	hs_auto(hs_freep) char *other = NULL;
	hs_auto(json_freep) json_t *report = NULL;
	json_t *chains, *checks = json_array();
	const char *given = call->count > 0 ? call->args[0] : NULL;
	unsigned long count =
	    given != NULL ? strtoul(given, NULL, 10) : CHAINS_USUAL;
	int64_t since = hs_now_ms();
	bool failed = false;

	if (count < 1 || count > CHAINS_MAX) {
		(void)hs_fail(err, HS_EINVAL,
		    "chains are a number from 1 to %d", CHAINS_MAX);
		json_decref(checks);
		return EXIT_USAGE;
	}
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	if (hv_init(err) < 0) {
		json_decref(checks);
		return exit_status_of(err);
	}
	other = other_host(call);
	chains = burn_all(call, count, other, &failed);
	(void)json_array_append_new(checks,
	    check(call, "no orphans", json_pack("{s:s}", "command", "verify"),
		"clean", &failed));
	(void)json_array_append_new(
	    checks, check(call, "quota is what is there",
			json_pack("{s:s}", "command", "quota.verify"), "clean",
			&failed));
	(void)json_array_append_new(checks,
	    check(call, "events are chained",
		json_pack("{s:s}", "command", "audit.verify"), "ok", &failed));
	report = json_pack("{s:b, s:I, s:s*, s:o, s:o}", "ok", !failed, "ms",
	    (json_int_t)(hs_now_ms() - since), "other_host", other, "chains",
	    chains, "checks", checks);
	if (wants_json(call))
		print_json(report);
	else
		(void)printf("burn-in of %lu chains: %s in %lld s\n", count,
		    failed ? "FAILED" : "all well",
		    (long long)(hs_now_ms() - since) / 1000);
	return failed ? EXIT_FAILED : EXIT_OK;
}
