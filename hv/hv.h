/* hv.h - drive the domains, networks, walls and volumes of one host.
 *
 * The public header of hv/. A connection may be shared by threads; each call
 * blocks until libvirt answers or its deadline passes. After a deadline the
 * connection is dead: every further call fails with HS_EREMOTE at once, and
 * the caller opens a new one.
 *
 * What takes something away (shutdown, destroy, undefine, delete, unmount)
 * succeeds when it is gone already.
 */
#ifndef HANSE_HV_HV_H
#define HANSE_HV_HV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/mem.h"

struct hs_err;
struct hv_conn;

/* -- The host ----------------------------------------------------------- */

enum hv_driver {
	HV_LXC,
	HV_QEMU, /* with KVM or without */
	HV_XEN,
	HV_TEST, /* libvirt's test:///default */
};
#define HV_DRIVER_COUNT (HV_TEST + 1)

/** What libvirt's driver of this hypervisor can do, as of libvirt 9.0. */
struct hv_caps {
	const char *name; /* "lxc", as in a spec's driver: */
	const char *uri;  /* of the local host, e.g. "lxc:///system" */
	bool live_memory; /* change a running domain's memory */
	bool live_vcpus;  /* ... its virtual CPUs */
	bool has_maxima;  /* but only up to what its definition allows */
	bool quota_vcpus; /* virtual CPUs are a share of the host's */
	bool fewer_vcpus; /* a running domain can give them back */
	bool pause;       /* suspend and resume */
	bool attach;      /* add a device to a running domain */
	bool save;        /* save a running domain to disk */
	bool snapshot;
	bool migrate;    /* move a running domain */
	bool metadata;   /* change a domain's metadata through the API */
	bool bulk_stats; /* one call for the counters of all domains */
	bool wall;       /* by us (Xen: by a script of the host, etc/xen) */
	bool idmap;      /* user namespaces, mounts with shifted owners */
	bool own_kernel; /* a virtual machine, not a container */
};

const struct hv_caps *hv_caps(enum hv_driver driver);
/** The driver of that name ("lxc"); false if there is none. */
bool hv_driver_find(const char *name, enum hv_driver *ret_driver);

/**
 * Start libvirt's event loop in a thread of its own. Call once, before any
 * hv_open(). Errors: HS_ESYSTEM.
 */
int hv_init(struct hs_err *err);

/**
 * Connect to a hypervisor; keepalive 5 s, three times.
 *
 * @uri:  libvirt URI, e.g. hv_caps(HV_LXC)->uri; or that of a simulated host:
 *        "sim:///NAME?driver=qemu&latency_ms=2&domains=16" (see sim.c)
 *
 * Errors: HS_EREMOTE, HS_EDENIED, HS_EINVAL.
 */
int hv_open(const char *uri, struct hv_conn **ret_conn, struct hs_err *err);
void hv_close(struct hv_conn *conn);

/** Whether calls on this connection can succeed. */
bool hv_is_alive(struct hv_conn *conn);
/** Find out whether they do within a time. Errors: HS_EREMOTE. */
int hv_ping(struct hv_conn *conn, int timeout_ms, struct hs_err *err);
enum hv_driver hv_conn_driver(const struct hv_conn *conn);

/* -- Many callers, one host that may be sick ------------------------------ */

/* libvirtd works on so many calls of one client at once (max_client_requests);
 * so many borrowers share a connection. */
#define HV_SHARES 5

struct hv_host;

/** Whether calls to a host go through. */
enum hv_breaker_state {
	HV_BREAKER_CLOSED,    /* they do */
	HV_BREAKER_OPEN,      /* it does not answer: they fail at once */
	HV_BREAKER_HALF_OPEN, /* so they do while it is asked again */
};
#define HV_BREAKER_COUNT (HV_BREAKER_HALF_OPEN + 1)

const char *hv_breaker_name(enum hv_breaker_state state); /* "half-open" */

