/* write.h - a doc as bytes: the writers.
 *
 * The same doc gives the same bytes, always: no clock, no locale, no random.
 * Of a PDF that holds for the same fonts and libraries.
 */
#ifndef HANSE_TCO_REPORT_DOC_WRITE_H
#define HANSE_TCO_REPORT_DOC_WRITE_H

#include <stdbool.h>
#include <stddef.h>

struct doc;
struct doc_table;
struct hs_err;
struct hs_text;

struct doc_terminal {
	unsigned width; /* columns of the terminal */
	bool colour;    /* it is one, and takes ECMA-48's colours */
};

/** Text for a terminal or a mail; wide characters count for two columns. */
void doc_write_terminal(const struct doc *doc,
    const struct doc_terminal *terminal, struct hs_text *out);

/**
 * One page of HTML with all it needs in it: style, charts as SVG; no script.
 * Light and dark as the reader's system is, and made for printing, too.
 */
void doc_write_html(const struct doc *doc, struct hs_text *out);

/** A table as RFC 4180: UTF-8, CRLF, the decimal sign is a point. */
void doc_write_csv(const struct doc_table *table, struct hs_text *out);

/**
 * Each table as a file FOLDER/ID.csv.
 *
 * Errors: HS_ESYSTEM.
 */
int doc_write_csv_folder(
    const struct doc *doc, const char *folder, struct hs_err *err);

/** All of it; each figure as text, value and exact value. */
void doc_write_json(const struct doc *doc, struct hs_text *out);

/**
 * A4 pages with contents, outlines, links, structure, metadata.
 *
 * Errors: HS_ESYSTEM (cairo or pango failed).
 */
int doc_write_pdf(
    const struct doc *doc, struct hs_text *out, struct hs_err *err);

#endif
