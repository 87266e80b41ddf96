/* report.h - a result as a doc, in the reader's language.
 *
 * Each figure is rounded here, once, and every writer prints that; nothing is
 * worked out here that the model does not say.
 */
#ifndef HANSE_TCO_REPORT_REPORT_H
#define HANSE_TCO_REPORT_REPORT_H

#include <stdbool.h>

struct doc;
struct hs_err;
struct tco_result;

struct tco_report_options {
	const char *language; /* "en", "de", "zh"; also "de-AT" */
	const char *date;     /* the report's, "2026-11-28" */
	const char *author;   /* NULL: none */
};

/**
 * Write the report.
 *
 * @result:   lent; the doc does not need it afterwards
 * @ret_doc:  ended with doc_free(); for the writers of doc/write.h
 *
 * Errors: HS_EINVAL (no such language, no date).
 */
int tco_report(const struct tco_result *result,
    const struct tco_report_options *options, struct doc **ret_doc,
    struct hs_err *err);

#endif
