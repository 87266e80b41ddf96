/* outbox.c - the writes of a round, by io_submit(). It can do no more than
 * write() to what is open already, so it is no hole in a worker's walls, as
 * io_uring would be. A socket's write is done when the call is back: it does
 * not block, and asks nobody to wait.
 */

#include "shared-db-gateway/outbox.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/stream.h"

#define PLACES  128 /* twice as many as there are events in a round */
#define AT_ONCE 16  /* who is first does not wait for many others */

struct gw_outbox {
	struct hs_timer timer;
	struct hs_loop *loop;
	aio_context_t context; /* 0: none */
	/* Of this round, NULL is one that was removed. The first of them are
	 * written already. */
	struct gw_stream *streams[PLACES];
	size_t count, written;
	struct iocb calls[AT_ONCE], *list[AT_ONCE];
	struct io_event ends[AT_ONCE];
};

static void prepare(struct iocb *call, struct gw_stream *stream)
{
	const struct gw_bytes *bytes = gw_stream_leaving(stream);

	*call = (struct iocb) {
		.aio_data = (uintptr_t)stream,
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)stream->fd,
		.aio_buf = (uintptr_t)(bytes->data + bytes->start),
		.aio_nbytes = gw_bytes_len(bytes),
	};
}

/* What the kernel has in the memory that a context names (fs/aio.c). */
struct ring {
	unsigned id, count;
	_Atomic unsigned head; /* we move it */
	_Atomic unsigned tail; /* the kernel moves it */
	unsigned magic, compat, incompat, size;
	struct io_event events[];
};
#define RING_MAGIC 0xa10a10a1

/* What has ended is there without a call; if it is not where we look for it,
 * the kernel is asked. */
static long look(struct gw_outbox *box, long count)
{
	struct ring *ring = (struct ring *)(uintptr_t)box->context;
	unsigned head, tail;
	long n = 0;

	if (ring->magic != RING_MAGIC || ring->incompat != 0)
		return 0;
	head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
	for (; n < count && head != tail; head = (head + 1) % ring->count)
		box->ends[n++] = ring->events[head];
	atomic_store_explicit(&ring->head, head, memory_order_release);
	return n;
}

/* How many of them were begun, from the first on. All of these have ended;
 * *ret_ended is how many have told how. */
static long submit(struct gw_outbox *box, long count, long *ret_ended)
{
	long begun = syscall(SYS_io_submit, box->context, count, box->list);
	long ended = look(box, begun);

	while (ended < begun) {
		long n = syscall(SYS_io_getevents, box->context, begun - ended,
		    begun - ended, box->ends + ended, NULL);

		if (n > 0)
			ended += n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	*ret_ended = ended;
	return begun;
}

/* Who was not begun waits until it may write, and then does so itself. */
static void tell(const struct gw_outbox *box, long begun, long ended)
{
	long i = 0;

	for (long j = 0; j < ended; j++)
		gw_stream_posted(
		    (struct gw_stream *)(uintptr_t)box->ends[j].data,
		    (long)box->ends[j].res);
	for (size_t j = box->written; j < box->count; j++) {
		struct gw_stream *stream = box->streams[j];

		if (stream == NULL)
			continue;
		if (stream->is_posted)
			gw_stream_posted(stream, i < begun ? -EIO : -EAGAIN);
		i++;
	}
}

static void write_many(struct gw_outbox *box, long count)
{
	long ended = 0, begun = submit(box, count, &ended);

	tell(box, begun, ended);
}

/* What needs no batch is cheaper without one. */
static void write_one(const struct iocb *call)
{
	ssize_t n =
	    send((int)call->aio_fildes, (void *)(uintptr_t)call->aio_buf,
		call->aio_nbytes, MSG_DONTWAIT | MSG_NOSIGNAL);

	gw_stream_posted((struct gw_stream *)(uintptr_t)call->aio_data,
	    n >= 0 ? (long)n : -(long)errno);
}

/* Nobody is run here: it may be amidst a step of somebody. */
static void write_all(struct gw_outbox *box)
{
	long count = 0;

	for (size_t i = box->written; i < box->count; i++)
		if (box->streams[i] != NULL)
			prepare(&box->calls[count++], box->streams[i]);
	if (count == 1)
		write_one(&box->calls[0]);
	else if (count > 1)
		write_many(box, count);
	box->written = box->count;
}

/* Who runs may end others, and write more, which goes at once if it finds no
 * place. */
static void on_round(void *owner)
{
	struct gw_outbox *box = owner;
	size_t count;

	write_all(box);
	count = box->count;
	for (size_t i = 0; i < count; i++) {
		struct gw_stream *stream = box->streams[i];

		if (stream == NULL || !stream->is_awaited || stream->is_posted)
			continue;
		stream->is_awaited = false;
		stream->watch.fn(stream->watch.owner, 0);
	}
	write_all(box);
	box->count -= count;
	memmove(box->streams, box->streams + count,
	    box->count * sizeof(*box->streams));
	box->written = box->count;
	if (box->count > 0)
		hs_timer_start(box->loop, &box->timer, 0);
}

struct gw_outbox *gw_outbox_new(struct hs_loop *loop)
{
	struct gw_outbox *box = hs_alloc(sizeof(*box));

	box->loop = loop;
	box->timer.fn = on_round;
	box->timer.owner = box;
	for (size_t i = 0; i < AT_ONCE; i++)
		box->list[i] = &box->calls[i];
	if (syscall(SYS_io_setup, AT_ONCE, &box->context) < 0) {
		hs_warn("outbox.none", "msg=\"%s\"", strerror(errno));
		box->context = 0;
	}
	return box;
}

void gw_outbox_free(struct gw_outbox *box)
{
	if (box == NULL)
		return;
	hs_timer_stop(&box->timer);
	if (box->context != 0)
		(void)syscall(SYS_io_destroy, box->context);
	free(box);
}

bool gw_outbox_add(struct gw_outbox *box, struct gw_stream *stream)
{
	if (box->context == 0 || box->count == PLACES)
		return false;
	if (box->count == 0)
		hs_timer_start(box->loop, &box->timer, 0);
	if (box->count - box->written == AT_ONCE)
		write_all(box);
	box->streams[box->count++] = stream;
	return true;
}

void gw_outbox_remove(struct gw_outbox *box, const struct gw_stream *stream)
{
	for (size_t i = 0; i < box->count; i++)
		if (box->streams[i] == stream)
			box->streams[i] = NULL;
}
