/* init.h - hanse-init: the parts of PID 1, in the order they happen.
 *
 * Private to dom-templates/init/. One static program: the first process of the
 * initramfs (stage 1) and of every domain (stage 2).
 */
#ifndef HANSE_DOM_TEMPLATES_INIT_INIT_H
#define HANSE_DOM_TEMPLATES_INIT_INIT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct hs_err;

/** A service a domain can have. */
struct init_service {
	const char *name; /* value of service= */
	uid_t uid;        /* and gid; no other service of the domain has it */
	int stop_signal;
	int64_t stop_ms;      /* time to stop before it is killed */
	const char *dirs[4];  /* made its own before it starts; NULL ends */
	bool is_db;           /* has the name of a database server */
	const char *argv[10]; /* NULL ends */
};

/** The service of that name, or NULL. */
const struct init_service *init_service_find(const char *name);

/** Start it: its user, its limits, nothing to gain; output goes to log_fd. */
int init_service_start(const struct init_service *service, int log_fd,
    pid_t *ret_pid, struct hs_err *err);

#define INIT_ROUTES_MAX   8
#define INIT_SERVICES_MAX 2

/** /etc/hanse/domain.conf, checked. */
struct init_conf {
	char *name;
	char *hostname;
	/* In the order they start; they stop in reverse. */
	const struct init_service *services[INIT_SERVICES_MAX];
	size_t service_count;
	struct in_addr address, gateway;
	unsigned prefix;
	struct in_addr routes[INIT_ROUTES_MAX]; /* hosts behind the gateway */
	size_t route_count;
};

/**
 * Parse the text of a domain.conf.
 *
 * Errors: HS_EINVAL, HS_ELIMIT; the message names the line.
 */
int init_conf_parse(
    const char *text, struct init_conf *ret_conf, struct hs_err *err);
void init_conf_done(struct init_conf *conf);

/** Whether this is a container: no kernel, no disks, no network to set up. */
bool init_is_container(void);

/** "/dev/vda" or, on Xen, "/dev/xvda", for letter 'a'; owned by the caller. */
char *init_disk(char letter);

/** Stage 1, in the initramfs; returns only on failure. */
int init_stage1(struct hs_err *err);

/** Whatever of the tree is not mounted yet. */
int init_mounts(struct hs_err *err);
/** Write back and detach what can be written to. */
void init_unmount(void);

/** Host name and /etc/hosts. */
int init_names(const struct init_conf *conf, struct hs_err *err);

/** The content of /etc/hosts; owned by the caller. */
char *init_hosts_text(const struct init_conf *conf);

/** lo, eth0, routes. */
int init_net(const struct init_conf *conf, struct hs_err *err);

/** Nobody in this domain makes a user namespace; a warning where we may not
 * say so (containers: the service's own filter refuses it, too). */
void init_refuse_namespaces(void);

/** For the service's process: no new privileges, no calls it has no use for. */
int init_confine(struct hs_err *err);

/** Lines of the service and of ours, with the time, to the console and to a
 * bounded file. */
struct init_relay {
	int read_fd, write_fd;
	int console_fd;
	int file_fd;
	size_t file_len;
	char line[1024];
	size_t len;
};

/** From here on standard error is one of the relay's sources. */
int init_relay_open(struct init_relay *relay, struct hs_err *err);
void init_relay_pump(struct init_relay *relay);

/** "hanse-init --stop": tell process 1 to end. Returns the exit status. */
int init_stop(void);

/** Power buttons, to be polled; count is 0 in a container. */
struct init_power {
	int fds[8];
	size_t count;
};

void init_power_open(struct init_power *power);
/** Whether a button was pressed; fd is one of them. */
bool init_power_pressed(int fd);
/** The end: power off, or leave the container. */
void init_power_off(int status) __attribute__((noreturn));

/** News of the kernel's about CPUs, to be polled; -1 in a container. */
int init_cpus_open(void);
/** Use the CPUs that have come. */
void init_cpus_changed(int fd);

/** How long to wait before the next start, after one that ran ran_ms. */
int64_t init_backoff_ms(int64_t last_delay_ms, int64_t ran_ms);

/** Kill what runs as that user, until nothing does; ended children other than
 * those are left to the caller's reap(). */
void init_sweep(uid_t uid, void (*reap)(void *arg), void *arg);

/** Run the services until the domain is told to stop. */
int init_supervise(const struct init_conf *conf, struct hs_err *err);

#endif
