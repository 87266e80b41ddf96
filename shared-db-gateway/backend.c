/* backend.c - one connection to PostgreSQL: dial, TLS, start-up, errands. It
 * must be who its certificate says, or the client gets an error.
 */

#include "shared-db-gateway/backend.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/account.h"
#include "shared-db-gateway/audit_file.h"
#include "shared-db-gateway/core.h"
#include "shared-db-gateway/pool.h"
#include "shared-db-gateway/session.h"

/** What has become of it in a step. */
enum stride {
	WAITS,
	GOES_ON,
	GONE, /* and its memory */
};

const char *gw_backend_state_name(enum gw_backend_state state)
{
	static const char *const names[GW_BACKEND_STATE_COUNT] = {
		"dial",
		"ask-tls",
		"tls",
		"start",
		"ready",
		"errand",
	};

	assert(state < GW_BACKEND_STATE_COUNT);
	return names[state];
}

bool gw_backend_is_busy(struct gw_backend *b)
{
	return gw_replies_first(&b->replies) != NULL || b->batch;
}

bool gw_backend_is_free(struct gw_backend *b)
{
	return !b->batch && !b->dirty && b->up.left == 0 && b->down.left == 0 &&
	       b->feed == NULL && gw_replies_is_free(&b->replies) &&
	       !b->stream.ended;
}

/* -- Its end --------------------------------------------------------------- */

/* Let PostgreSQL know, if the stream is where a message may begin. */
static void say_goodbye(struct gw_backend *b)
{
	static const uint8_t terminate[] = { 'X', 0, 0, 0, 4 };

	if (b->state != GW_BACKEND_READY || b->stream.ended || b->up.left > 0 ||
	    b->feed != NULL)
		return;
	if (gw_bytes_add(&b->stream.out, terminate, sizeof(terminate)))
		(void)gw_stream_flush(&b->stream);
}

static void unlink_it(struct gw_backend *b)
{
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		b->core->backends = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
}

/* Names whose meaning hung on answers that will not come stay as they are:
 * their session ends with its backend, or has no such answer. */
static void forget_replies(struct gw_backend *b)
{
	struct gw_owed *owed;

	while ((owed = gw_replies_first(&b->replies)) != NULL) {
		if (b->session != NULL && b->session->entry != NULL)
			gw_account_failed(
			    b->session, b, owed, "", GW_WAS_UNKNOWN);
		gw_statement_unref(owed->before);
		gw_statement_unref(owed->sent);
		gw_replies_drop(&b->replies);
	}
	gw_replies_done(&b->replies);
}

static void tell_errands(const struct gw_backend *b)
{
	for (struct gw_backend *e = b->core->backends; e != NULL; e = e->next)
		if (e->of == b)
			e->of = NULL;
}

void gw_backend_end(struct gw_backend *b)
{
	say_goodbye(b);
	unlink_it(b);
	tell_errands(b);
	hs_timer_stop(&b->deadline);
	gw_stream_close(&b->stream);
	if (b->entry != NULL) {
		if (b->dirty && b->pool != NULL)
			b->entry->kept--;
		b->entry->backends--;
		b->entry->ve->backends--;
	}
	if (b->pool != NULL)
		gw_pool_lost(b->pool, b);
	else if (b->entry != NULL)
		gw_pools_feed(b->core, b->entry->ve);
	if (b->session != NULL && b->session->errand == b)
		b->session->errand = NULL;
	else if (b->session != NULL)
		b->session->backend = NULL;
	forget_replies(b);
	gw_statement_unref(b->feed);
	gw_prepared_done(&b->prepared);
	gw_bytes_done(&b->parameters);
	gw_target_done(&b->target);
	gw_startup_done(&b->startup);
	gw_entry_unref(b->entry);
	free(b);
}

/* For the operator: which server, and why. */
static void log_trouble(const struct gw_backend *b, const char *why)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	hs_text_add_log(&text, why);
	hs_warn("backend.failed",
	    "session=%016llx host=%s port=%u state=%s msg=%s",
	    (unsigned long long)(b->session != NULL ? b->session->id : 0),
	    b->target.host, b->target.port, gw_backend_state_name(b->state),
	    text.data);
}

static enum stride fail(
    struct gw_backend *b, enum gw_refusal refusal, const char *why)
{
	struct gw_session *session = b->session;
	struct gw_pool *pool = b->pool;

