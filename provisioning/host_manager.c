/* host_manager.c - hanse host: members come, are emptied, and go. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "gen/prov_sql.h"
#include "provisioning/ca.h"
#include "provisioning/host.h"
#include "provisioning/intent.h"
#include "provisioning/manager.h"
#include "provisioning/relay.h"
#include "provisioning/remote.h"
#include "provisioning/store.h"
#include "provisioning/view.h"

#define NAME_MAX_LEN 16
#define ANSWER_MS    20000
#define FILE_MAX     65536
#define OVERCOMMIT                                                \
	16 /* virtual CPUs a core, unless somebody says otherwise \
	    */

/* -- What is asked for ----------------------------------------------------- */

static int name_of(
    const struct request *r, const char **ret_name, struct hs_err *err)
{
	const char *name = request_text(r, "host");

	if (name == NULL || !hs_is_label(name, NAME_MAX_LEN))
		return hs_fail(err, HS_EINVAL,
		    "a host's name is a label of at most %d characters",
		    NAME_MAX_LEN);
	*ret_name = name;
	return 0;
}

/* A host other than the one hansed runs on. */
static int member_of(
    struct request *r, struct host **ret_host, struct hs_err *err)
{
	const char *name = NULL;

	if (name_of(r, &name, err) < 0 ||
	    host_find(r->plat, name, ret_host, err) < 0)
		return -1;
	if (host_is_local(*ret_host))
		return hs_fail(err, HS_EINVAL,
		    "'%s' is the host hansed runs on; it stays", name);
	return 0;
}

static json_t *shell_of(const struct request *r, const char *address)
{
	json_t *shell = json_object_get(r->args, "shell"), *word;
	hs_auto(hs_freep) char *root = hs_printf("root@%s", address);
	size_t i;

	if (!json_is_array(shell) || json_array_size(shell) == 0)
		return json_pack("[s, s, s, s, s, s, s]", "ssh", "-o",
		    "BatchMode=yes", "-o", "ConnectTimeout=5", root, "--");
	json_array_foreach (shell, i, word)
		if (!json_is_string(word))
			return NULL;
	return json_incref(shell);
}

static int read_request(
    const struct request *r, struct host *ret_host, struct hs_err *err)
{
	const char *name = NULL, *address = request_text(r, "address");
	const char *note = request_text(r, "note");
	struct in_addr in;

	if (name_of(r, &name, err) < 0)
		return -1;
	if (address == NULL || inet_pton(AF_INET, address, &in) != 1)
		return hs_fail(err, HS_EINVAL,
		    "a host's address is an IPv4 address on the underlay");
	if (r->plat->conf->underlay == NULL)
		return hs_fail(err, HS_EINVAL,
		    "first say this host's own address between hosts: "
		    "'underlay:' in hansed.yaml, then make up");
	*ret_host = (struct host) {
		.name = hs_strdup(name),
		.address = hs_strdup(address),
		.note = hs_strdup(note),
		.shell = shell_of(r, address),
	};
	return ret_host->shell != NULL
		   ? 0
		   : hs_fail(err, HS_EINVAL, "the shell is a list of words");
}

static void request_done(struct host *host)
{
	free(host->name);
	free(host->address);
	free(host->note);
	json_decref(host->shell);
}

/* -- Joining --------------------------------------------------------------- */

static int put(
    const char *dir, const char *name, const char *text, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s", dir, name);

	return hs_file_write(path, text, strlen(text), 0600, err);
}

static int put_copy(struct plat *plat, const char *dir, const char *name,
    const char *source, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(plat, "ca/hosts/%s", source);
	hs_auto(hs_freep) char *text = NULL;
	int failed;

	if (hs_file_read(path, FILE_MAX, &text, NULL, err) < 0)
		return -1;
	failed = put(dir, name, text, err);
	hs_wipe(text, strlen(text));
	return failed;
}

