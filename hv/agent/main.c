/* main.c - hanse-host: what hansed needs done on another host and libvirt does
 * not do: files, mounts, confinement. hansed runs it by ssh or the like; one
 * verb a call, idempotent, so that a call that was cut off can be repeated.
 *
 * It ends with 0, or with 10 and the number of the failure's code and a line
 * about it on standard error; with 64 if the verb is not known.
 */

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "hv/agent/agent.h"
#include "hv/hv.h"

#define STATUS_OF_CODE 10
#define STATUS_USAGE   64

/* clang-format off */
static const struct verb {
	const char *name;
	int args; /* at least */
	agent_verb *run;
	const char *help;
} verbs[] = {
	{ "probe",         0, agent_probe,         "[KERNEL]: what this host is and can do" },
	{ "join",          0, agent_join,          "take a membership (tar on stdin) and start its services" },
	{ "leave",         0, agent_leave,         "give it up: domains, services and keys go" },
	{ "clear",         0, agent_clear,         "remove every domain, network, wall and mount of ours" },
	{ "look",          1, agent_look,          "DRIVER...: interfaces, walls, mounts and bridges of running domains" },
	{ "lives",         1, agent_lives,         "DRIVER...: which boot it is, and when running domains began" },
	{ "images",        0, agent_images,        "names of the system images that are here" },
	{ "image-put",     2, agent_image_put,     "NAME BYTES: take an image from stdin" },
	{ "domain-put",    2, agent_domain_put,    "NAME DRIVER [IMAGE BASE]: files (tar on stdin) and mounts" },
	{ "domain-start",  2, agent_domain_start,  "NAME DRIVER: raise its wall, start a domain, confine it" },
	{ "domain-stop",   2, agent_domain_stop,   "NAME MS: stop an LXC domain and take its mounts away" },
	{ "domain-plug",   2, agent_domain_plug,   "IFNAME BRIDGE: put its interface back on the bridge, isolated" },
	{ "domain-forget", 1, agent_domain_forget, "NAME: remove its files" },
};
/* clang-format on */

static const struct verb *find(const char *name)
{
	for (size_t i = 0; name != NULL && i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int usage(void)
{
	(void)fputs("usage: hanse-host VERB [ARGUMENT...]\n\n", stderr);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		(void)fprintf(
		    stderr, "  %-14s %s\n", verbs[i].name, verbs[i].help);
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	const struct verb *verb = find(argc > 1 ? argv[1] : NULL);
	struct hs_err err = { 0 };

	hs_log_open("hanse-host", HS_LOG_INFO);
	if (verb == NULL || argc - 2 < verb->args)
		return usage();
	if (hv_init(&err) == 0 && verb->run(argv + 2, &err) == 0)
		return fflush(stdout) == 0 ? 0 : STATUS_OF_CODE + HS_ESYSTEM;
	(void)fprintf(stderr, "%s\n", err.msg);
	return STATUS_OF_CODE + (int)err.code;
}
