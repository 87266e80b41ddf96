/* directory_tool.c - call tenant-mgr from tests: directory_tool VERB ARG...
 *
 * The directory comes from the environment: URI, CA, BIND_DN, PASSWORD (unset:
 * EXTERNAL). Prints what was asked for, or the error's name and message, and
 * exits with the error's code.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "tenant-mgr/tenant.h"

#define ROLES_MAX 8

struct call {
	struct tenant *tenant;
	struct hs_arena *arena;
	char **args;
};

static const struct tenant_place *place_of(const struct call *call)
{
	static struct tenant_place place;

	place = (struct tenant_place) { call->args[0], call->args[1] };
	if (strcmp(call->args[0], "-") == 0)
		place = (struct tenant_place) { 0 };
	return &place;
}

static int ve_put(struct call *call, struct hs_err *err)
{
	const struct tenant_ve ve = { call->args[0], call->args[1] };

	return tenant_ve_put(call->tenant, &ve, err);
}

static int ve_list(struct call *call, struct hs_err *err)
{
	struct tenant_ves ves;

	if (tenant_ve_list(call->tenant, call->arena, &ves, err) < 0)
		return -1;
	for (size_t i = 0; i < ves.count; i++)
		(void)printf("%s %s\n", ves.list[i].name, ves.list[i].title);
	return 0;
}

static int ve_remove(struct call *call, struct hs_err *err)
{
	return tenant_ve_remove(call->tenant, call->args[0], err);
}

/* VE ENTERPRISE LEGAL_NAME ROLE [suspended] */
static int enterprise_put(struct call *call, struct hs_err *err)
{
	const struct tenant_enterprise enterprise = {
		.ve = call->args[0],
		.name = call->args[1],
		.legal_name = call->args[2],
		.chain_role = call->args[3],
		.suspended = call->args[4] != NULL,
	};

	return tenant_enterprise_put(call->tenant, &enterprise, err);
}

static void print_enterprise(const struct tenant_enterprise *enterprise)
{
	(void)printf("%s %s|%s|%s|%d\n", enterprise->ve, enterprise->name,
	    enterprise->legal_name, enterprise->chain_role,
	    enterprise->suspended);
}

static int enterprise_get(struct call *call, struct hs_err *err)
{
	struct tenant_enterprise enterprise;

	if (tenant_enterprise_get(call->tenant, place_of(call), call->arena,
		&enterprise, err) < 0)
		return -1;
	print_enterprise(&enterprise);
	return 0;
}

static int enterprise_list(struct call *call, struct hs_err *err)
{
	struct tenant_enterprises enterprises;

	if (tenant_enterprise_list(call->tenant, call->args[0], call->arena,
		&enterprises, err) < 0)
		return -1;
	for (size_t i = 0; i < enterprises.count; i++)
		print_enterprise(&enterprises.list[i]);
	return 0;
}

static int enterprise_remove(struct call *call, struct hs_err *err)
{
	return tenant_enterprise_remove(call->tenant, place_of(call), err);
}

/* VE ENTERPRISE DATABASE TEMPLATE CONNECTIONS */
static int entitlements_put(struct call *call, struct hs_err *err)
{
	const struct tenant_entitlements entitlements = {
		.database = call->args[2],
		.template = call->args[3],
		.connections = (unsigned)atoi(call->args[4]),
	};

	return tenant_entitlements_put(
	    call->tenant, place_of(call), &entitlements, err);
}

static int entitlements_get(struct call *call, struct hs_err *err)
{
	struct tenant_entitlements entitlements;

	if (tenant_entitlements_get(call->tenant, place_of(call), call->arena,
		&entitlements, err) < 0)
		return -1;
	(void)printf("%s %s %u %u\n", entitlements.database,
	    entitlements.template, entitlements.connections,
	    entitlements.memory_mib);
	return 0;
}

static int service_put(struct call *call, struct hs_err *err)
{
	return tenant_service_put(
	    call->tenant, place_of(call), call->args[2], err);
}

static int service_drop(struct call *call, struct hs_err *err)
{
	return tenant_service_drop(
	    call->tenant, place_of(call), call->args[2], err);
}

