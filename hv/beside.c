/* beside.c - what a host has for a running domain that is not its libvirt's:
 * the interface's end on the bridge, the wall, the mounts.
 */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/hv.h"

/* clang-format off */
static const char *const mounts_names[HV_MOUNTS_COUNT] = {
	[HV_MOUNTS_THERE]   = "there",
	[HV_MOUNTS_NO_ROOT] = "root is missing",
	[HV_MOUNTS_NO_DATA] = "data is missing",
};
/* clang-format on */

const char *hv_mounts_name(enum hv_mounts mounts)
{
	return mounts_names[mounts];
}

static enum hv_mounts look_at_mounts(const struct hv_object *d)
{
	unsigned base = d->live->idmap_base;

	if (!hv_mount_is_there(d->name, "root", base))
		return HV_MOUNTS_NO_ROOT;
	if (d->live->data != NULL && !hv_mount_is_there(d->name, "data", base))
		return HV_MOUNTS_NO_DATA;
	return HV_MOUNTS_THERE;
}

static const char *bridge_of(
    const struct hv_objects *networks, const char *network)
{
	for (size_t i = 0; network != NULL && i < networks->count; i++)
		if (strcmp(networks->list[i].name, network) == 0)
			return networks->list[i].bridge;
	return NULL;
}

/* Of one that reaches its peers, its neighbours are its wall's to judge. */
static enum hv_link look_at_link(
    const char *ifname, const char *bridge, bool isolated)
{
	enum hv_link link = hv_link_look(ifname, bridge);

	if (isolated || link == HV_LINK_GONE || link == HV_LINK_UNPLUGGED)
		return link;
	return link == HV_LINK_OPEN ? HV_LINK_UP : HV_LINK_UNPLUGGED;
}

void hv_beside_look(const struct hv_object *domain, enum hv_driver driver,
    const struct hv_objects *networks, const char *walls,
    struct hv_beside *ret_beside)
{
	const struct hv_object *live = domain->live;
	const char *bridge;

	*ret_beside = (struct hv_beside) { 0 };
	if (live == NULL)
		return;
	if (driver == HV_LXC)
		ret_beside->mounts = look_at_mounts(domain);
	bridge = bridge_of(networks, live->network);
	if (live->ifname != NULL && bridge != NULL)
		ret_beside->link =
		    look_at_link(live->ifname, bridge, live->isolated);
	if (live->ifname != NULL && live->filter != NULL &&
	    hv_caps(driver)->wall)
		ret_beside->wall = hv_wall_look(walls, live->ifname);
}

/* -- As text --------------------------------------------------------------- */

char *hv_beside_text(const char *name, const struct hv_beside *beside)
{
	return hs_printf("%s\t%s\t%s\t%s\n", name, hv_link_name(beside->link),
	    hv_wall_name(beside->wall), hv_mounts_name(beside->mounts));
}

/* The part between tabs is a name of that list: its number, else -1. */
static int number_of(const char **text, const char *(*name)(int), int count)
{
	size_t len = strcspn(*text, "\t\n");

	for (int i = 0; i < count; i++)
		if (strlen(name(i)) == len &&
		    strncmp(*text, name(i), len) == 0) {
			*text += len + ((*text)[len] == '\t');
			return i;
		}
	return -1;
}

static const char *link_name(int i)
{
	return hv_link_name((enum hv_link)i);
}

static const char *wall_name(int i)
{
	return hv_wall_name((enum hv_wall)i);
}

static const char *mounts_name(int i)
{
	return hv_mounts_name((enum hv_mounts)i);
}

static bool parse(const char *at, struct hv_beside *ret_beside)
{
	int link = number_of(&at, link_name, HV_LINK_COUNT);
	int wall = link < 0 ? -1 : number_of(&at, wall_name, HV_WALL_COUNT);
	int mounts =
	    wall < 0 ? -1 : number_of(&at, mounts_name, HV_MOUNTS_COUNT);

	if (mounts < 0)
		return false;
	*ret_beside = (struct hv_beside) {
		.link = (enum hv_link)link,
		.wall = (enum hv_wall)wall,
		.mounts = (enum hv_mounts)mounts,
	};
	return true;
}

bool hv_beside_find(
    const char *text, const char *name, struct hv_beside *ret_beside)
{
	size_t len = strlen(name);

	*ret_beside = (struct hv_beside) { 0 };
	for (const char *line = text; *line != '\0';) {
		const char *end = strchr(line, '\n');

		if (strncmp(line, name, len) == 0 && line[len] == '\t')
			return parse(line + len + 1, ret_beside);
		if (end == NULL)
			break;
		line = end + 1;
	}
	return false;
}
