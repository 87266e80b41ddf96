/* i18n.c - languages: which one, its messages, numbers and dates. */

#include "portal/web/i18n.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* clang-format off */
static const struct {
	char point, group;
} forms[LANG_COUNT] = {
	[LANG_EN] = { '.', ',' },
	[LANG_DE] = { ',', '.' },
	[LANG_ZH] = { '.', ',' },
};
/* clang-format on */

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

bool i18n_lang(const char *code, enum lang *ret_lang)
{
	if (code == NULL)
		return false;
	for (size_t i = 0; i < LANG_COUNT; i++) {
		size_t len = strlen(lang_codes[i]);

		if (strncasecmp(code, lang_codes[i], len) != 0 ||
		    isalnum((unsigned char)code[len]))
			continue;
		*ret_lang = (enum lang)i;
		return true;
	}
	return false;
}

/* "q" of one range in thousandths; 1000 if it is not given. */
static int quality(const char *range, size_t len)
{
	const char *q = memmem(range, len, "q=", 2);
	int value = 0;

	if (q == NULL)
		return 1000;
	q += 2;
	value = *q == '1' ? 1000 : 0;
	if (*q == '0' && q[1] == '.')
		for (int i = 0, unit = 100; i < 3; i++, unit /= 10) {
			if (!isdigit((unsigned char)q[2 + i]))
				break;
			value += (q[2 + i] - '0') * unit;
		}
	return value;
}

enum lang i18n_accept(const char *header)
{
	enum lang best = LANG_EN;
	int best_quality = 0;

	for (const char *p = header; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, ",");
		enum lang lang;

		while (*p == ' ') {
			p++;
			len--;
		}
		if (i18n_lang(p, &lang) && quality(p, len) > best_quality) {
			best = lang;
			best_quality = quality(p, len);
		}
		p += len;
		if (*p == ',')
			p++;
	}
	return best;
}

const char *i18n_text(enum lang lang, enum msg msg)
{
	return msg_texts[lang][msg][0];
}

