/* control.c - hansed's socket. One thread a request; what changes anything is a
 * job, which goes on without the one who asked for it.
 */

#include "provisioning/control.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "provisioning/archive.h"
#include "provisioning/manager.h"
#include "provisioning/operator.h"
#include "provisioning/plat_pool.h"

#define REQUEST_MAX (4 * 1024 * 1024)
#define REQUEST_MS  10000
#define ANSWER_MS   10000 /* a client that does not read is left */
#define CLIENTS_MAX 64

static int ping(
    struct request *request, json_t **ret_result, struct hs_err *err)
{
	(void)request;
	(void)err;
	*ret_result = json_pack("{s:s}", "version", HANSE_VERSION);
	return 0;
}

/* clang-format off */
static const struct command {
	const char *name;
	manager_command *run;
	bool recorded; /* who asked stands in the event log */
} commands[] = {
	{ "ping",            ping,               false },
	{ "status",          query_status,       false },
	{ "get",             query_get,          false },
	{ "describe",        query_describe,     false },
	{ "events",          query_events,       false },
	{ "audit.statements", audit_statements,  false },
	{ "audit.verify",    audit_verify,       false },
	{ "plan",            manager_plan,       false },
	{ "verify",          manager_verify,     false },
	{ "apply",           manager_apply,      true  },
	{ "destroy",         manager_destroy,    true  },
	{ "start",           manager_start,      true  },
	{ "repair",          manager_repair,     true  },
	{ "adopt",           manager_adopt,      true  },
	{ "stop",            manager_stop,       true  },
	{ "restart",         manager_restart,    true  },
	{ "rotate",          manager_rotate,     true  },
	{ "suspend",         manager_suspend,    true  },
	{ "resume",          manager_resume,     true  },
	{ "roll",            manager_roll,       true  },
	{ "job.follow",      manager_job_follow, false },
	{ "job.cancel",      manager_job_cancel, true  },
	{ "job.retry",       manager_job_retry,  true  },
	{ "user.passwd",     user_passwd,        true  },
	{ "user.put",        user_put,           true  },
	{ "user.remove",     user_remove,        true  },
	{ "user.list",       user_list,          false },
	{ "archive.list",    archive_list,       false },
	{ "archive.show",    archive_show,       false },
	{ "archive.verify",  archive_verify,     false },
	{ "archive.export",  archive_export,     true  },
	{ "archive.restore", archive_restore,    true  },
	{ "schema.status",   schema_status,      false },
	{ "schema.roll",     schema_roll,        true  },
	{ "quota",           quota_get,          false },
	{ "quota.set",       quota_set,          true  },
	{ "quota.unset",     quota_unset,        true  },
	{ "quota.verify",    quota_verify,       false },
	{ "usage",           usage_get,          false },
	{ "usage.model",     usage_model,        false },
	{ "usage.load",      usage_load,         false },
	{ "usage.sources",   usage_sources,      false },
	{ "usage.correct",   usage_correct,      true  },
	{ "price.list",      price_list,         false },
	{ "price.units",     price_units,        false },
	{ "price.set",       price_set,          true  },
	{ "bill.list",       bill_list,          false },
	{ "bill.close",      bill_close,         true  },
	{ "bill.show",       bill_show,          false },
	{ "bill.verify",     bill_verify,        false },
	{ "gateway",         gateway_get,        false },
	{ "gateway.kill",    gateway_kill,       true  },
	{ "gateway.renew",   gateway_renew,      true  },
	{ "webhook.add",     webhook_add,        true  },
	{ "webhook.remove",  webhook_remove,     true  },
	{ "webhook.test",    webhook_test,       true  },
	{ "host.add",        host_add,           true  },
	{ "host.drain",      host_drain,         true  },
	{ "host.undrain",    host_undrain,       true  },
	{ "host.refresh",    host_refresh,       true  },
	{ "host.remove",     host_remove,        true  },
};
/* clang-format on */

/** What the threads share. */
struct server {
	const struct plat_conf *conf;
	atomic_bool stop;
	pthread_mutex_t lock; /* of clients */
	pthread_cond_t idle;
	unsigned clients;
};

/** One request's thread. */
struct client {
	struct server *server;
	int fd;
	bool gone; /* it does not take what is sent */
};

/* -- Lines ----------------------------------------------------------------- */

