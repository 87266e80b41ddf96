/* test_place.c - which host a domain goes to: a table of situations. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "provisioning/place.h"

#define HOSTS_MAX   4
#define DOMAINS_MAX 6

/* "h1", size, limits; "!" drained, "?" silent, "l" LXC, "q" QEMU. */
struct host {
	const char *name, *marks;
	unsigned vcpus, memory_mib, max_vcpus, max_memory_mib;
};

struct domain {
	const char *name, *ve, *host;
	unsigned vcpus, memory_mib;
};

#define EQUAL(name)                       \
	{                                 \
		name, "lq", 4, 4000, 0, 0 \
	}

/* clang-format off */
static const struct situation {
	const char *what;
	struct host hosts[HOSTS_MAX];
	struct domain domains[DOMAINS_MAX];
	const char *now;   /* where v.new is */
	const char *may;   /* drivers, "l" and "q" */
	const char *pin, *avoid;
	const char *want;  /* the host; or, with "-", a part of the refusal */
} situations[] = {
	{ "one host", { EQUAL("local") }, { { 0 } }, NULL, "l", NULL, NULL, "local" },
	{ "equals: by name", { EQUAL("b"), EQUAL("a") }, { { 0 } }, NULL, "l", NULL, NULL, "a" },
	{ "least loaded", { EQUAL("a"), EQUAL("b") }, { { "w.x", "w", "a", 1, 100 } }, NULL, "l", NULL, NULL, "b" },
	{ "least loaded for its size: 2 of 8 is less than 1 of 2", { { "a", "l", 2, 4000, 0, 0 }, { "b", "l", 8, 4000, 0, 0 } },
		{ { "w.x", "w", "b", 2, 1 } }, NULL, "l", NULL, NULL, "b" },
	{ "the fuller resource counts", { EQUAL("a"), EQUAL("b") },
		{ { "w.x", "w", "a", 1, 3000 }, { "w.y", "w", "b", 1, 100 } }, NULL, "l", NULL, NULL, "b" },
	{ "fewest of the same VE", { EQUAL("a"), EQUAL("b") },
		{ { "v.x", "v", "a", 1, 100 }, { "w.y", "w", "b", 1, 100 } }, NULL, "l", NULL, NULL, "b" },
	{ "it stays, though another is emptier", { EQUAL("a"), EQUAL("b") }, { { "w.x", "w", "b", 3, 100 } }, "b", "l", NULL, NULL, "b" },
	{ "it leaves a drained host", { { "a", "l!", 4, 4000, 0, 0 }, EQUAL("b") }, { { 0 } }, "a", "l", NULL, NULL, "b" },
	{ "it stays on a silent host, drained or not", { { "a", "l!?", 4, 4000, 0, 0 }, EQUAL("b") }, { { 0 } }, "a", "l", NULL, NULL, "a" },
	{ "it stays on a silent host, pinned elsewhere", { { "a", "l?", 4, 4000, 0, 0 }, EQUAL("b") }, { { 0 } }, "a", "l", "b", NULL, "a" },
	{ "nothing new goes to a silent host", { { "a", "l?", 4, 4000, 0, 0 }, EQUAL("b") }, { { "w.x", "w", "b", 3, 100 } }, NULL, "l", NULL, NULL, "b" },
	{ "it leaves a host that is gone", { EQUAL("b") }, { { 0 } }, "a", "l", NULL, NULL, "b" },
	{ "the driver decides", { { "a", "l", 4, 4000, 0, 0 }, { "b", "q", 4, 4000, 0, 0 } }, { { 0 } }, NULL, "q", NULL, NULL, "b" },
	{ "it leaves a host without the driver", { { "a", "l", 4, 4000, 0, 0 }, { "b", "q", 4, 4000, 0, 0 } }, { { 0 } }, "a", "q", NULL, NULL, "b" },
	{ "either driver", { { "a", "l", 4, 4000, 0, 0 }, { "b", "q", 4, 4000, 0, 0 } }, { { "w.x", "w", "a", 1, 1 } }, NULL, "lq", NULL, NULL, "b" },
	{ "pinned", { EQUAL("a"), EQUAL("b") }, { { "w.x", "w", "b", 3, 100 } }, NULL, "l", "b", NULL, "b" },
	{ "pinned, it moves", { EQUAL("a"), EQUAL("b") }, { { 0 } }, "a", "l", "b", NULL, "b" },
	{ "pinned to a host that is not there", { EQUAL("a") }, { { 0 } }, NULL, "l", "c", NULL, "-'a' it must be on 'c'" },
	{ "avoiding", { EQUAL("a"), EQUAL("b") }, { { "v.x", "v", "a", 1, 1 }, { "w.y", "w", "b", 3, 100 } }, NULL, "l", NULL, "v.x", "b" },
	{ "avoiding, it moves", { EQUAL("a"), EQUAL("b") }, { { "v.x", "v", "a", 1, 1 } }, "a", "l", NULL, "v.x", "b" },
	{ "avoiding what is everywhere", { EQUAL("a") }, { { "v.x", "v", "a", 1, 1 } }, NULL, "l", NULL, "v.x", "-'a' has 'v.x', which it must avoid" },
	{ "its own place does not count twice", { { "a", "l", 4, 4000, 2, 0 } }, { { "v.new", "v", "a", 2, 100 } }, "a", "l", NULL, NULL, "a" },
	{ "to the last vCPU", { { "a", "l", 4, 4000, 3, 0 } }, { { "w.x", "w", "a", 1, 1 } }, NULL, "l", NULL, NULL, "a" },
	{ "one vCPU too many", { { "a", "l", 4, 4000, 2, 0 } }, { { "w.x", "w", "a", 1, 1 } }, NULL, "l", NULL, NULL, "-'a' has 1 of 2 vCPUs left, 2 are asked" },
	{ "to the last MiB", { { "a", "l", 4, 4000, 0, 600 } }, { { "w.x", "w", "a", 1, 500 } }, NULL, "l", NULL, NULL, "a" },
	{ "one MiB too many", { { "a", "l", 4, 4000, 0, 599 } }, { { "w.x", "w", "a", 1, 500 } }, NULL, "l", NULL, NULL, "-'a' has 99 of 599 MiB left, 100 are asked" },
	{ "overcommitted already", { { "a", "l", 4, 4000, 2, 0 } }, { { "w.x", "w", "a", 5, 1 } }, NULL, "l", NULL, NULL, "-'a' has 0 of 2 vCPUs left" },
	{ "grown out of its host, it moves", { { "a", "l", 4, 4000, 2, 0 }, EQUAL("b") }, { { "w.x", "w", "a", 1, 1 } }, "a", "l", NULL, NULL, "b" },
	{ "every reason is told", { { "a", "l!", 4, 4000, 0, 0 }, { "b", "l?", 4, 4000, 0, 0 }, { "c", "q", 4, 4000, 0, 0 } }, { { 0 } }, NULL, "l", NULL, NULL,
		"-'a' is drained; 'b' does not answer (no route); 'c' has no driver lxc" },
	{ "both drivers are told", { { "a", "", 4, 4000, 0, 0 } }, { { 0 } }, NULL, "lq", NULL, NULL, "-has no driver lxc or qemu" },
	{ "no host at all", { { 0 } }, { { 0 } }, NULL, "l", NULL, NULL, "-no host can have domain 'v.new': there is none" },
};
/* clang-format on */