/** Numbers are of one driver and connection; 0 stands for the usual one. */
struct hv_host_conf {
	const char *name;
	/** By driver; NULL where it has none. The first there is is probed. */
	const char *uris[HV_DRIVER_COUNT];
	unsigned connections; /* at most, of each driver: 4 */
	unsigned failures;    /* in a row that open the breaker: 3 */
	int probe_ms;         /* from one probe to the next: 2000 */
	int retry_ms;         /* the same while it does not answer: 1000 */
	int answer_ms; /* a probe, and a connection, take no longer: 5000 */
	int idle_ms;   /* what nobody borrows is closed after: 60000 */
	/**
	 * Called when the breaker opens and when it closes, by whichever thread
	 * found it out,
	 * which holds no lock of ours; not necessarily in order. To close means
	 * that whatever is known of the host is old. NULL: nobody asks.
	 */
	void (*changed)(const char *name, enum hv_breaker_state to, void *arg);
	void *arg;
};

struct hv_host_stat {
	enum hv_breaker_state state;
	int64_t since; /* Unix time at which it opened; 0: closed */
	uint64_t calls, failed, late, timed_out;
	uint64_t probes, opens;
	unsigned connections, borrowed, waiting; /* now */
};

/**
 * A host: connections to it, and a thread that asks every few seconds whether
 * it answers. Does not wait for it.
 *
 * @conf:  copied
 *
 * Errors: HS_ESYSTEM.
 */
int hv_host_new(const struct hv_host_conf *conf, struct hv_host **ret_host,
    struct hs_err *err);
/**
 * No more of it; connections that are still borrowed work until they are
 * returned. Waits for a probe under way.
 */
void hv_host_free(struct hv_host *host);

/**
 * Borrow a connection, which others may use at the same time; opens one if it
 * must. Waits while all are taken. A borrower that is told HS_EREMOTE by a call
 * returns it and borrows again.
 *
 * Errors: HS_EREMOTE (it does not answer; at once while its breaker is open),
 * HS_ELIMIT (all taken for so long), HS_ENOTFOUND (no such driver there),
 * HS_EDENIED.
 */
int hv_host_borrow(struct hv_host *host, enum hv_driver driver, int timeout_ms,
    struct hv_conn **ret_conn, struct hs_err *err);
/** Give it back; no call on it is under way. NULL is allowed. */
void hv_host_return(struct hv_conn *conn);

const char *hv_host_name(const struct hv_host *host);
void hv_host_stat(struct hv_host *host, struct hv_host_stat *ret_stat);

/** Hosts by name, for all threads of a program. */
struct hv_hosts;

struct hv_hosts *hv_hosts_new(void);
void hv_hosts_free(struct hv_hosts *hosts);

/**
 * Borrow from the host of that name, which is made if it is not known, and
 * made anew if its URIs are others now. Errors: as hv_host_borrow().
 */
int hv_hosts_borrow(struct hv_hosts *hosts, const struct hv_host_conf *conf,
    enum hv_driver driver, int timeout_ms, struct hv_conn **ret_conn,
    struct hs_err *err);
/**
 * The host of that name is known from now on, and asked whether it answers;
 * nobody waits for it. Errors: as hv_host_new().
 */
int hv_hosts_know(struct hv_hosts *hosts, const struct hv_host_conf *conf,
    struct hs_err *err);
/** Forget those for which keep(name, arg) is false. */
void hv_hosts_prune(struct hv_hosts *hosts,
    bool (*keep)(const char *name, void *arg), void *arg);
/** Call fn with each; it may not call hv_hosts_*(). */
void hv_hosts_each(struct hv_hosts *hosts,
    void (*fn)(struct hv_host *host, void *arg), void *arg);

/**
 * Let a simulated host answer no more, as one whose libvirtd is stopped; or
 * again. Errors: HS_ENOTFOUND (nobody has connected to one of that name).
 */
int hv_sim_freeze(const char *name, bool is_frozen, struct hs_err *err);

/* -- Names -------------------------------------------------------------- */

#define HV_UUID_SIZE 37
#define HV_NAME_SIZE 18 /* of a MAC, and more than an interface's */

/** UUID v5 of an object of ours, e.g. "domain", "automotive.adler-motors". */
void hv_uuid5(const char *kind, const char *name, char ret_uuid[HV_UUID_SIZE]);
/** "52:54:00:" and the first three bytes of the UUID. */
void hv_mac(const char *uuid, char ret_mac[HV_NAME_SIZE]);
/** Host end of a domain's interface: "hi" and 12 hex digits of the UUID. */
void hv_ifname(const char *uuid, char ret_name[HV_NAME_SIZE]);
/** Bridge of a VE's network: "hv-" and 8 hex digits of the VE's UUID. */
void hv_bridge(const char *uuid, char ret_name[HV_NAME_SIZE]);