/* What makes a machine a member: its certificate, and where the platform is. */
static int write_membership(struct plat *plat, const struct host *host,
    const char *dir, struct hs_err *err)
{
	hs_auto(hs_freep) char *crt = hs_printf("%s.crt", host->name);
	hs_auto(hs_freep) char *key = hs_printf("%s.key", host->name);
	hs_auto(hs_freep) char *relay =
	    relay_member(plat, host->name, host->address);
	hs_auto(hs_freep) char *member =
	    hs_printf("%s of %s\n", host->name, plat->conf->underlay);

	if (put_copy(plat, dir, "ca.crt", "ca.crt", err) < 0 ||
	    put_copy(plat, dir, "host.crt", crt, err) < 0 ||
	    put_copy(plat, dir, "host.key", key, err) < 0 ||
	    put(dir, "relay.conf", relay, err) < 0)
		return -1;
	return put(dir, "member", member, err);
}

static int join(struct plat *plat, const struct host *host, struct hs_err *err)
{
	static const char *const files[] = { "ca.crt", "host.crt", "host.key",
		"relay.conf", "member", NULL };
	static const char *const argv[] = { "join", NULL };
	hs_auto(hs_freep) char *dir = plat_path(plat, "hosts/%s", host->name);
	hs_auto(hs_freep) char *pack = NULL;
	const char *const tidy[] = { "rm", "-rf", "--", dir, NULL };
	int failed;

	failed =
	    relay_credential(plat, host->name, err) < 0 ||
		    hs_dir_make(dir, 0700, err) < 0 ||
		    write_membership(plat, host, dir, err) < 0 ||
		    remote_pack(dir, files, &pack, err) < 0 ||
		    remote_run(host, argv, pack, REMOTE_LONG_MS, NULL, err) < 0
		? -1
		: 0;
	(void)plat_run(tidy, NULL);
	return failed;
}

/* -- What it is ------------------------------------------------------------ */

static char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line != NULL && *line != '\0';
	     line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) == 0 && line[len] == '=')
			return hs_strndup(
			    line + len + 1, strcspn(line + len + 1, "\n"));
	}
	return hs_strdup("");
}

static bool says_ok(const char *text, const char *key)
{
	hs_auto(hs_freep) char *value = value_of(text, key);

	return strcmp(value, "ok") == 0;
}

static unsigned number_of(const char *text, const char *key)
{
	hs_auto(hs_freep) char *value = value_of(text, key);

	return (unsigned)strtoul(value, NULL, 10);
}

/* KVM is only believed that has booted our kernel. */
static int probe(struct plat *plat, struct host *host, struct hs_err *err)
{
	hs_auto(hs_freep) char *manifest = plat_path(plat, "images/manifest");
	hs_auto(hs_freep) char *kernel = NULL;
	hs_auto(hs_freep) char *facts = NULL;
	const char *file = NULL;

	if (dom_image_path(manifest, "kernel", &kernel, NULL) == 0 &&
	    access(kernel, R_OK) == 0) {
		if (remote_image(host, kernel, err) < 0)
			return -1;
		file = strrchr(kernel, '/') + 1;
	}
	if (remote_run(host, (const char *const[]) { "probe", file, NULL },
		NULL, REMOTE_LONG_MS, &facts, err) < 0)
		return -1;
	host->vcpus = number_of(facts, "vcpus");
	host->memory_mib = number_of(facts, "memory_mib");
	host->can[HV_LXC] = says_ok(facts, "lxc");
	host->can[HV_QEMU] = says_ok(facts, "qemu");
	host->has_kvm = says_ok(facts, "kvm");
	if (host->vcpus == 0 || host->memory_mib == 0)
		return hs_fail(
		    err, HS_EREMOTE, "host '%s': no size", host->name);
	if (!host->can[HV_LXC] && !host->can[HV_QEMU]) {
		hs_auto(hs_freep) char *why = value_of(facts, "lxc-reason");

		return hs_fail(err, HS_ECONFLICT,
		    "host '%s' cannot have domains: %s", host->name, why);
	}
	return 0;
}

static unsigned limit_of(
    const struct request *r, const char *key, unsigned otherwise)
{
	json_int_t n = json_integer_value(json_object_get(r->args, key));

	return n > 0 && n <= INT32_MAX ? (unsigned)n : otherwise;
}

