/* pdf_canvas.c - a chart by cairo, in the colours of the light page. */

#include <math.h>
#include <pango/pangocairo.h>

#include "base/mem.h"
#include "tco-report/doc/pdf.h"

/* A chart is drawn this wide and then scaled, as the browser does. */
#define CHART_UNITS   720.0
#define CHART_HIGHEST (PAGE_BOTTOM - PAGE_TOP - 80)

struct cairo_canvas {
	struct canvas canvas;
	struct pdf *pdf;
	cairo_t *cr;
};

/* clang-format off */
static const double paints[PAINT_COUNT][3] = {
	[PAINT_TEXT]       = { .09, .13, .17 },
	[PAINT_MUTED]      = { .33, .39, .44 },
	[PAINT_GRID]       = { .84, .86, .89 },
	[PAINT_AXIS]       = { .49, .54, .59 },
	[PAINT_ON]         = { 1, 1, 1 },
	[PAINT_GOOD]       = { .08, .38, .23 },
	[PAINT_WARN]       = { .48, .29, .00 },
	[PAINT_BAD]        = { .60, .13, .11 },
	[PAINT_SERIES]     = { .04, .35, .52 },
	[PAINT_SERIES + 1] = { .76, .31, .04 },
	[PAINT_SERIES + 2] = { .06, .46, .43 },
	[PAINT_SERIES + 3] = { .53, .22, .55 },
	[PAINT_SERIES + 4] = { .36, .41, .46 },
	[PAINT_SERIES + 5] = { .54, .35, .00 },
	[PAINT_SERIES + 6] = { .69, .20, .42 },
	[PAINT_SERIES + 7] = { .30, .42, .12 },
	[PAINT_SERIES + 8] = { .22, .29, .67 },
};
/* clang-format on */

static cairo_t *dip(struct canvas *canvas, enum paint paint)
{
	cairo_t *cr = ((struct cairo_canvas *)canvas)->cr;

	cairo_set_source_rgb(
	    cr, paints[paint][0], paints[paint][1], paints[paint][2]);
	return cr;
}

static void draw_rect(
    struct canvas *canvas, const double box[4], enum paint paint)
{
	cairo_t *cr = dip(canvas, paint);

	cairo_rectangle(cr, box[0], box[1], box[2], box[3]);
	cairo_fill(cr);
}

static void draw_line(struct canvas *canvas, const double *xy, size_t points,
    const struct pen *pen)
{
	static const double dashes[] = { 5, 4 };
	cairo_t *cr = dip(canvas, pen->paint);

	cairo_set_line_width(cr, pen->width);
	cairo_set_dash(cr, dashes, pen->dashed ? 2 : 0, 0);
	for (size_t i = 0; i < points; i++)
		cairo_line_to(cr, xy[2 * i], xy[2 * i + 1]);
	cairo_stroke(cr);
}

static void draw_dot(
    struct canvas *canvas, double x, double y, enum paint paint)
{
	cairo_t *cr = dip(canvas, paint);

	cairo_new_sub_path(cr);
	cairo_arc(cr, x, y, 4, 0, 6.283185307);
	cairo_fill(cr);
}

static void draw_text(struct canvas *canvas, double x, double y,
    const struct letters *letters, const char *text)
{
	static const double parts[] = { 0, .5, 1 };
	const struct type type = { letters->size, INK_TEXT, letters->bold,
		PANGO_ALIGN_LEFT, 0 };
	cairo_t *cr = dip(canvas, letters->paint);
	PangoLayout *layout =
	    type_layout(((struct cairo_canvas *)canvas)->pdf, &type, text, 0);
	double baseline =
	    (double)pango_layout_get_baseline(layout) / PANGO_SCALE;

	cairo_move_to(
	    cr, x - type_width(layout) * parts[letters->anchor], y - baseline);
	pango_cairo_show_layout(cr, layout);
	cairo_new_path(cr);
	g_object_unref(layout);
}

/* As wide as the page, but never higher than one. */
static double scale_of(
    const struct pdf *pdf, const struct doc_chart *chart, double width)
{
	double height =
	    chart_draw(chart, &pdf->doc->head.words, CHART_UNITS, NULL);

	return fmin(width / CHART_UNITS, CHART_HIGHEST / height);
}

double pdf_chart_height(
    const struct pdf *pdf, const struct doc_chart *chart, double width)
{
	return chart_draw(chart, &pdf->doc->head.words, CHART_UNITS, NULL) *
	       scale_of(pdf, chart, width);
}

void pdf_chart(
    struct pdf *pdf, cairo_t *cr, const struct doc_chart *chart, double width)
{
	struct cairo_canvas canvas = {
		{ draw_rect, draw_line, draw_dot, draw_text }, pdf, cr
	};

	double scale = scale_of(pdf, chart, width);

	cairo_scale(cr, scale, scale);
	(void)chart_draw(
	    chart, &pdf->doc->head.words, CHART_UNITS, &canvas.canvas);
}
