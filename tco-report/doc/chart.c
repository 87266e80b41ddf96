/* chart.c - a chart drawn once, for any canvas; what its kinds share.
 *
 * Text is not measured by a font here but by a table, so that the same chart
 * has the same shape in SVG, where nobody knows the reader's font, and on
 * paper.
 */

#include "tco-report/doc/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tco-report/doc/chart_frame.h"
#include "tco-report/doc/width.h"

double chart_number(const char *decimal)
{
	double value = 0, unit = 1;
	bool minus;

	if (decimal == NULL)
		return 0;
	minus = *decimal == '-';
	for (decimal += minus; *decimal >= '0' && *decimal <= '9'; decimal++)
		value = value * 10 + (*decimal - '0');
	if (*decimal == '.')
		for (decimal++; *decimal >= '0' && *decimal <= '9'; decimal++)
			value += (*decimal - '0') * (unit /= 10);
	return minus ? -value : value;
}

static double letter_width(const char *s, size_t len)
{
	if (len > 2)
		return width_of_char(s, len) == 2 ? 1.0 : .6;
	if (len == 1 && strchr("iIjl.,:;'|!", *s) != NULL)
		return .32;
	if (len == 1 && strchr(" ftr()-[]/", *s) != NULL)
		return .38;
	if (len == 1 && strchr("mwMW%@", *s) != NULL)
		return .92;
	if (*s >= 'A' && *s <= 'Z')
		return .68;
	return .61;
}

double chart_text_width(const char *text, double size)
{
	double width = 0;
	size_t len;

	for (; *text != '\0'; text += len) {
		len = hs_utf8_len((const unsigned char *)text);
		if (len == 0)
			len = 1;
		width += letter_width(text, len);
	}
	return width * size;
}

/* 1, 2 or 5 times a power of ten, at least that much. */
static double round_step(double rough)
{
	double unit = pow(10, floor(log10(rough)));

	if (rough <= unit)
		return unit;
	if (rough <= 2 * unit)
		return 2 * unit;
	return rough <= 5 * unit ? 5 * unit : 10 * unit;
}

struct scale scale_make(double low, double high, unsigned steps)
{
	struct scale scale = { 0 };

	if (high - low < 1e-9)
		high = low + 1;
	scale.step = round_step((high - low) / steps);
	scale.low = floor(low / scale.step + 1e-9) * scale.step;
	scale.high = ceil(high / scale.step - 1e-9) * scale.step;
	return scale;
}

double scale_at(const struct scale *scale, double value)
{
	return scale->from + (value - scale->low) / (scale->high - scale->low) *
				 (scale->to - scale->from);
}

static const struct doc_cell *cell_of(
    const struct frame *f, size_t row, size_t column)
{
	return &f->chart->data->rows[row].cells[column];
}

bool frame_row_is_drawn(const struct frame *f, size_t row)
{
	return f->chart->data->rows[row].kind == DOC_ROW;
}

size_t frame_rows(const struct frame *f)
{
	size_t rows = f->chart->data->row_count;

	return f->chart->rows > 0 && f->chart->rows < rows ? f->chart->rows
							   : rows;
}

const char *frame_label(const struct frame *f, size_t row)
{
	return cell_of(f, row, f->chart->label)->value.text;
}

double frame_value(const struct frame *f, size_t row, size_t series)
{
	return chart_number(
	    cell_of(f, row, f->chart->first + series)->value.value);
}

bool frame_has(const struct frame *f, size_t row, size_t series)
{
	return cell_of(f, row, f->chart->first + series)->value.value != NULL;
}

const char *frame_text(const struct frame *f, size_t row, size_t series)
{
	return cell_of(f, row, f->chart->first + series)->value.text;
}

/* The end of a stack's positive part and of its negative one. */
static void stack_ends(
    const struct frame *f, size_t row, double *ret_low, double *ret_high)
{
	*ret_low = *ret_high = 0;
	for (size_t s = 0; s < f->chart->count; s++) {
		double value = frame_value(f, row, s);

		*(value < 0 ? ret_low : ret_high) += value;
	}
}

