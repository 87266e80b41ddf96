/* outbox.h - what is written to many connections in a round of the loop, in one
 * call at its end.
 *
 * A write wakes whom it is for, and where processors are few that one runs at
 * once, in our place. A round of sixteen writes was up to sixteen changes of
 * process, each dearer than all else that is done for a transaction here.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_OUTBOX_H
#define HANSE_SHARED_DB_GATEWAY_OUTBOX_H

#include <stdbool.h>

struct gw_outbox;
struct gw_stream;
struct hs_loop;

/** Make one. Where the kernel does not have the call, or no place for one more
 * who uses it, it takes nothing: all is written at once, then. */
struct gw_outbox *gw_outbox_new(struct hs_loop *loop);

/** End it; nothing is in it any more. NULL is fine. */
void gw_outbox_free(struct gw_outbox *box);

/**
 * Write out what a stream has, at the end of the round; then
 * gw_stream_posted() is called, and whose stream is awaited is run.
 *
 * False: there is no room. @stream is kept until then, or removed.
 */
bool gw_outbox_add(struct gw_outbox *box, struct gw_stream *stream);

/** Forget a stream, if it is in there. */
void gw_outbox_remove(struct gw_outbox *box, const struct gw_stream *stream);

#endif
