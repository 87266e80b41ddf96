/* operator.c - who asks hansed for what, written into the event log.
 *
 * The kernel says who is at the other end of the socket (SO_PEERCRED), /proc
 * says more about that process. It is read while its connection is open; the
 * session is the login's (audit), else the terminal's.
 */

#include "provisioning/operator.h"

#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "provisioning/digest.h"
#include "provisioning/event.h"

#define NOBODY       ((unsigned long)(unsigned)-1) /* no login */
#define SESSIONS_MAX 256 /* known ones; the oldest is forgotten */
#define REFUSED_MAX  32  /* noted ones; those beyond are counted */

/** One end of a connection. */
struct caller {
	struct ucred peer;
	unsigned long login_uid;     /* NOBODY: not known */
	unsigned long login_session; /* NOBODY: not known */
	unsigned long session;       /* of the terminal; 0: not known */
	char user[64], program[256], tty[32];
};

/* What of a request is written down. Everything else stays out. */
static const char *const shown[] = { "all", "answer", "archive", "detach",
	"enabled", "enterprise", "events", "file", "force", "generate", "host",
	"id", "job", "key", "login", "name", "policy", "restart", "since", "to",
	"ve", "ves", "what", "webhook" };

/* -- The process ----------------------------------------------------------- */

static unsigned long read_number(pid_t pid, const char *what)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/%s", pid, what);
	hs_auto(hs_freep) char *text = NULL;

	if (pid <= 0 || hs_file_read(path, 64, &text, NULL, NULL) < 0 ||
	    text[0] < '0' || text[0] > '9')
		return NOBODY;
	return strtoul(text, NULL, 10);
}

static void name_tty(struct caller *o, unsigned device)
{
	unsigned major_no = major(device), minor_no = minor(device);

	if (device == 0)
		return;
	if (major_no >= 136 && major_no <= 143)
		(void)snprintf(o->tty, sizeof(o->tty), "pts/%u",
		    (major_no - 136) * 256 + minor_no);
	else if (major_no == 4 && minor_no < 64)
		(void)snprintf(o->tty, sizeof(o->tty), "tty%u", minor_no);
	else
		(void)snprintf(
		    o->tty, sizeof(o->tty), "%u:%u", major_no, minor_no);
}

/* "PID (NAME) STATE PPID PGRP SESSION TTY ..."; the name may hold anything. */
static void read_stat(struct caller *o)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/stat", o->peer.pid);
	hs_auto(hs_freep) char *text = NULL;
	const char *after;
	unsigned device;

	if (o->peer.pid <= 0 || hs_file_read(path, 4096, &text, NULL, NULL) < 0)
		return;
	after = strrchr(text, ')');
	if (after != NULL &&
	    sscanf(after, ") %*c %*d %*d %lu %u", &o->session, &device) == 2)
		name_tty(o, device);
}

static void read_program(struct caller *o)
{
	hs_auto(hs_freep) char *path = hs_printf("/proc/%d/exe", o->peer.pid);
	ssize_t n = o->peer.pid > 0
			? readlink(path, o->program, sizeof(o->program) - 1)
			: -1;

	o->program[n > 0 ? n : 0] = '\0';
	if (!hs_is_text(o->program))
		o->program[0] = '\0';
}

static void read_user(struct caller *o)
{
	uid_t uid = o->login_uid != NOBODY ? (uid_t)o->login_uid : o->peer.uid;
	char buffer[4096];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 &&
	    found != NULL)
		(void)snprintf(o->user, sizeof(o->user), "%s", found->pw_name);
	else
		(void)snprintf(o->user, sizeof(o->user), "%u", uid);
}

static int look(int fd, struct caller *o, struct hs_err *err)
{
	socklen_t len = sizeof(o->peer);

	*o = (struct caller) { 0 };
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &o->peer, &len) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "who asks");
	o->login_uid = read_number(o->peer.pid, "loginuid");
	o->login_session = read_number(o->peer.pid, "sessionid");
	read_stat(o);
	read_program(o);
	read_user(o);
	return 0;
}

/* -- As an event ----------------------------------------------------------- */

static json_t *known(unsigned long number)
{
	return number != NOBODY ? json_integer((json_int_t)number)
				: json_null();
}

static json_t *operator_json(const struct caller *o)
{
	return json_pack("{s:I, s:o, s:s, s:I, s:s, s:s, s:o, s:I}", "uid",
	    (json_int_t)o->peer.uid, "login_uid", known(o->login_uid), "user",
	    o->user, "pid", (json_int_t)o->peer.pid, "program", o->program,
	    "tty", o->tty, "login_session", known(o->login_session), "session",
	    (json_int_t)o->session);
}

static char *operator_text(const struct caller *o)
{
	return hs_printf("%s%s%s, pid %d%s%s", o->user,
	    o->tty[0] != '\0' ? " on " : "", o->tty, o->peer.pid,
	    o->program[0] != '\0' ? ", " : "", o->program);
}

