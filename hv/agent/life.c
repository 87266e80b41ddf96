/* life.c - start domains of this host, and stop LXC domains: what belongs to it
 * beyond libvirt's part, walls, confinement and mounts, must be done where they
 * are.
 */

#include <stdlib.h>

#include "base/err.h"
#include "hv/agent/agent.h"
#include "hv/hv.h"

int agent_domain_start(char **argv, struct hs_err *err)
{
	hs_auto(hv_closep) struct hv_conn *hv = NULL;
	enum hv_driver driver;

	if (agent_check_name(argv[0], err) < 0)
		return -1;
	if (!hv_driver_find(argv[1], &driver))
		return hs_fail(err, HS_EINVAL, "no driver '%s'", argv[1]);
	if (hv_open(hv_caps(driver)->uri, &hv, err) < 0)
		return -1;
	return hv_domain_start(hv, argv[0], err);
}

int agent_domain_stop(char **argv, struct hs_err *err)
{
	hs_auto(hv_closep) struct hv_conn *hv = NULL;

	if (agent_check_name(argv[0], err) < 0 ||
	    hv_open(hv_caps(HV_LXC)->uri, &hv, err) < 0 ||
	    hv_domain_shutdown(hv, argv[0], atoi(argv[1]), err) < 0)
		return -1;
	return hv_mounts_remove(argv[0], err);
}

int agent_domain_plug(char **argv, struct hs_err *err)
{
	if (agent_check_name(argv[0], err) < 0 ||
	    agent_check_name(argv[1], err) < 0)
		return -1;
	return hv_link_plug(argv[0], argv[1], true, err);
}
