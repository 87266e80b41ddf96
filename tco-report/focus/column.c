/* column.c - is a value one that its column may hold? */

#include "tco-report/focus/column.h"

#include <jansson.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define DIGITS "0123456789"

/* clang-format off */
static const char *const categories[] = {
	"Usage", "Purchase", "Tax", "Credit", "Adjustment", NULL,
};
static const char *const classes[] = { "Correction", NULL };
static const char *const frequencies[] = {
	"One-Time", "Recurring", "Usage-Based", NULL,
};
static const char *const pricings[] = {
	"Standard", "Dynamic", "Committed", "Other", NULL,
};
static const char *const services[] = {
	"AI and Machine Learning", "Analytics", "Business Applications",
	"Compute", "Databases", "Developer Tools", "Multicloud", "Identity",
	"Integration", "Internet of Things", "Management and Governance",
	"Media", "Migration", "Mobile", "Networking", "Security", "Storage",
	"Web", "Other", NULL,
};

static const char *const *const allowed[FOCUS_KIND_COUNT] = {
	[FOCUS_CATEGORY]  = categories,
	[FOCUS_CLASS]     = classes,
	[FOCUS_FREQUENCY] = frequencies,
	[FOCUS_PRICING]   = pricings,
	[FOCUS_SERVICE]   = services,
};
/* clang-format on */

static bool is_among(const char *const *list, const char *text)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

/* "-12.50"; neither "+1" nor ".5" nor "1e3". */
static bool is_decimal(const char *text)
{
	const char *s = text + (*text == '-' ? 1 : 0);
	size_t whole = strspn(s, DIGITS), part;

	if (whole == 0)
		return false;
	s += whole;
	if (*s == '\0')
		return true;
	part = *s == '.' ? strspn(s + 1, DIGITS) : 0;
	return part > 0 && s[1 + part] == '\0';
}

static bool is_price(const char *text)
{
	return *text != '-' && is_decimal(text);
}

/* The shape and the ranges; the 31st of a short month is the caller's bug. */
static bool is_moment(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";

	if (strlen(text) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? strchr(DIGITS, text[i]) == NULL
				    : text[i] != shape[i])
			return false;
	return strncmp(text + 5, "01", 2) >= 0 &&
	       strncmp(text + 5, "12", 2) <= 0 &&
	       strncmp(text + 8, "01", 2) >= 0 &&
	       strncmp(text + 8, "31", 2) <= 0 &&
	       strncmp(text + 11, "23", 2) <= 0 &&
	       strncmp(text + 14, "59", 2) <= 0 &&
	       strncmp(text + 17, "59", 2) <= 0;
}

static bool is_currency(const char *text)
{
	return strlen(text) == 3 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* "Core-Hours", "GB-Months", "1000 Requests"; a b(it) or a capital first. */
static bool is_unit(const char *text)
{
	const char *s = text + strspn(text, DIGITS);

	if (s != text && *s++ != ' ')
		return false;
	return ((*s >= 'A' && *s <= 'Z') || *s == 'b') &&
	       strpbrk(s, " ,;%") == NULL;
}

static bool is_object(const char *text, bool flat)
{
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	bool good = json_is_object(object);
	const char *key;
	json_t *member;

	json_object_foreach (object, key, member)
		if (flat && (json_is_object(member) || json_is_array(member)))
			good = false;
	json_decref(object);
	return good;
}

static bool fits(enum focus_kind kind, const char *text)
{
	switch (kind) {
	case FOCUS_STRING:
		return hs_is_text(text) && text[strspn(text, " \t\n")] != '\0';
	case FOCUS_DECIMAL:
		return is_decimal(text);
	case FOCUS_PRICE:
		return is_price(text);
	case FOCUS_MOMENT:
		return is_moment(text);
	case FOCUS_CURRENCY:
		return is_currency(text);
	case FOCUS_UNIT:
		return is_unit(text);
	case FOCUS_KEY_VALUE:
		return is_object(text, true);
	case FOCUS_OBJECT:
		return is_object(text, false);
	case FOCUS_CATEGORY:
	case FOCUS_CLASS:
	case FOCUS_FREQUENCY:
	case FOCUS_PRICING:
	case FOCUS_SERVICE:
		return is_among(allowed[kind], text);
	}
	return false;
}

int focus_column_check(
    const struct focus_column *column, const char *text, struct hs_err *err)
{
	if (text == NULL && column->required)
		return hs_fail(
		    err, HS_EINVAL, "%s may not be null", column->name);
	if (text != NULL && !fits(column->kind, text))
		return hs_fail(err, HS_EINVAL, "%s: FOCUS knows no '%s'",
		    column->name, text);
	return 0;
}
