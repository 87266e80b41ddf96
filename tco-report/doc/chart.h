/* chart.h - a chart drawn once, for any canvas: HTML and paper look alike.
 *
 * Private to doc/. Lengths are units of the chart's own, y grows downwards;
 * letters are 12 high. A canvas makes of them SVG, or strokes of cairo.
 */
#ifndef HANSE_TCO_REPORT_DOC_CHART_H
#define HANSE_TCO_REPORT_DOC_CHART_H

#include <stdbool.h>
#include <stddef.h>

struct doc_chart;
struct doc_words;
struct hs_text;

/** What a colour is for; the canvas knows which it is, by day and night. */
enum paint {
	PAINT_TEXT,
	PAINT_MUTED,
	PAINT_GRID,
	PAINT_AXIS,
	PAINT_ON, /* letters on a series' colour */
	PAINT_GOOD,
	PAINT_WARN,
	PAINT_BAD,
	PAINT_SERIES, /* and the next eight */
};
#define PAINT_SERIES_COUNT 9
#define PAINT_COUNT        (PAINT_SERIES + PAINT_SERIES_COUNT)

enum anchor {
	ANCHOR_START,
	ANCHOR_MIDDLE,
	ANCHOR_END,
};

struct pen {
	enum paint paint;
	double width;
	bool dashed;
};

struct letters {
	enum paint paint;
	enum anchor anchor;
	double size;
	bool bold;
};

/** Where a chart is drawn; y of a text is its baseline. */
struct canvas {
	void (*rect)(struct canvas *canvas, const double box[4], enum paint);
	void (*line)(struct canvas *canvas, const double *xy, size_t points,
	    const struct pen *pen);
	void (*dot)(struct canvas *canvas, double x, double y, enum paint);
	void (*text)(struct canvas *canvas, double x, double y,
	    const struct letters *letters, const char *text);
};

/** Draw a chart. @canvas: NULL to measure only. Returns its height. */
double chart_draw(const struct doc_chart *chart, const struct doc_words *words,
    double width, struct canvas *canvas);

/** About how wide a text is in letters of that size. */
double chart_text_width(const char *text, double size);

/** A decimal as a double, for drawing only; 0 for what is none. */
double chart_number(const char *decimal);

/** An SVG element of a chart; id is the chart's with suffix behind it. */
void svg_chart(const struct doc_chart *chart, const struct doc_words *words,
    double width, const char *suffix, struct hs_text *out);

#endif