static int service_remove(struct call *call, struct hs_err *err)
{
	return tenant_service_remove(call->tenant, place_of(call), err);
}

/* VE ENTERPRISE LOGIN NAME MAIL LANGUAGE ROLE... */
static int person_put(struct call *call, struct hs_err *err)
{
	const char *roles[ROLES_MAX];
	struct tenant_person person = {
		.login = call->args[2],
		.name = call->args[3],
		.mail = strcmp(call->args[4], "-") != 0 ? call->args[4] : NULL,
		.language = call->args[5],
		.roles = roles,
	};

	for (char **role = call->args + 6;
	     *role != NULL && person.role_count < ROLES_MAX; role++)
		roles[person.role_count++] = *role;
	return tenant_person_put(call->tenant, place_of(call), &person, err);
}

static void print_person(const struct tenant_person *person)
{
	(void)printf("%s|%s|%s|%s|", person->login, person->name,
	    person->mail != NULL ? person->mail : "-", person->language);
	for (size_t i = 0; i < person->role_count; i++)
		(void)printf("%s%s", i > 0 ? "," : "", person->roles[i]);
	(void)printf("\n");
}

static int person_get(struct call *call, struct hs_err *err)
{
	struct tenant_person person;

	if (tenant_person_get(call->tenant, place_of(call), call->args[2],
		call->arena, &person, err) < 0)
		return -1;
	print_person(&person);
	return 0;
}

static int person_list(struct call *call, struct hs_err *err)
{
	struct tenant_people people;

	if (tenant_person_list(
		call->tenant, place_of(call), call->arena, &people, err) < 0)
		return -1;
	for (size_t i = 0; i < people.count; i++)
		print_person(&people.list[i]);
	return 0;
}

static int person_remove(struct call *call, struct hs_err *err)
{
	return tenant_person_remove(
	    call->tenant, place_of(call), call->args[2], err);
}

static int person_unlock(struct call *call, struct hs_err *err)
{
	return tenant_person_unlock(
	    call->tenant, place_of(call), call->args[2], err);
}

static int password_set(struct call *call, struct hs_err *err)
{
	return tenant_password_set(
	    call->tenant, place_of(call), call->args[2], call->args[3], err);
}

static int password_is_set(struct call *call, struct hs_err *err)
{
	bool is_set;

	if (tenant_password_is_set(
		call->tenant, place_of(call), call->args[2], &is_set, err) < 0)
		return -1;
	(void)printf("%d\n", is_set);
	return 0;
}

/* VE ENTERPRISE LOGIN PASSWORD */
static int login(struct call *call, struct hs_err *err)
{
	struct tenant_person person;

	if (tenant_login(call->tenant, place_of(call), call->args[2],
		call->args[3], call->arena, &person, err) < 0)
		return -1;
	print_person(&person);
	return 0;
}

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* COUNT VE ENTERPRISE LOGIN PASSWORD...: median microseconds of each log-in,
 * taken in turns so that the machine's moods meet all alike. */
static int time_logins(struct call *call, struct hs_err *err)
{
	enum { KINDS_MAX = 8, COUNT_MAX = 200 };
	static int64_t took[KINDS_MAX][COUNT_MAX];
	int count = atoi(call->args[0]), kinds = 0;
	struct call one = *call;

	one.args++;
	while (kinds < KINDS_MAX && one.args[2 + 2 * kinds] != NULL)
		kinds++;
	for (int i = 0; i < count * kinds && i < COUNT_MAX * kinds; i++) {
		int kind = i % kinds;
		struct tenant_person person;
		int64_t start = now_us();

		if (tenant_login(one.tenant, place_of(&one),
			one.args[2 + 2 * kind], one.args[3 + 2 * kind],
			one.arena, &person, err) < 0 &&
		    err->code != HS_EDENIED)
			return -1;
		took[kind][i / kinds] = now_us() - start;
	}
	for (int kind = 0; kind < kinds; kind++) {
		qsort(took[kind], (size_t)count, sizeof(took[kind][0]),
		    by_number);
		(void)printf("%lld ", (long long)took[kind][count / 2]);
	}
	(void)printf("\n");
	return 0;
}

