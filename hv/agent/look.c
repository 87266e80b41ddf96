/* look.c - how the domains and networks of this host are, as far as its libvirt
 * does not say: a line each, as hv_beside_text() makes them; of a network
 * "network/NAME", and whether its bridge is up.
 */

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "hv/agent/agent.h"
#include "hv/hv.h"

static void say_network(const struct hv_object *n)
{
	hs_auto(hs_freep) char *name = hs_printf("network/%s", n->name);
	bool is_up = n->state != HV_RUNNING || n->bridge == NULL ||
		     hv_bridge_is_up(n->bridge);
	const struct hv_beside beside = {
		.link = is_up ? HV_LINK_UP : HV_LINK_GONE,
	};
	hs_auto(hs_freep) char *line = hv_beside_text(name, &beside);

	(void)fputs(line, stdout);
}

static void say_domain(const struct hv_object *d, enum hv_driver driver,
    const struct hv_objects *networks, const char *walls)
{
	hs_auto(hs_freep) char *line = NULL;
	struct hv_beside beside;

	if (d->live == NULL)
		return;
	hv_beside_look(d, driver, networks, walls, &beside);
	line = hv_beside_text(d->name, &beside);
	(void)fputs(line, stdout);
}

static int say_driver(const char *name, struct hv_objects *networks,
    const char *walls, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects domains = { 0 };
	hs_auto(hv_closep) struct hv_conn *hv = NULL;
	enum hv_driver driver;

	if (!hv_driver_find(name, &driver))
		return hs_fail(err, HS_EINVAL, "no driver '%s'", name);
	if (hv_open(hv_caps(driver)->uri, &hv, err) < 0 ||
	    (networks->list == NULL &&
		hv_list(hv, HV_NETWORK, networks, err) < 0) ||
	    hv_list(hv, HV_DOMAIN, &domains, err) < 0)
		return -1;
	for (size_t i = 0; i < domains.count; i++)
		say_domain(&domains.list[i], driver, networks, walls);
	return 0;
}

int agent_look(char **argv, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects networks = { 0 };
	hs_auto(hs_freep) char *walls = NULL;

	if (hv_walls_read(&walls, err) < 0)
		return -1;
	for (; *argv != NULL; argv++)
		if (say_driver(*argv, &networks, walls, err) < 0)
			return -1;
	for (size_t i = 0; i < networks.count; i++)
		say_network(&networks.list[i]);
	return 0;
}

/* -- Lives ----------------------------------------------------------------- */

/* "domain NAME NUMBER TICKS", 0 of one that nobody knows of. */
static int say_lives(const char *name, struct hs_err *err)
{
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };
	hs_auto(hv_closep) struct hv_conn *hv = NULL;
	enum hv_driver driver;

	if (!hv_driver_find(name, &driver))
		return hs_fail(err, HS_EINVAL, "no driver '%s'", name);
	if (hv_open(hv_caps(driver)->uri, &hv, err) < 0 ||
	    hv_usage_list(hv, &usages, err) < 0)
		return -1;
	for (size_t i = 0; i < usages.count; i++) {
		const struct hv_usage *u = &usages.list[i];

		(void)printf("domain %s %d %" PRIu64 "\n", u->name, u->id,
		    u->began == HV_NOT_TOLD ? 0 : u->began);
	}
	return 0;
}

int agent_lives(char **argv, struct hs_err *err)
{
	(void)printf("boot %s\n", hv_boot());
	for (; *argv != NULL; argv++)
		if (say_lives(*argv, err) < 0)
			return -1;
	return 0;
}