static int compare_key(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

const char *i18n_named(enum lang lang, const char *prefix, const char *name)
{
	char key[128];
	const char *const *found;

	(void)snprintf(key, sizeof(key), "%s%s", prefix, name);
	found =
	    bsearch(key, msg_keys, MSG_COUNT, sizeof(msg_keys[0]), compare_key);
	return found != NULL ? msg_texts[lang][found - msg_keys][0] : name;
}

static bool is_decimal(const char *s)
{
	size_t whole, part = 0;

	if (*s == '-')
		s++;
	whole = strspn(s, "0123456789");
	s += whole;
	if (*s == '.')
		part = strspn(++s, "0123456789");
	return whole > 0 && s[part] == '\0';
}

void i18n_decimal(enum lang lang, const char *decimal, unsigned min_decimals,
    char *ret_text, size_t size)
{
	const char *point;
	size_t whole, decimals, at = 0;

	if (!is_decimal(decimal) || strlen(decimal) * 2 + min_decimals > size) {
		(void)snprintf(ret_text, size, "%s", decimal);
		return;
	}
	if (*decimal == '-')
		ret_text[at++] = *decimal++;
	point = strchr(decimal, '.');
	whole = point != NULL ? (size_t)(point - decimal) : strlen(decimal);
	decimals = point != NULL ? strlen(point + 1) : 0;
	while (decimals > min_decimals && point[decimals] == '0')
		decimals--;
	for (size_t i = 0; i < whole; i++) {
		ret_text[at++] = decimal[i];
		if (whole - i > 1 && (whole - i - 1) % 3 == 0)
			ret_text[at++] = forms[lang].group;
	}
	if (decimals > 0 || min_decimals > 0)
		ret_text[at++] = forms[lang].point;
	for (size_t i = 0; i < decimals || i < min_decimals; i++)
		ret_text[at++] = i < decimals ? point[1 + i] : '0';
	ret_text[at] = '\0';
}

const char *i18n_number(struct hs_arena *arena, enum lang lang,
    const char *decimal, unsigned min_decimals)
{
	size_t size;
	char *text;

	if (decimal == NULL)
		return "";
	size = strlen(decimal) * 2 + min_decimals + 8;
	text = hs_arena_alloc(arena, size);
	i18n_decimal(lang, decimal, min_decimals, text, size);
	return text;
}

const char *i18n_input(
    struct hs_arena *arena, enum lang lang, const char *decimal)
{
	char *text, *point;

	if (decimal == NULL)
		return "";
	text = hs_arena_strdup(arena, decimal);
	point = strchr(text, '.');
	if (point == NULL)
		return text;
	for (size_t len = strlen(text);
	     text[len - 1] == '0' && text + len - point > 3;)
		text[--len] = '\0';
	*point = forms[lang].point;
	return text;
}

/* Digits in groups of three, the first one to three; *at moves behind them. */
static bool take_groups(const char **at, char group, char *digits, size_t *len)
{
	size_t run = strspn(*at, "0123456789");
	bool grouped = (*at)[run] == group;

	if (run == 0 || run > 12 || (grouped && run > 3))
		return false;
	for (;;) {
		if (*len + run > 12)
			return false;
		memcpy(digits + *len, *at, run);
		*len += run;
		*at += run;
		if (**at != group)
			return true;
		(*at)++;
		run = strspn(*at, "0123456789");
		if (run != 3)
			return false;
	}
}

/*
 * A sign that groups in this language is taken for the decimal sign when it
 * cannot be a group's: "12.5" typed by a German, never "1.250".
 */
static char point_of(enum lang lang, const char *typed)
{
	const char *sign = strchr(typed, forms[lang].group);

	if (sign == NULL || strchr(typed, forms[lang].point) != NULL ||
	    strchr(sign + 1, forms[lang].group) != NULL ||
	    strspn(sign + 1, "0123456789") == 3)
		return forms[lang].point;
	return forms[lang].group;
}

bool i18n_parse_decimal(struct hs_arena *arena, enum lang lang,
    const char *typed, const char **ret_decimal)
{
	hs_auto(hs_freep) char *copy = hs_strdup(typed);
	const char *at = copy;
	char digits[24] = "", point;
	size_t len = 0, decimals;

	while (*at == ' ')
		at++;
	for (size_t end = strlen(at); end > 0 && at[end - 1] == ' ';)
		copy[(size_t)(at - copy) + --end] = '\0';
	point = point_of(lang, at);
	if (!take_groups(&at,
		point == forms[lang].point ? forms[lang].group : '\0', digits,
		&len))
		return false;
	digits[len] = '\0';
	if (*at == '\0') {
		*ret_decimal = hs_arena_strdup(arena, digits);
		return true;
	}
	decimals = strspn(at + 1, "0123456789");
	if (*at != point || decimals == 0 || decimals > 6 ||
	    at[1 + decimals] != '\0')
		return false;
	*ret_decimal = hs_arena_printf(arena, "%s.%s", digits, at + 1);
	return true;
}

/* Year, month and day at the beginning of a text. */
static bool read_date(const char *iso, int *year, int *month, int *day)
{
	static const char shape[] = "dddd-dd-dd";

	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)iso[i])
				    : iso[i] != shape[i])
			return false;
	*year = atoi(iso);
	*month = atoi(iso + 5);
	*day = atoi(iso + 8);
	return true;
}

bool i18n_is_date(const char *iso)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int year, month, day;

	if (!read_date(iso, &year, &month, &day) || iso[10] != '\0' ||
	    month < 1 || month > 12 || year < 1900)
		return false;
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return day >= 1 && day <= 29;
	return day >= 1 && day <= days[month - 1];
}

static const char *put_date(
    struct hs_arena *arena, enum lang lang, int year, int month, int day)
{
	switch (lang) {
	case LANG_EN:
		return hs_arena_printf(
		    arena, "%d %s %d", day, month_names[month - 1], year);
	case LANG_DE:
		return hs_arena_printf(arena, "%02d.%02d.%d", day, month, year);
	case LANG_ZH:
		return hs_arena_printf(arena, "%d年%d月%d日", year, month, day);
	}
	return "";
}

const char *i18n_date(struct hs_arena *arena, enum lang lang, const char *iso)
{
	int year, month, day;
	const char *date;

	if (iso == NULL)
		return "";
	if (!read_date(iso, &year, &month, &day) || month < 1 || month > 12)
		return hs_arena_strdup(arena, iso);
	date = put_date(arena, lang, year, month, day);
	if (strlen(iso) < 16)
		return date;
	return hs_arena_printf(arena, "%s, %.5s", date, iso + 11);
}
