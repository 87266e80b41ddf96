/* domxml.c - print the XML of a domain: domxml lxc|qemu KEY=VALUE... */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "dom-templates/dom_template.h"

/* clang-format off */
static const struct text_key {
	const char *name;
	size_t offset;
} keys[] = {
	{ "name",        offsetof(struct dom_params, name) },
	{ "uuid",        offsetof(struct dom_params, uuid) },
	{ "kind",        offsetof(struct dom_params, kind) },
	{ "ve",          offsetof(struct dom_params, ve) },
	{ "enterprise",  offsetof(struct dom_params, enterprise) },
	{ "filter",      offsetof(struct dom_params, filter) },
	{ "network",     offsetof(struct dom_params, network) },
	{ "ifname",      offsetof(struct dom_params, ifname) },
	{ "mac",         offsetof(struct dom_params, mac) },
	{ "address",     offsetof(struct dom_params, address) },
	{ "gateway",     offsetof(struct dom_params, gateway) },
	{ "route",       offsetof(struct dom_params, route) },
	{ "root_dir",    offsetof(struct dom_params, root_dir) },
	{ "config_dir",  offsetof(struct dom_params, config_dir) },
	{ "data_dir",    offsetof(struct dom_params, data_dir) },
	{ "kernel",      offsetof(struct dom_params, kernel) },
	{ "initrd",      offsetof(struct dom_params, initrd) },
	{ "image",       offsetof(struct dom_params, image) },
	{ "config_disk", offsetof(struct dom_params, config_disk) },
	{ "data_disk",   offsetof(struct dom_params, data_disk) },
	{ "console_log", offsetof(struct dom_params, console_log) },
};
/* clang-format on */

static int set(struct dom_params *params, char *arg)
{
	char *value = strchr(arg, '=');

	if (value == NULL)
		return -1;
	*value++ = '\0';
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i].name, arg) != 0)
			continue;
		*(const char **)(void *)((char *)params + keys[i].offset) =
		    value;
		return 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct dom_params params = {
		.generation = 1,
		.memory_kib = 256 * 1024,
		.vcpus = 1,
		.prefix = 24,
		.idmap_base = 1000000,
		.accel = "tcg",
	};
	hs_auto(hs_freep) char *xml = NULL;
	struct hs_err err = { 0 };

	if (argc < 2)
		return 2;
	for (int i = 2; i < argc; i++) {
		if (set(&params, argv[i]) < 0) {
			(void)fprintf(stderr, "domxml: '%s'?\n", argv[i]);
			return 2;
		}
	}
	if (dom_template_domain(
		strcmp(argv[1], "lxc") == 0 ? DOM_LXC : DOM_QEMU, &params, &xml,
		&err) < 0) {
		(void)fprintf(stderr, "domxml: %s\n", err.msg);
		return 1;
	}
	return fputs(xml, stdout) == EOF;
}
