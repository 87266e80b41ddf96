/* ops.h - private: what is behind the public functions: libvirt, or hosts that
 * are only simulated. call.c is in front of both.
 */
#ifndef HANSE_HV_OPS_H
#define HANSE_HV_OPS_H

#include "hv/hv.h"

/** Do something to the object of that name, or with that definition. */
typedef int hv_op(struct hv_conn *conn, const char *text, struct hs_err *err);

/** As the public functions of these names, without deadline and counting. */
struct hv_ops {
	hv_op *domain_define, *domain_start, *domain_destroy, *domain_undefine,
	    *domain_suspend, *domain_resume, *domain_confine;
	int (*domain_shutdown)(struct hv_conn *conn, const char *name,
	    int timeout_ms, struct hs_err *err);
	int (*domain_set_memory)(struct hv_conn *conn, const char *name,
	    uint64_t kib, struct hs_err *err);
	int (*domain_set_vcpus)(struct hv_conn *conn, const char *name,
	    unsigned vcpus, struct hs_err *err);
	int (*domain_state)(struct hv_conn *conn, const char *name,
	    enum hv_state *ret_state, struct hs_err *err);
	int (*domain_init_pid)(struct hv_conn *conn, const char *name,
	    pid_t *ret_pid, struct hs_err *err);
	/** Of one domain, or (NULL) of all. */
	int (*usage_list)(struct hv_conn *conn, const char *name,
	    struct hv_usages *ret_usages, struct hs_err *err);
	int (*list)(struct hv_conn *conn, enum hv_kind kind,
	    struct hv_objects *ret_objects, struct hs_err *err);
	int (*find)(struct hv_conn *conn, enum hv_kind kind, const char *name,
	    struct hv_object *ret_object, struct hs_err *err);
	hv_op *network_define, *network_start, *network_destroy,
	    *network_undefine;
	int (*network_state)(struct hv_conn *conn, const char *name,
	    enum hv_state *ret_state, struct hs_err *err);
	/** Begin to tell a watch; may fail half way, then unwatch follows. */
	int (*watch)(
	    struct hv_conn *conn, struct hv_watch *watch, struct hs_err *err);
	void (*unwatch)(struct hv_conn *conn, struct hv_watch *watch);
	/** Whether anybody is there; small, and never behind other work. */
	int (*ask)(struct hv_conn *conn, struct hs_err *err);
	bool (*is_alive)(struct hv_conn *conn);
	void (*close)(struct hv_conn *conn);
};

extern const struct hv_ops hv_vir_ops, hv_sim_ops;

#endif