static int insert(
    struct request *r, const struct host *host, struct hs_err *err)
{
	hs_auto(hs_freep) char *shell = json_dumps(host->shell, JSON_COMPACT);
	hs_auto(hs_freep) char *drivers =
	    hs_printf("[%s%s%s]", host->can[HV_LXC] ? "\"lxc\"" : "",
		host->can[HV_LXC] && host->can[HV_QEMU] ? "," : "",
		host->can[HV_QEMU] ? "\"qemu\"" : "");
	json_t *own = json_object_get(r->args, "uris");
	hs_auto(hs_freep) char *uris = json_is_object(own)
					   ? json_dumps(own, JSON_COMPACT)
					   : hs_strdup("{}");
	hs_auto(hs_freep) char *vcpus = hs_printf("%u", host->vcpus);
	hs_auto(hs_freep) char *memory = hs_printf("%u", host->memory_mib);
	hs_auto(hs_freep) char *max_vcpus =
	    hs_printf("%u", limit_of(r, "max_vcpus", host->vcpus * OVERCOMMIT));
	hs_auto(hs_freep) char *max_memory =
	    hs_printf("%u", limit_of(r, "max_memory_mib", host->memory_mib));
	struct hs_db *store;

	if (plat_store(r->plat, &store, err) < 0)
		return -1;
	return HS_DB_QUERY(store, prov_sql_host_add, NULL, err, host->name,
	    host->address, shell, uris, drivers, host->has_kvm ? "t" : "f",
	    vcpus, memory, max_vcpus, max_memory, host->note);
}

/* -- Commands -------------------------------------------------------------- */

/* Read the hosts anew, and let the relay here know them. */
static int refresh_relay(struct plat *plat, struct hs_err *err)
{
	const struct hosts *hosts;

	if (host_reload(plat, err) < 0 || host_list(plat, &hosts, err) < 0)
		return -1;
	return relay_write(plat, hosts, err);
}

int host_refresh_relay(struct plat *plat, struct hs_err *err)
{
	return refresh_relay(plat, err);
}

static int wait_for(struct plat *plat, const char *name, struct hs_err *err)
{
	int64_t end = hs_now_ms() + ANSWER_MS;
	struct host *host;

	for (;;) {
		if (host_reload(plat, err) < 0 ||
		    host_find(plat, name, &host, err) < 0)
			return -1;
		if (host_answers(plat, host))
			return 0;
		if (hs_now_ms() > end)
			return hs_fail(err, HS_EREMOTE,
			    "the libvirt of host '%s' does not answer: %s",
			    name, host->silent != NULL ? host->silent : "");
		hs_pause_ms(200);
	}
}

static int forget(struct plat *plat, const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca/hosts");
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_host_remove, NULL, err, name) < 0 ||
	    ca_remove(dir, name, err) < 0)
		return -1;
	return refresh_relay(plat, err);
}

static void say(
    struct plat *plat, const char *event, const char *host, const char *detail)
{
	struct hs_db *store;

	if (plat_store(plat, &store, NULL) == 0)
		store_event(store, event, NULL, host, detail);
	hs_info(event, "host=%s", host);
}

static int add(struct request *r, struct host *host, struct hs_err *err)
{
	struct host *old;

	if (host_find(r->plat, host->name, &old, NULL) == 0)
		return hs_fail(
		    err, HS_EEXISTS, "there is a host '%s'", host->name);
	if (join(r->plat, host, err) < 0 || probe(r->plat, host, err) < 0 ||
	    insert(r, host, err) < 0)
		return -1;
	if (refresh_relay(r->plat, err) == 0 &&
	    wait_for(r->plat, host->name, err) == 0)
		return 0;
	(void)forget(r->plat, host->name, NULL);
	return -1;
}

int host_add(struct request *r, json_t **ret_result, struct hs_err *err)
{
	struct host host = { 0 };
	int failed = read_request(r, &host, err);

	if (failed == 0)
		failed = add(r, &host, err);
	if (failed == 0) {
		say(r->plat, "host.added", host.name, host.address);
		*ret_result = json_pack("{s:s, s:s, s:I, s:I, s:b, s:b, s:b}",
		    "host", host.name, "address", host.address, "vcpus",
		    (json_int_t)host.vcpus, "memory_mib",
		    (json_int_t)host.memory_mib, "lxc", host.can[HV_LXC],
		    "qemu", host.can[HV_QEMU], "kvm", host.has_kvm);
	}
	request_done(&host);
	return failed;
}

