/* repair.h - mend what was named, and nothing else. */
#ifndef HANSE_PROVISIONING_REPAIR_H
#define HANSE_PROVISIONING_REPAIR_H

#include <jansson.h>

#include "provisioning/drift.h"

/** An entry of the "only" of a job "repair"; the caller owns it. */
json_t *repair_entry(const struct object *object);

/**
 * Leave in a plan what args' "only" names, and what comes of that: the new
 * instance, edge and portal of a domain, the domain of a certificate, what is
 * on a network, the people of an enterprise.
 */
void repair_narrow(const json_t *args, struct plan *plan);

#endif
