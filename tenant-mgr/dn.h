/* dn.h - names of entries, and text inside names and filters.
 *
 * All names come from here, so nothing else knows the shape of the tree. What
 * is returned as char * is owned by the caller and never NULL.
 */
#ifndef HANSE_TENANT_MGR_DN_H
#define HANSE_TENANT_MGR_DN_H

#include <stdbool.h>
#include <stddef.h>

struct hs_err;
struct hs_text;
struct tenant_place;

/** One value of a DN, escaped by RFC 4514; any bytes but NUL. */
void tenant_dn_add_value(struct hs_text *text, const char *value);

/** One value of a filter, escaped by RFC 4515; any bytes but NUL. */
void tenant_filter_add_value(struct hs_text *text, const char *value);

/** @base: the suffix. */
char *tenant_dn_ves(const char *base);
char *tenant_dn_ve(const char *base, const char *ve);
char *tenant_dn_place(const char *base, const struct tenant_place *place);
/** @folder: "people" or "roles" */
char *tenant_dn_folder(
    const char *base, const struct tenant_place *place, const char *folder);
char *tenant_dn_person(
    const char *base, const struct tenant_place *place, const char *login);
char *tenant_dn_role(
    const char *base, const struct tenant_place *place, const char *role);
char *tenant_dn_entitlements(
    const char *base, const struct tenant_place *place);
char *tenant_dn_decoy(const char *base);

/** The value of the DN's part number n, from 0, undone its escapes. */
char *tenant_dn_part(const char *dn, size_t n);

/** Whether a place is the ASP. */
bool tenant_place_is_asp(const struct tenant_place *place);

/** Refuse a place whose names are no labels. Errors: HS_EINVAL. */
int tenant_place_check(const struct tenant_place *place, struct hs_err *err);
/** The same, and refuse the ASP. */
int tenant_place_check_enterprise(
    const struct tenant_place *place, struct hs_err *err);

#endif
