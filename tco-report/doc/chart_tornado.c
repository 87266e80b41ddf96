/* chart_tornado.c - what each parameter does to the result, from its base. */

#include <math.h>

#include "tco-report/doc/chart_frame.h"

#define BAR_HEIGHT 20.0

struct tornado {
	struct frame *f;
	struct scale scale;
	double base, gutter;
};

static void side_draw(const struct tornado *t, size_t row, size_t series)
{
	struct frame *f = t->f;
	double value = frame_value(f, row, series);
	double from = scale_at(&t->scale, t->base);
	double to = scale_at(&t->scale, value);
	bool left = to < from;
	const struct letters letters = { PAINT_TEXT,
		left ? ANCHOR_END : ANCHOR_START, CHART_SIZE - 1, false };

	frame_rect(f, fmin(from, to), f->y, fmax(fabs(to - from), .5),
	    BAR_HEIGHT, frame_paint(f, series));
	frame_put(f, to + (left ? -5 : 5), f->y + BAR_HEIGHT - 6, &letters,
	    frame_text(f, row, series));
}

static void rows_draw(const struct tornado *t)
{
	struct frame *f = t->f;
	const struct letters letters = { PAINT_TEXT, ANCHOR_START, CHART_SIZE,
		false };

	for (size_t r = 0; r < frame_rows(f); r++) {
		if (!frame_row_is_drawn(f, r))
			continue;
		if (t->gutter > 0) {
			frame_put_cut(f, 0, f->y + BAR_HEIGHT - 5,
			    t->gutter - 8, &letters, frame_label(f, r));
		} else {
			frame_put_cut(f, 0, f->y + 12, f->width, &letters,
			    frame_label(f, r));
			f->y += CHART_LINE;
		}
		side_draw(t, r, 0);
		side_draw(t, r, 1);
		f->y += BAR_HEIGHT + 8;
	}
}

/* How wide labels and the values at both ends may be. */
static void make_room(struct tornado *t)
{
	struct frame *f = t->f;
	double label = 0, value = 0;

	for (size_t r = 0; r < frame_rows(f); r++) {
		if (!frame_row_is_drawn(f, r))
			continue;
		label = fmax(
		    label, chart_text_width(frame_label(f, r), CHART_SIZE));
		for (size_t s = 0; s < 2; s++)
			value =
			    fmax(value, chart_text_width(frame_text(f, r, s),
					    CHART_SIZE - 1));
	}
	if (f->width >= CHART_NARROW)
		t->gutter = fmin(label + 12, f->width * .33);
	t->scale.from = t->gutter + value + 8;
	t->scale.to = f->width - value - 8;
}

void tornado_draw(struct frame *f)
{
	struct tornado t = { .f = f, .base = chart_number(f->chart->base) };
	struct canvas *canvas = f->canvas;
	const struct pen pen = { PAINT_AXIS, 1.5, false };
	double low = t.base, high = t.base, top, after;

	frame_legend(f);
	frame_marks_room(f);
	frame_range(f, &low, &high);
	t.scale = scale_make(low, high, f->width < CHART_NARROW ? 2 : 5);
	make_room(&t);
	top = f->y + 4;
	f->y = top;
	f->canvas = NULL;
	rows_draw(&t);
	f->canvas = canvas;
	frame_bottom_axis(f, &t.scale, top - 4, f->y - 4);
	after = f->y;
	f->y = top;
	rows_draw(&t);
	frame_line(f, scale_at(&t.scale, t.base), top - 4,
	    scale_at(&t.scale, t.base), f->y - 4, &pen);
	frame_marks(f, &t.scale, top - 4, f->y - 4);
	f->y = after;
}
