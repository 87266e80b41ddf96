/* sweep.h - look at everything, and keep the rows of what has drifted. */
#ifndef HANSE_PROVISIONING_SWEEP_H
#define HANSE_PROVISIONING_SWEEP_H

#include <stdint.h>

#include "provisioning/plat.h"

struct hs_err;

/** A thing that somebody has seen change. */
struct sweep_hint {
	const char *kind, *name; /* as drifts have them; NULL: anything */
};

/**
 * Look; name what differs; bring the rows of table drift up to date, with an
 * event for each that comes or goes; queue what policy says is to be repaired.
 * What a job that waits or runs may be changing is left out, and so is what
 * cannot be seen.
 *
 * @hint:         repair only this one; NULL: all
 * @ret_again_ms: when a repair that must wait is due; 0: none is
 */
int sweep_once(struct plat *plat, const struct sweep_hint *hint,
    int64_t *ret_again_ms, struct hs_err *err);

#endif
