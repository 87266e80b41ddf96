/* member.c - this host as a member of a platform: what it can do, how it joins
 * and how it leaves.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/agent/agent.h"
#include "hv/hv.h"

#define HOSTS   AGENT_STATE "/hosts"
#define KVM_MS  8000
#define STOP_MS 5000

/* -- What it can do -------------------------------------------------------- */

static void say_probe(enum hv_probe_kind kind, const struct hv_probe_guest *g)
{
	struct hv_probe probe = { 0 };

	hv_probe(kind, g, &probe);
	(void)printf("%s=%s\n", hv_probe_name(kind), probe.ok ? "ok" : "no");
	if (!probe.ok)
		(void)printf(
		    "%s-reason=%s\n", hv_probe_name(kind), probe.reason);
}

int agent_probe(char **argv, struct hs_err *err)
{
	hs_auto(hs_freep) char *kernel =
	    argv[0] != NULL ? hs_printf(AGENT_STATE "/images/%s", argv[0])
			    : NULL;
	const struct hv_probe_guest guest = {
		.kernel = kernel,
		.timeout_ms = KVM_MS,
	};
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	if (argv[0] != NULL && agent_check_name(argv[0], err) < 0)
		return -1;
	(void)printf("vcpus=%ld\nmemory_mib=%lld\n",
	    sysconf(_SC_NPROCESSORS_ONLN),
	    (long long)pages * (long long)page / (1024 * 1024));
	say_probe(HV_PROBE_LXC, NULL);
	say_probe(HV_PROBE_QEMU, NULL);
	if (kernel != NULL)
		say_probe(HV_PROBE_KVM, &guest);
	return 0;
}

/* -- Joining --------------------------------------------------------------- */

/* The host hansed itself runs on has all of this already. */
static int check_free(struct hs_err *err)
{
	if (access(AGENT_STATE "/control-db", F_OK) == 0)
		return hs_fail(
		    err, HS_ECONFLICT, "this host has a platform of its own");
	return 0;
}

int agent_join(char **argv, struct hs_err *err)
{
	const char *const start[] = { AGENT_PLATFORM, "start", NULL };

	(void)argv;
	if (check_free(err) < 0 || hs_dir_make(AGENT_STATE, 0711, err) < 0 ||
	    hs_dir_make(HOSTS, 0700, err) < 0 || agent_unpack(HOSTS, err) < 0)
		return -1;
	return agent_run(start, err);
}

/* -- Clearing -------------------------------------------------------------- */

static int clear_domains(enum hv_driver driver, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects list = { 0 };
	hs_auto(hv_closep) struct hv_conn *hv = NULL;

	if (hv_open(hv_caps(driver)->uri, &hv, err) < 0 ||
	    hv_list(hv, HV_DOMAIN, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		char *const name[] = { list.list[i].name, NULL };

		if (hv_domain_shutdown(hv, name[0], STOP_MS, err) < 0 ||
		    hv_domain_undefine(hv, name[0], err) < 0 ||
		    agent_domain_forget((char **)(const void *)name, err) < 0)
			return -1;
	}
	return 0;
}

static int clear_networks(struct hv_conn *hv, struct hs_err *err)
{
	hs_auto(hv_objects_done) struct hv_objects list = { 0 };

	if (hv_list(hv, HV_NETWORK, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (hv_network_destroy(hv, list.list[i].name, err) < 0 ||
		    hv_network_undefine(hv, list.list[i].name, err) < 0)
			return -1;
	return 0;
}

/* Mounts whose domain libvirt does not know any more. */
static int clear_mounts(struct hs_err *err)
{
	hs_auto(hv_names_freep) char **names = NULL;

	if (hv_mounts_list(&names, err) < 0)
		return -1;
	for (char **p = names; *p != NULL; p++)
		if (hv_mounts_remove(*p, err) < 0)
			return -1;
	return 0;
}

int agent_clear(char **argv, struct hs_err *err)
{
	const char *const tidy[] = { "rm", "-rf", "--", AGENT_STATE "/domains",
		NULL };
	hs_auto(hv_closep) struct hv_conn *hv = NULL;

	(void)argv;
	if (check_free(err) < 0 || clear_domains(HV_LXC, err) < 0 ||
	    clear_domains(HV_QEMU, err) < 0 ||
	    hv_open(hv_caps(HV_LXC)->uri, &hv, err) < 0 ||
	    clear_networks(hv, err) < 0 || hv_walls_clear(err) < 0 ||
	    clear_mounts(err) < 0)
		return -1;
	return agent_run(tidy, err);
}

int agent_leave(char **argv, struct hs_err *err)
{
	const char *const down[] = { AGENT_PLATFORM, "down", NULL };
	const char *const tidy[] = { "rm", "-rf", "--", HOSTS, NULL };

	if (agent_clear(argv, err) < 0 || agent_run(down, err) < 0)
		return -1;
	return agent_run(tidy, err);
}