/* -- Domains ------------------------------------------------------------ */

enum hv_state {
	HV_RUNNING,
	HV_PAUSED, /* holds its resources and does nothing */
	HV_STOPPED,
	HV_UNKNOWN, /* no contact, or in between; never take it for stopped */
};
#define HV_STATE_COUNT (HV_UNKNOWN + 1)

const char *hv_state_name(enum hv_state state); /* "running" */

/**
 * Make a domain known to the host, or replace its definition (same UUID and
 * name), without starting it. Errors: HS_EINVAL, HS_EREMOTE, HS_ECONFLICT
 * (the name belongs to another UUID).
 */
int hv_domain_define(struct hv_conn *conn, const char *xml, struct hs_err *err);

/**
 * Start a defined domain; one that runs is fine, one that is paused goes on.
 * An LXC domain of this host is confined further (hv_domain_confine); one that
 * did not run before is destroyed again if that fails. On another host whoever
 * is there must confine it.
 * Errors: HS_ENOTFOUND, HS_EREMOTE, HS_ESYSTEM.
 */
int hv_domain_start(struct hv_conn *conn, const char *name, struct hs_err *err);

/**
 * Ask the domain to stop (LXC: SIGTERM to its init, QEMU: power button), wait,
 * and destroy it if it has not stopped within the time. A paused one goes on
 * first, to hear it.
 * Errors: HS_EREMOTE.
 */
int hv_domain_shutdown(
    struct hv_conn *conn, const char *name, int timeout_ms, struct hs_err *err);

/** Stop a domain at once. Errors: HS_EREMOTE. */
int hv_domain_destroy(
    struct hv_conn *conn, const char *name, struct hs_err *err);

/**
 * Forget a stopped domain, with its NVRAM, saved state and snapshots.
 * Errors: HS_ECONFLICT (it runs), HS_EREMOTE.
 */
int hv_domain_undefine(
    struct hv_conn *conn, const char *name, struct hs_err *err);

/**
 * Pause a running domain, and let it go on; one that is so already is fine.
 * Errors: HS_ENOTFOUND, HS_ECONFLICT (it does not run), HS_EREMOTE.
 */
int hv_domain_suspend(
    struct hv_conn *conn, const char *name, struct hs_err *err);
int hv_domain_resume(
    struct hv_conn *conn, const char *name, struct hs_err *err);

/**
 * Give a domain this much memory: now, if it runs, and in its definition.
 * Where hv_caps() says has_maxima, a running one gets no more than its
 * definition allows; that of a stopped one is raised. A guest may take some
 * seconds to give memory back.
 *
 * Errors: HS_ENOTFOUND, HS_ELIMIT (it must be stopped for that), HS_EINVAL
 * (the driver cannot), HS_EREMOTE.
 */
int hv_domain_set_memory(
    struct hv_conn *conn, const char *name, uint64_t kib, struct hs_err *err);

/**
 * The same with its virtual CPUs. Where they are quota_vcpus, what is set is
 * their share of the host's CPU time. A running QEMU domain gives none back
 * (fewer_vcpus is false): HS_ELIMIT.
 */
int hv_domain_set_vcpus(
    struct hv_conn *conn, const char *name, unsigned vcpus, struct hs_err *err);

/**
 * Whether a domain runs. Without contact to the host that is HV_UNKNOWN, not
 * a failure. Errors: HS_ENOTFOUND.
 */
int hv_domain_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err);

/**
 * The host's PID of a running LXC domain's first process.
 * Errors: HS_ENOTFOUND, HS_ECONFLICT (it does not run), HS_EREMOTE.
 */
int hv_domain_init_pid(
    struct hv_conn *conn, const char *name, pid_t *ret_pid, struct hs_err *err);

#define HV_PIDS_MAX 1024

/**
 * Confine a running LXC domain beyond what libvirt does: no more than
 * HV_PIDS_MAX processes, no user namespaces inside, no sight of the host's
 * cgroups (which name the other domains). Verified; idempotent.
 * Errors: HS_ENOTFOUND, HS_ECONFLICT, HS_ESYSTEM.
 */
int hv_domain_confine(
    struct hv_conn *conn, const char *name, struct hs_err *err);