static bool has(const char *marks, char mark)
{
	return strchr(marks, mark) != NULL;
}

static size_t fill_hosts(const struct situation *s, struct place_host *list)
{
	size_t n = 0;

	for (; n < HOSTS_MAX && s->hosts[n].name != NULL; n++) {
		const struct host *h = &s->hosts[n];

		list[n] = (struct place_host) {
			.name = h->name,
			.drained = has(h->marks, '!'),
			.silent = has(h->marks, '?') ? "no route" : NULL,
			.can = { [HV_LXC] = has(h->marks, 'l'),
			    [HV_QEMU] = has(h->marks, 'q') },
			.vcpus = h->vcpus,
			.memory_mib = h->memory_mib,
			.max_vcpus = h->max_vcpus,
			.max_memory_mib = h->max_memory_mib,
		};
	}
	return n;
}

static char *lend(const char *text)
{
	return (char *)(uintptr_t)text;
}

static size_t fill_domains(const struct situation *s, struct place_domain *list)
{
	size_t n = 0;

	for (; n < DOMAINS_MAX && s->domains[n].name != NULL; n++) {
		const struct domain *d = &s->domains[n];

		list[n] = (struct place_domain) { lend(d->name), lend(d->ve),
			lend(d->host), d->vcpus, d->memory_mib };
	}
	return n;
}

static void check(const struct situation *s)
{
	struct place_host hosts[HOSTS_MAX];
	struct place_domain domains[DOMAINS_MAX];
	const struct place_domain self = { lend("v.new"), lend("v"),
		lend(s->now), 2, 100 };
	char *avoid[] = { lend(s->avoid) };
	const struct place_state state = {
		.hosts = hosts,
		.hosts_count = fill_hosts(s, hosts),
		.domains = domains,
		.domains_count = fill_domains(s, domains),
	};
	const struct place_request request = {
		.domain = &self,
		.may = { [HV_LXC] = has(s->may, 'l'),
		    [HV_QEMU] = has(s->may, 'q') },
		.pin = s->pin,
		.avoid = avoid,
		.avoid_count = s->avoid != NULL,
	};
	const struct place_host *got = NULL;
	struct hs_err err = { 0 };
	int failed = place_choose(&state, &request, &got, &err);

	if (s->want[0] != '-') {
		if (failed < 0 || strcmp(got->name, s->want) != 0)
			fail_msg("%s: got %s, not %s", s->what,
			    failed < 0 ? err.msg : got->name, s->want);
		return;
	}
	if (failed == 0)
		fail_msg("%s: got %s", s->what, got->name);
	assert_int_equal(err.code, HS_ECONFLICT);
	if (strstr(err.msg, s->want + 1) == NULL)
		fail_msg(
		    "%s: '%s' is not in '%s'", s->what, s->want + 1, err.msg);
}

static void test_situations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(situations); i++)
		check(&situations[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_situations) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
