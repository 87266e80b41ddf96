/* domain.h - private: a domain's handle, and its state for those who hold it.
 */
#ifndef HANSE_HV_DOMAIN_H
#define HANSE_HV_DOMAIN_H

#include <libvirt/libvirt.h>

#include "hv/hv.h"

/** Errors: HS_ENOTFOUND, HS_EREMOTE. */
int hv_domain_find(struct hv_conn *conn, const char *name,
    virDomainPtr *ret_domain, struct hs_err *err);

enum hv_state hv_state_of(virDomainPtr domain);

/** Why it is stopped; NULL if it is not, or nobody knows. */
const char *hv_reason_of(virDomainPtr domain);

#endif
