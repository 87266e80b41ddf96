/* chart_bars.c - bars that lie: grouped or stacked, a row of the table each.
 *
 * Names of enterprises and kinds of cost are words, and words lie too; so do
 * the bars, on a wide screen and on a phone.
 */

#include <math.h>
#include <string.h>

#include "tco-report/doc/chart_frame.h"

#define BAR_HEIGHT 16.0

struct bars {
	struct frame *f;
	struct scale scale;
	double gutter; /* for the labels; 0: they stand above */
	double tail;   /* for the values behind the bars */
};

static double widest_label(const struct frame *f)
{
	double widest = 0;

	for (size_t r = 0; r < frame_rows(f); r++)
		if (frame_row_is_drawn(f, r))
			widest = fmax(widest,
			    chart_text_width(frame_label(f, r), CHART_SIZE));
	return widest;
}

static double widest_value(const struct frame *f)
{
	double widest = 0;

	for (size_t r = 0; r < frame_rows(f); r++)
		for (size_t s = 0; s < f->chart->count; s++)
			if (frame_row_is_drawn(f, r))
				widest = fmax(widest,
				    chart_text_width(
					frame_text(f, r, s), CHART_SIZE - 1));
	return widest;
}

static void group_draw(const struct bars *b, size_t row)
{
	struct frame *f = b->f;
	const struct letters letters = { PAINT_TEXT, ANCHOR_START,
		CHART_SIZE - 1, false };

	for (size_t s = 0; s < f->chart->count; s++) {
		double zero = scale_at(&b->scale, 0);
		double end = scale_at(&b->scale, frame_value(f, row, s));

		frame_rect(f, fmin(zero, end), f->y + 1,
		    fmax(fabs(end - zero), .5), BAR_HEIGHT - 2,
		    frame_paint(f, s));
		frame_put(f, fmax(zero, end) + 5, f->y + BAR_HEIGHT - 4,
		    &letters, frame_text(f, row, s));
		f->y += BAR_HEIGHT;
	}
}

static void stack_draw(const struct bars *b, size_t row)
{
	struct frame *f = b->f;
	const struct letters letters = { PAINT_ON, ANCHOR_MIDDLE,
		CHART_SIZE - 1, false };
	double up = 0, down = 0;

	for (size_t s = 0; s < f->chart->count; s++) {
		double value = frame_value(f, row, s);
		double *sum = value < 0 ? &down : &up;
		double a = scale_at(&b->scale, *sum);
		double z = scale_at(&b->scale, *sum += value);
		const char *text = frame_text(f, row, s);

		frame_rect(f, fmin(a, z), f->y, fabs(z - a) - 1.5,
		    BAR_HEIGHT + 12, frame_paint(f, s));
		if (chart_text_width(text, CHART_SIZE - 1) + 8 <= fabs(z - a))
			frame_put(f, (a + z) / 2, f->y + 18, &letters, text);
	}
	f->y += BAR_HEIGHT + 12;
}

static double row_height(const struct frame *f)
{
	return f->chart->kind == DOC_STACK
		   ? BAR_HEIGHT + 12
		   : BAR_HEIGHT * (double)f->chart->count;
}

static void row_draw(const struct bars *b, size_t row)
{
	struct frame *f = b->f;
	const struct letters letters = { PAINT_TEXT, ANCHOR_START, CHART_SIZE,
		false };

	if (b->gutter > 0) {
		frame_put_cut(f, 0, f->y + row_height(f) / 2 + 4, b->gutter - 8,
		    &letters, frame_label(f, row));
	} else {
		frame_put_cut(
		    f, 0, f->y + 12, f->width, &letters, frame_label(f, row));
		f->y += CHART_LINE;
	}
	if (f->chart->kind == DOC_STACK)
		stack_draw(b, row);
	else
		group_draw(b, row);
	f->y += 10;
}

static void rows_draw(const struct bars *b)
{
	for (size_t r = 0; r < frame_rows(b->f); r++)
		if (frame_row_is_drawn(b->f, r))
			row_draw(b, r);
}

void bars_draw(struct frame *f)
{
	struct bars b = { .f = f };
	struct canvas *canvas = f->canvas;
	double low = 0, high = 0, top;

	frame_legend(f);
	frame_marks_room(f);
	frame_range(f, &low, &high);
	b.scale = scale_make(low, high, f->width < CHART_NARROW ? 3 : 6);
	if (f->width >= CHART_NARROW)
		b.gutter = fmin(widest_label(f) + 12, f->width * .35);
	if (f->chart->kind == DOC_BARS)
		b.tail = widest_value(f) + 8;
	b.scale.from = b.gutter;
	b.scale.to = f->width - b.tail;

	/* The grid lies under the bars, and how far it goes they say. */
	top = f->y;
	f->canvas = NULL;
	rows_draw(&b);
	f->canvas = canvas;
	frame_bottom_axis(f, &b.scale, top - 4, f->y - 4);
	{
		double after = f->y;

		f->y = top;
		rows_draw(&b);
		frame_marks(f, &b.scale, top - 4, f->y - 4);
		f->y = after;
	}
}
