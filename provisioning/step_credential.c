/* step_credential.c - certificates of the platform's own authority. */

#include <string.h>

#include "base/err.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"
#include "provisioning/edge_workers.h"
#include "provisioning/mark.h"
#include "provisioning/step.h"

#define DAYS 397

static int note(
    struct plat *plat, const char *dir, const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.crt", dir, name);
	hs_auto(hs_freep) char *digest = digest_file(path);

	return mark_put(plat, OBJ_CREDENTIAL, name,
	    json_pack("{s:s?}", "certificate", digest), err);
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

/* What database domains believe is issued by an authority of its own. */
char *credential_dir(const struct plat *plat, const char *name)
{
	bool is_backend = begins(name, "peer.") || begins(name, "role.");

	return plat_path(plat, is_backend ? "ca/backend" : "ca");
}

static enum ca_usage usage_of(const struct object *w)
{
	const char *usage = object_text(w, "usage");

	if (strcmp(usage, "peer") == 0)
		return CA_PEER;
	return strcmp(usage, "server") == 0 ? CA_SERVER : CA_CLIENT;
}

static int credential_make(
    struct plat *plat, const struct plan_change *change, struct hs_err *err)
{
	const struct object *w = change->wanted;
	const char *alt = object_text(w, "alt");
	hs_auto(hs_freep) char *dir = credential_dir(plat, w->name);
	bool is_role = begins(w->name, "role.");
	const struct ca_request request = {
		.name = w->name,
		.cn = object_text(w, "cn"),
		.alt = alt[0] != '\0' ? alt : NULL,
		.usage = usage_of(w),
		.days = DAYS,
		.owner = is_role ? GATEWAY_UID : 0,
	};

	if (ca_issue(dir, &request, err) < 0)
		return -1;
	if (begins(w->name, "edge."))
		edge_touch(plat);
	/* A new role's is read with its route; here it is another one. */
	if (is_role && change->action == PLAN_UPDATE &&
	    gateway_reload(plat, err) < 0)
		return -1;
	return note(plat, dir, w->name, err);
}

static int credential_remove(
    struct plat *plat, const struct object *object, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = credential_dir(plat, object->name);

	return ca_remove(dir, object->name, err);
}

const struct step_ops step_credential = {
	.make = credential_make,
	.remove = credential_remove,
	.can_go_back = true,
};
