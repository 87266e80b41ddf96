/* pdf_table.c - tables on paper: as wide as they need, over pages with their
 * titles again.
 *
 * Figures are never broken. Words give up room first; where that is not
 * enough, all letters become smaller.
 */

#include <math.h>

#include "tco-report/doc/pdf.h"

#define PAD           5.0 /* beside a cell's text */
#define ROW_PAD       3.0 /* above and below it */
#define WORDS_LEAST   90.0
#define CELL_HIGHEST  (PAGE_BOTTOM - PAGE_TOP - 110) /* titles are above */
#define FIGURES_TITLE 52.0 /* a title of figures is broken beyond it */
#define SIZE_MOST     8.5
#define SIZE_LEAST    5.0

/* A cell's text: a run where that is enough, else a layout. */
struct set {
	PangoLayout *layout;
	struct run run;
};

struct grid {
	struct pdf *pdf;
	const struct doc_table *table;
	double size;          /* of letters */
	double *widths;       /* of columns, with padding */
	PangoLayout **titles; /* of columns */
	struct set *cells;    /* row by row; a group has one */
	double title_height;
};

static struct type title_type(const struct grid *g, size_t column)
{
	return (struct type) { g->size - .5, INK_MUTED, true,
		g->table->columns[column].kind == DOC_TEXT ? PANGO_ALIGN_LEFT
							   : PANGO_ALIGN_RIGHT,
		0 };
}

static struct type cell_type(
    const struct grid *g, const struct doc_row *row, size_t column)
{
	const struct doc_cell *cell = &row->cells[column];
	struct type type = { g->size, ink_of_tone(cell->tone),
		row->kind != DOC_ROW || cell->tone != DOC_PLAIN,
		g->table->columns[column].kind == DOC_TEXT ? PANGO_ALIGN_LEFT
							   : PANGO_ALIGN_RIGHT,
		0 };

	if (row->kind == DOC_ROW_GROUP) {
		type.ink = INK_MUTED;
		type.align = PANGO_ALIGN_LEFT;
	}
	return type;
}

static size_t cells_of(const struct grid *g, const struct doc_row *row)
{
	return row->kind == DOC_ROW_GROUP ? 1 : g->table->column_count;
}

static struct set *cell_at(const struct grid *g, size_t row, size_t column)
{
	return &g->cells[row * g->table->column_count + column];
}

static PangoLayout *make_title(struct grid *g, size_t column)
{
	const struct doc_column *col = &g->table->columns[column];
	struct type type = title_type(g, column);
	const char *text = col->unit != NULL
			       ? hs_arena_printf(g->pdf->arena, "%s (%s)",
				     col->title, col->unit)
			       : col->title;

	return type_layout(g->pdf, &type, text, 0);
}

static double set_width(const struct set *set)
{
	return set->layout != NULL ? type_width(set->layout) : set->run.width;
}

static double set_height(const struct set *set)
{
	return set->layout != NULL ? type_height(set->layout) : set->run.height;
}

static struct set make_cell(
    struct grid *g, const struct doc_row *row, size_t column)
{
	const struct doc_cell *cell = &row->cells[column];
	struct type type = cell_type(g, row, column);
	const char *text = cell->note != 0
			       ? hs_arena_printf(g->pdf->arena, "%s [%u]",
				     cell->value.text, cell->note)
			       : cell->value.text;

	struct set set = { 0 };

	if ((g->table->columns[column].kind == DOC_TEXT && *text != '\0') ||
	    !type_run(g->pdf, &type, text, &set.run))
		set.layout = type_layout(g->pdf, &type, text, 0);
	return set;
}

static void grid_make(struct grid *g)
{
	const struct doc_table *t = g->table;

	for (size_t c = 0; c < t->column_count; c++)
		g->titles[c] = make_title(g, c);
	for (size_t r = 0; r < t->row_count; r++)
		for (size_t c = 0; c < cells_of(g, &t->rows[r]); c++)
			*cell_at(g, r, c) = make_cell(g, &t->rows[r], c);
}

static void grid_drop(struct grid *g)
{
	const struct doc_table *t = g->table;

	for (size_t c = 0; c < t->column_count; c++)
		g_object_unref(g->titles[c]);
	for (size_t r = 0; r < t->row_count; r++)
		for (size_t c = 0; c < cells_of(g, &t->rows[r]); c++)
			if (cell_at(g, r, c)->layout != NULL)
				g_object_unref(cell_at(g, r, c)->layout);
}

