/* chart_histogram.c - how often which result: bins of one width. */

#include <math.h>

#include "tco-report/doc/chart_frame.h"

#define HISTOGRAM_HEIGHT 200.0

static double edge(const struct frame *f, size_t row)
{
	return chart_number(
	    f->chart->data->rows[row].cells[f->chart->label].value.value);
}

static void bins_draw(const struct frame *f, const struct scale *x,
    const struct scale *y, size_t bins)
{
	for (size_t r = 0; r < bins; r++) {
		double from = scale_at(x, edge(f, r));
		double to = scale_at(x, edge(f, r + 1));
		double top = scale_at(y, frame_value(f, r, 0));

		frame_rect(f, from + .5, top, to - from - 1, y->from - top,
		    frame_paint(f, 0));
	}
}

void histogram_draw(struct frame *f)
{
	size_t rows = frame_rows(f);
	size_t bins = rows > 0 ? rows - 1 : 0;
	double low = 0, high = 0, top;
	const struct letters muted = { PAINT_MUTED, ANCHOR_START,
		CHART_SIZE - 1, false };
	struct scale x, y;

	if (bins == 0)
		return;
	if (f->chart->y_title != NULL) {
		frame_put(f, 0, f->y + 11, &muted, f->chart->y_title);
		f->y += CHART_LINE;
	}
	frame_marks_room(f);
	top = f->y + 4;
	x = scale_make(
	    edge(f, 0), edge(f, bins), f->width < CHART_NARROW ? 3 : 7);
	x.from = 0;
	x.to = f->width;
	frame_range(f, &low, &high);
	y = (struct scale) { 0, fmax(high, 1), 1, top + HISTOGRAM_HEIGHT, top };
	frame_bottom_axis(f, &x, top, y.from);
	bins_draw(f, &x, &y, bins);
	frame_marks(f, &x, top, y.from);
}
