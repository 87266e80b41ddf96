/* service.c - the services a domain can have, and how one is started. */

#include "dom-templates/init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "dom-templates/dom_template.h"

/* clang-format off */
static const struct init_service services[] = {
	{
		.name = "app",
		.uid = DOM_UID_PORTAL,
		.stop_signal = SIGTERM,
		.stop_ms = 10000,
		.argv = { "/usr/sbin/hanse-portal",
			  "--config", "/etc/hanse/portal.yaml" },
	},
	{
		.name = "db",
		.uid = DOM_UID_POSTGRES,
		.stop_signal = SIGINT, /* fast: sessions end, data is safe */
		.stop_ms = 60000,
		.dirs = { "/data", "/run/postgresql" },
		.is_db = true,
		.argv = { "/usr/libexec/hanse/db-run",
			  "-c", "config_file=/etc/hanse/postgresql.conf" },
	},
	{
		.name = "etcd",
		.uid = DOM_UID_ETCD,
		.stop_signal = SIGTERM,
		.stop_ms = 5000,
		.dirs = { "/data/etcd" },
		.argv = { "/usr/libexec/hanse/etcd-run" },
	},
	{
		.name = "patroni",
		.uid = DOM_UID_POSTGRES,
		.stop_signal = SIGTERM, /* it stops PostgreSQL, fast */
		.stop_ms = 60000,
		.dirs = { "/data", "/run/postgresql" },
		.is_db = true,
		.argv = { "/usr/libexec/hanse/patroni-run" },
	},
};

static const struct limit {
	int what; /* RLIMIT_... */
	rlim_t value;
} limits[] = {
	{ RLIMIT_CORE,    0 },
	{ RLIMIT_NOFILE,  8192 },
	{ RLIMIT_NPROC,   512 },
	{ RLIMIT_MEMLOCK, 64 * 1024 * 1024 },
};
/* clang-format on */

const struct init_service *init_service_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	return NULL;
}

static int dirs_make(const struct init_service *s, struct hs_err *err)
{
	for (size_t i = 0; s->dirs[i] != NULL; i++) {
		if (mkdir(s->dirs[i], 0755) < 0 && errno != EEXIST)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "make %s", s->dirs[i]);
		if (chown(s->dirs[i], s->uid, s->uid) < 0)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "own %s", s->dirs[i]);
	}
	return 0;
}

static int limits_set(struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit now;
		rlim_t value = limits[i].value;

		if (getrlimit((__rlimit_resource_t)limits[i].what, &now) == 0 &&
		    now.rlim_max < value)
			value = now.rlim_max;
		now = (struct rlimit) { value, value };
		if (setrlimit((__rlimit_resource_t)limits[i].what, &now) < 0)
			return hs_fail_errno(err, HS_ESYSTEM, "limit %zu", i);
	}
	return 0;
}

static int user_set(const struct init_service *s, struct hs_err *err)
{
	if (setgroups(0, NULL) < 0 || setresgid(s->uid, s->uid, s->uid) < 0 ||
	    setresuid(s->uid, s->uid, s->uid) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "become user %u", (unsigned)s->uid);
	return 0;
}

static int stdio_set(int log_fd, struct hs_err *err)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(log_fd, 1) < 0 ||
	    dup2(log_fd, 2) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "standard streams");
	return 0;
}

/* In the child: everything PID 1 has and the service must not have. */
static void become(const struct init_service *s, int log_fd)
{
	static char *const env[] = { "PATH=/usr/sbin:/usr/bin", "HOME=/tmp",
		"LANG=C.UTF-8", "TZ=UTC", NULL };
	struct hs_err err = { 0 };
	sigset_t none;

	(void)sigemptyset(&none);
	(void)setsid();
	if (stdio_set(log_fd, &err) == 0 && limits_set(&err) == 0 &&
	    user_set(s, &err) == 0 && init_confine(&err) == 0) {
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		(void)execve(s->argv[0], (char *const *)s->argv, env);
		(void)hs_fail_errno(&err, HS_ESYSTEM, "run %s", s->argv[0]);
	}
	hs_err_log("service.refused", "msg=\"%s\"", err.msg);
	_exit(127);
}

int init_service_start(const struct init_service *service, int log_fd,
    pid_t *ret_pid, struct hs_err *err)
{
	pid_t pid;

	if (dirs_make(service, err) < 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "fork");
	if (pid == 0)
		become(service, log_fd);
	*ret_pid = pid;
	return 0;
}
