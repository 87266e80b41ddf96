/* tidy.h - what a write leaves that was killed half-way. */
#ifndef HANSE_PROVISIONING_TIDY_H
#define HANSE_PROVISIONING_TIDY_H

#include "provisioning/plat.h"

/** Remove half-written files. Only while nobody writes: at the start. */
void tidy(const struct plat_conf *conf);

#endif
