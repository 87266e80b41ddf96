/* words.c - what may stand in an entry: roles, languages, names. */

#include "tenant-mgr/words.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/tenant.h"

#define TITLE_MAX 1024
#define MAIL_MAX  254
#define LOGIN_MAX 64
#define LABEL_MAX 32

/* clang-format off */
static const char *const enterprise_roles[] = {
	"buyer", "seller", "quality", "finance", "admin", NULL
};
static const char *const asp_roles[] = { "operator", "finance", NULL };
static const char *const chain_roles[] = {
	"oem", "supplier", "logistics", "dealer", NULL
};
static const char *const languages[] = { "en", "de", "zh", NULL };
static const char *const database_classes[] = { "shared", "dedicated", NULL };
/* clang-format on */

static bool is_in(const char *const *words, const char *word)
{
	for (; word != NULL && *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

const char *const *tenant_role_names(const struct tenant_place *place)
{
	return tenant_place_is_asp(place) ? asp_roles : enterprise_roles;
}

bool tenant_person_has_role(
    const struct tenant_person *person, const char *role)
{
	for (size_t i = 0; i < person->role_count; i++)
		if (strcmp(person->roles[i], role) == 0)
			return true;
	return false;
}

bool tenant_login_is_valid(const char *login)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789._-@+";
	size_t len = strlen(login);

	return len >= 1 && len <= LOGIN_MAX && strchr(first, *login) != NULL &&
	       strspn(login, all) == len;
}

int tenant_title_check(const char *field, const char *value, struct hs_err *err)
{
	if (value == NULL || *value == '\0' || strlen(value) > TITLE_MAX ||
	    !hs_is_text(value) || strpbrk(value, "\t\n") != NULL)
		return hs_fail(err, HS_EINVAL,
		    "%s: must be one line of 1 to %d bytes", field, TITLE_MAX);
	return 0;
}

int tenant_enterprise_check(
    const struct tenant_enterprise *enterprise, struct hs_err *err)
{
	if (tenant_place_check_enterprise(
		TENANT_AT(enterprise->ve, enterprise->name), err) < 0)
		return -1;
	if (!is_in(chain_roles, enterprise->chain_role))
		return hs_fail(err, HS_EINVAL,
		    "role: must be oem, supplier, logistics or dealer");
	return tenant_title_check("legal_name", enterprise->legal_name, err);
}

int tenant_entitlements_check(
    const struct tenant_entitlements *entitlements, struct hs_err *err)
{
	if (!is_in(database_classes, entitlements->database))
		return hs_fail(
		    err, HS_EINVAL, "database: must be shared or dedicated");
	if (entitlements->template == NULL ||
	    !hs_is_label(entitlements->template, LABEL_MAX))
		return hs_fail(err, HS_EINVAL, "template: must be a label");
	return 0;
}

/* Not whether it exists: that it is one address and in ASCII. */
static bool is_mail(const char *mail)
{
	const char *at = strchr(mail, '@');

	if (at == NULL || at == mail || at[1] == '\0' ||
	    strchr(at + 1, '@') != NULL || strlen(mail) > MAIL_MAX)
		return false;
	for (; *mail != '\0'; mail++)
		if (*mail <= ' ' || *mail >= 0x7f || strchr("<>,;", *mail))
			return false;
	return true;
}

int tenant_person_check(const struct tenant_place *place,
    const struct tenant_person *person, struct hs_err *err)
{
	if (tenant_place_check(place, err) < 0)
		return -1;
	if (person->login == NULL || !tenant_login_is_valid(person->login))
		return hs_fail(err, HS_EINVAL,
		    "login: must be 1 to %d of a-z 0-9 . _ - @ +", LOGIN_MAX);
	if (person->mail != NULL && !is_mail(person->mail))
		return hs_fail(err, HS_EINVAL, "mail: must be an address");
	if (!is_in(languages, person->language))
		return hs_fail(
		    err, HS_EINVAL, "language: must be en, de or zh");
	for (size_t i = 0; i < person->role_count; i++)
		if (!is_in(tenant_role_names(place), person->roles[i]))
			return hs_fail(err, HS_EINVAL,
			    "roles: no role '%s' here", person->roles[i]);
	return tenant_title_check("name", person->name, err);
}
