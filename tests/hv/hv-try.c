/* hv-try.c - the functions of hv.h from a shell: hv-try COMMAND ARGUMENT...
 *
 * A file name is read where XML is wanted. Prints what comes out; exit 1 and
 * "code: message" on standard error if the function failed. HV_URI is the
 * hypervisor (else LXC's), MANIFEST the images' manifest (else the host's).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "hv/hv.h"

#define XML_MAX 65536

struct call {
	struct hv_conn *conn;
	char **args;
	struct hs_err *err;
};

static int with_xml(const struct call *c,
    int (*fn)(struct hv_conn *, const char *, struct hs_err *))
{
	hs_auto(hs_freep) char *xml = NULL;

	if (hs_file_read(c->args[0], XML_MAX, &xml, NULL, c->err) < 0)
		return -1;
	return fn(c->conn, xml, c->err);
}

#define XML_COMMAND(name, fn)                 \
	static int name(const struct call *c) \
	{                                     \
		return with_xml(c, fn);       \
	}
#define NAME_COMMAND(name, fn)                          \
	static int name(const struct call *c)           \
	{                                               \
		return fn(c->conn, c->args[0], c->err); \
	}

XML_COMMAND(define, hv_domain_define)
XML_COMMAND(net_define, hv_network_define)
NAME_COMMAND(start, hv_domain_start)
NAME_COMMAND(destroy, hv_domain_destroy)
NAME_COMMAND(undefine, hv_domain_undefine)
NAME_COMMAND(suspend, hv_domain_suspend)
NAME_COMMAND(resume, hv_domain_resume)
NAME_COMMAND(net_start, hv_network_start)
NAME_COMMAND(net_destroy, hv_network_destroy)
NAME_COMMAND(net_undefine, hv_network_undefine)

static int stop(const struct call *c)
{
	return hv_domain_shutdown(
	    c->conn, c->args[0], atoi(c->args[1]), c->err);
}

static int state(const struct call *c)
{
	enum hv_state found;

	if (hv_domain_state(c->conn, c->args[0], &found, c->err) < 0)
		return -1;
	(void)puts(hv_state_name(found));
	return 0;
}

static const char *text(const char *s)
{
	return s != NULL ? s : "-";
}

static int set_memory(const struct call *c)
{
	return hv_domain_set_memory(
	    c->conn, c->args[0], strtoull(c->args[1], NULL, 10), c->err);
}

static int set_vcpus(const struct call *c)
{
	return hv_domain_set_vcpus(c->conn, c->args[0],
	    (unsigned)strtoul(c->args[1], NULL, 10), c->err);
}

static void show_event(const struct hv_event *event, void *arg)
{
	(void)arg;
	(void)printf("%s %s %s\n", hv_change_name(event->change),
	    event->name != NULL ? hv_kind_name(event->kind) : "-",
	    text(event->name));
	(void)fflush(stdout);
	if (event->change == HV_LOST)
		_exit(0);
}

/* Say "watching", then what happens, for so many seconds. */
static int watch(const struct call *c)
{
	hs_auto(hv_watch_stopp) struct hv_watch *watching = NULL;

	if (hv_watch_start(c->conn, show_event, NULL, &watching, c->err) < 0)
		return -1;
	(void)puts("watching");
	(void)fflush(stdout);
	(void)sleep((unsigned)atoi(c->args[0]));
	return 0;
}

static int net_state(const struct call *c)
{
	enum hv_state found;

	if (hv_network_state(c->conn, c->args[0], &found, c->err) < 0)
		return -1;
	(void)puts(hv_state_name(found));
	return 0;
}

static int init_pid(const struct call *c)
{
	pid_t pid;

	if (hv_domain_init_pid(c->conn, c->args[0], &pid, c->err) < 0)
		return -1;
	(void)printf("%d\n", pid);
	return 0;
}

