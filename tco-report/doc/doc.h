/* doc.h - a report as a value: what is in it, not how it looks.
 *
 * Whoever has something to report builds a doc; writers turn it into text for
 * a terminal, HTML, CSV, JSON and PDF (write.h). Nothing here knows what the
 * report is about, in which language, or what a price is.
 *
 * Every figure is rounded once, by whoever builds the doc, and comes as a
 * doc_value; so all writers show the same digits. A doc lives in an arena of
 * its own: all text handed in is copied, everything dies with doc_free().
 */
#ifndef HANSE_TCO_REPORT_DOC_DOC_H
#define HANSE_TCO_REPORT_DOC_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/** What a column holds; all but text stand to the right. */
enum doc_kind {
	DOC_TEXT,
	DOC_MONEY,
	DOC_NUMBER,
	DOC_PERCENT,
	DOC_DATE,
};
#define DOC_KIND_COUNT (DOC_DATE + 1)

/** Good and bad news; never told by colour alone. */
enum doc_tone {
	DOC_PLAIN,
	DOC_GOOD,
	DOC_WARN,
	DOC_BAD,
};
#define DOC_TONE_COUNT (DOC_BAD + 1)

/** One figure or word. */
struct doc_value {
	const char *text;  /* for people: "28.262,15 €" */
	const char *value; /* the same digits for machines: "28262.15",
			      "2026-11-28"; NULL: words, text is all */
	const char *exact; /* before it was rounded: a decimal, or a fraction
			      "a/b"; NULL: value is exact */
};

struct doc_cell {
	struct doc_value value;
	enum doc_tone tone;
	unsigned note; /* a footnote's number; 0: none */
};

struct doc_column {
	const char *title;
	enum doc_kind kind;
	const char *unit; /* "kWh", "EUR"; NULL: none, or it is in the cells */
	bool head;        /* its cells name their rows */
};

enum doc_row_kind {
	DOC_ROW,
	DOC_ROW_TOTAL, /* a sum of what stands above */
	DOC_ROW_GROUP, /* one cell: what the next rows have in common */
};

struct doc_row {
	enum doc_row_kind kind;
	struct doc_cell *cells; /* as many as columns; a group has one */
};

struct doc_table {
	struct doc_table *next; /* of all tables of the doc */
	const char *id;         /* unique; the CSV file's name */
	const char *title;
	struct doc_column *columns;
	size_t column_count;
	struct doc_row *rows;
	size_t row_count;
	bool placed; /* a block of its own, not only a chart's data */
};

/**
 * How a chart is drawn from its table: the label column names bars or points,
 * the series columns are their values, each with its column's title.
 */
enum doc_chart_kind {
	DOC_BARS,      /* a group of bars a row */
	DOC_STACK,     /* one bar a row, the series on each other */
	DOC_LINES,     /* a line a series, the rows along the axis */
	DOC_TORNADO,   /* two series, low and high; bars from base */
	DOC_HISTOGRAM, /* one series; the label column is where a bin begins,
			  the last row (without a value) where the last ends */
};

/** A line across a chart with its name: zero, a median, a target. */
struct doc_mark {
	const char *label;
	const char *value; /* a decimal on the axis of the values; of a
			      histogram, on that of the bins */
	enum doc_tone tone;
};

struct doc_chart {
	enum doc_chart_kind kind;
	const char *id;
	const char *title;
	const char *description; /* what one sees, for who does not see it */
	const char *x_title, *y_title; /* NULL: none */
	const struct doc_table *data;
	unsigned label;        /* column */
	unsigned first, count; /* columns of the series */
	size_t rows;           /* the first so many are drawn; 0: all */
	const char *base;      /* tornado: a decimal */
	struct doc_mark *marks;
	size_t mark_count;
};

/** One of the few numbers that stand out. */
struct doc_figure {
	const char *label;
	struct doc_value value;
	const char *hint; /* a few words below it; NULL: none */
	enum doc_tone tone;
};

enum doc_block_kind {
	DOC_LEAD,      /* text: a paragraph in larger type */
	DOC_PARAGRAPH, /* text */
	DOC_LIST,      /* items */
	DOC_FIGURES,   /* figures */
	DOC_NOTICE,    /* tone, title, text */
	DOC_TABLE,     /* table */
	DOC_CHART,     /* chart */
};

struct doc_block {
	struct doc_block *next;
	enum doc_block_kind kind;
	enum doc_tone tone;
	const char *title; /* of a notice or list; NULL: none */
	const char *text;
	unsigned note; /* at the end of text; 0: none */
	const char **items;
	struct doc_figure *figures;
	size_t count; /* of items or figures */
	struct doc_table *table;
	struct doc_chart *chart;
};

