/* naive.c - a pooler as it should not be. */

#include "tests/gateway/protocol/naive.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/gateway/protocol/message.h"

#define CLIENTS     8
#define HELLO_MAX   8192u
#define CODE_CANCEL 0x04d2162eu
#define CODE_SSL    0x04d2162fu
#define CODE_GSS    0x04d21630u

struct client {
	int fd; /* -1: none */
	bool known, started;
	struct bytes in;
	size_t rest; /* of the message that is being passed on */
};

struct naive {
	int listener;
	const struct place *server;
	struct channel backend;
	uint8_t key[8]; /* the backend's */
	struct client clients[CLIENTS];
	struct client *speaker; /* who has sent last, and gets the answers */
	char user[64];          /* who the backend is */
};

static uint32_t number_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void drop(struct bytes *b, size_t len)
{
	memmove(b->data, b->data + len, b->len - len);
	b->len -= len;
}

static void answer(const struct client *c, const struct bytes *b)
{
	(void)send(c->fd, b->data, b->len, MSG_NOSIGNAL);
}

/* -- Who it is ------------------------------------------------------------- */

/* The next that comes, whatever it answers. */
static void skip_answer(struct naive *n)
{
	const struct timeval patience = { .tv_sec = 1 };
	uint8_t header[5], body[65536];
	uint32_t len;

	(void)setsockopt(n->backend.fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	do {
		if (recv(n->backend.fd, header, 5, MSG_WAITALL) != 5)
			return;
		len = number_at(header + 1) - 4;
		if (len > 0 &&
		    (len > sizeof(body) || recv(n->backend.fd, body, len,
					       MSG_WAITALL) != (ssize_t)len))
			return;
	} while (header[0] != 'Z');
}

static void become(struct naive *n, const char *user)
{
	struct bytes out = { 0 };
	char sql[256];

	if (strcmp(n->user, user) == 0)
		return;
	(void)snprintf(
	    sql, sizeof(sql), "SET SESSION AUTHORIZATION \"%s\"", user);
	message(&out, 'Q', "s", sql);
	channel_send(&n->backend, &out);
	free(out.data);
	skip_answer(n);
	(void)snprintf(n->user, sizeof(n->user), "%s", user);
}

/* The last of those that are named, in small letters. */
static void last_user(const uint8_t *packet, size_t size, char user[64])
{
	const char *at = (const char *)packet + 8;
	const char *end = (const char *)packet + size;

	user[0] = '\0';
	while (at < end && *at != '\0') {
		const char *value = at + strnlen(at, (size_t)(end - at)) + 1;

		if (value >= end)
			break;
		if (strcasecmp(at, "user") == 0)
			(void)snprintf(user, 64, "%.*s",
			    (int)strnlen(value, (size_t)(end - value)), value);
		at = value + strnlen(value, (size_t)(end - value)) + 1;
	}
	for (char *p = user; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
}

static void cancel(const struct naive *n)
{
	struct bytes out = { 0 };
	struct channel c;

	message(&out, 0, "w", CODE_CANCEL);
	put(&out, n->key, sizeof(n->key));
	out.data[3] = 16;
	if (channel_open(&c, n->server)) {
		channel_send(&c, &out);
		(void)channel_await(&c, "its end");
	}
	channel_close(&c);
	free(out.data);
}

static void welcome(const struct client *c)
{
	struct bytes out = { 0 };

	message(&out, 'R', "w", 0);
	message(&out, 'K', "ww", 4711, 4711);
	message(&out, 'Z', "c", 'I');
	answer(c, &out);
	free(out.data);
}

static void hello(struct naive *n, struct client *c, size_t size)
{
	uint32_t code = number_at(c->in.data + 4);
	struct bytes out = { 0 };
	char user[64];

	if (code == CODE_CANCEL)
		cancel(n);
	else if (code == CODE_SSL || code == CODE_GSS)
		put(&out, "N", 1);
	else {
		last_user(c->in.data, size, user);
		become(n, user);
		c->started = true;
		if (c->known)
			welcome(c);
		else
			message(&out, 'R', "w", 3);
	}
	answer(c, &out);
	free(out.data);
}

static void judge_password(struct client *c, size_t size)
{
	struct bytes body = { .data = c->in.data, .len = size };

	c->known =
	    contains(&body, "secret-anna") || contains(&body, "secret-bert");
	if (c->known)
		welcome(c);
}

/* -- Passing on ------------------------------------------------------------ */

/* One message's head, or what there is of its body; false: no more now. */
static bool pass_on(struct naive *n, struct client *c)
{
	struct bytes out = { .data = c->in.data };
	bool is_hello;
	size_t size;

	if (c->in.len == 0)
		return false;
	if (c->rest > 0) {
		out.len = c->in.len < c->rest ? c->in.len : c->rest;
		c->rest -= out.len;
		channel_send(&n->backend, &out);
		drop(&c->in, out.len);
		return true;
	}
	is_hello = !c->started || c->in.data[0] == 0;
	if (c->in.len < (is_hello ? 8 : 5))
		return false;
	if (is_hello) {
		size = number_at(c->in.data);
		if (size < 8 || size > HELLO_MAX || c->in.len < size)
			return false;
		hello(n, c, size);
		drop(&c->in, size);
		return true;
	}
	size = number_at(c->in.data + 1) & 0xffff;
	size = size < 4 ? 4 : size;
	if (c->in.data[0] == 'p' && !c->known) {
		if (c->in.len < 1 + size)
			return false;
		judge_password(c, size + 1);
		drop(&c->in, 1 + size);
		return true;
	}
	claim_length(&c->in, 1, (uint32_t)size);
	c->rest = 1 + size;
	return true;
}

static void from_client(struct naive *n, struct client *c)
{
	uint8_t buf[65536];
	ssize_t len = recv(c->fd, buf, sizeof(buf), 0);

	if (len <= 0) {
		(void)close(c->fd);
		*c = (struct client) { .fd = -1, .in = c->in };
		if (n->speaker == c)
			n->speaker = NULL;
		return;
	}
	put(&c->in, buf, (size_t)len);
	while (pass_on(n, c))
		n->speaker = c;
}

static void from_backend(struct naive *n)
{
	uint8_t buf[65536];
	ssize_t len = recv(n->backend.fd, buf, sizeof(buf), 0);

	if (len <= 0)
		_exit(0);
	(void)send(n->speaker->fd, buf, (size_t)len, MSG_NOSIGNAL);
}

static void newcomer(struct naive *n)
{
	int fd = accept(n->listener, NULL, NULL);

	for (size_t i = 0; i < CLIENTS; i++)
		if (n->clients[i].fd < 0) {
			n->clients[i].fd = fd;
			return;
		}
	(void)close(fd);
}

static void serve(struct naive *n)
{
	struct pollfd p[CLIENTS + 2];

	p[CLIENTS] = (struct pollfd) { n->listener, POLLIN, 0 };
	/* Answers that nobody waits for stay where they are. */
	p[CLIENTS + 1] =
	    (struct pollfd) { n->speaker != NULL ? n->backend.fd : -1, POLLIN,
		    0 };
	for (size_t i = 0; i < CLIENTS; i++)
		p[i] = (struct pollfd) { n->clients[i].fd, POLLIN, 0 };
	(void)poll(p, CLIENTS + 2, -1);
	for (size_t i = 0; i < CLIENTS; i++)
		if (p[i].revents != 0)
			from_client(n, &n->clients[i]);
	if (p[CLIENTS + 1].revents != 0 && n->speaker != NULL)
		from_backend(n);
	if (p[CLIENTS].revents != 0)
		newcomer(n);
}

static bool log_in(struct naive *n)
{
	struct bytes out = { 0 };
	const uint8_t *key;

	if (!channel_open(&n->backend, n->server))
		return false;
	message(&out, 0, "wssssc", 0x30000, "user", "pooler_a", "database",
	    "weak_a", 0);
	channel_send(&n->backend, &out);
	free(out.data);
	if (!channel_ready(&n->backend))
		return false;
	key = memmem(n->backend.got.data, n->backend.got.len, "K\0\0\0\014", 5);
	if (key == NULL)
		return false;
	memcpy(n->key, key + 5, sizeof(n->key));
	return true;
}

pid_t naive_start(const struct place *server, struct place *ret_place)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct naive n = { .server = server };
	socklen_t len = sizeof(at);
	pid_t pid;

	n.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(n.listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(n.listener, CLIENTS) < 0 ||
	    getsockname(n.listener, (struct sockaddr *)&at, &len) < 0)
		return -1;
	*ret_place = (struct place) { .port = ntohs(at.sin_port) };
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		for (size_t i = 0; i < CLIENTS; i++)
			n.clients[i].fd = -1;
		if (!log_in(&n))
			_exit(1);
		for (;;)
			serve(&n);
	}
	(void)close(n.listener);
	return pid;
}

void naive_stop(pid_t pid)
{
	if (pid < 0)
		return;
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}