/** A counter that this host does not tell, or not just now. */
#define HV_NOT_TOLD UINT64_MAX

/** What a domain has used since it was last started. */
struct hv_usage {
	char *name;
	int id;              /* the host's number: another one, another start */
	uint64_t began;      /* when its process did, in the host's ticks */
	uint64_t cpu_ns;     /* CPU time of all virtual CPUs */
	uint64_t memory_kib; /* memory in use (LXC) or given (QEMU) now */
	uint64_t used_kib;   /* what that takes of the host's now */
	uint64_t rx_bytes;   /* received by the domain */
	uint64_t tx_bytes;   /* sent by the domain */
	/* Of all its disks. */
	uint64_t disk_reads, disk_writes, disk_read_bytes, disk_write_bytes;
	uint64_t data_kib; /* what its data volume takes of the host's disk */
	/* Of an LXC domain here, apart from those: its data volume, whatever in
	 * the kernel asks for it, since it was attached. */
	struct {
		uint64_t life; /* another one, another time; 0: not told */
		uint64_t reads, writes, read_bytes, write_bytes;
	} volume;
};

struct hv_usages {
	struct hv_usage *list;
	size_t count;
};

void hv_usages_done(struct hv_usages *usages);

/** Counters of every running domain of ours. Errors: HS_EREMOTE. */
int hv_usage_list(
    struct hv_conn *conn, struct hv_usages *ret_usages, struct hs_err *err);
/**
 * The same of one: a list of it, or an empty one if it does not run.
 * Errors: HS_ENOTFOUND, HS_EREMOTE.
 */
int hv_usage_find(struct hv_conn *conn, const char *name,
    struct hv_usages *ret_usages, struct hs_err *err);

/** Which boot of this host it is, 32 hexadecimal digits; static. */
const char *hv_boot(void);

/* -- What is there ------------------------------------------------------ */

enum hv_kind {
	HV_DOMAIN,
	HV_NETWORK,
};
#define HV_KIND_COUNT (HV_NETWORK + 1)

const char *hv_kind_name(enum hv_kind kind); /* "domain" */

/** What a domain may say and hear, beside its own names: see wall.c. */
struct hv_wall_plan {
	char *host;     /* the host end of its network, which may call it */
	char *ports;    /* at these, "9000" */
	char *platform; /* whom it may call; NULL: nobody */
	char *calls;    /* at these ports, "6432 1636" */
	char *peers; /* who may call it, and whom it may call; NULL: nobody */
	char *peer_ports; /* both ways, "2379 2380" */
};

/**
 * An object of ours as the host has it: the attributes hanse owns, and none
 * of those libvirt adds. Texts are NULL and numbers 0 where the object (or
 * its kind) has none. Of a definition, not of what runs: that is "live".
 */
struct hv_object {
	enum hv_kind kind;
	enum hv_state state; /* HV_RUNNING: network active */
	char *name, *uuid;
	char *role; /* of a domain: its template, "app" or "db" */
	char *rest; /* digest of the definition without what stands here */
	bool autostart;
	char *ve, *enterprise;
	unsigned generation;
	/* domain */
	unsigned vcpus;
	uint64_t memory_kib;
	unsigned vcpus_max; /* what it may be given while it runs */
	uint64_t memory_max_kib;
	uint64_t hard_limit_kib; /* LXC */
	unsigned cpu_quota;      /* LXC: of 100000 a virtual CPU */
	const char *reason;      /* why it is stopped, e.g. "crashed" */
	struct hv_object *live;  /* while it runs: what it runs with */
	char *root;   /* folder (LXC) or image file (QEMU, Xen) of the root */
	char *config; /* of /etc/hanse */
	char *data;   /* of /data */
	char *kernel, *initrd;
	char *network, *mac, *ifname, *address;
	char *filter; /* its wall's name, or the script's that is its wall */
	struct hv_wall_plan wall;
	bool isolated; /* the bridge port */
	unsigned idmap_base, idmap_count;
	char *bridge; /* of a Xen domain's interface, and of a network */
	/* network */
	char *host_address;
	unsigned prefix;
	bool forwards; /* has a <forward>: never so in ours */
};

struct hv_objects {
	struct hv_object *list;
	size_t count;
};

void hv_objects_done(struct hv_objects *objects);

/**
 * Every object of one kind on this host that carries our metadata, sorted by
 * name.
 * Errors: HS_EREMOTE, HS_ESYSTEM (XML that does not parse).
 */