/* Certificate and configuration anew, e.g. once a year. */
int host_refresh(struct request *r, json_t **ret_result, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = plat_path(r->plat, "ca/hosts");
	hs_auto(hs_freep) char *name = NULL;
	struct host *host;

	if (member_of(r, &host, err) < 0)
		return -1;
	name = hs_strdup(host->name);
	if (ca_remove(dir, name, err) < 0 || join(r->plat, host, err) < 0 ||
	    refresh_relay(r->plat, err) < 0 || wait_for(r->plat, name, err) < 0)
		return -1;
	*ret_result = json_pack("{s:s}", "host", name);
	return 0;
}

static int set_state(
    struct plat *plat, const char *name, const char *state, struct hs_err *err)
{
	struct hs_db *store;

	if (plat_store(plat, &store, err) < 0)
		return -1;
	return HS_DB_QUERY(store, prov_sql_host_state, NULL, err, name, state);
}

/* Whether every domain can live with it; nothing of it is kept. */
static int try_intent(struct request *r,
    int (*intend)(struct plat *plat, const json_t *args, struct hs_err *err),
    struct hs_err *err)
{
	int failed;

	if (view_begin(r->plat, err) < 0)
		return -1;
	failed = intend(r->plat, r->args, err);
	(void)view_finish(r->plat, "ROLLBACK", NULL);
	(void)host_reload(r->plat, NULL);
	return failed;
}

int host_drain(struct request *r, json_t **ret_result, struct hs_err *err)
{
	struct host *host;
	const char *name = NULL;

	if (name_of(r, &name, err) < 0 ||
	    host_find(r->plat, name, &host, err) < 0)
		return -1;
	if (!host_is_local(host) && !host_answers(r->plat, host))
		return hs_fail(err, HS_EREMOTE,
		    "host '%s' does not answer, so nothing can be moved away "
		    "from it; if it is off for good: hanse host remove --lost",
		    name);
	if (try_intent(r, intent_host_drain, err) < 0)
		return hs_wrap(err, "drain '%s'", name);
	say(r->plat, "host.drain", name, NULL);
	return manager_run_job(r, "host.drain", NULL,
	    json_pack("{s:s}", "host", name), ret_result, err);
}

int host_undrain(struct request *r, json_t **ret_result, struct hs_err *err)
{
	struct host *host;
	const char *name = NULL;

	if (name_of(r, &name, err) < 0 ||
	    host_find(r->plat, name, &host, err) < 0 ||
	    set_state(r->plat, name, "active", err) < 0)
		return -1;
	say(r->plat, "host.undrained", name, NULL);
	*ret_result = json_pack("{s:s}", "host", name);
	return 0;
}

/* The operator's word that it is off: only so may its domains run elsewhere. */
static int remove_lost(struct request *r, const char *name, json_t **ret_result,
    struct hs_err *err)
{
	if (try_intent(r, intent_host_lose, err) < 0)
		return hs_wrap(err, "give up '%s'", name);
	say(r->plat, "host.lost", name, NULL);
	if (manager_run_job(r, "host.lose", NULL,
		json_pack("{s:s}", "host", name), ret_result, err) < 0)
		return -1;
	return forget(r->plat, name, err);
}

int host_remove(struct request *r, json_t **ret_result, struct hs_err *err)
{
	static const char *const leave[] = { "leave", NULL };
	bool lost = json_is_true(json_object_get(r->args, "lost"));
	hs_auto(hs_freep) char *name = NULL;
	struct host *host;

	if (member_of(r, &host, err) < 0)
		return -1;
	name = hs_strdup(host->name);
	if (lost)
		return remove_lost(r, name, ret_result, err);
	if (host->domains > 0)
		return hs_fail(err, HS_ECONFLICT,
		    "host '%s' has %u domains; move them away first: hanse "
		    "host drain %s",
		    name, host->domains, name);
	if (remote_run(host, leave, NULL, REMOTE_LONG_MS, NULL, err) < 0 ||
	    forget(r->plat, name, err) < 0)
		return -1;
	say(r->plat, "host.removed", name, NULL);
	*ret_result = json_pack("{s:s}", "host", name);
	return 0;
}