void frame_range(const struct frame *f, double *low, double *high)
{
	for (size_t r = 0; r < frame_rows(f); r++) {
		if (!frame_row_is_drawn(f, r))
			continue;
		for (size_t s = 0; s < f->chart->count; s++) {
			double down = frame_value(f, r, s), up = down;

			if (f->chart->kind == DOC_STACK)
				stack_ends(f, r, &down, &up);
			*low = fmin(*low, down);
			*high = fmax(*high, up);
		}
	}
}

enum paint frame_paint(const struct frame *f, size_t series)
{
	(void)f;
	return (enum paint)(
	    PAINT_SERIES + (unsigned)(series % PAINT_SERIES_COUNT));
}

void frame_rect(const struct frame *f, double x, double y, double width,
    double height, enum paint paint)
{
	if (f->canvas != NULL && width > 0 && height > 0)
		f->canvas->rect(
		    f->canvas, (double[]) { x, y, width, height }, paint);
}

void frame_line(const struct frame *f, double x1, double y1, double x2,
    double y2, const struct pen *pen)
{
	if (f->canvas != NULL)
		f->canvas->line(
		    f->canvas, (double[]) { x1, y1, x2, y2 }, 2, pen);
}

void frame_put(const struct frame *f, double x, double y,
    const struct letters *letters, const char *text)
{
	if (f->canvas != NULL && *text != '\0')
		f->canvas->text(f->canvas, x, y, letters, text);
}

void frame_put_cut(const struct frame *f, double x, double y, double width,
    const struct letters *letters, const char *text)
{
	hs_auto(hs_text_done) struct hs_text cut = { 0 };
	size_t at = 0;

	if (chart_text_width(text, letters->size) <= width) {
		frame_put(f, x, y, letters, text);
		return;
	}
	hs_text_add(&cut, "…");
	while (text[at] != '\0') {
		size_t len = hs_utf8_len((const unsigned char *)text + at);

		len = len == 0 ? 1 : len;
		cut.len -= strlen("…");
		hs_text_add_len(&cut, text + at, len);
		hs_text_add(&cut, "…");
		if (chart_text_width(cut.data, letters->size) > width)
			break;
		at += len;
	}
	frame_put(f, x, y, letters, cut.data);
}

static bool has_legend(const struct doc_chart *chart)
{
	return chart->count > 1;
}

void frame_legend(struct frame *f)
{
	const struct letters letters = { PAINT_TEXT, ANCHOR_START, CHART_SIZE,
		false };
	double x = 0;

	if (!has_legend(f->chart))
		return;
	for (size_t s = 0; s < f->chart->count; s++) {
		const char *name =
		    f->chart->data->columns[f->chart->first + s].title;
		double width = 18 + chart_text_width(name, CHART_SIZE) + 16;

		if (x > 0 && x + width > f->width) {
			x = 0;
			f->y += CHART_LINE;
		}
		frame_rect(f, x, f->y + 2, 12, 12, frame_paint(f, s));
		frame_put(f, x + 18, f->y + 12, &letters, name);
		x += width;
	}
	f->y += CHART_LINE + 8;
}

/* The digits of a whole number of units, grouped by threes. */
static void put_grouped(
    const struct frame *f, long whole, char *ret_text, size_t size)
{
	char digits[32];
	size_t len, at = 0;

	(void)snprintf(digits, sizeof(digits), "%ld", whole);
	len = strlen(digits);
	ret_text[0] = '\0';
	for (size_t i = 0; i < len && at + 8 < size; i++) {
		ret_text[at++] = digits[i];
		ret_text[at] = '\0';
		if (i + 1 < len && (len - i - 1) % 3 == 0) {
			(void)strncat(ret_text, f->words->group, size - at - 1);
			at = strlen(ret_text);
		}
	}
}