int hv_list(struct hv_conn *conn, enum hv_kind kind,
    struct hv_objects *ret_objects, struct hs_err *err);

/** One of them by its name. Errors: HS_ENOTFOUND (or not ours), HS_EREMOTE. */
int hv_find(struct hv_conn *conn, enum hv_kind kind, const char *name,
    struct hv_object *ret_object, struct hs_err *err);

/** Read one object's attributes out of its XML; true if it is ours. */
bool hv_object_parse(
    enum hv_kind kind, const char *xml, struct hv_object *ret_object);
void hv_object_copy(const struct hv_object *from, struct hv_object *ret_to);
void hv_object_done(struct hv_object *object);

/* -- What happens ------------------------------------------------------- */

enum hv_change {
	HV_DEFINED, /* or its definition was replaced */
	HV_UNDEFINED,
	HV_STARTED,
	HV_SUSPENDED,
	HV_RESUMED,
	HV_SHUTDOWN, /* it is about to stop by itself */
	HV_ENDED,    /* it has stopped, for whatever reason */
	HV_CRASHED,
	HV_LOST, /* the connection: from here on nothing more is told */
};
#define HV_CHANGE_COUNT (HV_LOST + 1)

const char *hv_change_name(enum hv_change change); /* "started" */

/** Valid within the callback only. */
struct hv_event {
	enum hv_change change;
	enum hv_kind kind; /* HV_DOMAIN or HV_NETWORK */
	const char *name;  /* NULL with HV_LOST */
	const char *uuid;
};

/**
 * Runs in the event thread, on which every deadline depends (HV_LOST: in that
 * of whoever found it out): note what happened, wake somebody, return. No
 * function of hv.h may be called.
 */
typedef void hv_event_fn(const struct hv_event *event, void *arg);

struct hv_watch;

/**
 * Be told of the domains and networks of ours (those whose UUID derives from
 * their name) on this connection, and of its loss; one watch each. What
 * happened before is not told: look at what is there after this returns. The
 * connection is kept open for the watch by its owner, and closed after
 * hv_watch_stop().
 *
 * Errors: HS_EREMOTE, HS_EINVAL (it is watched already).
 */
int hv_watch_start(struct hv_conn *conn, hv_event_fn *fn, void *arg,
    struct hv_watch **ret_watch, struct hs_err *err);
/** After this fn is not called any more. Not from within fn. */
void hv_watch_stop(struct hv_watch *watch);

/* -- Networks ----------------------------------------------------------- */

/** Make a network known, or replace its definition. As hv_domain_define(). */
int hv_network_define(
    struct hv_conn *conn, const char *xml, struct hs_err *err);
/** Start a defined network; one that is active is fine.
 * Errors: HS_ENOTFOUND, HS_EREMOTE. */
int hv_network_start(
    struct hv_conn *conn, const char *name, struct hs_err *err);
int hv_network_destroy(
    struct hv_conn *conn, const char *name, struct hs_err *err);
int hv_network_undefine(
    struct hv_conn *conn, const char *name, struct hs_err *err);
/** HV_RUNNING when active. Errors: HS_ENOTFOUND. */
int hv_network_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err);

/**
 * Give the host an address on its loopback interface, e.g. the platform's
 * "10.90.0.1/32", which domains reach through their network's host end; and
 * take it away. Errors: HS_ESYSTEM.
 */
int hv_host_address_add(const char *address, struct hs_err *err);
int hv_host_address_remove(const char *address, struct hs_err *err);

enum hv_link {
	HV_LINK_UP,
	HV_LINK_GONE,
	HV_LINK_UNPLUGGED, /* not on that bridge, or switched off */
	HV_LINK_OPEN,      /* it reaches its neighbours: no isolated port */
};
#define HV_LINK_COUNT (HV_LINK_OPEN + 1)

const char *hv_link_name(enum hv_link link); /* "up" */

/** The host's end of a domain's interface, as the kernel has it. */
enum hv_link hv_link_look(const char *ifname, const char *bridge);

/** Put it on its bridge, the port isolated. Errors: HS_ESYSTEM. */
int hv_link_plug(
    const char *ifname, const char *bridge, bool isolated, struct hs_err *err);

/** Whether a network's bridge is there and up. */
bool hv_bridge_is_up(const char *bridge);