/* VE ENTERPRISE LOGIN PASSWORD: before and after a line on standard input, with
 * one handle. */
static int login_twice(struct call *call, struct hs_err *err)
{
	char line[16];

	if (login(call, err) < 0)
		return -1;
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return hs_fail(err, HS_ESYSTEM, "no line");
	return login(call, err);
}

#define THREADS    8
#define PER_THREAD 5

struct worker {
	struct call call;
	pthread_t thread;
	int good;
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	const struct call *call = &worker->call;
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	const struct tenant_place place = { call->args[0], call->args[1] };

	for (int i = 0; i < PER_THREAD; i++) {
		struct tenant_person person;
		struct tenant_people people;

		worker->good +=
		    tenant_login(call->tenant, &place, call->args[2],
			call->args[3], arena, &person, NULL) == 0 &&
		    strcmp(person.login, call->args[2]) == 0 &&
		    tenant_person_list(
			call->tenant, &place, arena, &people, NULL) == 0;
	}
	return NULL;
}

/* VE ENTERPRISE LOGIN PASSWORD: many log-ins at once over one handle. */
static int login_threads(struct call *call, struct hs_err *err)
{
	struct worker workers[THREADS] = { 0 };
	int good = 0;

	for (size_t i = 0; i < THREADS; i++) {
		workers[i].call = *call;
		if (pthread_create(
			&workers[i].thread, NULL, work, &workers[i]) != 0)
			return hs_fail(err, HS_ESYSTEM, "pthread_create");
	}
	for (size_t i = 0; i < THREADS; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		good += workers[i].good;
	}
	(void)printf("%d of %d\n", good, THREADS * PER_THREAD);
	return 0;
}

static int check(struct call *call, struct hs_err *err)
{
	return tenant_check(call->tenant, err);
}

/* clang-format off */
static const struct verb {
	const char *name;
	int (*run)(struct call *call, struct hs_err *err);
} verbs[] = {
	{ "check",             check             },
	{ "ve-put",            ve_put            },
	{ "ve-list",           ve_list           },
	{ "ve-remove",         ve_remove         },
	{ "enterprise-put",    enterprise_put    },
	{ "enterprise-get",    enterprise_get    },
	{ "enterprise-list",   enterprise_list   },
	{ "enterprise-remove", enterprise_remove },
	{ "entitlements-put",  entitlements_put  },
	{ "entitlements-get",  entitlements_get  },
	{ "service-put",       service_put       },
	{ "service-drop",      service_drop      },
	{ "service-remove",    service_remove    },
	{ "person-put",        person_put        },
	{ "person-get",        person_get        },
	{ "person-list",       person_list       },
	{ "person-remove",     person_remove     },
	{ "person-unlock",     person_unlock     },
	{ "password-set",      password_set      },
	{ "password-is-set",   password_is_set   },
	{ "login",             login             },
	{ "login-twice",       login_twice       },
	{ "login-threads",     login_threads     },
	{ "time-logins",       time_logins       },
};
/* clang-format on */

static int run(const char *name, struct call *call, struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].run(call, err);
	return hs_fail(err, HS_EINVAL, "no verb '%s'", name);
}

int main(int argc, char **argv)
{
	const struct tenant_conf conf = {
		.uri = getenv("URI"),
		.ca = getenv("CA"),
		.bind_dn = getenv("BIND_DN"),
		.password = getenv("PASSWORD"),
		.timeout_ms = 2000,
	};
	hs_auto(tenant_closep) struct tenant *tenant = NULL;
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct call call = { .arena = arena, .args = argv + 2 };
	struct hs_err err = { 0 };

	if (argc < 2)
		return 2;
	if (tenant_open(&conf, &tenant, &err) == 0) {
		call.tenant = tenant;
		if (run(argv[1], &call, &err) == 0)
			return 0;
	}
	(void)printf("%s: %s\n", hs_code_name(err.code), err.msg);
	return 10 + (int)err.code;
}
