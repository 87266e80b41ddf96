/* conn.h - private: the connection, a call's deadline, libvirt's errors. */
#ifndef HANSE_HV_CONN_H
#define HANSE_HV_CONN_H

#include <libvirt/libvirt.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "hv/hv.h"

#define HV_OPEN_MS  10000
#define HV_CALL_MS  30000  /* questions and small changes */
#define HV_USAGE_MS 10000  /* counters: the next ones are read soon */
#define HV_START_MS 120000 /* starting and stopping */

/* Period of a CPU quota, as dom-templates/ has it. */
#define HV_PERIOD_US 100000

struct hv_conn {
	const struct hv_ops *ops;
	virConnectPtr vir;
	struct sim_host *sim; /* instead of it */
	enum hv_driver driver;
	bool is_local;
	atomic_int fd;       /* the socket to libvirtd, a duplicate; -1: none */
	atomic_int refs;     /* the owner's, and one a running timer */
	atomic_bool is_late; /* a deadline has passed: the socket is shut */
	atomic_bool is_cut;  /* its host does not answer: the same */
	/* Of a host's pool: */
	struct hv_host *host; /* NULL: of none */
	unsigned borrowers;
	int64_t idle_ms; /* since when it has had none */
};

/** hv_open() with another deadline. */
int hv_open_within(const char *uri, int timeout_ms, struct hv_conn **ret_conn,
    struct hs_err *err);

/** Shut the socket: whoever waits for an answer gets an error at once. */
void hv_cut(struct hv_conn *conn);

/** Ask a small question, on a connection of no pool. Errors: HS_EREMOTE. */
int hv_ask(struct hv_conn *conn, int timeout_ms, struct hs_err *err);

/** A libvirt call under way. End it with hs_auto(hv_call_end). */
struct hv_call {
	int timer;
	int timeout_ms;
	int64_t since_ms;
	struct hv_conn *conn; /* NULL: nobody counts it */
};

#define HV_NO_CALL          \
	{                   \
		.timer = -1 \
	}

/**
 * Begin a call: with a deadline, unless its host does not answer, and counted
 * as one of its host's.
 *
 * @what:  its name for hs_fault(), e.g. "hv.domain.start"
 *
 * Errors: HS_EREMOTE.
 */
int hv_begin(struct hv_conn *conn, const char *what, int timeout_ms,
    struct hv_call *ret_call, struct hs_err *err);

/** Only with a deadline: when it passes the socket is shut, the call fails. */
struct hv_call hv_call_begin(struct hv_conn *conn, int timeout_ms);
void hv_call_end(struct hv_call *call);

/**
 * Record libvirt's last error of this thread as ours.
 * Returns -1.
 */
int hv_fail(struct hv_conn *conn, struct hs_err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Our code of libvirt's (a virErrorNumber). */
enum hs_code hv_code(int vir_code);

static inline __attribute__((unused)) void hv_domain_unrefp(virDomainPtr *p)
{
	if (*p != NULL)
		(void)virDomainFree(*p);
}

static inline __attribute__((unused)) void hv_network_unrefp(virNetworkPtr *p)
{
	if (*p != NULL)
		(void)virNetworkFree(*p);
}

#endif