/* -- Walls -------------------------------------------------------------- */

enum hv_wall {
	HV_WALL_UP,
	HV_WALL_GONE,   /* its domain says and hears nothing */
	HV_WALL_EDITED, /* by somebody else */
	HV_WALL_OPEN,   /* what leads to all walls is gone, or edited */
};
#define HV_WALL_COUNT (HV_WALL_OPEN + 1)

const char *hv_wall_name(enum hv_wall wall); /* "up" */

/**
 * All walls of this host, as the kernel has them; hv_domain_start() raises a
 * domain's, hv_domain_undefine() takes it away.
 *
 * @ret_text:  for hv_wall_look(); owned by the caller
 *
 * Errors: HS_ESYSTEM.
 */
int hv_walls_read(char **ret_text, struct hs_err *err);
enum hv_wall hv_wall_look(const char *walls, const char *ifname);
/** Remove all of them, whoever's. Errors: HS_ESYSTEM. */
int hv_walls_clear(struct hs_err *err);

/* -- What a host has for a running domain, beside libvirt ---------------- */

enum hv_mounts {
	HV_MOUNTS_THERE,
	HV_MOUNTS_NO_ROOT,
	HV_MOUNTS_NO_DATA,
};
#define HV_MOUNTS_COUNT (HV_MOUNTS_NO_DATA + 1)

const char *hv_mounts_name(enum hv_mounts mounts); /* "there" */

/** All zero: nothing is amiss. */
struct hv_beside {
	enum hv_link link;
	enum hv_wall wall;
	enum hv_mounts mounts;
};

/**
 * Look at it, on the host itself. Of a domain that does not run, of a network
 * that is not among these, of what the driver has not, nothing is amiss.
 *
 * @domain, @networks:  from hv_list()
 * @walls:              from hv_walls_read()
 */
void hv_beside_look(const struct hv_object *domain, enum hv_driver driver,
    const struct hv_objects *networks, const char *walls,
    struct hv_beside *ret_beside);

/** A line of it for another host, with its newline; owned by the caller. */
char *hv_beside_text(const char *name, const struct hv_beside *beside);
/** The line of that name; false, and nothing amiss: there is none. */
bool hv_beside_find(
    const char *text, const char *name, struct hv_beside *ret_beside);

/* -- Volumes: sparse raw files with ext4 -------------------------------- */

/**
 * Make a volume: whole or not at all.
 *
 * @path:  e.g. /var/lib/hanse/volumes/db.shared.raw
 * @uuid:  of the file system
 *
 * Errors: HS_EEXISTS, HS_ELIMIT (no room), HS_ESYSTEM.
 */
int hv_volume_create(const char *path, uint64_t size_bytes, const char *uuid,
    struct hs_err *err);
bool hv_volume_exists(const char *path);
/** Errors: HS_ENOTFOUND, HS_ESYSTEM. */
int hv_volume_size(const char *path, uint64_t *ret_bytes, struct hs_err *err);
/** Errors: HS_ECONFLICT (it is mounted), HS_ESYSTEM. */
int hv_volume_delete(const char *path, struct hs_err *err);

/**
 * The size of the file system in it, as its superblock has it, mounted or not.
 * Errors: HS_ENOTFOUND, HS_EINVAL (no ext4), HS_ESYSTEM.
 */
int hv_volume_content_size(
    const char *path, uint64_t *ret_bytes, struct hs_err *err);

/**
 * Give the file that size, whoever uses it: the file system stays as it is.
 * Nothing is ever cut off.
 *
 * Errors: HS_ENOTFOUND, HS_EINVAL (no ext4), HS_ECONFLICT (it is larger, or
 * shorter than what is in it), HS_ELIMIT (no room), HS_ESYSTEM.
 */
int hv_volume_grow(const char *path, uint64_t size_bytes, struct hs_err *err);

/**
 * Let the file system fill the file of a volume that nobody has mounted, if it
 * has less than that; one that has errors is checked first. May be killed at
 * any time and repeated.
 *
 * Errors: HS_ENOTFOUND, HS_EINVAL (no ext4), HS_ECONFLICT (it is in use, or the
 * file is smaller), HS_ESYSTEM.
 */
int hv_volume_fit(const char *path, uint64_t least_bytes, struct hs_err *err);