static int read_line(int fd, struct hs_text *ret_line, struct hs_err *err)
{
	char buf[8192];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;
		char *end;

		if (poll(&p, 1, REQUEST_MS) <= 0)
			return hs_fail(err, HS_EREMOTE, "no request came");
		n = read(fd, buf, sizeof(buf));
		if (n <= 0)
			return hs_fail(
			    err, HS_EREMOTE, "no whole request came");
		hs_text_add_len(ret_line, buf, (size_t)n);
		end = memchr(ret_line->data, '\n', ret_line->len);
		if (end != NULL) {
			*end = '\0';
			return 0;
		}
		if (ret_line->len > REQUEST_MAX)
			return hs_fail(err, HS_ELIMIT,
			    "a request may be %d MiB", REQUEST_MAX >> 20);
	}
}

/* A client that has gone misses its lines; the job goes on. */
static void write_text(struct client *client, const char *text)
{
	size_t len = strlen(text), done = 0;

	while (done < len && !client->gone) {
		ssize_t n =
		    send(client->fd, text + done, len - done, MSG_NOSIGNAL);

		if (n <= 0)
			client->gone = true;
		else
			done += (size_t)n;
	}
}

static void write_line(void *arg, const json_t *value)
{
	hs_auto(hs_freep) char *text = json_dumps(value, JSON_COMPACT);
	hs_auto(hs_freep) char *line = hs_printf("%s\n", text);

	write_text(arg, line);
}

/* It may be megabytes: it is not copied once more. */
static void write_table(struct client *client, char *const *parts)
{
	write_text(client, "{\"result\":");
	for (size_t i = 0; i < TABLE_PARTS; i++)
		write_text(client, parts[i]);
	write_text(client, "}\n");
}

/* Whether there is no use in going on telling: the client has hung up, or the
 * daemon is to end. */