/* How narrow a title gets when each of its words has a line. */
static double title_least(PangoLayout *title)
{
	double least;

	pango_layout_set_width(title, 0);
	pango_layout_set_wrap(title, PANGO_WRAP_WORD);
	least = type_width(title);
	pango_layout_set_wrap(title, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_width(title, -1);
	return least;
}

/* What a column would like to have, and what it must. */
static void column_needs(
    struct grid *g, size_t column, double *ret_most, double *ret_least)
{
	bool words = g->table->columns[column].kind == DOC_TEXT;
	double cells = 0, title = type_width(g->titles[column]);

	for (size_t r = 0; r < g->table->row_count; r++)
		if (g->table->rows[r].kind != DOC_ROW_GROUP)
			cells = fmax(cells, set_width(cell_at(g, r, column)));
	if (words) {
		*ret_most = fmax(cells, title) + 2 * PAD;
		*ret_least = fmin(*ret_most, WORDS_LEAST);
		return;
	}
	*ret_least = fmax(cells, title_least(g->titles[column])) + 2 * PAD;
	*ret_most = fmax(*ret_least, fmin(title, FIGURES_TITLE) + 2 * PAD);
}

/* The level at which everybody has the same, or what he wants if less. */
static bool share_words(struct grid *g, const double *least, double over)
{
	while (over > .01) {
		double widest = 0, next = 0;
		size_t same = 0;

		for (size_t c = 0; c < g->table->column_count; c++)
			if (g->widths[c] > least[c])
				widest = fmax(widest, g->widths[c]);
		if (widest == 0)
			return false;
		for (size_t c = 0; c < g->table->column_count; c++) {
			if (g->widths[c] <= least[c])
				continue;
			if (g->widths[c] > widest - .01) {
				next = fmax(next, least[c]);
				same++;
			} else {
				next = fmax(next, g->widths[c]);
			}
		}
		next = fmax(next, widest - over / (double)same);
		for (size_t c = 0; c < g->table->column_count; c++)
			if (g->widths[c] > least[c] &&
			    g->widths[c] > widest - .01) {
				over -= g->widths[c] - next;
				g->widths[c] = next;
			}
	}
	return true;
}

static bool grid_fits(struct grid *g)
{
	size_t n = g->table->column_count;
	hs_auto(hs_freep) double *least = hs_alloc(n * sizeof(*least));
	double total = 0;

	for (size_t c = 0; c < n; c++) {
		column_needs(g, c, &g->widths[c], &least[c]);
		total += g->widths[c];
	}
	if (total > BODY_WIDTH)
		return share_words(g, least, total - BODY_WIDTH);
	for (size_t c = 0; c < n; c++)
		g->widths[c] += (BODY_WIDTH - total) / (double)n;
	return true;
}

/*
 * Only what is too wide is set to the width: the rest is shaped already. A row
 * stays on one page, so a cell that would be higher ends with an ellipsis.
 */
static void wrap(PangoLayout *layout, double width)
{
	if (layout == NULL || type_width(layout) <= width)
		return;
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	if (type_height(layout) <= CELL_HIGHEST)
		return;
	pango_layout_set_height(layout, (int)(CELL_HIGHEST * PANGO_SCALE));
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
}

static void grid_wrap(struct grid *g)
{
	const struct doc_table *t = g->table;

	for (size_t c = 0; c < t->column_count; c++) {
		double width = g->widths[c] - 2 * PAD + .1;

		wrap(g->titles[c], width);
		g->title_height =
		    fmax(g->title_height, type_height(g->titles[c]));
		for (size_t r = 0; r < t->row_count; r++)
			if (t->rows[r].kind != DOC_ROW_GROUP)
				wrap(cell_at(g, r, c)->layout, width);
	}
	for (size_t r = 0; r < t->row_count; r++)
		if (t->rows[r].kind == DOC_ROW_GROUP)
			wrap(cell_at(g, r, 0)->layout, BODY_WIDTH - 2 * PAD);
}

/* Where a text begins in its column: figures end at the right. */
static double text_x(const struct grid *g, const struct set *set,
    const struct type *type, size_t column, double x)
{
	bool wrapped =
	    set->layout != NULL && pango_layout_get_width(set->layout) >= 0;

	if (type->align == PANGO_ALIGN_RIGHT && !wrapped)
		return x + g->widths[column] - PAD - set_width(set);
	return x + PAD;
}

static void place_set(struct pdf *pdf, const struct set *set, double x,
    double y, const struct type *type)
{
	struct item *item;

	if (set->layout != NULL) {
		(void)place_layout(pdf, g_object_ref(set->layout), x, y, type);
		return;
	}
	item = place_item(pdf, ITEM_RUN);
	item->run = set->run;
	item->x = x;
	item->y = y;
	item->ink = type->ink;
}

static double row_height(const struct grid *g, size_t row)
{
	double height = 0;

	for (size_t c = 0; c < cells_of(g, &g->table->rows[row]); c++)
		height = fmax(height, set_height(cell_at(g, row, c)));
	return height + 2 * ROW_PAD;
}

static void put_titles(struct grid *g)
{
	double x = PAGE_LEFT;

	place_open(g->pdf, "TR", NULL);
	for (size_t c = 0; c < g->table->column_count; c++) {
		struct type type = title_type(g, c);
		double height = type_height(g->titles[c]);
		const struct set set = { .layout = g->titles[c] };

		place_open(g->pdf, "TH", NULL);
		place_set(g->pdf, &set, text_x(g, &set, &type, c, x),
		    g->pdf->y + ROW_PAD + g->title_height - height, &type);
		place_close(g->pdf, "TH");
		x += g->widths[c];
	}
	place_close(g->pdf, "TR");
	g->pdf->y += g->title_height + 2 * ROW_PAD;
	place_rect(g->pdf, PAGE_LEFT, g->pdf->y - .5, BODY_WIDTH, .9, INK_EDGE);
}

static void put_cell(
    struct grid *g, size_t row, size_t column, double x, double y)
{
	const struct doc_row *r = &g->table->rows[row];
	const struct doc_cell *cell = &r->cells[column];
	struct type type = cell_type(g, r, column);
	const struct set *set = cell_at(g, row, column);
	const char *tag =
	    g->table->columns[column].head || r->kind == DOC_ROW_GROUP ? "TH"
								       : "TD";

	place_open(g->pdf, tag, NULL);
	if (cell->note != 0)
		place_open(g->pdf, CAIRO_TAG_LINK,
		    hs_arena_printf(
			g->pdf->arena, "dest='note-%u'", cell->note));
	place_set(g->pdf, set, text_x(g, set, &type, column, x), y, &type);
	if (cell->note != 0)
		place_close(g->pdf, CAIRO_TAG_LINK);
	place_close(g->pdf, tag);
}

static void put_row(struct grid *g, size_t row, double height)
{
	const struct doc_row *r = &g->table->rows[row];
	double x = PAGE_LEFT, y = g->pdf->y;

	if (r->kind == DOC_ROW_TOTAL)
		place_rect(g->pdf, PAGE_LEFT, y - .5, BODY_WIDTH, .9, INK_EDGE);
	place_open(g->pdf, "TR", NULL);
	for (size_t c = 0; c < cells_of(g, r); c++) {
		put_cell(g, row, c, x, y + ROW_PAD);
		x += g->widths[c];
	}
	place_close(g->pdf, "TR");
	g->pdf->y += height;
	place_rect(
	    g->pdf, PAGE_LEFT, g->pdf->y - .25, BODY_WIDTH, .5, INK_LINE);
}

static void put_caption(struct grid *g, bool again)
{
	bool named = doc_is_named_by(g->pdf->section, g->table->title);
	const struct type type = { 9.5, INK_TEXT, true, PANGO_ALIGN_LEFT, 0 };
	const char *text =
	    again ? hs_arena_printf(g->pdf->arena, "%s (%s)", g->table->title,
			g->pdf->doc->head.words.continued)
		  : g->table->title;
	PangoLayout *layout;

	if (named && !again)
		return;
	layout = type_layout(g->pdf, &type, text, BODY_WIDTH);
	place_open(g->pdf, "Caption", NULL);
	(void)place_layout(g->pdf, layout, PAGE_LEFT, g->pdf->y, &type);
	place_close(g->pdf, "Caption");
	g->pdf->y += type_height(layout) + 2;
}

/* A group's name stays with its first row, a sum with the row before. */
static double height_together(const struct grid *g, size_t row)
{
	const struct doc_row *rows = g->table->rows;
	double height = row_height(g, row);

	if (row + 1 < g->table->row_count &&
	    (rows[row].kind == DOC_ROW_GROUP ||
		rows[row + 1].kind == DOC_ROW_TOTAL))
		height += row_height(g, row + 1);
	return height;
}

static void grid_place(struct grid *g)
{
	struct pdf *pdf = g->pdf;

	place_need(
	    pdf, 16 + g->title_height + 2 * ROW_PAD +
		     (g->table->row_count > 0 ? height_together(g, 0) : 0));
	place_open(pdf, "Table", NULL);
	put_caption(g, false);
	put_titles(g);
	for (size_t r = 0; r < g->table->row_count; r++) {
		if (pdf->y + height_together(g, r) > PAGE_BOTTOM) {
			place_page(pdf);
			put_caption(g, true);
			put_titles(g);
		}
		put_row(g, r, row_height(g, r));
	}
	place_close(pdf, "Table");
	pdf->y += 14;
}

void place_table(struct pdf *pdf, const struct doc_table *table)
{
	size_t n = table->column_count;
	hs_auto(hs_freep) double *widths = hs_alloc(n * sizeof(*widths));
	hs_auto(hs_freep) PangoLayout **titles = hs_alloc(n * sizeof(*titles));
	hs_auto(hs_freep) struct set *cells =
	    hs_alloc((n * table->row_count + 1) * sizeof(*cells));
	struct grid g = { pdf, table, SIZE_MOST, widths, titles, cells, 0 };

	grid_make(&g);
	while (!grid_fits(&g) && g.size > SIZE_LEAST) {
		grid_drop(&g);
		g.size -= .5;
		grid_make(&g);
	}
	grid_wrap(&g);
	grid_place(&g);
	grid_drop(&g);
}
