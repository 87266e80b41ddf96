/* style.c - how cells look: one table.
 *
 * Blue on yellow is what may be changed, black follows from it, grey italic is
 * a value that does not move.
 */

#include "tco-report/xlsx/book.h"

#define NAVY   0x1F3A5F
#define BLUE   0x0000C0
#define YELLOW 0xFFF9DB
#define PALE   0xE8EEF5
#define GREY   0x5A6570
#define LINE   0xB8C4D0

#define MONEY   "#,##0.00"
#define PERCENT "0.00%"
#define REDDISH "#,##0.00;[Red]-#,##0.00;0.00"

enum look {
	BOLD = 1,
	ITALIC = 2,
	WRAP = 4,
	TOP = 8,     /* a line above */
	BOTTOM = 16, /* a line below */
	RIGHT = 32,
	BOXED = 64,
	UNLOCKED = 128,
	CENTRE = 256,
	INDENTED = 512,
	MIDDLE = 1024,
	TOPMOST = 2048,
};

/* clang-format off */
static const struct style {
	unsigned look, colour, fill; /* 0: as usual */
	double size;                 /* 0: as usual */
	const char *numbers;
} styles[XL_STYLE_COUNT] = {
	[XL_UNIT]          = { INDENTED,              0,    0,      0,  NULL },
	[XL_NOTE_RIGHT]    = { ITALIC | RIGHT,        GREY, 0,      9,  NULL },
	[XL_GAIN]          = { 0,                     0,    0,      0,  REDDISH },
	[XL_PLAIN]         = { 0,                     0,    0,      0,  "#,##0.00##" },
	[XL_FIXED_WHOLE]   = { ITALIC,                GREY, 0,      0,  "#,##0" },
	[XL_TEXT]          = { 0,                     0,    0,      0,  NULL },
	[XL_WRAP]          = { WRAP,                  0,    0,      0,  NULL },
	[XL_TITLE]         = { BOLD,                  NAVY, 0,      16, NULL },
	[XL_HEADING]       = { BOLD | BOTTOM,         NAVY, 0,      12, NULL },
	[XL_NOTE]          = { ITALIC,                GREY, 0,      9,  NULL },
	[XL_HEAD]          = { BOLD | WRAP | RIGHT,   NAVY, PALE,   0,  NULL },
	[XL_HEAD_UNIT]     = { BOLD | INDENTED | TOPMOST, NAVY, PALE,   0,  NULL },
	[XL_HEAD_LEFT]     = { BOLD | TOPMOST,        NAVY, PALE,   0,  NULL },
	[XL_MONEY]         = { 0,                     0,    0,      0,  MONEY },
	[XL_MONEY_SUM]     = { BOLD | TOP,            0,    0,      0,  MONEY },
	[XL_LABEL_SUM]     = { BOLD | TOP,            0,    0,      0,  NULL },
	[XL_WHOLE]         = { 0,                     0,    0,      0,  "#,##0" },
	[XL_NUMBER]        = { 0,                     0,    0,      0,  "#,##0.00" },
	[XL_RATE]          = { 0,                     0,    0,      0,  "#,##0.0000000000" },
	[XL_PERCENT]       = { 0,                     0,    0,      0,  PERCENT },
	[XL_FACTOR]        = { 0,                     0,    0,      0,  "0.000000" },
	[XL_YEARS]         = { RIGHT,                 0,    0,      0,  "0.00" },
	[XL_INPUT]         = { BOXED | UNLOCKED,      BLUE, YELLOW, 0,  NULL },
	[XL_INPUT_TEXT]    = { BOXED | UNLOCKED,      BLUE, YELLOW, 0,  NULL },
	[XL_FIXED_MONEY]   = { ITALIC,                GREY, 0,      0,  "#,##0.00" },
	[XL_FIXED_NUMBER]  = { ITALIC,                GREY, 0,      0,  "#,##0.00##" },
	[XL_FIXED_PERCENT] = { ITALIC,                GREY, 0,      0,  "0.00%" },
	[XL_VERDICT]       = { BOLD | WRAP | MIDDLE | INDENTED, NAVY, PALE, 12, NULL },
	[XL_BIG_MONEY]     = { BOLD | CENTRE | BOXED, NAVY, 0,      16, REDDISH },
	[XL_BIG_PERCENT]   = { BOLD | CENTRE | BOXED, NAVY, 0,      16, PERCENT },
	[XL_CAPTION]       = { WRAP | CENTRE,         GREY, 0,      9,  NULL },
	[XL_LOSS]          = { BOLD,                  0x9C0006, 0xFFC7CE, 0, NULL },
	[XL_FADED]         = { 0,                     0xD5DADF, 0, 0, NULL },
};
/* clang-format on */

static void set_lines(lxw_format *format, unsigned look)
{
	if (look & (TOP | BOXED)) {
		format_set_top(format, LXW_BORDER_THIN);
		format_set_top_color(format, LINE);
	}
	if (look & (BOTTOM | BOXED)) {
		format_set_bottom(format, LXW_BORDER_THIN);
		format_set_bottom_color(format, LINE);
	}
	if (look & BOXED) {
		format_set_left(format, LXW_BORDER_THIN);
		format_set_left_color(format, LINE);
		format_set_right(format, LXW_BORDER_THIN);
		format_set_right_color(format, LINE);
	}
}

static void set_text(lxw_format *format, unsigned look)
{
	if (look & BOLD)
		format_set_bold(format);
	if (look & ITALIC)
		format_set_italic(format);
	if (look & WRAP) {
		format_set_text_wrap(format);
		format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	}
	if (look & TOPMOST)
		format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	if (look & MIDDLE)
		format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
	if (look & RIGHT)
		format_set_align(format, LXW_ALIGN_RIGHT);
	if (look & CENTRE)
		format_set_align(format, LXW_ALIGN_CENTER);
	if (look & INDENTED)
		format_set_indent(format, 1);
	if (look & UNLOCKED)
		format_set_unlocked(format);
}

static lxw_format *make(lxw_workbook *book, const struct style *style)
{
	lxw_format *format = workbook_add_format(book);

	set_text(format, style->look);
	set_lines(format, style->look);
	if (style->colour != 0)
		format_set_font_color(format, style->colour);
	if (style->fill != 0)
		format_set_bg_color(format, style->fill);
	format_set_font_size(format, style->size > 0 ? style->size : 10);
	if (style->numbers != NULL)
		format_set_num_format(format, style->numbers);
	return format;
}

void xl_styles_make(struct xl *xl)
{
	for (size_t i = 0; i < XL_STYLE_COUNT; i++)
		xl->format[i] = make(xl->book, &styles[i]);
}
