/* report_part.h - the sections of a report; each adds itself to the doc.
 *
 * Private to tco-report/.
 */
#ifndef HANSE_TCO_REPORT_REPORT_PART_H
#define HANSE_TCO_REPORT_REPORT_PART_H

#include "tco-report/say.h"

/* Texts that sections share. */

/** Both ways of timing, as a column's title. */
const char *part_timing(const struct report *rep, enum tco_timing timing);
/** A driver's name: one of the nine, or its parameter's. */
const char *part_driver(
    const struct report *rep, const struct tco_driver *driver);
const char *part_param(const struct report *rep, enum tco_param_id id);
/** The same, and whose it is if it is an enterprise's own. */
const char *part_turning(
    const struct report *rep, const struct tco_break_even *even);
/** A parameter's value with its unit, for a sentence. */
const char *part_param_value(
    const struct report *rep, enum tco_param_id id, const struct num *value);
/** Put a figure into a row; returns the cell. */
struct doc_cell *part_put(const struct report *rep, struct doc_row *row,
    size_t column, struct doc_value value);
/** The same, bad news if it is negative. */
void part_put_signed(const struct report *rep, struct doc_row *row,
    size_t column, struct doc_value value);
struct doc_row *part_row(
    const struct report *rep, struct doc_table *table, const char *name);

void report_verdict(const struct report *rep);
void report_params(const struct report *rep);
void report_cash(const struct report *rep);
void report_accounting(const struct report *rep);
void report_unit(const struct report *rep);
void report_sure(const struct report *rep);
void report_showback(const struct report *rep);
void report_soft(const struct report *rep);
void report_carbon(const struct report *rep);
void report_need(const struct report *rep);

#endif