/** The same while it is mounted. Errors: HS_ECONFLICT, HS_ESYSTEM. */
int hv_volume_fit_live(
    const char *path, uint64_t least_bytes, struct hs_err *err);
/** Whether the kernel lets this process do that. */
bool hv_volume_fits_live(void);

/* -- Mounts of LXC domains ---------------------------------------------- */

#define HV_MOUNT_ROOT  "/run/hanse/mnt"
#define HV_IDMAP_COUNT 65536

/**
 * Make HV_MOUNT_ROOT a shared mount. Before libvirtd starts: one that has a
 * mount namespace of its own would not see what is mounted later.
 * Errors: HS_ESYSTEM.
 */
int hv_mount_root_prepare(struct hs_err *err);

/**
 * Mount a system image (squashfs), once for all its domains, at
 * HV_MOUNT_ROOT/image/ and the file's name without its ending.
 *
 * @ret_dir:  where; owned by the caller
 *
 * This and the next two are idempotent and repair what a crash left half
 * done. Errors: HS_ENOTFOUND, HS_EINVAL (no squashfs), HS_ESYSTEM.
 */
int hv_image_mount(const char *path, char **ret_dir, struct hs_err *err);

/**
 * Show a mounted image at HV_MOUNT_ROOT/domain/DOMAIN/root with its owners
 * shifted to base and up.
 *
 * @image:    from hv_image_mount()
 * @base:       the domain's first host uid and gid
 * @ret_dir:    where; owned by the caller
 *
 * Errors: HS_EINVAL, HS_ESYSTEM.
 */
int hv_root_mount(const char *domain, const char *image, unsigned base,
    char **ret_dir, struct hs_err *err);

/**
 * Mount a volume at HV_MOUNT_ROOT/domain/DOMAIN/data, owners shifted.
 * Errors: HS_ENOTFOUND, HS_EINVAL (no ext4), HS_ESYSTEM.
 */
int hv_data_mount(const char *domain, const char *volume, unsigned base,
    char **ret_dir, struct hs_err *err);

/** Take away a domain's mounts and their folder. Errors: HS_ESYSTEM. */
int hv_mounts_remove(const char *domain, struct hs_err *err);
/**
 * Whether the domain's folder "root" or "data" shows something, owners
 * shifted to base and up.
 */
bool hv_mount_is_there(const char *domain, const char *what, unsigned base);
/** Unmount an image that no domain uses. Errors: HS_ECONFLICT, HS_ESYSTEM. */
int hv_image_unmount(const char *path, struct hs_err *err);
/** Names of the domains with mounts, sorted; a NULL at the end. */
int hv_mounts_list(char ***ret_domains, struct hs_err *err);
void hv_names_free(char **names);

/* -- Probes ------------------------------------------------------------- */

enum hv_probe_kind {
	HV_PROBE_LXC,
	HV_PROBE_QEMU, /* without KVM */
	HV_PROBE_KVM,
	HV_PROBE_XEN,
};
#define HV_PROBE_COUNT (HV_PROBE_XEN + 1)

struct hv_probe {
	bool ok;
	char reason[256]; /* what was found */
	char remedy[256]; /* what to do about it; "" if ok or nothing helps */
};

/** What the KVM probe boots, to the end of the kernel's own start. */
struct hv_probe_guest {
	const char *kernel; /* NULL: none at hand */
	const char *initrd; /* NULL: none needed */
	int timeout_ms;     /* give up then, e.g. 15000 */
};

const char *hv_probe_name(enum hv_probe_kind kind); /* "kvm" */

/**
 * Find out by trying whether domains of this kind can run here. Leaves
 * nothing behind.
 *
 * @guest:  for HV_PROBE_KVM; NULL otherwise
 */
void hv_probe(enum hv_probe_kind kind, const struct hv_probe_guest *guest,
    struct hv_probe *ret_probe);

HS_FREEP(hv_closep, struct hv_conn *, hv_close)
HS_FREEP(hv_returnp, struct hv_conn *, hv_host_return)
HS_FREEP(hv_host_freep, struct hv_host *, hv_host_free)
HS_FREEP(hv_hosts_freep, struct hv_hosts *, hv_hosts_free)
HS_FREEP(hv_watch_stopp, struct hv_watch *, hv_watch_stop)
HS_FREEP(hv_names_freep, char **, hv_names_free)

#endif