static int list(const struct call *c)
{
	static const struct {
		const char *name;
		enum hv_kind kind;
	} kinds[] = { { "domain", HV_DOMAIN }, { "network", HV_NETWORK } };
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };
	enum hv_kind kind = HV_DOMAIN;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, c->args[0]) == 0)
			kind = kinds[i].kind;
	if (hv_list(c->conn, kind, &objects, c->err) < 0)
		return -1;
	for (size_t i = 0; i < objects.count; i++) {
		const struct hv_object *o = &objects.list[i];

		(void)printf(
		    "%s %s role=%s ve=%s enterprise=%s generation=%u "
		    "vcpus=%u memory_kib=%llu max=%u/%llu root=%s network=%s "
		    "mac=%s ifname=%s filter=%s address=%s "
		    "isolated=%d idmap=%u+%u bridge=%s host=%s/%u "
		    "forwards=%d\n",
		    o->name, hv_state_name(o->state), text(o->role),
		    text(o->ve), text(o->enterprise), o->generation, o->vcpus,
		    (unsigned long long)o->memory_kib, o->vcpus_max,
		    (unsigned long long)o->memory_max_kib, text(o->root),
		    text(o->network), text(o->mac), text(o->ifname),
		    text(o->filter), text(o->address), o->isolated,
		    o->idmap_base, o->idmap_count, text(o->bridge),
		    text(o->host_address), o->prefix, o->forwards);
	}
	return 0;
}

static int usage(const struct call *c)
{
	hs_auto(hv_usages_done) struct hv_usages usages = { 0 };

	if (hv_usage_list(c->conn, &usages, c->err) < 0)
		return -1;
	for (size_t i = 0; i < usages.count; i++)
		(void)printf("%s cpu_ns=%llu memory_kib=%llu rx=%llu tx=%llu "
			     "used_kib=%lld reads=%lld writes=%lld "
			     "data_kib=%lld\n",
		    usages.list[i].name,
		    (unsigned long long)usages.list[i].cpu_ns,
		    (unsigned long long)usages.list[i].memory_kib,
		    (unsigned long long)usages.list[i].rx_bytes,
		    (unsigned long long)usages.list[i].tx_bytes,
		    (long long)usages.list[i].used_kib,
		    (long long)usages.list[i].disk_reads,
		    (long long)usages.list[i].disk_writes,
		    (long long)usages.list[i].data_kib);
	return 0;
}

static int shown(int done, char **dir)
{
	if (*dir != NULL)
		(void)puts(*dir);
	free(*dir);
	return done;
}

static int image_mount(const struct call *c)
{
	char *dir = NULL;

	return shown(hv_image_mount(c->args[0], &dir, c->err), &dir);
}

static int root_mount(const struct call *c)
{
	char *dir = NULL;

	return shown(hv_root_mount(c->args[0], c->args[1],
			 (unsigned)strtoul(c->args[2], NULL, 10), &dir, c->err),
	    &dir);
}

static int data_mount(const struct call *c)
{
	char *dir = NULL;

	return shown(hv_data_mount(c->args[0], c->args[1],
			 (unsigned)strtoul(c->args[2], NULL, 10), &dir, c->err),
	    &dir);
}

static int mount_prepare(const struct call *c)
{
	return hv_mount_root_prepare(c->err);
}

static int mounts_remove(const struct call *c)
{
	return hv_mounts_remove(c->args[0], c->err);
}

static int address_add(const struct call *c)
{
	return hv_host_address_add(c->args[0], c->err);
}

static int address_remove(const struct call *c)
{
	return hv_host_address_remove(c->args[0], c->err);
}

static int image_unmount(const struct call *c)
{
	return hv_image_unmount(c->args[0], c->err);
}

static uint64_t bytes(const char *text)
{
	return strtoull(text, NULL, 10);
}

static int volume_create(const struct call *c)
{
	return hv_volume_create(
	    c->args[0], bytes(c->args[1]), c->args[2], c->err);
}

static int volume_delete(const struct call *c)
{
	return hv_volume_delete(c->args[0], c->err);
}

static int volume_grow(const struct call *c)
{
	return hv_volume_grow(c->args[0], bytes(c->args[1]), c->err);
}

static int volume_fit(const struct call *c)
{
	return hv_volume_fit(c->args[0], bytes(c->args[1]), c->err);
}

static int volume_fit_live(const struct call *c)
{
	return hv_volume_fit_live(c->args[0], bytes(c->args[1]), c->err);
}

static int volume_content(const struct call *c)
{
	uint64_t size;

	if (hv_volume_content_size(c->args[0], &size, c->err) < 0)
		return -1;
	(void)printf("%llu\n", (unsigned long long)size);
	return 0;
}