/* A spec is named by its hash: the text may be long, and is stored anyway. */
static json_t *arguments_json(const json_t *request)
{
	const char *spec = json_string_value(json_object_get(request, "spec"));
	json_t *arguments = json_object();

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		json_t *value = json_object_get(request, shown[i]);

		if (value != NULL && !json_is_object(value) &&
		    !json_is_array(value))
			(void)json_object_set(arguments, shown[i], value);
	}
	if (spec != NULL) {
		hs_auto(hs_freep) char *hash = digest_text(spec);

		(void)json_object_set_new(
		    arguments, "spec_sha256", json_string(hash));
	}
	return arguments;
}

static int put(struct hs_db *store, const struct caller *o, const char *name,
    const json_t *request, struct hs_err *err)
{
	hs_auto(hs_freep) char *detail = operator_text(o);
	json_t *data = operator_json(o);
	struct event event = {
		.event = name,
		.detail = detail,
		.data = data,
		.subject = o->user,
	};
	int failed;

	if (request != NULL) {
		event.ve = json_string_value(json_object_get(request, "ve"));
		event.subject =
		    json_string_value(json_object_get(request, "command"));
		(void)json_object_set(
		    data, "command", json_object_get(request, "command"));
		(void)json_object_set_new(
		    data, "arguments", arguments_json(request));
	}
	failed = event_put(store, &event, err);
	json_decref(data);
	return failed;
}

/* -- Sessions -------------------------------------------------------------- */

/* A login's session, or a terminal's. Those seen since hansed started. */
static struct {
	pthread_mutex_t lock;
	struct session {
		uid_t uid;
		unsigned long login_uid, login_session, session;
	} list[SESSIONS_MAX];
	size_t next;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct session session_of(const struct caller *o)
{
	bool login = o->login_session != NOBODY;

	return (struct session) {
		.uid = o->peer.uid,
		.login_uid = o->login_uid,
		.login_session = o->login_session,
		.session = login ? 0 : o->session,
	};
}

static bool is_same(const struct session *a, const struct session *b)
{
	return a->uid == b->uid && a->login_uid == b->login_uid &&
	       a->login_session == b->login_session && a->session == b->session;
}

static bool is_known(const struct session *session)
{
	bool found = false;

	(void)pthread_mutex_lock(&seen.lock);
	for (size_t i = 0; i < SESSIONS_MAX && !found; i++)
		found = is_same(&seen.list[i], session);
	(void)pthread_mutex_unlock(&seen.lock);
	return found;
}

static void remember(const struct session *session)
{
	(void)pthread_mutex_lock(&seen.lock);
	seen.list[seen.next] = *session;
	seen.next = (seen.next + 1) % SESSIONS_MAX;
	(void)pthread_mutex_unlock(&seen.lock);
}

/* Two at once may both be the first; better than none. */
static int record_login(
    struct hs_db *store, const struct caller *o, struct hs_err *err)
{
	struct session session = session_of(o);

	if (is_known(&session))
		return 0;
	if (put(store, o, "operator.login", NULL, err) < 0)
		return hs_wrap(err, "write down who logs in");
	remember(&session);
	return 0;
}

int operator_record(
    struct hs_db *store, int fd, const json_t *request, struct hs_err *err)
{
	struct caller o;

	if (look(fd, &o, err) < 0 || record_login(store, &o, err) < 0)
		return -1;
	if (put(store, &o, "operator.command", request, err) < 0)
		return hs_wrap(err, "write down who asks for what");
	return 0;
}

/* -- Refused --------------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	struct refusal {
		struct caller who;
		const char *why;
	} list[REFUSED_MAX];
	size_t count, more; /* more: not in the list */
} refused = { .lock = PTHREAD_MUTEX_INITIALIZER };

void operator_refuse(int fd, const char *why)
{
	struct refusal r = { .why = why };

	if (look(fd, &r.who, NULL) < 0)
		return;
	(void)pthread_mutex_lock(&refused.lock);
	if (refused.count < REFUSED_MAX)
		refused.list[refused.count++] = r;
	else
		refused.more++;
	(void)pthread_mutex_unlock(&refused.lock);
}

/* The oldest one; false if there is none. */
static bool take_refusal(struct refusal *ret_refusal, size_t *ret_more)
{
	bool some;

	(void)pthread_mutex_lock(&refused.lock);
	some = refused.count > 0;
	if (some) {
		*ret_refusal = refused.list[0];
		refused.count--;
		memmove(refused.list, refused.list + 1,
		    refused.count * sizeof(refused.list[0]));
		*ret_more = refused.count == 0 ? refused.more : 0;
		if (refused.count == 0)
			refused.more = 0;
	}
	(void)pthread_mutex_unlock(&refused.lock);
	return some;
}

int operator_flush(struct hs_db *store, struct hs_err *err)
{
	struct refusal r;
	size_t more;

	while (take_refusal(&r, &more)) {
		hs_auto(hs_freep) char *who = operator_text(&r.who);
		hs_auto(hs_freep) char *detail =
		    more > 0
			? hs_printf("%s: %s (and %zu more)", who, r.why, more)
			: hs_printf("%s: %s", who, r.why);
		json_t *data = operator_json(&r.who);
		struct event event = {
			.event = "operator.refused",
			.subject = r.who.user,
			.detail = detail,
			.data = data,
		};
		int failed;

		(void)json_object_set_new(data, "why", json_string(r.why));
		failed = event_put(store, &event, err);
		json_decref(data);
		if (failed < 0)
			return -1;
	}
	return 0;
}
