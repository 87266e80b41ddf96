/* date.c - days of the Gregorian calendar as numbers. */

#include "tco-report/input/date.h"

#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"

#define DAY_S 86400

struct civil {
	int year;
	unsigned month, day;
};

static unsigned days_of(int year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* Days since 1970-01-01; years are counted from March, so that the day that
 * comes and goes is the last one. */
static int32_t day_of(const struct civil *c)
{
	int32_t year = c->year - (c->month <= 2 ? 1 : 0);
	int32_t month = (int32_t)(c->month + 9) % 12;

	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (153 * month + 2) / 5 + (int32_t)c->day - 1 - 719468;
}

static struct civil civil_of(int32_t day)
{
	struct civil c = { .year = 1970 + day / 366, .month = 1, .day = 1 };

	while (day_of(&(struct civil) { c.year + 1, 1, 1 }) <= day)
		c.year++;
	day -= day_of(&c);
	while (day >= (int32_t)days_of(c.year, c.month))
		day -= (int32_t)days_of(c.year, c.month++);
	c.day = (unsigned)day + 1;
	return c;
}

/* A number of exactly so many digits. */
static bool take(const char *text, size_t count, unsigned *ret_value)
{
	unsigned value = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	*ret_value = value;
	return true;
}

int tco_day_parse(const char *text, int32_t *ret_day, struct hs_err *err)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(text);
	unsigned year = 0;
	struct civil c = { 0 };

	if (strnlen(text, TCO_DAY_TEXT) != TCO_DAY_TEXT - 1 || text[4] != '-' ||
	    text[7] != '-' || !take(text, 4, &year) ||
	    !take(text + 5, 2, &c.month) || !take(text + 8, 2, &c.day))
		return hs_fail(err, HS_EINVAL,
		    "found '%s'; expected a day such as 2026-11-28", shown);
	c.year = (int)year;
	if (c.year < 1970 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > days_of(c.year, c.month))
		return hs_fail(err, HS_EINVAL,
		    "found '%s'; expected a day of the calendar, from 1970",
		    shown);
	*ret_day = day_of(&c);
	return 0;
}

void tco_day_text(int32_t day, char ret_text[TCO_DAY_TEXT])
{
	struct civil c;

	ret_text[0] = '\0';
	if (day == TCO_DAY_NEVER)
		return;
	c = civil_of(day);
	(void)snprintf(ret_text, TCO_DAY_TEXT, "%04u-%02u-%02u",
	    (unsigned)c.year % 10000, c.month % 100, c.day % 100);
}

int32_t tco_day_add_months(int32_t day, unsigned months)
{
	struct civil c = civil_of(day);
	unsigned month = c.month - 1 + months;

	c.year += (int)(month / 12);
	c.month = month % 12 + 1;
	if (c.day > days_of(c.year, c.month))
		c.day = days_of(c.year, c.month);
	return day_of(&c);
}

int64_t tco_day_start_s(int32_t day)
{
	return (int64_t)day * DAY_S;
}
