/* vir.h - private: the operations as libvirt does them; see ops.h. */
#ifndef HANSE_HV_VIR_H
#define HANSE_HV_VIR_H

#include "hv/ops.h"

hv_op hv_vir_domain_define, hv_vir_domain_start, hv_vir_domain_destroy,
    hv_vir_domain_undefine, hv_vir_domain_suspend, hv_vir_domain_resume,
    hv_vir_domain_confine;
int hv_vir_domain_shutdown(
    struct hv_conn *conn, const char *name, int timeout_ms, struct hs_err *err);
int hv_vir_domain_set_memory(
    struct hv_conn *conn, const char *name, uint64_t kib, struct hs_err *err);
int hv_vir_domain_set_vcpus(
    struct hv_conn *conn, const char *name, unsigned vcpus, struct hs_err *err);
int hv_vir_domain_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err);
int hv_vir_domain_init_pid(
    struct hv_conn *conn, const char *name, pid_t *ret_pid, struct hs_err *err);
int hv_vir_usage_list(struct hv_conn *conn, const char *name,
    struct hv_usages *ret_usages, struct hs_err *err);
int hv_vir_list(struct hv_conn *conn, enum hv_kind kind,
    struct hv_objects *ret_objects, struct hs_err *err);
int hv_vir_find(struct hv_conn *conn, enum hv_kind kind, const char *name,
    struct hv_object *ret_object, struct hs_err *err);
hv_op hv_vir_network_define, hv_vir_network_start, hv_vir_network_destroy,
    hv_vir_network_undefine;
int hv_vir_network_state(struct hv_conn *conn, const char *name,
    enum hv_state *ret_state, struct hs_err *err);

#endif
