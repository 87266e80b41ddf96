/* tenant.h - the directory: virtual enterprises, enterprises, their people,
 * roles and passwords, over LDAP.
 *
 * The public header of tenant-mgr/. A handle may be used by several threads at
 * once: calls take turns on its one connection, all but the check of a
 * person's password in tenant_login(), which has a connection of its own and
 * runs beside the others. A handle connects at its first call and again after
 * the server has been away; a call that finds the connection dead is repeated
 * once.
 *
 * Writing is for the platform's root (SASL EXTERNAL over ldapi). A portal's
 * service account reads its own enterprise and nothing else; the gateway's user
 * (EXTERNAL, too) reads who there is in any, so that tenant_login() works.
 *
 * "put" makes an entry or brings an existing one to what is wanted; "remove" of
 * what is not there is success. Every function can fail with HS_EREMOTE (no
 * answer from the directory), HS_EDENIED (this account may not) and HS_ESYSTEM.
 */
#ifndef HANSE_TENANT_MGR_TENANT_H
#define HANSE_TENANT_MGR_TENANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct hs_err;
struct tenant;

/** How to reach the directory. */
struct tenant_conf {
	const char *uri;      /* "ldaps://10.90.0.1:1636" or "ldapi://..." */
	const char *ca;       /* CA file, PEM; needed for ldaps */
	const char *bind_dn;  /* the service account; NULL with EXTERNAL */
	const char *password; /* NULL: SASL EXTERNAL over ldapi */
	const char *base;     /* the suffix of the tree; NULL: "dc=hanse" */
	int timeout_ms;       /* for each exchange; 0: 3000 */
};

/** The socket of the platform's own directory, as an LDAP URI. */
#define TENANT_URI_LOCAL "ldapi://%2Frun%2Fhanse%2Fdirectory%2Fldapi"

/**
 * Make a handle. Nothing is sent yet, so a program can start before the
 * directory does.
 *
 * @conf:        copied
 * @ret_tenant:  the caller ends it with tenant_close()
 *
 * Errors: HS_EINVAL (an URI that is neither ldaps nor ldapi, ldaps without a
 * CA or password, a service account without a name).
 */
int tenant_open(const struct tenant_conf *conf, struct tenant **ret_tenant,
    struct hs_err *err);

/** End a handle that no thread uses any more; NULL is allowed. */
void tenant_close(struct tenant *tenant);

HS_FREEP(tenant_closep, struct tenant *, tenant_close)

/** Ask whether the directory answers and knows this account. */
int tenant_check(struct tenant *tenant, struct hs_err *err);

/* Virtual enterprises. */

struct tenant_ve {
	const char *name;  /* a label */
	const char *title; /* for people */
};

struct tenant_ves {
	struct tenant_ve *list;
	size_t count;
};

/** Errors: HS_EINVAL. */
int tenant_ve_put(
    struct tenant *tenant, const struct tenant_ve *ve, struct hs_err *err);
/** Lists live in the arena and are sorted by name. */
int tenant_ve_list(struct tenant *tenant, struct hs_arena *arena,
    struct tenant_ves *ret_ves, struct hs_err *err);
/** With all enterprises in it. */
int tenant_ve_remove(struct tenant *tenant, const char *ve, struct hs_err *err);

/* Enterprises. */

/** Where people and their roles are: an enterprise, or the ASP itself. */
struct tenant_place {
	const char *ve; /* both NULL: the ASP */
	const char *enterprise;
};

#define TENANT_AT(v, e) (&(const struct tenant_place) { (v), (e) })
#define TENANT_ASP      TENANT_AT(NULL, NULL)

struct tenant_enterprise {
	const char *ve;
	const char *name;
	const char *legal_name;
	const char *chain_role; /* oem, supplier, logistics, dealer */
	bool suspended;         /* its people cannot log in */
};

struct tenant_enterprises {
	struct tenant_enterprise *list;
	size_t count;
};

/**
 * Also makes its folders of people and roles, and every role, empty.
 * Errors: HS_EINVAL, HS_ENOTFOUND (no such VE).
 */
int tenant_enterprise_put(struct tenant *tenant,
    const struct tenant_enterprise *enterprise, struct hs_err *err);
/** Errors: HS_ENOTFOUND. */
int tenant_enterprise_get(struct tenant *tenant,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_enterprise *ret_enterprise, struct hs_err *err);
/** @ve: NULL lists the enterprises of all. */
int tenant_enterprise_list(struct tenant *tenant, const char *ve,
    struct hs_arena *arena, struct tenant_enterprises *ret_enterprises,
    struct hs_err *err);
/** With all that is in it: people, roles, service account, entitlements. */
int tenant_enterprise_remove(struct tenant *tenant,
    const struct tenant_place *place, struct hs_err *err);

/** What an enterprise has ordered. Zero: no limit stated. */
struct tenant_entitlements {
	const char *database; /* class: "shared" or "dedicated" */
	const char *template; /* of its domain, e.g. "app" */
	unsigned connections; /* to the database at once */
	unsigned vcpus;
	unsigned memory_mib;
};

/** Errors: HS_EINVAL, HS_ENOTFOUND (no such enterprise). */
int tenant_entitlements_put(struct tenant *tenant,
    const struct tenant_place *place,
    const struct tenant_entitlements *entitlements, struct hs_err *err);
