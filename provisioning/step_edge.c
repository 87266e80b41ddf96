/* step_edge.c - the way from the browser, and that a portal answers. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "provisioning/answer.h"
#include "provisioning/edge.h"
#include "provisioning/host.h"
#include "provisioning/relay.h"
#include "provisioning/step.h"

#define ANSWER_MS    60000
#define ONE_TRY_MS   5000
#define TRY_AGAIN_MS 50

/* The way is not switched to an instance that does not serve: an edge that
 * leads elsewhere now waits. A new one need not, nobody comes that way yet; nor
 * one that leads nowhere, because its enterprise is suspended. */
static int wait_for_instance(
    const struct plat *plat, const struct object *edge, struct hs_err *err)
{
	const char *address = object_text(edge, "address");
	const char *host = object_host(edge);
	hs_auto(hs_freep) char *relay = strcmp(host, HOST_LOCAL) != 0
					    ? relay_portal_socket(plat, host)
					    : NULL;
	int64_t end = hs_now_ms() + ANSWER_MS;

	if (address[0] == '\0' || edge_leads_to(plat, edge) != EDGE_ELSEWHERE)
		return 0;
	while (answer_of_portal(address, relay, ONE_TRY_MS, err) < 0) {
		if (plat_gives_up(plat, err) < 0)
			return -1;
		if (hs_now_ms() > end)
			return hs_wrap(
			    err, "no answer in %d s", ANSWER_MS / 1000);
		hs_pause_ms(TRY_AGAIN_MS);
	}
	return 0;
}

static int take_away(const char *path, struct hs_err *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return hs_fail_errno(err, HS_ESYSTEM, "remove '%s'", path);
	return 0;
}

/* The old one can come back until nginx has taken the new one. Where none is
 * wanted an old one stays: old workers still go that way, until edge_drain();
 * see edge_forget_relay(). */
static int put(const char *path, const char *text, struct hs_err *err)
{
	if (text == NULL)
		return 0;
	if (edge_keep_old(path, err) < 0)
		return -1;
	return hs_file_write(path, text, strlen(text), 0644, err);
}

static int edge_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	hs_auto(hs_freep) char *path = edge_path(plat, w->name);
	hs_auto(hs_freep) char *relay_path = edge_relay_path(plat, w->name);
	hs_auto(hs_freep) char *text = NULL;
	hs_auto(hs_freep) char *relay = NULL;

	if (edge_render(plat, w, &text, err) < 0 ||
	    wait_for_instance(plat, w, err) < 0 ||
	    edge_render_relay(plat, w, &relay, err) < 0 ||
	    hs_fault("file.write", err) < 0 || put(path, text, err) < 0 ||
	    put(relay_path, relay, err) < 0)
		return -1;
	plat->edge_changed = true;
	return 0;
}

static int edge_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = edge_path(plat, object->name);
	hs_auto(hs_freep) char *relay = edge_relay_path(plat, object->name);

	if (take_away(path, err) < 0 || take_away(relay, err) < 0)
		return -1;
	plat->edge_changed = true;
	return 0;
}

const struct step_ops step_edge = {
	.make = edge_make,
	.remove = edge_remove,
	.can_go_back = true,
};

/* Wait until it answers. All edges are there by now: nginx reads them once. */
static int portal_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	int64_t end = hs_now_ms() + ANSWER_MS;

	if (edge_flush(plat, err) < 0)
		return -1;
	while (edge_portal_answers(
		   plat, w->ve, w->enterprise, ONE_TRY_MS, err) < 0) {
		if (plat_gives_up(plat, err) < 0)
			return -1;
		if (hs_now_ms() > end)
			return hs_wrap(
			    err, "no answer in %d s", ANSWER_MS / 1000);
		hs_pause_ms(TRY_AGAIN_MS);
	}
	return 0;
}

static int portal_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	(void)plat;
	(void)object;
	(void)err;
	return 0;
}

const struct step_ops step_portal = {
	.make = portal_make,
	.remove = portal_remove,
};
