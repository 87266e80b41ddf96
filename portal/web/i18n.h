/* i18n.h - languages: which one, its messages, numbers and dates.
 *
 * Numbers are exact decimals as text, e.g. "-1234.50", never a double.
 */
#ifndef HANSE_PORTAL_WEB_I18N_H
#define HANSE_PORTAL_WEB_I18N_H

#include <stdbool.h>
#include <stddef.h>

#include "gen/portal_po.h"

struct hs_arena;

/** The language of a code such as "de" or "zh-CN"; false if it is not ours. */
bool i18n_lang(const char *code, enum lang *ret_lang);

/** The best of an Accept-Language header (NULL allowed); English if none. */
enum lang i18n_accept(const char *header);

/** A message without arguments. */
const char *i18n_text(enum lang lang, enum msg msg);

/**
 * A message by its key, prefix and name joined, e.g. "state." "SENT"; the name
 * itself if there is none (a newer database may know more than this program).
 */
const char *i18n_named(enum lang lang, const char *prefix, const char *name);

/**
 * A decimal for people: grouped, with at least min_decimals and otherwise as
 * many decimals as are not zero. What is no decimal is copied.
 */
void i18n_decimal(enum lang lang, const char *decimal, unsigned min_decimals,
    char *ret_text, size_t size);

/** The same in the arena; "" for NULL. */
const char *i18n_number(struct hs_arena *arena, enum lang lang,
    const char *decimal, unsigned min_decimals);

/** For an input field: the language's decimal sign, no grouping, zeros at the
 * end only up to two decimals.
 */
const char *i18n_input(
    struct hs_arena *arena, enum lang lang, const char *decimal);

/**
 * What a person typed as a decimal of at most 12 digits before and 6 behind the
 * decimal sign, not negative.
 *
 * @ret_decimal:  in the arena, in the database's form
 *
 * False: not a number in this language.
 */
bool i18n_parse_decimal(struct hs_arena *arena, enum lang lang,
    const char *typed, const char **ret_decimal);

/** "2026-12-01" or an instant "2026-12-01 10:20:30+00" as the language writes
 * it; an instant with hours and minutes. "" for NULL.
 */
const char *i18n_date(struct hs_arena *arena, enum lang lang, const char *iso);

/** Whether it is a real calendar date as "2026-12-01". */
bool i18n_is_date(const char *iso);

#endif
