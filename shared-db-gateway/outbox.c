/* outbox.c - the writes of a round, by io_submit(). It can do no more than
 * write() to what is open already, so it is no hole in a worker's walls, as
 * io_uring would be. A socket's write is done when the call is back: it does
 * not block, and asks nobody to wait.
 */

#include "shared-db-gateway/outbox.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "shared-db-gateway/stream.h"

#define PLACES 128 /* twice as many as there are events in a round */

struct gw_outbox {
	struct hs_timer timer;
	struct hs_loop *loop;
	aio_context_t context; /* 0: none */
	size_t count, awaited_count;
	/* Of the second, NULL is one that was removed meanwhile. */
	struct gw_stream *streams[PLACES], *awaited[PLACES];
	struct iocb calls[PLACES], *list[PLACES];
	struct io_event ends[PLACES];
};

static void prepare(struct iocb *call, struct gw_stream *stream)
{
	const struct gw_bytes *out = gw_stream_leaving(stream);

	*call = (struct iocb) {
		.aio_data = (uintptr_t)stream,
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)stream->fd,
		.aio_buf = (uintptr_t)(out->data + out->start),
		.aio_nbytes = gw_bytes_len(out),
	};
}

/* How many of them were begun, from the first on; of these *ret_ended have told
 * how they have ended, which is all. */
static size_t write_all(struct gw_outbox *box, size_t *ret_ended)
{
	long begun =
	    syscall(SYS_io_submit, box->context, (long)box->count, box->list);
	long ended = 0;

	while (ended < begun) {
		long n = syscall(SYS_io_getevents, box->context, begun - ended,
		    begun - ended, box->ends + ended, NULL);

		if (n > 0)
			ended += n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	*ret_ended = (size_t)ended;
	return begun > 0 ? (size_t)begun : 0;
}

/* Who was not begun waits until it may write, and then does so itself. */
static void tell(struct gw_outbox *box, size_t begun, size_t ended)
{
	for (size_t i = 0; i < ended; i++)
		gw_stream_posted(
		    (struct gw_stream *)(uintptr_t)box->ends[i].data,
		    (long)box->ends[i].res);
	for (size_t i = 0; i < box->count; i++)
		if (box->streams[i]->is_posted)
			gw_stream_posted(
			    box->streams[i], i < begun ? -EIO : -EAGAIN);
}

/* Who runs may end others, and write more. */
static void run_awaited(struct gw_outbox *box)
{
	box->awaited_count = 0;
	for (size_t i = 0; i < box->count; i++)
		if (box->streams[i]->is_awaited)
			box->awaited[box->awaited_count++] = box->streams[i];
	box->count = 0;
	for (size_t i = 0; i < box->awaited_count; i++) {
		struct gw_stream *stream = box->awaited[i];

		box->awaited[i] = NULL;
		if (stream == NULL)
			continue;
		stream->is_awaited = false;
		stream->watch.fn(stream->watch.owner, 0);
	}
	box->awaited_count = 0;
}

static void on_round(void *owner)
{
	struct gw_outbox *box = owner;
	size_t begun, ended = 0;

	for (size_t i = 0; i < box->count; i++)
		prepare(&box->calls[i], box->streams[i]);
	begun = write_all(box, &ended);
	tell(box, begun, ended);
	run_awaited(box);
}

struct gw_outbox *gw_outbox_new(struct hs_loop *loop)
{
	struct gw_outbox *box = hs_alloc(sizeof(*box));

	box->loop = loop;
	box->timer.fn = on_round;
	box->timer.owner = box;
	for (size_t i = 0; i < PLACES; i++)
		box->list[i] = &box->calls[i];
	if (syscall(SYS_io_setup, PLACES, &box->context) < 0) {
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
	box->streams[box->count++] = stream;
	return true;
}

void gw_outbox_remove(struct gw_outbox *box, const struct gw_stream *stream)
{
	for (size_t i = 0; i < box->count; i++)
		if (box->streams[i] == stream)
			box->streams[i--] = box->streams[--box->count];
	for (size_t i = 0; i < box->awaited_count; i++)
		if (box->awaited[i] == stream)
			box->awaited[i] = NULL;
}
