/* quota_scope.h - the words of quotas, as people type them and rows have them.
 */
#ifndef HANSE_PROVISIONING_QUOTA_SCOPE_H
#define HANSE_PROVISIONING_QUOTA_SCOPE_H

struct hs_err;

/** What can be limited; ended by NULL. */
extern const char *const quota_resources[];

/** 0 for "asp", "ve/VE" and "ve/VE/ENTERPRISE". Errors: HS_EINVAL. */
int quota_scope_check(const char *scope, struct hs_err *err);

#endif
