/* say.c - words, figures and dates of a report in its language. */

#include "tco-report/say.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define NBSP  "\xc2\xa0"
#define MINUS "\xe2\x88\x92"
#define DASH  "\xe2\x80\x93"

/* clang-format off */
static const struct {
	const char *point, *group;
	const char *percent; /* behind the number */
	bool sign_behind;    /* the currency's */
} forms[TCO_LANG_COUNT] = {
	[TCO_LANG_EN] = { ".", ",", "%",       false },
	[TCO_LANG_DE] = { ",", ".", NBSP "%",  true  },
	[TCO_LANG_ZH] = { ".", ",", "%",       false },
};

static const struct {
	const char *code, *sign;
} currencies[] = {
	{ "EUR", "€" },
	{ "USD", "$" },
	{ "GBP", "£" },
	{ "CNY", "¥" },
};
/* clang-format on */

bool say_language(const char *code, enum tco_lang *ret_lang)
{
	for (size_t i = 0; code != NULL && i < TCO_LANG_COUNT; i++) {
		size_t len = strlen(tco_lang_codes[i]);

		if (strncasecmp(code, tco_lang_codes[i], len) != 0 ||
		    isalnum((unsigned char)code[len]))
			continue;
		*ret_lang = (enum tco_lang)i;
		return true;
	}
	return false;
}

const char *say_point(enum tco_lang lang)
{
	return forms[lang].point;
}

const char *say_group(enum tco_lang lang)
{
	return forms[lang].group;
}

const char *say(const struct report *rep, enum tco_msg msg)
{
	return tco_msg_texts[rep->lang][msg][0];
}

static int compare_key(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

const char *say_named(
    const struct report *rep, const char *prefix, const char *name)
{
	hs_auto(hs_freep) char *key = hs_printf("%s%s", prefix, name);
	const char *const *found = bsearch(key, tco_msg_keys, TCO_MSG_COUNT,
	    sizeof(tco_msg_keys[0]), compare_key);

	return found != NULL ? say(rep, (enum tco_msg)(found - tco_msg_keys))
			     : name;
}

const char *say_with(const struct report *rep, enum tco_msg msg, ...)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	const char *args[9] = { 0 };
	size_t count = 0;
	va_list ap;

	va_start(ap, msg);
	while (count < ARRAY_LEN(args) &&
	       (args[count] = va_arg(ap, const char *)) != NULL)
		count++;
	va_end(ap);
	hs_text_add(&out, "");
	for (const char *s = say(rep, msg); *s != '\0'; s++) {
		size_t which = s[0] == '%' && s[1] >= '1' && s[1] <= '9'
				   ? (size_t)(s[1] - '1')
				   : count;

		if (which < count) {
			hs_text_add(&out, args[which]);
			s++;
		} else {
			hs_text_add_char(&out, *s);
		}
	}
	return doc_printf(rep->doc, "%s", out.data);
}

static bool read_date(const char *iso, int *year, int *month, int *day)
{
	static const char shape[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof(shape); i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)iso[i])
				    : iso[i] != shape[i])
			return false;
	*year = atoi(iso);
	*month = atoi(iso + 5);
	*day = atoi(iso + 8);
	return *month >= 1 && *month <= 12;
}

const char *say_date(const struct report *rep, const char *iso)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int year, month, day;

	if (iso == NULL || !read_date(iso, &year, &month, &day))
		return iso != NULL ? iso : "";
	switch (rep->lang) {
	case TCO_LANG_EN:
		return doc_printf(rep->doc, "%d" NBSP "%s" NBSP "%d", day,
		    months[month - 1], year);
	case TCO_LANG_DE:
		return doc_printf(rep->doc, "%02d.%02d.%d", day, month, year);
	case TCO_LANG_ZH:
		return doc_printf(rep->doc, "%d年%d月%d日", year, month, day);
	}
	return iso;
}

static const char *unit_word(const struct report *rep, const char *word)
{
	return strcmp(word, "CUR") == 0 ? rep->currency
					: say_named(rep, "unit.", word);
}

const char *say_unit(const struct report *rep, const char *unit)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };

	if (unit == NULL || strcmp(unit, "1") == 0)
		return "";
	while (*unit != '\0') {
		size_t len = strcspn(unit, "/");
		hs_auto(hs_freep) char *word = hs_strndup(unit, len);

		if (out.len > 0)
			hs_text_add(&out, "/");
		hs_text_add(&out, unit_word(rep, word));
		unit += len + (unit[len] == '/');
	}
	return doc_printf(rep->doc, "%s", out.data);
}

/* A plain decimal, grouped by threes, as the language writes it. */
static const char *localised(const struct report *rep, const char *decimal)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	const char *point = strchr(decimal, '.');
	size_t whole;

	if (*decimal == '-') {
		hs_text_add(&out, MINUS);
		decimal++;
	}
	whole = point != NULL ? (size_t)(point - decimal) : strlen(decimal);
	for (size_t i = 0; i < whole; i++) {
		hs_text_add_char(&out, decimal[i]);
		if (whole - i > 1 && (whole - i - 1) % 3 == 0)
			hs_text_add(&out, forms[rep->lang].group);
	}
	if (point != NULL) {
		hs_text_add(&out, forms[rep->lang].point);
		hs_text_add(&out, point + 1);
	}
	return doc_printf(rep->doc, "%s", out.data);
}