static int uuid(const struct call *c)
{
	char id[HV_UUID_SIZE], name[HV_NAME_SIZE];

	hv_uuid5(c->args[0], c->args[1], id);
	(void)puts(id);
	hv_mac(id, name);
	(void)puts(name);
	hv_ifname(id, name);
	(void)puts(name);
	return 0;
}

static int probe(const struct call *c)
{
	const struct hv_probe_guest guest = { .kernel = c->args[0],
		.timeout_ms = 15000 };

	for (int i = 0; i < HV_PROBE_COUNT; i++) {
		struct hv_probe found;

		hv_probe((enum hv_probe_kind)i, &guest, &found);
		(void)printf("%s %s: %s (%s)\n",
		    hv_probe_name((enum hv_probe_kind)i),
		    found.ok ? "yes" : "no", found.reason, found.remedy);
	}
	return 0;
}

/* The parameters of the templates that are texts, or numbers. */
#define DOMAIN(f)                                     \
	{                                             \
#f, offsetof(struct dom_params, f), 0 \
	}
#define NUMBER(f)                                       \
	{                                               \
#f, offsetof(struct dom_params, f),     \
		    sizeof(((struct dom_params *)0)->f) \
	}
#define NETWORK(f)                                            \
	{                                                     \
#f, offsetof(struct dom_network_params, f), 0 \
	}

/* clang-format off */
static const struct param {
	const char *name;
	size_t offset, number; /* number: its size; 0: a text */
} domain_params[] = {
	DOMAIN(name), DOMAIN(uuid), DOMAIN(kind), DOMAIN(ve),
	DOMAIN(enterprise), DOMAIN(network), DOMAIN(bridge), DOMAIN(ifname), DOMAIN(mac),
	DOMAIN(address), DOMAIN(gateway), DOMAIN(filter), DOMAIN(calls), DOMAIN(root_dir),
	DOMAIN(config_dir), DOMAIN(data_dir), DOMAIN(accel), DOMAIN(kernel),
	DOMAIN(initrd), DOMAIN(cmdline), DOMAIN(image), DOMAIN(config_disk),
	DOMAIN(data_disk), DOMAIN(console_log), DOMAIN(route),
	NUMBER(generation), NUMBER(memory_kib), NUMBER(vcpus), NUMBER(prefix),
	NUMBER(memory_max_kib), NUMBER(vcpus_max),
	NUMBER(idmap_base),
	{ NULL, 0, 0 },
}, network_params[] = {
	NETWORK(name), NETWORK(uuid), NETWORK(ve), NETWORK(bridge),
	NETWORK(mac), NETWORK(address),
	{ "prefix", offsetof(struct dom_network_params, prefix),
	  sizeof(unsigned) },
	{ NULL, 0, 0 },
};
/* clang-format on */

/* Put "name=value" into a struct of parameters. */
static int take(const struct param *table, char *arg, void *params)
{
	char *value = strchr(arg, '=');

	if (value == NULL)
		return -1;
	*value++ = '\0';
	for (; table->name != NULL; table++) {
		char *field = (char *)params + table->offset;

		if (strcmp(table->name, arg) != 0)
			continue;
		if (table->number == sizeof(uint64_t))
			*(uint64_t *)(void *)field = strtoull(value, NULL, 10);
		else if (table->number == sizeof(uint32_t))
			*(uint32_t *)(void *)field =
			    (uint32_t)strtoul(value, NULL, 10);
		else
			*(const char **)(void *)field = value;
		return 0;
	}
	return -1;
}

static int take_all(
    const struct param *table, char **args, void *params, struct hs_err *err)
{
	for (; *args != NULL; args++)
		if (take(table, *args, params) < 0)
			return hs_fail(
			    err, HS_EINVAL, "no parameter '%s'", *args);
	return 0;
}

static int render_domain(const struct call *c)
{
	struct dom_params params = { 0 };
	enum dom_driver driver;
	char *xml = NULL;

	if (!dom_driver_find(c->args[0], &driver))
		return hs_fail(c->err, HS_EINVAL, "no driver '%s'", c->args[0]);
	if (take_all(domain_params, c->args + 1, &params, c->err) < 0)
		return -1;
	return shown(dom_template_domain(driver, &params, &xml, c->err), &xml);
}