/** Errors: HS_ENOTFOUND. */
int tenant_entitlements_get(struct tenant *tenant,
    const struct tenant_place *place, struct hs_arena *arena,
    struct tenant_entitlements *ret_entitlements, struct hs_err *err);

/**
 * The account `cn=portal` under which the enterprise's portal reads.
 * Its name for tenant_conf.bind_dn comes from tenant_service_dn(). It may have
 * several passwords, so that two portals can serve while one is replaced.
 *
 * @password:  16 to 128 bytes; make it with tenant_password_generate(). An
 *             account that has this password already is left as it is, one
 *             that has others gets it besides.
 *
 * Errors: HS_EINVAL, HS_ENOTFOUND (no such enterprise).
 */
int tenant_service_put(struct tenant *tenant, const struct tenant_place *place,
    const char *password, struct hs_err *err);
/** Take a password from it; with its last one the account goes. That it has
 * no such password is fine. Errors: HS_EINVAL. */
int tenant_service_drop(struct tenant *tenant, const struct tenant_place *place,
    const char *password, struct hs_err *err);
/**
 * Its passwords as the directory keeps them, hashed: to see that they have been
 * changed.
 *
 * @ret_hashes:  in the arena, ended by NULL; NULL: there is no such account
 */
int tenant_service_hashes(struct tenant *tenant,
    const struct tenant_place *place, struct hs_arena *arena,
    const char *const **ret_hashes, struct hs_err *err);

/** The one of a password. @ret_hash: owned by the caller; NULL: there is none.
 */
int tenant_service_hash(struct tenant *tenant, const struct tenant_place *place,
    const char *password, char **ret_hash, struct hs_err *err);
int tenant_service_remove(struct tenant *tenant,
    const struct tenant_place *place, struct hs_err *err);
/** @base: the suffix; NULL: "dc=hanse". Owned by the caller. */
char *tenant_service_dn(const char *base, const struct tenant_place *place);

/* People. */

struct tenant_person {
	const char *login;        /* a-z 0-9 . _ - @ +; at most 64 */
	const char *name;         /* as people write it */
	const char *mail;         /* NULL: none */
	const char *language;     /* "en", "de", "zh" */
	const char *const *roles; /* of an enterprise: buyer, seller, quality,
				   * finance, admin; of the ASP: operator,
				   * finance */
	size_t role_count;
};

struct tenant_people {
	struct tenant_person *list;
	size_t count;
};

/** The roles there are at a place, ended by NULL; a static table. */
const char *const *tenant_role_names(const struct tenant_place *place);
/** Whether a login is one that a person can be given. */
bool tenant_login_is_valid(const char *login);
bool tenant_person_has_role(
    const struct tenant_person *person, const char *role);

/**
 * Never touches the password; a new person has none and cannot log in.
 * Errors: HS_EINVAL, HS_ENOTFOUND (no such enterprise).
 */
int tenant_person_put(struct tenant *tenant, const struct tenant_place *place,
    const struct tenant_person *person, struct hs_err *err);
/** Errors: HS_ENOTFOUND. */
int tenant_person_get(struct tenant *tenant, const struct tenant_place *place,
    const char *login, struct hs_arena *arena, struct tenant_person *ret_person,
    struct hs_err *err);
/** Errors: HS_ENOTFOUND (no such enterprise). */
int tenant_person_list(struct tenant *tenant, const struct tenant_place *place,
    struct hs_arena *arena, struct tenant_people *ret_people,
    struct hs_err *err);
/** Also takes the person out of all roles. */
int tenant_person_remove(struct tenant *tenant,
    const struct tenant_place *place, const char *login, struct hs_err *err);

/* Passwords and log-in. */

/**
 * Set a person's password; ends a lock-out too.
 *
 * @password:  12 to 128 bytes, UTF-8, none of the common ones
 *
 * Errors: HS_EINVAL, HS_ENOTFOUND (no such person).
 */
int tenant_password_set(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *password, struct hs_err *err);

/** Whether a person has a password at all. Errors: HS_ENOTFOUND. */
int tenant_password_is_set(struct tenant *tenant,
    const struct tenant_place *place, const char *login, bool *ret_is_set,
    struct hs_err *err);

/**
 * A new random password, easy to read out and type, of at least 80 bits.
 * Owned by the caller, who should hs_wipe() it.
 */
int tenant_password_generate(char **ret_password, struct hs_err *err);

/** End a lock-out before its time. Errors: HS_ENOTFOUND (no such person). */
int tenant_person_unlock(struct tenant *tenant,
    const struct tenant_place *place, const char *login, struct hs_err *err);

/**
 * Check a person's password, with the handle of the service account.
 *
 * Unknown, wrong password, locked, suspended, no password: one error, one
 * message, one duration. Five wrong passwords within 15 minutes lock a person
 * for 15 minutes.
 *
 * @login:       as typed; letter case does not matter
 * @password:    as typed
 * @arena:       where ret_person lives
 * @ret_person:  who it is, with the login as the directory writes it
 *
 * Errors: HS_EDENIED (the neutral message, in English, for the log),
 * HS_EREMOTE (everything that is not the person's fault).
 */
int tenant_login(struct tenant *tenant, const struct tenant_place *place,
    const char *login, const char *password, struct hs_arena *arena,
    struct tenant_person *ret_person, struct hs_err *err);

#endif
