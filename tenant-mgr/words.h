/* words.h - what may stand in an entry: roles, languages, names. */
#ifndef HANSE_TENANT_MGR_WORDS_H
#define HANSE_TENANT_MGR_WORDS_H

#include <stdbool.h>

struct hs_err;
struct tenant_enterprise;
struct tenant_entitlements;
struct tenant_person;
struct tenant_place;

/** Errors: HS_EINVAL, naming the field. */
int tenant_enterprise_check(
    const struct tenant_enterprise *enterprise, struct hs_err *err);
int tenant_entitlements_check(
    const struct tenant_entitlements *entitlements, struct hs_err *err);
int tenant_person_check(const struct tenant_place *place,
    const struct tenant_person *person, struct hs_err *err);
/** One line of text for people. */
int tenant_title_check(
    const char *field, const char *value, struct hs_err *err);

#endif
