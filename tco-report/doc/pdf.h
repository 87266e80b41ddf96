/* pdf.h - a doc on paper: placed first, painted then.
 *
 * Private to doc/. Placing knows how high everything is and fills pages with
 * items; painting draws them one after the other. So the contents can say
 * pages, and a page of how many it is. Lengths are points, y grows downwards.
 */
#ifndef HANSE_TCO_REPORT_DOC_PDF_H
#define HANSE_TCO_REPORT_DOC_PDF_H

#include <cairo.h>
#include <pango/pango.h>
#include <stdbool.h>
#include <stddef.h>

#include "tco-report/doc/chart.h"
#include "tco-report/doc/doc.h"

#define PAGE_WIDTH  595.28
#define PAGE_HEIGHT 841.89
#define PAGE_LEFT   51.0
#define PAGE_TOP    54.0
#define PAGE_BOTTOM (PAGE_HEIGHT - 62.0)
#define BODY_WIDTH  (PAGE_WIDTH - 2 * PAGE_LEFT)

enum ink {
	INK_TEXT,
	INK_MUTED,
	INK_LINE,
	INK_EDGE,
	INK_BRAND,
	INK_GOOD,
	INK_WARN,
	INK_BAD,
	INK_PLAIN_BACK,
	INK_GOOD_BACK,
	INK_WARN_BACK,
	INK_BAD_BACK,
};
#define INK_COUNT (INK_BAD_BACK + 1)

/** How text is set. */
struct type {
	double size;
	enum ink ink;
	bool bold;
	PangoAlignment align;
	double leading; /* of a line, in its own height; 0: as the font's */
};

#define RUN_MAX 48 /* characters */

/**
 * A figure without pango: letter by letter from a table. A report is mostly
 * figures, and pango would take as long for each as for a sentence.
 */
struct run {
	const char *text; /* NULL: none, use a layout */
	const struct run_font *font;
	double width, height;
};

enum item_kind {
	ITEM_TEXT,  /* lines first to end of layout at x, y */
	ITEM_RUN,   /* run at x, y */
	ITEM_RECT,  /* filled */
	ITEM_CHART, /* in width */
	ITEM_OPEN,  /* a structure tag or a link, with its attributes */
	ITEM_CLOSE,
	ITEM_PAGE_OF, /* the page number of a section, at the end of width */
};

struct item {
	enum item_kind kind;
	size_t page;
	double x, y, width, height;
	enum ink ink;
	PangoLayout *layout;
	int first, end; /* lines; end 0: all */
	struct run run;
	const struct doc_chart *chart;
	const char *tag, *attributes;
	const struct doc_section *section; /* NULL: the notes */
	struct type type;
};

struct pdf {
	const struct doc *doc;
	PangoFontMap *map;
	PangoContext *context;
	const char *family;
	PangoWeight bold;
	struct hs_arena *arena;
	struct run_font *run_fonts; /* made as they are needed */
	struct item *items;
	size_t count, room;
	size_t page; /* from 0 */
	double y;
	const struct doc_section *section; /* where it is */
	size_t *section_pages; /* by place in the doc; the notes' behind */
};

/* pdf_type.c, pdf_run.c */

/** A new layout; width 0 does not wrap. The caller unrefs it. */
PangoLayout *type_layout(
    struct pdf *pdf, const struct type *type, const char *text, double width);
double type_width(PangoLayout *layout);
double type_height(PangoLayout *layout);

/** Set a figure; false if it has more than the main font's plain letters. The
 * text stays the caller's. */
bool type_run(struct pdf *pdf, const struct type *type, const char *text,
    struct run *ret_run);
void type_run_show(cairo_t *cr, const struct run *run, double x, double y);
void type_runs_drop(struct pdf *pdf);

void ink_set(cairo_t *cr, enum ink ink);
enum ink ink_of_tone(enum doc_tone tone);
enum ink ink_behind(enum doc_tone tone);

/* pdf_place.c */

/** The next item, on the current page. */
struct item *place_item(struct pdf *pdf, enum item_kind kind);
void place_open(struct pdf *pdf, const char *tag, const char *attributes);
void place_close(struct pdf *pdf, const char *tag);
/** Takes the layout. */
struct item *place_layout(struct pdf *pdf, PangoLayout *layout, double x,
    double y, const struct type *type);
void place_rect(struct pdf *pdf, double x, double y, double width,
    double height, enum ink ink);
void place_page(struct pdf *pdf);
/** A new page, unless so much is left on this one. */
void place_need(struct pdf *pdf, double height);
/** Everything. */
void place_doc(struct pdf *pdf);

/* pdf_table.c */

void place_table(struct pdf *pdf, const struct doc_table *table);

/* pdf_canvas.c */

/** A chart at the current point of cr, scaled to a width. */
void pdf_chart(
    struct pdf *pdf, cairo_t *cr, const struct doc_chart *chart, double width);
/** Its height there. */
double pdf_chart_height(
    const struct pdf *pdf, const struct doc_chart *chart, double width);

#endif
