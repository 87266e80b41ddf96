/* listener_part.h - what the files of the listener share. */
#ifndef HANSE_SHARED_DB_GATEWAY_LISTENER_PART_H
#define HANSE_SHARED_DB_GATEWAY_LISTENER_PART_H

#include <stdbool.h>

#include "base/loop.h"
#include "shared-db-gateway/note.h"

struct gw_config;
struct gw_visitor;

struct gw_listener_ve {
	struct gw_listener_ve *next;
	char *name;
	unsigned slot;    /* 0: it has no worker now */
	unsigned waiting; /* for one */
};

struct gw_listener {
	const struct gw_config *config;
	struct hs_loop *loop;
	struct hs_watch master;
	struct gw_port *ports;
	struct gw_listener_ve *ves;
	struct gw_visitor *visitors;
	unsigned count;
	int workers[GW_SLOTS]; /* -1: none */
};

/** The VE of that name; NULL: there is none. */
struct gw_listener_ve *gw_listener_find(
    const struct gw_listener *l, const char *name);

/**
 * Somebody has come.
 *
 * @fd:    taken over
 * @at:    whose port it is, "" for that of all; lent
 * @peer:  who it is, for the log
 */
void gw_visitor_new(
    struct gw_listener *l, int fd, const char *at, const char *peer);

/** All of them, or those who wait for a worker of that VE. */
void gw_visitors_end(struct gw_listener *l);
void gw_visitors_forget(struct gw_listener *l, const struct gw_listener_ve *ve);

#endif
