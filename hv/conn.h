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
#define HV_START_MS 120000 /* starting and stopping */

/* Period of a CPU quota, as dom-templates/ has it. */
#define HV_PERIOD_US 100000

struct hv_conn {
	virConnectPtr vir;
	enum hv_driver driver;
	bool is_local;
	atomic_int fd;       /* the socket to libvirtd, a duplicate; -1: none */
	atomic_int refs;     /* the owner's, and one a running timer */
	atomic_bool is_late; /* a deadline has passed: the socket is shut */
};

/** hv_open() with another deadline. */
int hv_open_within(const char *uri, int timeout_ms, struct hv_conn **ret_conn,
    struct hs_err *err);

/** A libvirt call under way. End it with hs_auto(hv_call_end). */
struct hv_call {
	int timer;
};

/** The deadline passes: the socket is shut and the call fails. */
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

static inline __attribute__((unused)) void hv_filter_unrefp(virNWFilterPtr *p)
{
	if (*p != NULL)
		(void)virNWFilterFree(*p);
}

#endif
