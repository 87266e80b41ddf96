/* plat_pool.h - views of the platform that wait for the next request, so that
 * it need not connect to everything anew.
 */
#ifndef HANSE_PROVISIONING_PLAT_POOL_H
#define HANSE_PROVISIONING_PLAT_POOL_H

#include "provisioning/plat.h"

/** One that is idle, or a new one; end with plat_pool_give(). */
struct plat *plat_pool_take(const struct plat_conf *conf);

/** It stays open for the next one, if there is room. */
void plat_pool_give(struct plat *plat);

/** End those that are idle. */
void plat_pool_done(void);

#endif
