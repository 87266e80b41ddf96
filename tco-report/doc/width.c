/* width.c - columns of a terminal that text takes.
 *
 * wcwidth() depends on the locale, and a report must not.
 */

#include "tco-report/doc/width.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct range {
	uint32_t first, last;
};

/* East Asian Width W and F of Unicode 15, neighbours joined. */
static const struct range wide[] = { { 0x1100, 0x115f }, { 0x231a, 0x231b },
	{ 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xa960, 0xa97f },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe10, 0xfe19 },
	{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x2fffd },
	{ 0x30000, 0x3fffd } };

static const struct range combining[] = { { 0x0300, 0x036f },
	{ 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f } };

static bool in(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static uint32_t decode(const char *s, size_t len)
{
	static const uint32_t first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)s[0] & first[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3fU);
	return c;
}

unsigned width_of_char(const char *s, size_t len)
{
	uint32_t c = decode(s, len);

	if (in(combining, ARRAY_LEN(combining), c))
		return 0;
	return in(wide, ARRAY_LEN(wide), c) ? 2 : 1;
}

/* A byte that is no UTF-8 is one character, one column wide. */
static size_t char_len(const char *s)
{
	size_t len = hs_utf8_len((const unsigned char *)s);

	return len == 0 ? 1 : len;
}

size_t width_of(const char *s)
{
	size_t width = 0, len;

	for (; *s != '\0'; s += len) {
		len = char_len(s);
		width += width_of_char(s, len);
	}
	return width;
}

/* Marks that may not begin a line of Chinese. */
static bool clings(const char *s, size_t len)
{
	static const char *const marks[] = { "，", "。", "、", "；", "：", "！",
		"？", "）", "》", "”", "’", "％" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strlen(marks[i]) == len && memcmp(marks[i], s, len) == 0)
			return true;
	return false;
}

size_t width_line(const char *s, size_t columns, const char **ret_next)
{
	size_t at = 0, cut = 0, used = 0;

	while (s[at] != '\0' && s[at] != '\n') {
		size_t len = char_len(s + at);
		unsigned width = width_of_char(s + at, len);

		if (s[at] == ' ' ||
		    (width == 2 && at > 0 && !clings(s + at, len)))
			cut = at;
		if (used + width > columns && at > 0)
			break;
		used += width;
		at += len;
	}
	if (s[at] == '\0' || s[at] == '\n' || cut == 0)
		cut = at;
	*ret_next = s + cut;
	while (**ret_next == ' ')
		(*ret_next)++;
	if (**ret_next == '\n')
		(*ret_next)++;
	return cut;
}
