/* pdf_type.c - letters and colours on paper.
 *
 * Hinting is off and positions are not rounded: a page looks the same at any
 * size, and its bytes depend on the fonts alone.
 */

#include "tco-report/doc/pdf.h"

/* clang-format off */
static const double inks[INK_COUNT][3] = {
	[INK_TEXT]       = { .09, .13, .17 },
	[INK_MUTED]      = { .33, .39, .44 },
	[INK_LINE]       = { .84, .86, .89 },
	[INK_EDGE]       = { .49, .54, .59 },
	[INK_BRAND]      = { .04, .31, .42 },
	[INK_GOOD]       = { .08, .38, .23 },
	[INK_WARN]       = { .48, .29, .00 },
	[INK_BAD]        = { .60, .13, .11 },
	[INK_PLAIN_BACK] = { .94, .95, .96 },
	[INK_GOOD_BACK]  = { .91, .97, .94 },
	[INK_WARN_BACK]  = { .99, .96, .88 },
	[INK_BAD_BACK]   = { .99, .93, .92 },
};
/* clang-format on */

void ink_set(cairo_t *cr, enum ink ink)
{
	cairo_set_source_rgb(cr, inks[ink][0], inks[ink][1], inks[ink][2]);
}

enum ink ink_of_tone(enum doc_tone tone)
{
	switch (tone) {
	case DOC_PLAIN:
		return INK_TEXT;
	case DOC_GOOD:
		return INK_GOOD;
	case DOC_WARN:
		return INK_WARN;
	case DOC_BAD:
		return INK_BAD;
	}
	return INK_TEXT;
}

enum ink ink_behind(enum doc_tone tone)
{
	switch (tone) {
	case DOC_PLAIN:
		return INK_PLAIN_BACK;
	case DOC_GOOD:
		return INK_GOOD_BACK;
	case DOC_WARN:
		return INK_WARN_BACK;
	case DOC_BAD:
		return INK_BAD_BACK;
	}
	return INK_PLAIN_BACK;
}

PangoLayout *type_layout(
    struct pdf *pdf, const struct type *type, const char *text, double width)
{
	PangoLayout *layout = pango_layout_new(pdf->context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, pdf->family);
	pango_font_description_set_absolute_size(
	    font, type->size * PANGO_SCALE);
	if (type->bold)
		pango_font_description_set_weight(font, pdf->bold);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_text(layout, text, -1);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, type->align);
	if (type->leading > 0)
		pango_layout_set_line_spacing(layout, (float)type->leading);
	if (width > 0)
		pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	return layout;
}

double type_width(PangoLayout *layout)
{
	int width;

	pango_layout_get_size(layout, &width, NULL);
	return (double)width / PANGO_SCALE;
}

double type_height(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}
