/* dn.c - names of entries, and text inside names and filters. */

#include "tenant-mgr/dn.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tenant-mgr/tenant.h"

#define LABEL_MAX 32

static void add_escaped_byte(struct hs_text *text, char c)
{
	hs_text_addf(text, "\\%02X", (unsigned)(unsigned char)c);
}

/*
 * Escaped is what has a meaning in a DN, anywhere or at the ends, and control
 * characters; all in the hexadecimal form, which is right for any byte.
 */
void tenant_dn_add_value(struct hs_text *text, const char *value)
{
	size_t len = strlen(value);

	for (size_t i = 0; i < len; i++) {
		char c = value[i];
		bool at_end = i == 0 || i + 1 == len;

		if (strchr(",+\"\\<>;=#", c) != NULL ||
		    (unsigned char)c < 0x20 || c == 0x7f ||
		    (c == ' ' && at_end))
			add_escaped_byte(text, c);
		else
			hs_text_add_char(text, c);
	}
}

void tenant_filter_add_value(struct hs_text *text, const char *value)
{
	for (; *value != '\0'; value++) {
		if (strchr("*()\\", *value) != NULL ||
		    (unsigned char)*value < 0x20 || *value == 0x7f)
			add_escaped_byte(text, *value);
		else
			hs_text_add_char(text, *value);
	}
}

/* ATTRIBUTE=VALUE, and a comma and PARENT if there is one. */
static char *dn_below(
    const char *attribute, const char *value, const char *parent)
{
	struct hs_text text = { 0 };

	hs_text_addf(&text, "%s=", attribute);
	tenant_dn_add_value(&text, value);
	hs_text_addf(&text, ",%s", parent);
	return hs_text_take(&text);
}

char *tenant_dn_ves(const char *base)
{
	return dn_below("ou", "ves", base);
}

char *tenant_dn_ve(const char *base, const char *ve)
{
	hs_auto(hs_freep) char *ves = tenant_dn_ves(base);

	return dn_below("ou", ve, ves);
}

char *tenant_dn_place(const char *base, const struct tenant_place *place)
{
	hs_auto(hs_freep) char *ve = NULL;

	if (tenant_place_is_asp(place))
		return dn_below("ou", "asp", base);
	ve = tenant_dn_ve(base, place->ve);
	return dn_below("o", place->enterprise, ve);
}

char *tenant_dn_folder(
    const char *base, const struct tenant_place *place, const char *folder)
{
	hs_auto(hs_freep) char *parent = tenant_dn_place(base, place);

	return dn_below("ou", folder, parent);
}

char *tenant_dn_person(
    const char *base, const struct tenant_place *place, const char *login)
{
	hs_auto(hs_freep) char *people =
	    tenant_dn_folder(base, place, "people");

	return dn_below("uid", login, people);
}

char *tenant_dn_role(
    const char *base, const struct tenant_place *place, const char *role)
{
	hs_auto(hs_freep) char *roles = tenant_dn_folder(base, place, "roles");

	return dn_below("cn", role, roles);
}

char *tenant_dn_entitlements(const char *base, const struct tenant_place *place)
{
	hs_auto(hs_freep) char *parent = tenant_dn_place(base, place);

	return dn_below("cn", "entitlements", parent);
}

char *tenant_service_dn(const char *base, const struct tenant_place *place)
{
	hs_auto(hs_freep) char *parent =
	    tenant_dn_place(base != NULL ? base : "dc=hanse", place);

	return dn_below("cn", "portal", parent);
}

char *tenant_dn_decoy(const char *base)
{
	return dn_below("cn", "decoy", base);
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* The end of a part: the next comma that is not escaped, or the end. */
static const char *part_end(const char *dn)
{
	while (*dn != '\0' && *dn != ',') {
		if (*dn == '\\' && dn[1] != '\0')
			dn++;
		dn++;
	}
	return dn;
}

/* Copy one character or escape sequence; returns where the next one is. */
static const char *add_unescaped(struct hs_text *text, const char *s)
{
	int high, low;

	if (*s != '\\' || s[1] == '\0') {
		hs_text_add_char(text, *s);
		return s + 1;
	}
	high = hex_value(s[1]);
	low = high >= 0 ? hex_value(s[2]) : -1;
	if (low < 0) {
		hs_text_add_char(text, s[1]);
		return s + 2;
	}
	hs_text_add_char(text, (char)(high * 16 + low));
	return s + 3;
}

char *tenant_dn_part(const char *dn, size_t n)
{
	struct hs_text text = { 0 };
	const char *end = part_end(dn);
	const char *equals;

	for (; n > 0 && *end != '\0'; n--) {
		dn = end + 1;
		end = part_end(dn);
	}
	equals = n == 0 ? memchr(dn, '=', (size_t)(end - dn)) : NULL;
	for (const char *s = equals != NULL ? equals + 1 : end; s < end;)
		s = add_unescaped(&text, s);
	return hs_text_take(&text);
}

bool tenant_place_is_asp(const struct tenant_place *place)
{
	return place->ve == NULL && place->enterprise == NULL;
}

int tenant_place_check_enterprise(
    const struct tenant_place *place, struct hs_err *err)
{
	if (place->ve == NULL || !hs_is_label(place->ve, LABEL_MAX))
		return hs_fail(err, HS_EINVAL,
		    "the name of a virtual enterprise must be a label");
	if (place->enterprise == NULL ||
	    !hs_is_label(place->enterprise, LABEL_MAX))
		return hs_fail(err, HS_EINVAL,
		    "the name of an enterprise must be a label");
	return 0;
}

int tenant_place_check(const struct tenant_place *place, struct hs_err *err)
{
	if (tenant_place_is_asp(place))
		return 0;
	return tenant_place_check_enterprise(place, err);
}
