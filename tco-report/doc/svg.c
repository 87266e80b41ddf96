/* svg.c - a chart as SVG; colours are classes, so that day and night differ.
 */

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/chart.h"
#include "tco-report/doc/doc.h"

struct svg {
	struct canvas canvas;
	struct hs_text *out;
};

/* clang-format off */
static const char *const class_names[PAINT_COUNT] = {
	[PAINT_TEXT]       = "text",
	[PAINT_MUTED]      = "muted",
	[PAINT_GRID]       = "grid",
	[PAINT_AXIS]       = "axis",
	[PAINT_ON]         = "on",
	[PAINT_GOOD]       = "good",
	[PAINT_WARN]       = "warn",
	[PAINT_BAD]        = "bad",
	[PAINT_SERIES]     = "s1",
	[PAINT_SERIES + 1] = "s2",
	[PAINT_SERIES + 2] = "s3",
	[PAINT_SERIES + 3] = "s4",
	[PAINT_SERIES + 4] = "s5",
	[PAINT_SERIES + 5] = "s6",
	[PAINT_SERIES + 6] = "s7",
	[PAINT_SERIES + 7] = "s8",
	[PAINT_SERIES + 8] = "s9",
};
/* clang-format on */

/* Tenths are as fine as anybody sees, and no locale gets between. */
static void add_length(struct hs_text *out, double length)
{
	long tenths = lround(length * 10);
	const char *sign = tenths < 0 ? "-" : "";

	tenths = labs(tenths);
	if (tenths % 10 == 0)
		hs_text_addf(out, "%s%ld", sign, tenths / 10);
	else
		hs_text_addf(out, "%s%ld.%ld", sign, tenths / 10, tenths % 10);
}

static void add_attribute(struct hs_text *out, const char *name, double length)
{
	hs_text_addf(out, " %s=\"", name);
	add_length(out, length);
	hs_text_add_char(out, '"');
}

static void svg_rect(
    struct canvas *canvas, const double box[4], enum paint paint)
{
	struct hs_text *out = ((struct svg *)canvas)->out;

	hs_text_addf(out, "<rect class=\"f %s\"", class_names[paint]);
	add_attribute(out, "x", box[0]);
	add_attribute(out, "y", box[1]);
	add_attribute(out, "width", box[2]);
	add_attribute(out, "height", box[3]);
	hs_text_add(out, "/>");
}

static void svg_line(struct canvas *canvas, const double *xy, size_t points,
    const struct pen *pen)
{
	struct hs_text *out = ((struct svg *)canvas)->out;

	hs_text_addf(
	    out, "<polyline class=\"l %s\" points=\"", class_names[pen->paint]);
	for (size_t i = 0; i < 2 * points; i++) {
		if (i > 0)
			hs_text_add_char(out, i % 2 == 1 ? ',' : ' ');
		add_length(out, xy[i]);
	}
	hs_text_add_char(out, '"');
	add_attribute(out, "stroke-width", pen->width);
	if (pen->dashed)
		hs_text_add(out, " stroke-dasharray=\"5 4\"");
	hs_text_add(out, "/>");
}

static void svg_dot(struct canvas *canvas, double x, double y, enum paint paint)
{
	struct hs_text *out = ((struct svg *)canvas)->out;

	hs_text_addf(out, "<circle class=\"f %s\" r=\"4\"", class_names[paint]);
	add_attribute(out, "cx", x);
	add_attribute(out, "cy", y);
	hs_text_add(out, "/>");
}

static void svg_text(struct canvas *canvas, double x, double y,
    const struct letters *letters, const char *text)
{
	static const char *const anchors[] = { "", " text-anchor=\"middle\"",
		" text-anchor=\"end\"" };
	struct hs_text *out = ((struct svg *)canvas)->out;

	hs_text_addf(out, "<text class=\"f %s\"%s", class_names[letters->paint],
	    anchors[letters->anchor]);
	add_attribute(out, "x", x);
	add_attribute(out, "y", y);
	add_attribute(out, "font-size", letters->size);
	if (letters->bold)
		hs_text_add(out, " font-weight=\"600\"");
	hs_text_add_char(out, '>');
	hs_text_add_xml(out, text);
	hs_text_add(out, "</text>");
}

void svg_chart(const struct doc_chart *chart, const struct doc_words *words,
    double width, const char *suffix, struct hs_text *out)
{
	struct svg svg = { { svg_rect, svg_line, svg_dot, svg_text }, out };
	double height = chart_draw(chart, words, width, NULL);

	hs_text_addf(out, "<svg class=\"chart %s\" viewBox=\"0 0 ", suffix);
	add_length(out, width);
	hs_text_add_char(out, ' ');
	add_length(out, height);
	hs_text_addf(out,
	    "\" role=\"img\" aria-labelledby=\"%s-%s-t\" "
	    "aria-describedby=\"%s-%s-d\">\n<title id=\"%s-%s-t\">",
	    chart->id, suffix, chart->id, suffix, chart->id, suffix);
	hs_text_add_xml(out, chart->title);
	hs_text_addf(out, "</title><desc id=\"%s-%s-d\">", chart->id, suffix);
	hs_text_add_xml(out, chart->description);
	hs_text_add(out, "</desc>\n");
	(void)chart_draw(chart, words, width, &svg.canvas);
	hs_text_add(out, "\n</svg>\n");
}