	if (refusal != GW_OK)
		log_trouble(b, why);
	if (pool != NULL)
		gw_pool_failed(pool, b, refusal);
	else {
		gw_backend_end(b);
		if (session != NULL)
			gw_session_backend_failed(session, refusal);
	}
	return GONE;
}

static enum stride broken(struct gw_backend *b, const char *why)
{
	return fail(b, GW_REFUSE_BACKEND_BROKEN, why);
}

static enum stride down(struct gw_backend *b, const char *why)
{
	return fail(b, GW_REFUSE_BACKEND_DOWN, why);
}

/* -- Dialling -------------------------------------------------------------- */

static socklen_t make_address(
    const struct gw_target *target, struct sockaddr_storage *addr)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, target->host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)target->port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, target->host, &v6->sin6_addr) != 1)
		return 0;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)target->port);
	return sizeof(*v6);
}

static int dial(const struct gw_target *target)
{
	struct sockaddr_storage addr;
	socklen_t len = make_address(target, &addr);
	int fd;

	if (len == 0)
		return -1;
	fd = socket(
	    addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	gw_stream_prepare(fd);
	if (connect(fd, (struct sockaddr *)&addr, len) < 0 &&
	    errno != EINPROGRESS) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool is_loopback(const struct gw_target *target)
{
	return strncmp(target->host, "127.", 4) == 0;
}

/* -- The first words ------------------------------------------------------- */

static bool put_startup(struct gw_backend *b)
{
	struct gw_writer w = gw_put_begin(&b->stream.out, 0);

	gw_put_u32(&w, GW_PROTOCOL_3_0);
	gw_put_text(&w, "user");
	gw_put_text(&w, b->entry->route.role);
	gw_put_text(&w, "database");
	gw_put_text(&w, b->target.database);
	for (size_t i = 0; i < b->startup.forward_count; i++) {
		gw_put_text(&w, b->startup.forward[i].name);
		gw_put_text(&w, b->startup.forward[i].value);
	}
	gw_put_u8(&w, 0);
	return gw_put_end(&w);
}

/* Only while what it is meant for is done: a late cancel must not hit what
 * comes next. */
static enum stride send_cancel(struct gw_backend *b)
{
	struct gw_writer w;

	if (b->of != NULL &&
	    (b->of->serial != b->of_serial || !gw_backend_is_busy(b->of)))
		return fail(b, GW_OK, "the cancel came too late");
	w = gw_put_begin(&b->stream.out, 0);
	gw_put_u32(&w, GW_CODE_CANCEL);
	gw_put_u32(&w, b->of_key.pid);
	gw_put_u32(&w, b->of_key.secret);
	(void)gw_put_end(&w);
	if (b->of != NULL)
		b->of->errands++;
	hs_info("session.cancel", "session=%016llx pid=%u",
	    (unsigned long long)(b->session != NULL ? b->session->id : 0),
	    b->of_key.pid);
	b->state = GW_BACKEND_ERRAND;
	return GOES_ON;
}

/* The way is there: say who it is, or deliver the cancel. */
static enum stride speak(struct gw_backend *b)
{
	if (b->entry == NULL)
		return send_cancel(b);
	if (!put_startup(b))
		return broken(b, "start-up does not fit");
	b->state = GW_BACKEND_START;
	return GOES_ON;
}

/* -- Connecting ------------------------------------------------------------ */

static enum stride dial_step(struct gw_backend *b)
{
	struct gw_writer w;
	int error = 0;
	socklen_t len = sizeof(error);

	if (b->stream.fd < 0)
		return down(b, "cannot dial");
	if (!b->stream.writable)
		return WAITS;
	(void)getsockopt(b->stream.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0)
		return down(b, strerror(error));
	b->stream.wants_write = false;
	if (b->core->config->plaintext)
		return is_loopback(&b->target)
			   ? speak(b)
			   : broken(b, "plaintext, and not on loopback");
	w = gw_put_begin(&b->stream.out, 0);
	gw_put_u32(&w, GW_CODE_SSL);
	(void)gw_put_end(&w);
	b->state = GW_BACKEND_ASK_TLS;
	return GOES_ON;
}

static enum stride ask_tls_step(struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;
	SSL *ssl;

	(void)gw_stream_flush(&b->stream);
	gw_stream_fill(&b->stream);
	if (gw_bytes_len(in) == 0)
		return b->stream.ended ? down(b, "closed at TLS request")
				       : WAITS;
	if (gw_bytes_len(in) != 1 || in->data[in->start] != 'S')
		return broken(b, "no TLS there");
	gw_bytes_drop(in, 1);
	ssl =
	    gw_tls_connect(&b->core->tls, b->stream.fd, b->target.server_name);
	if (ssl == NULL)
		return broken(b, "no memory for TLS");
	gw_stream_secure(&b->stream, ssl);
	b->state = GW_BACKEND_TLS;
	return GOES_ON;
}

static enum stride tls_step(struct gw_backend *b)
{
	int rc = gw_stream_handshake(&b->stream);

	if (rc < 0)
		return broken(b, X509_verify_cert_error_string(
				     SSL_get_verify_result(b->stream.ssl)));
	if (rc == 0)
		return WAITS;
	return speak(b);
}

/* -- Start-up -------------------------------------------------------------- */

static enum stride take_error(
    struct gw_backend *b, const uint8_t *body, size_t len)
{
	struct gw_trouble trouble = { 0 };

	if (!gw_trouble_parse(body, len, &trouble))
		return broken(b, "malformed error");
	return fail(
	    b, gw_refusal_of_backend(trouble.sqlstate), trouble.sqlstate);
}

static enum stride take_ready(struct gw_backend *b, uint8_t status)
{
	if (b->key.pid == 0)
		return broken(b, "no key");
	hs_timer_stop(&b->deadline);
	b->replies.transaction = (char)status;
	b->state = GW_BACKEND_READY;
	return GOES_ON;
}

static enum stride take_message(
    struct gw_backend *b, uint8_t type, const uint8_t *frame, size_t len)
{
	struct gw_reader r = { .at = frame + 5, .left = len - 5 };

	switch (type) {
	case 'R': /* AuthenticationOk and nothing else */
		if (gw_get_u32(&r) != 0 || r.bad || r.left > 0)
			return broken(b, "wants to authenticate otherwise");
		return GOES_ON;
	case 'S':
		if (!gw_bytes_add(&b->parameters, frame, len))
			return broken(b, "too many parameters");
		return GOES_ON;
	case 'K':
		b->key.pid = gw_get_u32(&r);
		b->key.secret = gw_get_u32(&r);
		return GOES_ON;
	case 'N':
		return GOES_ON;
	case 'E':
		return take_error(b, r.at, r.left);
	case 'Z':
		return take_ready(b, gw_get_u8(&r));
	default:
		return broken(b, "unexpected message");
	}
}

static enum stride start_step(struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;

	(void)gw_stream_flush(&b->stream);
	gw_stream_fill(&b->stream);
	while (b->state == GW_BACKEND_START) {
		const uint8_t *at = in->data + in->start;
		struct gw_frame frame = { 0 };
		enum gw_verdict verdict = gw_frame_parse(
		    GW_BACKEND, at, gw_bytes_len(in), GW_HELLO_MAX, &frame);

		if (verdict == GW_BAD)
			return broken(b, "malformed message");
		if (verdict == GW_MORE || gw_bytes_len(in) < 5 + frame.body)
			return b->stream.ended ? down(b, "closed at start")
					       : WAITS;
		if (take_message(b, frame.type, at, 5 + frame.body) == GONE)
			return GONE;
		gw_bytes_drop(in, 5 + frame.body);
	}
	if (b->pool != NULL)
		gw_pool_ready(b->pool, b);
	else
		gw_session_backend_ready(b->session);
	return GONE; /* or somebody else's now */
}

/* -- While nobody uses it -------------------------------------------------- */

/* It may speak of its parameters and give notice; all else is its end. */
static bool is_quiet(struct gw_backend *b)
{
	struct gw_bytes *in = &b->stream.in;
	struct gw_frame frame = { 0 };

	gw_stream_fill(&b->stream);
	while (gw_frame_parse(GW_BACKEND, in->data + in->start,
		   gw_bytes_len(in), GW_HELLO_MAX, &frame) == GW_GOOD) {
		if (gw_bytes_len(in) < 5 + frame.body)
			break;
		if (frame.type != 'S' && frame.type != 'N' && frame.type != 'A')
			return false;
		gw_bytes_drop(in, 5 + frame.body);
	}
	return !b->stream.ended && gw_bytes_room(in) > 0;
}

static enum stride idle_step(struct gw_backend *b)
{
	if (is_quiet(b))
		return WAITS;
	hs_info("backend.left", "host=%s ve=%s enterprise=%s", b->target.host,
	    b->entry->ve->name, b->entry->route.enterprise);
	gw_backend_end(b);
	return GONE;
}

static enum stride errand_step(struct gw_backend *b)
{
	struct gw_session *session = b->session;
	struct gw_backend *of = b->of;

	(void)gw_stream_flush(&b->stream);
	gw_stream_fill(&b->stream);
	gw_bytes_drop(&b->stream.in, gw_bytes_len(&b->stream.in));
	if (!b->stream.ended)
		return WAITS;
	gw_backend_end(b);
	/* It was held back until the cancel had arrived. */
	if (of != NULL && --of->errands == 0 && of->session == NULL)
		gw_pool_release(of->pool, of);
	if (session != NULL)
		gw_session_backend_failed(session, GW_OK);
	return GONE;
}

/* -- Running --------------------------------------------------------------- */

static void rearm(struct gw_backend *b)
{
	gw_stream_rearm(&b->stream, b->state != GW_BACKEND_DIAL);
}

static void run(struct gw_backend *b)
{
	static enum stride (*const steps[])(struct gw_backend * b) = {
		[GW_BACKEND_DIAL] = dial_step,
		[GW_BACKEND_ASK_TLS] = ask_tls_step,
		[GW_BACKEND_TLS] = tls_step,
		[GW_BACKEND_START] = start_step,
		[GW_BACKEND_READY] = idle_step,
		[GW_BACKEND_ERRAND] = errand_step,
	};
	enum stride stride;

	do
		stride = steps[b->state](b);
	while (stride == GOES_ON);
	if (stride == WAITS)
		rearm(b);
}

static void on_event(void *owner, unsigned events)
{
	struct gw_backend *b = owner;

	gw_stream_ready(&b->stream, events);
	if (b->state == GW_BACKEND_READY && b->session != NULL)
		gw_session_run(b->session);
	else
		run(b);
}

void gw_backend_lost(struct gw_backend *b)
{
	b->stream.ended = true;
	if (b->state == GW_BACKEND_READY && b->session != NULL)
		gw_session_run(b->session);
	else
		run(b);
}

static void on_deadline(void *owner)
{
	struct gw_backend *b = owner;

	/* The cancel may have arrived; nobody waits any longer for it. */
	if (b->state == GW_BACKEND_ERRAND) {
		b->stream.ended = true;
		run(b);
		return;
	}
	(void)down(b, "no answer in time");
}

static struct gw_backend *make(
    struct gw_core *core, const struct gw_target *target)
{
	struct gw_backend *b = hs_alloc(sizeof(*b));

	b->core = core;
	b->stream.fd = -1;
	b->stream.watch.fn = on_event;
	b->deadline.fn = on_deadline;
	b->stream.watch.owner = b->deadline.owner = b;
	b->target = gw_target_copy(target);
	b->next = core->backends;
	if (b->next != NULL)
		b->next->prev = b;
	core->backends = b;
	return b;
}

/* What fails at once is told by the timer, too: the caller is not ready. */
static void begin(struct gw_backend *b)
{
	int fd = dial(&b->target);

	hs_timer_start(b->core->loop, &b->deadline,
	    fd < 0 ? 0 : (uint64_t)b->core->config->connect_timeout_s * 1000);
	if (fd < 0)
		return;
	if (gw_stream_open(&b->stream, b->core->loop, fd, NULL) < 0) {
		(void)close(fd);
		b->stream.fd = -1;
		hs_timer_start(b->core->loop, &b->deadline, 0);
		return;
	}
	b->stream.writable = false;
	b->stream.wants_write = true;
	rearm(b);
}

struct gw_backend *gw_backend_new(struct gw_core *core, struct gw_entry *entry,
    const struct gw_target *target, const struct gw_startup *startup,
    struct gw_pool *pool, struct gw_session *session)
{
	struct gw_backend *b = make(core, target);

	b->scope = 1;
	b->entry = gw_entry_ref(entry);
	core->dialled++;
	entry->backends++;
	entry->ve->backends++;
	b->pool = pool;
	b->session = session;
	gw_startup_copy(startup, &b->startup);
	begin(b);
	return b;
}

struct gw_backend *gw_backend_cancel(
    struct gw_backend *of, struct gw_session *session)
{
	struct gw_backend *b = make(of->core, &of->target);

	b->of = of;
	b->of_key = of->key;
	b->of_serial = of->serial;
	b->session = session;
	begin(b);
	return b;
}
