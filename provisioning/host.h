/* host.h - the hosts that have domains, as one thread of hansed knows them:
 * what the control database says of each, and a connection to its libvirt.
 *
 * The host "local" is the one hansed runs on. Another one is reached by two
 * ways: its libvirt through the relay (see relay.h), and what is not libvirt's
 * by the program hanse-host, run by a command such as ssh (see remote.h).
 */
#ifndef HANSE_PROVISIONING_HOST_H
#define HANSE_PROVISIONING_HOST_H

#include <jansson.h>
#include <stdbool.h>

#include "hv/hv.h"
#include "provisioning/object.h"
#include "provisioning/plat.h"

struct hs_err;

#define HOST_LOCAL        "local"
#define HOST_NAME_MAX_LEN 16 /* characters */

struct host {
	char *name;
	char *address; /* on the underlay; NULL: local */
	char *note;    /* NULL: none */
	json_t *shell; /* list of words; NULL: local */
	json_t *uris;  /* driver to URI, where it is not the usual one */
	bool drained;
	bool can[HV_DRIVER_COUNT];
	bool has_kvm;
	unsigned vcpus, memory_mib;         /* its size */
	unsigned max_vcpus, max_memory_mib; /* to be given away; 0: no limit */
	unsigned domains;                   /* placed on it */
	struct hv_conn *hv[HV_DRIVER_COUNT];
	int64_t asked_ms[HV_DRIVER_COUNT]; /* when a call last went over it */
	/* Why it did not answer, and when; NULL: it did, or was not asked. */
	char *silent;
	int64_t silent_ms;
};

struct hosts {
	struct host **list; /* by name */
	size_t count;
	bool is_old; /* to be read again before it is used */
};

bool host_is_local(const struct host *host);

/**
 * All hosts. Read at the first call and by host_reload(); the connections of
 * those that are still there are kept, and what is known of who answers. Lent
 * until the next host_reload().
 */
int host_list(
    struct plat *plat, const struct hosts **ret_hosts, struct hs_err *err);
int host_reload(struct plat *plat, struct hs_err *err);
void hosts_free(struct hosts *hosts);

/** Another request begins: the list is read again when it is asked for. */
void host_list_expire(struct plat *plat);

/**
 * Read the list and ask every host, so that nobody has to wait for one in a
 * transaction that others wait for.
 */
int host_ask_all(struct plat *plat, struct hs_err *err);

/**
 * At the start: every host is asked from now on whether it answers, before
 * somebody wants something of it. Waits for none.
 */
int host_know_all(struct plat *plat, struct hs_err *err);

/** One host. Errors: HS_ENOTFOUND. */
int host_find(struct plat *plat, const char *name, struct host **ret_host,
    struct hs_err *err);

/** Give back every connection that this thread has borrowed. */
void host_return_all(struct plat *plat);

/** What is counted of the hosts' connections and breakers. */
void host_metrics(const struct plat_conf *conf);

/** Where its libvirt answers; owned by the caller. */
char *host_uri(
    const struct plat *plat, const struct host *host, enum hv_driver driver);

/** The driver that a host's networks and filters are asked of. */
enum hv_driver host_driver(const struct host *host);

/**
 * Whether it answers: connects if it has not yet. One that did not is not asked
 * again for some seconds, and "silent" says why.
 */
bool host_answers(struct plat *plat, struct host *host);

/** A call to another host has failed: as if it had not answered. */
void host_fell_silent(struct host *host, const char *reason);

/* -- Hosts of objects ----------------------------------------------------- */

/**
 * The host an object is on: its attribute "host", or what stands behind "@" in
 * its name, or "local".
 */
const char *object_host(const struct object *object);

/** Its name there, without "@HOST"; owned by the caller. */
char *object_bare(const struct object *object);

/** The object's name of something that each host has: NAME or NAME@HOST. */
char *host_object_name(const char *name, const char *host);

#endif
