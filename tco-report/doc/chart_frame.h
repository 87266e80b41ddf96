/* chart_frame.h - what the kinds of charts share: scales, ticks, legends. */
#ifndef HANSE_TCO_REPORT_DOC_CHART_FRAME_H
#define HANSE_TCO_REPORT_DOC_CHART_FRAME_H

#include "tco-report/doc/chart.h"
#include "tco-report/doc/doc.h"

#define CHART_SIZE   12.0 /* letters */
#define CHART_LINE   18.0 /* from one line of them to the next */
#define CHART_NARROW 480.0

/** A chart being drawn; y moves down as parts are done. */
struct frame {
	const struct doc_chart *chart;
	const struct doc_words *words;
	struct canvas *canvas; /* NULL: measuring */
	double width, y;
};

/** Values from low to high, step apart, lie between pixels from and to. */
struct scale {
	double low, high, step;
	double from, to;
};

/** A scale with round ends and about so many steps around a range. */
struct scale scale_make(double low, double high, unsigned steps);
double scale_at(const struct scale *scale, double value);

/** Rows from the first that may be drawn. */
size_t frame_rows(const struct frame *f);
/** A row's words; its value of a series (0 to count - 1), and as text. */
const char *frame_label(const struct frame *f, size_t row);
double frame_value(const struct frame *f, size_t row, size_t series);
const char *frame_text(const struct frame *f, size_t row, size_t series);
bool frame_has(const struct frame *f, size_t row, size_t series);
/** Smallest and largest of all values; stacks are summed. Widen *low, *high. */
void frame_range(const struct frame *f, double *low, double *high);
/** Rows that are drawn: no totals, no groups. */
bool frame_row_is_drawn(const struct frame *f, size_t row);
enum paint frame_paint(const struct frame *f, size_t series);

void frame_rect(const struct frame *f, double x, double y, double width,
    double height, enum paint paint);
void frame_line(const struct frame *f, double x1, double y1, double x2,
    double y2, const struct pen *pen);
void frame_put(const struct frame *f, double x, double y,
    const struct letters *letters, const char *text);
/** As frame_put(), but cut with an ellipsis at a width. */
void frame_put_cut(const struct frame *f, double x, double y, double width,
    const struct letters *letters, const char *text);

/** The names of the series, each behind its colour; moves y. */
void frame_legend(struct frame *f);
/** A tick's value as text of the doc's language. */
void frame_tick(const struct frame *f, double value, double step,
    char *ret_text, size_t size);
/** Grid and numbers of a scale along the bottom, from y top to bottom. */
void frame_bottom_axis(
    struct frame *f, const struct scale *scale, double top, double bottom);
/** The chart's marks as lines across, on a scale along the bottom. */
void frame_marks(const struct frame *f, const struct scale *scale, double top,
    double bottom);
/** Room above for the labels of the marks; moves y. */
void frame_marks_room(struct frame *f);

void bars_draw(struct frame *f);
void lines_draw(struct frame *f);
void tornado_draw(struct frame *f);
void histogram_draw(struct frame *f);

#endif