struct doc_section {
	struct doc_section *next;
	unsigned level; /* 1 or 2 */
	const char *id; /* unique: the anchor */
	const char *title;
	bool new_page; /* on paper */
	struct doc_block *blocks, **end;
};

struct doc_note {
	const char *text;
	const char *url; /* NULL: none */
};

/** The writers' own words, in the doc's language. */
struct doc_words {
	const char *contents;
	const char *page;      /* "Page %1 of %2" */
	const char *data;      /* "Data of the chart" */
	const char *notes;     /* heading of the footnotes */
	const char *note;      /* "Note", before a footnote's number */
	const char *continued; /* "continued": a table on its next page */
	const char *skip;      /* "Skip to the contents" */
	const char *good, *warn, *bad; /* a tone in a word: "Attention" */
	const char *point, *group;     /* of numbers on an axis */
};

/** What the report is called and by whom it was made. */
struct doc_head {
	const char *language; /* BCP 47: "en", "de", "zh-Hans" */
	const char *title;
	const char *subtitle; /* NULL: none */
	const char *author;   /* NULL: none */
	const char *date;     /* for people */
	const char *iso_date; /* "2026-11-28": also the file's own */
	struct doc_words words;
};

struct doc {
	struct hs_arena *arena;
	struct doc_head head;
	struct doc_section *sections, **section_end;
	struct doc_table *tables, **table_end;
	struct doc_note *notes;
	size_t note_count;
};

/** A doc without sections. No writer asks the clock: dates are the caller's. */
struct doc *doc_new(const struct doc_head *head);
void doc_free(struct doc *doc);
HS_FREEP(doc_freep, struct doc *, doc_free)

/** Text of the doc's own, for whoever puts one together. */
const char *doc_printf(struct doc *doc, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** The next section; blocks are added to it. @level: 1 or 2. */
struct doc_section *doc_section(
    struct doc *doc, unsigned level, const char *id, const char *title);

/* Blocks; each goes to the end of the section. */

void doc_lead(struct doc *doc, struct doc_section *sec, const char *text);

/** Returns the block, so that a note can be put to it. */
struct doc_block *doc_paragraph(
    struct doc *doc, struct doc_section *sec, const char *text);

/** An empty list; doc_item() fills it. @title: NULL for none. */
struct doc_block *doc_list(
    struct doc *doc, struct doc_section *sec, const char *title);
void doc_item(struct doc *doc, struct doc_block *list, const char *text);

/** An empty row of key figures; doc_figure() fills it. */
struct doc_block *doc_figures(struct doc *doc, struct doc_section *sec);
void doc_figure(struct doc *doc, struct doc_block *figures,
    const struct doc_figure *figure);

/** A box that is read first. */
void doc_notice(struct doc *doc, struct doc_section *sec, enum doc_tone tone,
    const char *title, const char *text);

/**
 * An empty table; doc_row() and doc_cell() fill it.
 *
 * @sec:  where it stands; NULL: nowhere, it is only the data of a chart
 */
struct doc_table *doc_table(struct doc *doc, struct doc_section *sec,
    const char *id, const char *title, const struct doc_column *columns,
    size_t count);

/** Let a table that is a chart's data stand here as well. */
void doc_place_table(
    struct doc *doc, struct doc_section *sec, struct doc_table *table);

/** The table's next row, its cells empty. */
struct doc_row *doc_row(
    struct doc *doc, struct doc_table *table, enum doc_row_kind kind);

/** Fill a cell; the texts are copied. Returns it, for tone and note. */
struct doc_cell *doc_cell(struct doc *doc, struct doc_row *row, size_t column,
    const struct doc_value *value);

/** Fill a cell with words. */
struct doc_cell *doc_words_cell(
    struct doc *doc, struct doc_row *row, size_t column, const char *text);

/** A chart of a table of the same doc; all but data is copied. */
void doc_chart(
    struct doc *doc, struct doc_section *sec, const struct doc_chart *chart);

/** Whether a table or chart is called as the section it stands in: then it
 * needs no title of its own for the eye. */
bool doc_is_named_by(const struct doc_section *sec, const char *title);

/** A footnote's number, from 1; the same text has the same number. */
unsigned doc_note(struct doc *doc, const char *text, const char *url);

/** The table of that id; NULL if there is none. */
const struct doc_table *doc_find_table(const struct doc *doc, const char *id);

/** "money", "percent" ...: a static string. */
const char *doc_kind_name(enum doc_kind kind);
/** "plain", "good" ...: a static string. */
const char *doc_tone_name(enum doc_tone tone);

#endif