const char *say_count(const struct report *rep, size_t count)
{
	return localised(rep, doc_printf(rep->doc, "%zu", count));
}

/* A decimal where it is all of the number, else a fraction. */
static const char *exact_of(const struct report *rep, const struct num *number)
{
	hs_auto(hs_freep) char *decimal = num_text_short(number);
	hs_auto(hs_freep) char *fraction = NULL;
	const struct num *same = NULL;

	if (num_parse(rep->pool, decimal, &same, NULL) == 0 &&
	    num_cmp(same, number) == 0)
		return doc_printf(rep->doc, "%s", decimal);
	fraction = num_text_exact(number);
	return doc_printf(rep->doc, "%s", fraction);
}

struct doc_value say_words(const char *text)
{
	return (struct doc_value) { .text = text != NULL ? text : DASH };
}

struct doc_value say_number(
    const struct report *rep, const struct num *number, unsigned decimals)
{
	hs_auto(hs_freep) char *decimal = NULL;
	struct doc_value value = { 0 };

	if (number == NULL)
		return say_words(NULL);
	decimal = num_text(number, decimals);
	value.value = doc_printf(rep->doc, "%s", decimal);
	value.text = localised(rep, decimal);
	if (num_cmp(num_round(rep->pool, number, decimals), number) != 0)
		value.exact = exact_of(rep, number);
	return value;
}

struct doc_value say_given(const struct report *rep, const struct num *number)
{
	hs_auto(hs_freep) char *decimal = NULL;
	struct doc_value value = { 0 };

	if (number == NULL)
		return say_words(NULL);
	decimal = num_text_short(number);
	value.value = doc_printf(rep->doc, "%s", decimal);
	value.text = localised(rep, decimal);
	value.exact = exact_of(rep, number);
	if (strcmp(value.exact, value.value) == 0)
		value.exact = NULL;
	return value;
}

struct doc_value say_money(const struct report *rep, const struct num *number)
{
	return say_number(rep, number, 2);
}

static const char *with_currency(const struct report *rep, const char *text)
{
	const char *sign = NULL;
	bool minus = strncmp(text, MINUS, strlen(MINUS)) == 0;

	for (size_t i = 0; i < ARRAY_LEN(currencies); i++)
		if (strcmp(currencies[i].code, rep->currency) == 0)
			sign = currencies[i].sign;
	if (sign == NULL || forms[rep->lang].sign_behind)
		return doc_printf(rep->doc, "%s" NBSP "%s", text,
		    sign != NULL ? sign : rep->currency);
	return doc_printf(rep->doc, "%s%s%s", minus ? MINUS : "", sign,
	    minus ? text + strlen(MINUS) : text);
}

struct doc_value say_price(const struct report *rep, const struct num *number)
{
	struct doc_value value = say_money(rep, number);

	if (number != NULL)
		value.text = with_currency(rep, value.text);
	return value;
}

struct doc_value say_cents(const struct report *rep, int64_t cents)
{
	hs_auto(hs_freep) char *decimal = num_cents_text(cents);

	return (struct doc_value) {
		.text = localised(rep, decimal),
		.value = doc_printf(rep->doc, "%s", decimal),
	};
}

/* "%/year" is a rate, and everybody says it without the year. */
const char *say_measure(
    const struct report *rep, const struct num *number, const char *unit)
{
	const char *text = say_given(rep, number).text, *rest = NULL;

	if (*unit == '%')
		return doc_printf(
		    rep->doc, "%s%s", text, forms[rep->lang].percent);
	if (strncmp(unit, "CUR", 3) == 0) {
		rest = unit[3] == '/' ? unit + 4 : NULL;
		return doc_printf(rep->doc, "%s%s%s", with_currency(rep, text),
		    rest != NULL ? "/" : "",
		    rest != NULL ? say_unit(rep, rest) : "");
	}
	rest = say_unit(rep, unit);
	return *rest == '\0' ? text
			     : doc_printf(rep->doc, "%s" NBSP "%s", text, rest);
}

struct doc_value say_percent(
    const struct report *rep, const struct num *fraction, unsigned decimals)
{
	struct doc_value value;

	if (fraction == NULL)
		return say_words(NULL);
	value = say_number(rep,
	    num_mul(rep->pool, fraction, num_int(rep->pool, 100)), decimals);
	value.text =
	    doc_printf(rep->doc, "%s%s", value.text, forms[rep->lang].percent);
	return value;
}

struct doc_value say_day(const struct report *rep, const char *iso)
{
	struct doc_value value = say_words(iso);
	int year, month, day;

	if (iso != NULL && read_date(iso, &year, &month, &day)) {
		value.value = iso;
		value.text = say_date(rep, iso);
	}
	return value;
}
