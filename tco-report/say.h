/* say.h - words, figures and dates of a report in its language.
 *
 * Private to tco-report/. Texts live as long as the report's doc.
 */
#ifndef HANSE_TCO_REPORT_SAY_H
#define HANSE_TCO_REPORT_SAY_H

#include <stdbool.h>
#include <stdint.h>

#include "gen/tco_po.h"
#include "tco-report/doc/doc.h"
#include "tco-report/tco.h"

/** A report being written. */
struct report {
	struct doc *doc;
	const struct tco_result *r;
	enum tco_lang lang;
	const char *currency;  /* "EUR" */
	struct num_pool *pool; /* for figures of its own */
};

/** The language of a code such as "de" or "zh-CN"; false: not ours. */
bool say_language(const char *code, enum tco_lang *ret_lang);
/** Decimal sign, and what stands between thousands. */
const char *say_point(enum tco_lang lang);
const char *say_group(enum tco_lang lang);

const char *say(const struct report *rep, enum tco_msg msg);
/** A message by its key, prefix and name joined; the name if there is none. */
const char *say_named(
    const struct report *rep, const char *prefix, const char *name);
/** A message with its arguments %1, %2 ...; ended by NULL. */
const char *say_with(const struct report *rep, enum tco_msg msg, ...)
    __attribute__((sentinel));

/** "2026-11-28" as the language writes it; what is no date stays. */
const char *say_date(const struct report *rep, const char *iso);
/** A unit, "CUR/year": currency and words in its place and language. */
const char *say_unit(const struct report *rep, const char *unit);
const char *say_count(const struct report *rep, size_t count);

/* Figures; NULL gives a dash. text is for people, value has the same digits. */

/** Money, to the cent, without the currency: for columns that name it. */
struct doc_value say_money(const struct report *rep, const struct num *number);
/** The same with the currency, for sentences and key figures. */
struct doc_value say_price(const struct report *rep, const struct num *number);
struct doc_value say_cents(const struct report *rep, int64_t cents);
struct doc_value say_number(
    const struct report *rep, const struct num *number, unsigned decimals);
/** All decimals it was given with. */
struct doc_value say_given(const struct report *rep, const struct num *number);
/** A fraction, 0.08, as "8.00 %". */
struct doc_value say_percent(
    const struct report *rep, const struct num *fraction, unsigned decimals);
/** A number with its unit as a sentence has it: "€0.20/kWh", "8%", "100 W". */
const char *say_measure(
    const struct report *rep, const struct num *number, const char *unit);
/** Words in a column of figures, or a dash for NULL. */
struct doc_value say_words(const char *text);
struct doc_value say_day(const struct report *rep, const char *iso);

#endif
