/* study.h - the case that is reported, read and worked out, as it is or with
 * other figures; and parts of its report as parts of a page.
 */
#ifndef HANSE_PORTAL_CONSOLE_STUDY_H
#define HANSE_PORTAL_CONSOLE_STUDY_H

#include "base/conf.h"
#include "portal/console/console.h"
#include "tco-report/doc/doc.h"
#include "tco-report/tco.h"

struct study {
	struct tco_case *tcase;
	struct tco_result *result;
	struct doc *doc; /* the report in the page's language */
	struct hs_faults faults;
};

/**
 * Read the case of the configuration and work it out.
 *
 * @settings:   figures that replace the case's
 * @ret_study:  also to be ended when this fails: then it has the faults
 *
 * Errors: HS_EINVAL (the case, or the settings), HS_ENOTFOUND (no file).
 */
int study_open(struct page *page, const struct tco_setting *settings,
    size_t count, struct study *ret_study, struct hs_err *err);
void study_done(struct study *study);

/** The section of that id. */
const struct doc_section *study_section(
    const struct study *study, const char *id);

/**
 * Blocks as a view; charts are left out, for their numbers are in tables.
 *
 * @table:  NULL, or the only table that is wanted, with its title
 */
const struct view_doc *study_view(struct page *page,
    const struct doc_section *section, const struct doc_table *table);

/** The row of key figures of a section; NULL: it has none. */
const struct doc_block *study_figures(const struct doc_section *section);

#endif
