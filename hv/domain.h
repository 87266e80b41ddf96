/* domain.h - private: a domain's state, for those who hold its handle. */
#ifndef HANSE_HV_DOMAIN_H
#define HANSE_HV_DOMAIN_H

#include <libvirt/libvirt.h>

#include "hv/hv.h"

enum hv_state hv_state_of(virDomainPtr domain);

#endif
