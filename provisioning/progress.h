/* progress.h - a job's steps as they happen; private to hanse. */
#ifndef HANSE_PROVISIONING_PROGRESS_H
#define HANSE_PROVISIONING_PROGRESS_H

#include <stdbool.h>

#include "provisioning/client.h"

struct progress;

/** @quiet: say nothing. Writes to standard error. */
struct progress *progress_new(bool quiet);
/** Takes the live line away. */
void progress_free(struct progress *progress);

/** To be handed to client_ask(). */
struct client_watch progress_watch(struct progress *progress);

HS_FREEP(progress_freep, struct progress *, progress_free)

#endif
