/* member.h - one of the domains of a replicated database, as its Patroni has
 * it.
 */
#ifndef HANSE_PROVISIONING_MEMBER_H
#define HANSE_PROVISIONING_MEMBER_H

struct hs_err;
struct object;
struct plat;

/**
 * Wait until a member serves again, or follows who does: who takes the next one
 * down before that leaves nobody to take over. Not for ever: where the others
 * do not serve either there is nothing to wait for, and that is no failure.
 *
 * @domain:  OBJ_DB_DOMAIN, wanted; one without replicas is not waited for
 *
 * Errors: HS_ECONFLICT (nobody waits for this any more).
 */
int member_await(
    struct plat *plat, const struct object *domain, struct hs_err *err);

#endif