void frame_tick(const struct frame *f, double value, double step,
    char *ret_text, size_t size)
{
	int decimals = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
	double unit = pow(10, decimals);
	long units = lround(fabs(value) * unit);
	char whole[64];

	put_grouped(f, units / (long)unit, whole, sizeof(whole));
	if (decimals == 0)
		(void)snprintf(ret_text, size, "%s%s",
		    value < 0 && units != 0 ? "−" : "", whole);
	else
		(void)snprintf(ret_text, size, "%s%s%s%0*ld",
		    value < 0 && units != 0 ? "−" : "", whole, f->words->point,
		    decimals, units % (long)unit);
}

void frame_bottom_axis(
    struct frame *f, const struct scale *scale, double top, double bottom)
{
	const struct pen grid = { PAINT_GRID, 1, false };
	const struct pen zero = { PAINT_AXIS, 1.5, false };
	struct letters letters = { PAINT_MUTED, ANCHOR_MIDDLE, CHART_SIZE - 1,
		false };
	long steps = lround((scale->high - scale->low) / scale->step);

	for (long i = 0; i <= steps; i++) {
		double value = scale->low + (double)i * scale->step;
		double x = scale_at(scale, value), half;
		bool is_zero = fabs(value) < scale->step / 1e6;
		char text[64];

		frame_tick(f, value, scale->step, text, sizeof(text));
		half = chart_text_width(text, letters.size) / 2;
		frame_line(f, x, top, x, bottom, is_zero ? &zero : &grid);
		x = fmax(half, fmin(x, f->width - half));
		frame_put(f, x, bottom + 15, &letters, text);
	}
	f->y = bottom + 22;
	if (f->chart->x_title == NULL)
		return;
	letters.anchor = ANCHOR_END;
	frame_put(f, f->width, f->y + 11, &letters, f->chart->x_title);
	f->y += CHART_LINE;
}

static enum paint tone_paint(enum doc_tone tone)
{
	switch (tone) {
	case DOC_PLAIN:
		return PAINT_TEXT;
	case DOC_GOOD:
		return PAINT_GOOD;
	case DOC_WARN:
		return PAINT_WARN;
	case DOC_BAD:
		return PAINT_BAD;
	}
	return PAINT_TEXT;
}

void frame_marks_room(struct frame *f)
{
	f->y += (double)f->chart->mark_count * 15;
}

/* Each label on a line of its own, so that close marks stay readable. */
void frame_marks(
    const struct frame *f, const struct scale *scale, double top, double bottom)
{
	for (size_t i = 0; i < f->chart->mark_count; i++) {
		const struct doc_mark *mark = &f->chart->marks[i];
		double x = scale_at(scale, chart_number(mark->value));
		double y = top - 15 * (double)(f->chart->mark_count - i - 1);
		double width = chart_text_width(mark->label, CHART_SIZE - 1);
		bool left = x + 6 + width > f->width;
		const struct pen pen = { tone_paint(mark->tone), 1.5, true };
		const struct letters letters = { pen.paint,
			left ? ANCHOR_END : ANCHOR_START, CHART_SIZE - 1,
			false };

		if (x < fmin(scale->from, scale->to) ||
		    x > fmax(scale->from, scale->to))
			continue;
		frame_line(f, x, y - 13, x, bottom, &pen);
		frame_put(
		    f, left ? x - 5 : x + 5, y - 4, &letters, mark->label);
	}
}

double chart_draw(const struct doc_chart *chart, const struct doc_words *words,
    double width, struct canvas *canvas)
{
	struct frame f = { chart, words, canvas, width, 0 };

	switch (chart->kind) {
	case DOC_BARS:
	case DOC_STACK:
		bars_draw(&f);
		break;
	case DOC_LINES:
		lines_draw(&f);
		break;
	case DOC_TORNADO:
		tornado_draw(&f);
		break;
	case DOC_HISTOGRAM:
		histogram_draw(&f);
		break;
	}
	return ceil(f.y);
}
