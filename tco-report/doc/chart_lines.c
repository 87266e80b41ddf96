/* chart_lines.c - a line a series, the rows along the bottom, zero marked. */

#include <math.h>

#include "base/mem.h"
#include "tco-report/doc/chart_frame.h"

#define LINES_HEIGHT 230.0

static double left_axis(
    struct frame *f, const struct scale *scale, double gutter, double right)
{
	const struct pen grid = { PAINT_GRID, 1, false };
	const struct pen zero = { PAINT_AXIS, 1.5, false };
	const struct letters letters = { PAINT_MUTED, ANCHOR_END,
		CHART_SIZE - 1, false };
	long steps = lround((scale->high - scale->low) / scale->step);
	double widest = 0;

	for (long i = 0; i <= steps; i++) {
		double value = scale->low + (double)i * scale->step;
		double y = scale_at(scale, value);
		bool is_zero = fabs(value) < scale->step / 1e6;
		char text[64];

		frame_tick(f, value, scale->step, text, sizeof(text));
		widest = fmax(widest, chart_text_width(text, letters.size));
		if (gutter <= 0)
			continue;
		frame_line(f, gutter, y, right, y, is_zero ? &zero : &grid);
		frame_put(f, gutter - 6, y + 4, &letters, text);
	}
	return widest;
}

static void bottom_labels(
    const struct frame *f, const struct scale *x, double y, size_t count)
{
	struct letters letters = { PAINT_MUTED, ANCHOR_MIDDLE, CHART_SIZE - 1,
		false };
	double room = (x->to - x->from) / (double)(count > 1 ? count - 1 : 1);
	double widest = 1;
	size_t every;

	for (size_t r = 0; r < count; r++)
		widest = fmax(widest,
		    chart_text_width(frame_label(f, r), letters.size) + 10);
	every = (size_t)ceil(widest / room);
	for (size_t r = 0; r < count; r += every)
		frame_put(f, scale_at(x, (double)r), y + 16, &letters,
		    frame_label(f, r));
}

/* The line, a dot a row, and the last value in words. */
static void series_draw(const struct frame *f, const struct scale *x,
    const struct scale *y, size_t series)
{
	size_t count = frame_rows(f), points = 0;
	hs_auto(hs_freep) double *xy = hs_alloc(2 * count * sizeof(*xy) + 1);
	const struct pen pen = { frame_paint(f, series), 2.5, series % 2 == 1 };

	if (f->canvas == NULL)
		return;
	for (size_t r = 0; r < count; r++) {
		if (!frame_row_is_drawn(f, r) || !frame_has(f, r, series))
			continue;
		xy[2 * points] = scale_at(x, (double)r);
		xy[2 * points + 1] = scale_at(y, frame_value(f, r, series));
		points++;
	}
	if (points == 0)
		return;
	f->canvas->line(f->canvas, xy, points, &pen);
	for (size_t i = 0; i < points; i++)
		f->canvas->dot(f->canvas, xy[2 * i], xy[2 * i + 1], pen.paint);
}

static size_t last_row(const struct frame *f)
{
	size_t r = frame_rows(f);

	while (r > 0 && !frame_row_is_drawn(f, r - 1))
		r--;
	return r;
}

void lines_draw(struct frame *f)
{
	const struct letters muted = { PAINT_MUTED, ANCHOR_START,
		CHART_SIZE - 1, false };
	size_t count = last_row(f);
	double low = 0, high = 0, gutter;
	struct scale x, y;

	frame_legend(f);
	if (f->chart->y_title != NULL) {
		frame_put(f, 0, f->y + 11, &muted, f->chart->y_title);
		f->y += CHART_LINE;
	}
	frame_range(f, &low, &high);
	y = scale_make(low, high, 5);
	y.from = f->y + 8 + LINES_HEIGHT;
	y.to = f->y + 8;
	gutter = left_axis(f, &y, 0, 0) + 10;
	(void)left_axis(f, &y, gutter, f->width);
	x = (struct scale) { 0, fmax((double)count - 1, 1), 1, gutter + 14,
		f->width - 18 };
	for (size_t s = 0; s < f->chart->count; s++)
		series_draw(f, &x, &y, s);
	bottom_labels(f, &x, y.from, count);
	f->y = y.from + 24;
	if (f->chart->x_title != NULL) {
		const struct letters end = { PAINT_MUTED, ANCHOR_END,
			CHART_SIZE - 1, false };

		frame_put(f, f->width, f->y + 11, &end, f->chart->x_title);
		f->y += CHART_LINE;
	}
}
