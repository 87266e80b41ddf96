/* edge.h - nginx in front of the portals: one file an enterprise. */
#ifndef HANSE_PROVISIONING_EDGE_H
#define HANSE_PROVISIONING_EDGE_H

#include <stdbool.h>

#include "provisioning/object.h"
#include "provisioning/plat.h"

struct hs_err;

/**
 * The file of one enterprise.
 *
 * @edge:      of kind OBJ_EDGE; without an address it is suspended
 * @ret_text:  owned by the caller
 *
 * Errors: HS_ENOTFOUND (the form is not installed), HS_ESYSTEM.
 */
int edge_render(const struct plat *plat, const struct object *edge,
    char **ret_text, struct hs_err *err);

/**
 * Its second file, of an enterprise whose domain is on another host: the way
 * through the relay. NULL if the domain is on this one. As edge_render().
 */
int edge_render_relay(struct plat *plat, const struct object *edge,
    char **ret_text, struct hs_err *err);

/** Where they stand; owned by the caller. */
char *edge_path(const struct plat *plat, const char *name);
char *edge_relay_path(const struct plat *plat, const char *name);

/**
 * Whether nginx has read an enterprise's file, and its certificate, since they
 * were last written: its workers are of the last reading, as old as that.
 */
bool edge_is_loaded(const struct plat *plat, const char *name);

/** Keep a file, if there is one, until edge_flush(). Errors: HS_ESYSTEM. */
int edge_keep_old(const char *path, struct hs_err *err);

/** Where the way of a file leads. */
enum edge_way {
	EDGE_NOWHERE, /* there is no file */
	EDGE_THERE,
	EDGE_ELSEWHERE,
};

/** Whether the file there is leads where the wanted one would. */
enum edge_way edge_leads_to(const struct plat *plat, const struct object *edge);

/**
 * If files have changed: let nginx test all of them, then read them again.
 * If it refuses them, those that were kept take their places back.
 * Errors: HS_EREMOTE (nginx does not run), HS_ESYSTEM (it refuses them).
 */
int edge_flush(struct plat *plat, struct hs_err *err);

/**
 * Take the second file of an edge away, if the way does not go through it any
 * more. Behind edge_drain(): nginx closes the socket at once when it reads its
 * files, and requests of old workers would find nobody. Errors: HS_ESYSTEM.
 */
int edge_forget_relay(struct plat *plat, const char *name, struct hs_err *err);

/**
 * Until no request can come the old way any more: nginx has the files as they
 * are, and its old workers have ended what they began. One that takes longer
 * than some seconds is not waited for. An nginx that does not run asks nobody.
 * Errors: as edge_flush(); HS_EREMOTE (it does not take them).
 */
int edge_drain(struct plat *plat, struct hs_err *err);

/**
 * Ask a portal, through the edge, whether it and all behind it are well.
 * Errors: HS_EREMOTE.
 */
int edge_portal_answers(const struct plat *plat, const char *ve,
    const char *enterprise, long timeout_ms, struct hs_err *err);

#endif
