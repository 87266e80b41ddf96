/* control.c - the control socket: a JSON line in, one out; for root and the
 * gateway's own user.
 */

#include "shared-db-gateway/control.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/line.h"

#define LINE_MAX_BYTES 4096u
#define CALLERS_MAX    16u

struct gw_caller {
	struct gw_line line;
	struct gw_control *control;
	struct gw_caller *next;
	char *waiting; /* what it has asked during a pause */
	bool is_asking, is_gone;
};

struct gw_control {
	struct hs_watch watch;
	struct hs_loop *loop;
	gw_control_fn *fn;
	void *owner;
	struct gw_caller *callers;
	unsigned count;
	bool is_paused;
	char *path;
};

static void caller_free(struct gw_caller *c)
{
	struct gw_caller **at = &c->control->callers;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->control->count--;
	gw_line_close(&c->line);
	free(c->waiting);
	free(c);
}

/* Its answer may still be on the way. */
static void on_gone(void *owner)
{
	struct gw_caller *c = owner;

	gw_line_close(&c->line);
	c->is_gone = true;
	if (!c->is_asking)
		caller_free(c);
}

/* One after the other: answers come in the order of the questions. */
static void on_line(void *owner, char *line)
{
	struct gw_caller *c = owner;

	c->is_asking = true;
	gw_line_hold(&c->line);
	if (c->control->is_paused)
		c->waiting = hs_strdup(line);
	else
		c->control->fn(c->control->owner, c, line);
}

static void ask_what_waits(struct gw_caller *c)
{
	hs_auto(hs_freep) char *line = c->waiting;

	c->waiting = NULL;
	if (line != NULL)
		c->control->fn(c->control->owner, c, line);
}

void gw_control_pause(struct gw_control *control)
{
	control->is_paused = true;
}

void gw_control_go_on(struct gw_control *control)
{
	struct gw_caller *next;

	control->is_paused = false;
	for (struct gw_caller *c = control->callers; c != NULL; c = next) {
		next = c->next;
		ask_what_waits(c);
	}
}

void gw_caller_answer(struct gw_caller *c, const char *text)
{
	c->is_asking = false;
	if (c->is_gone) {
		caller_free(c);
		return;
	}
	gw_line_say(&c->line, text);
	gw_line_go_on(&c->line);
}

/* Whoever may not is hung up on. */
static bool may_call(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       (who.uid == 0 || who.uid == getuid());
}

/* NULL: it could not; the descriptor is closed. */
static struct gw_caller *caller_new(struct gw_control *control, int fd)
{
	struct gw_caller *c = hs_alloc(sizeof(*c));

	c->control = control;
	c->line.on_line = on_line;
	c->line.on_gone = on_gone;
	c->line.owner = c;
	if (gw_line_open(&c->line, control->loop, fd, LINE_MAX_BYTES, NULL) <
	    0) {
		(void)close(fd);
		free(c);
		return NULL;
	}
	c->next = control->callers;
	control->callers = c;
	control->count++;
	return c;
}

static void on_connect(void *owner, unsigned events)
{
	struct gw_control *control = owner;
	int fd = accept4(
	    control->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	if (!may_call(fd) || control->count >= CALLERS_MAX) {
		(void)close(fd);
		return;
	}
	(void)caller_new(control, fd);
}

static int listen_at(const char *path, int *ret_fd, struct hs_err *err)
{
	hs_auto(hs_closep) int fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		return hs_fail(err, HS_EINVAL, "control_socket '%s'", path);
	memcpy(addr.sun_path, path, strlen(path));
	(void)unlink(path);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	(void)umask(mask);
	if (rc < 0 || listen(fd, 16) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "make control socket '%s'", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* The descriptor becomes its own, or is closed. */
static int control_new(struct hs_loop *loop, const char *path, int fd,
    gw_control_fn *fn, void *owner, struct gw_control **ret_control,
    struct hs_err *err)
{
	struct gw_control *control = hs_alloc(sizeof(*control));

	control->loop = loop;
	control->fn = fn;
	control->owner = owner;
	control->path = hs_strdup(path);
	control->watch.fn = on_connect;
	control->watch.owner = control;
	if (hs_watch_start(loop, &control->watch, fd, HS_LOOP_READ, err) < 0) {
		(void)close(fd);
		free(control->path);
		free(control);
		return -1;
	}
	*ret_control = control;
	return 0;
}

int gw_control_open(struct hs_loop *loop, const char *path, gw_control_fn *fn,
    void *owner, struct gw_control **ret_control, struct hs_err *err)
{
	int fd = -1;

	if (listen_at(path, &fd, err) < 0)
		return -1;
	return control_new(loop, path, fd, fn, owner, ret_control, err);
}

static json_t *caller_state(
    const struct gw_caller *c, const struct gw_caller *asker)
{
	return json_pack("{s:i, s:b, s:s?, s:s?}", "fd", c->line.watch.fd,
	    "asks", c == asker, "waiting", c->waiting, "heard",
	    c->line.in.data);
}

json_t *gw_control_state(
    const struct gw_control *control, const struct gw_caller *asker)
{
	json_t *callers = json_array();

	for (const struct gw_caller *c = control->callers; c != NULL;
	     c = c->next)
		if (!c->is_gone && c->line.sent >= c->line.out.len)
			(void)json_array_append_new(
			    callers, caller_state(c, asker));
	return json_pack(
	    "{s:i, s:o}", "fd", control->watch.fd, "callers", callers);
}

static void adopt_caller(struct gw_control *control, const json_t *state,
    struct gw_caller **ret_asker)
{
	struct gw_caller *c = caller_new(
	    control, (int)json_integer_value(json_object_get(state, "fd")));
	const char *waiting =
	    json_string_value(json_object_get(state, "waiting"));
	const char *heard = json_string_value(json_object_get(state, "heard"));

	if (c == NULL)
		return;
	if (heard != NULL)
		hs_text_add(&c->line.in, heard);
	if (json_is_true(json_object_get(state, "asks")))
		*ret_asker = c;
	else if (waiting == NULL)
		return;
	else
		c->waiting = hs_strdup(waiting);
	c->is_asking = true;
	gw_line_hold(&c->line);
}

int gw_control_adopt(struct hs_loop *loop, const char *path,
    const json_t *state, gw_control_fn *fn, void *owner,
    struct gw_control **ret_control, struct gw_caller **ret_asker,
    struct hs_err *err)
{
	json_t *caller;
	size_t i;

	*ret_asker = NULL;
	if (control_new(loop, path,
		(int)json_integer_value(json_object_get(state, "fd")), fn,
		owner, ret_control, err) < 0)
		return -1;
	json_array_foreach (json_object_get(state, "callers"), i, caller)
		adopt_caller(*ret_control, caller, ret_asker);
	return 0;
}

void gw_control_close(struct gw_control *control)
{
	if (control == NULL)
		return;
	while (control->callers != NULL)
		caller_free(control->callers);
	hs_watch_stop(&control->watch);
	(void)close(control->watch.fd);
	(void)unlink(control->path);
	free(control->path);
	free(control);
}