static bool is_left(void *arg)
{
	struct client *client = arg;
	char byte;

	if (recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		client->gone = true;
	return client->gone || atomic_load(&client->server->stop);
}

static json_t *faults_json(const struct hs_faults *faults)
{
	json_t *list = json_array();

	for (size_t i = 0; i < faults->count; i++)
		(void)json_array_append_new(
		    list, json_pack("{s:i, s:s, s:s}", "line",
			      (int)faults->list[i].line, "field",
			      faults->list[i].field, "message",
			      faults->list[i].message));
	return list;
}

static json_t *error_json(
    const struct hs_err *err, const struct hs_faults *faults)
{
	json_t *error = json_pack(
	    "{s:s, s:s}", "code", hs_code_name(err->code), "message", err->msg);

	if (faults->count > 0)
		(void)json_object_set_new(error, "faults", faults_json(faults));
	return json_pack("{s:o}", "error", error);
}

static void refuse(struct client *client, enum hs_code code, const char *why)
{
	const struct hs_faults none = { 0 };
	struct hs_err err = { 0 };
	json_t *reply;

	operator_refuse(client->fd, why);
	(void)hs_fail(&err, code, "%s", why);
	hs_info(
	    "request.failed", "code=%s err=\"%s\"", hs_code_name(code), why);
	reply = error_json(&err, &none);
	write_line(client, reply);
	json_decref(reply);
}

/* -- One request ----------------------------------------------------------- */

static const struct command *find(const char *name)
{
	for (size_t i = 0; name != NULL && i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int record(struct client *client, struct plat *plat, const json_t *args,
    struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0)
		return -1;
	return operator_record(store, client->fd, args, err);
}

static int run(struct client *client, struct request *request,
    json_t **ret_result, struct hs_err *err)
{
	const struct command *command =
	    find(json_string_value(json_object_get(request->args, "command")));
	int failed = 0;

	if (command == NULL)
		return hs_fail(err, HS_EINVAL,
		    "hansed does not know this command; is it of another "
		    "version than hanse?");
	request->plat = plat_pool_take(client->server->conf);
	if (command->recorded)
		failed = record(client, request->plat, request->args, err);
	if (failed == 0)
		failed = command->run(request, ret_result, err);
	plat_pool_give(request->plat);
	if (failed == 0 && *ret_result == NULL &&
	    request->result_parts[0] == NULL)
		failed = hs_fail(err, HS_ESYSTEM, "no answer could be made");
	return failed;
}

static void reply(struct client *client, const struct request *request,
    json_t *result, const struct hs_err *err)
{
	json_t *value;

	if (err == NULL && request->result_parts[0] != NULL) {
		write_table(client, request->result_parts);
		return;
	}
	value = err != NULL ? error_json(err, request->faults)
			    : json_pack("{s:O}", "result", result);
	write_line(client, value);
	json_decref(value);
}

static void answer(struct client *client)
{
	hs_auto(hs_text_done) struct hs_text line = { 0 };
	hs_auto(hs_faults_done) struct hs_faults faults = { 0 };
	struct request request = {
		.faults = &faults,
		.listener = write_line,
		.is_left = is_left,
		.arg = client,
	};
	json_t *args = NULL, *result = NULL;
	struct hs_err err = { 0 };
	int failed = read_line(client->fd, &line, &err);

	if (failed == 0 && (args = json_loads(line.data, 0, NULL)) == NULL)
		failed = hs_fail(&err, HS_EINVAL, "the request is no JSON");
	request.args = args;
	if (failed == 0)
		failed = run(client, &request, &result, &err);
	/* The client asks the next daemon how it went on. */
	if (failed == 0 || !atomic_load(&client->server->stop)) {
		if (failed < 0)
			hs_info("request.failed", "code=%s err=\"%s\"",
			    hs_code_name(err.code), err.msg);
		reply(client, &request, result, failed < 0 ? &err : NULL);
	}
	for (size_t i = 0; i < TABLE_PARTS; i++)
		free(request.result_parts[i]);
	json_decref(result);
	json_decref(args);
}

static void end_client(struct client *client)
{
	struct server *server = client->server;

	(void)close(client->fd);
	free(client);
	(void)pthread_mutex_lock(&server->lock);
	server->clients--;
	(void)pthread_cond_signal(&server->idle);
	(void)pthread_mutex_unlock(&server->lock);
}

static void *client_thread(void *arg)
{
	answer(arg);
	end_client(arg);
	return NULL;
}

/* -- The server ------------------------------------------------------------ */

static int listen_at(const char *path, int *ret_fd, struct hs_err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	hs_auto(hs_closep) int fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "socket");
	if (strlen(path) >= sizeof(address.sun_path))
		return hs_fail(err, HS_EINVAL, "'%s' is too long", path);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	(void)unlink(path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(path, 0600) < 0 || listen(fd, 16) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "listen at '%s'", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static bool is_root(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       peer.uid == 0;
}

/* One more, if there is room. */
static bool count(struct server *server)
{
	bool room;

	(void)pthread_mutex_lock(&server->lock);
	room = server->clients < CLIENTS_MAX;
	if (room)
		server->clients++;
	(void)pthread_mutex_unlock(&server->lock);
	return room;
}

static void take(struct server *server, int fd)
{
	const struct timeval patience = { .tv_sec = ANSWER_MS / 1000 };
	struct client *client;
	pthread_t thread;

	(void)setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	client = hs_alloc(sizeof(*client));
	*client = (struct client) { .server = server, .fd = fd };
	if (!is_root(fd) || !count(server)) {
		refuse(client, is_root(fd) ? HS_ELIMIT : HS_EDENIED,
		    is_root(fd) ? "hansed has too many requests at once"
				: "only root may ask hansed");
		(void)close(fd);
		free(client);
		return;
	}
	if (pthread_create(&thread, NULL, client_thread, client) == 0) {
		(void)pthread_detach(thread);
		return;
	}
	refuse(client, HS_ELIMIT, "hansed cannot start another thread");
	end_client(client);
}

static void wait_for_clients(struct server *server)
{
	(void)pthread_mutex_lock(&server->lock);
	while (server->clients > 0)
		(void)pthread_cond_wait(&server->idle, &server->lock);
	(void)pthread_mutex_unlock(&server->lock);
}

int control_serve(const struct plat_conf *conf, const char *path, int stop_fd,
    struct hs_err *err)
{
	struct server server = {
		.conf = conf,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.idle = PTHREAD_COND_INITIALIZER,
	};
	hs_auto(hs_closep) int fd = -1;

	if (listen_at(path, &fd, err) < 0)
		return -1;
	for (;;) {
		struct pollfd p[2] = {
			{ .fd = fd, .events = POLLIN },
			{ .fd = stop_fd, .events = POLLIN },
		};
		int peer;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return hs_fail_errno(err, HS_ESYSTEM, "poll");
		if (p[1].revents != 0)
			break;
		peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (peer >= 0)
			take(&server, peer);
	}
	(void)unlink(path);
	atomic_store(&server.stop, true);
	wait_for_clients(&server);
	plat_pool_done();
	return 0;
}