static int render_network(const struct call *c)
{
	struct dom_network_params params = { 0 };
	char *xml = NULL;

	if (take_all(network_params, c->args, &params, c->err) < 0)
		return -1;
	return shown(dom_template_network(&params, &xml, c->err), &xml);
}

static int wall(const struct call *c)
{
	hs_auto(hs_freep) char *walls = NULL;

	if (hv_walls_read(&walls, c->err) < 0)
		return -1;
	(void)puts(hv_wall_name(hv_wall_look(walls, c->args[0])));
	return 0;
}

static int walls_clear(const struct call *c)
{
	return hv_walls_clear(c->err);
}

static int image_path(const struct call *c)
{
	const char *manifest = getenv("MANIFEST");
	char *path = NULL;

	if (manifest == NULL)
		manifest = DOM_IMAGE_MANIFEST;
	return shown(
	    dom_image_path(manifest, c->args[0], &path, c->err), &path);
}

/* clang-format off */
#define ANY (-1)

static const struct command {
	const char *name;
	int args;
	bool wants_conn;
	int (*run)(const struct call *c);
} commands[] = {
	{ "define",          1, true,  define },
	{ "start",           1, true,  start },
	{ "stop",            2, true,  stop },
	{ "destroy",         1, true,  destroy },
	{ "undefine",        1, true,  undefine },
	{ "state",           1, true,  state },
	{ "suspend",         1, true,  suspend },
	{ "resume",          1, true,  resume },
	{ "set-memory",      2, true,  set_memory },
	{ "set-vcpus",       2, true,  set_vcpus },
	{ "watch",           1, true,  watch },
	{ "init-pid",        1, true,  init_pid },
	{ "list",            1, true,  list },
	{ "usage",           0, true,  usage },
	{ "net-define",      1, true,  net_define },
	{ "net-start",       1, true,  net_start },
	{ "net-destroy",     1, true,  net_destroy },
	{ "net-undefine",    1, true,  net_undefine },
	{ "net-state",       1, true,  net_state },
	{ "wall",            1, false, wall },
	{ "walls-clear",     0, false, walls_clear },
	{ "address-add",     1, false, address_add },
	{ "address-remove",  1, false, address_remove },
	{ "mount-prepare",   0, false, mount_prepare },
	{ "image-mount",     1, false, image_mount },
	{ "image-unmount",   1, false, image_unmount },
	{ "root-mount",      3, false, root_mount },
	{ "data-mount",      3, false, data_mount },
	{ "mounts-remove",   1, false, mounts_remove },
	{ "volume-create",   3, false, volume_create },
	{ "volume-delete",   1, false, volume_delete },
	{ "volume-grow",     2, false, volume_grow },
	{ "volume-fit",      2, false, volume_fit },
	{ "volume-fit-live", 2, false, volume_fit_live },
	{ "volume-content",  1, false, volume_content },
	{ "uuid",            2, false, uuid },
	{ "probe",           1, false, probe },
	{ "render-domain",   ANY, false, render_domain },
	{ "render-network",  ANY, false, render_network },
	{ "image-path",      1, false, image_path },
};
/* clang-format on */

static int run(const struct command *command, char **args, struct hs_err *err)
{
	const char *uri = getenv("HV_URI");
	hs_auto(hv_closep) struct hv_conn *conn = NULL;
	struct call c = { .args = args, .err = err };

	if (hv_init(err) < 0)
		return -1;
	if (command->wants_conn &&
	    hv_open(uri != NULL ? uri : hv_caps(HV_LXC)->uri, &conn, err) < 0)
		return -1;
	c.conn = conn;
	return command->run(&c);
}

int main(int argc, char **argv)
{
	struct hs_err err = { 0 };

	hs_log_open("hv-try", HS_LOG_WARN);
	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0 ||
		    (commands[i].args != ANY && argc != commands[i].args + 2))
			continue;
		if (run(&commands[i], argv + 2, &err) == 0)
			return 0;
		(void)fprintf(
		    stderr, "%s: %s\n", hs_code_name(err.code), err.msg);
		return 1;
	}
	(void)fputs("hv-try: no such command, or not its arguments\n", stderr);
	return 2;
}
