/* wall.h - private: raise and take away what stands around an interface. */
#ifndef HANSE_HV_WALL_H
#define HANSE_HV_WALL_H

#include "hv/hv.h"

/**
 * Raise the wall of a domain as its definition has it; one that stands is
 * replaced at once, whole. A definition without one has none.
 *
 * Errors: HS_EINVAL (what is asked for is no address, port or interface),
 * HS_ESYSTEM.
 */
int hv_wall_raise(const struct hv_object *domain, struct hs_err *err);

/** Take a domain's away, by its name; none is fine. Errors: HS_ESYSTEM. */
int hv_wall_remove(const char *domain, struct hs_err *err);

/** Whether this kernel judges frames so: tried. Errors: HS_ESYSTEM. */
int hv_wall_try(struct hs_err *err);

#endif
