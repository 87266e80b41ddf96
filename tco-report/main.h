/* main.h - parts of the program hanse-tco. */
#ifndef HANSE_TCO_REPORT_MAIN_H
#define HANSE_TCO_REPORT_MAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "tco-report/tco.h"

/* The same as hanse's. */
enum tco_exit {
	TCO_EXIT_OK = 0,
	TCO_EXIT_FAILED = 1,
	TCO_EXIT_INVALID = 3,
	TCO_EXIT_NOT_FOUND = 4,
	TCO_EXIT_DENIED = 5,
	TCO_EXIT_USAGE = 64,
};

#define TCO_SETTINGS_MAX 64

struct tco_call {
	const char *command, *arg, *file, *output;
	const char *language; /* NULL: as the environment says */
	const char *date;     /* of the report; NULL: today */
	const char *target;   /* file or folder; NULL: standard output */
	const char *table;    /* of CSV; NULL: all, as files in a folder */
	const char *rule;     /* for what is idle, of FOCUS; NULL: by use */
	struct tco_setting settings[TCO_SETTINGS_MAX];
	size_t setting_count;
	struct tco_options options;
	bool help;
};

/** Take the command line apart. Errors: HS_EINVAL. */
int tco_call_parse(
    int argc, char **argv, struct tco_call *ret_call, struct hs_err *err);
void tco_call_done(struct tco_call *call);

void tco_help(FILE *out);
/** Every parameter there is, with unit, bounds and need. */
void tco_list_parameters(FILE *out);

struct doc;
struct hs_text;

/** How a report is written; ended by a NULL name. */
struct tco_writer {
	const char *name;
	int (*write)(const struct tco_call *call,
	    const struct tco_result *result, const struct doc *doc,
	    struct hs_text *out, struct hs_err *err);
	bool is_binary; /* nothing for a terminal */
};
extern const struct tco_writer tco_writers[];

/** The writer of that name; NULL if there is none. */
const struct tco_writer *tco_writer_find(const char *name);

/**
 * Write a result as the call says, to its file, folder or standard output.
 *
 * Errors: HS_EINVAL (no such language or table; a PDF for a terminal),
 * HS_ESYSTEM.
 */
int tco_write(const struct tco_call *call, const struct tco_result *result,
    struct hs_err *err);

/** Every figure by name, and the report's doc as the member "report". */
int tco_write_json(const struct tco_call *call, const struct tco_result *result,
    const struct doc *doc, struct hs_text *out, struct hs_err *err);

/** A CSV as a spreadsheet. Errors: as xl_table_write(), HS_ENOTFOUND. */
int tco_write_sheet(const struct tco_call *call, struct hs_err *err);

/** The workbook, in the doc's language. */
int tco_write_xlsx(const struct tco_call *call, const struct tco_result *result,
    const struct doc *doc, struct hs_text *out, struct hs_err *err);
/** The bills as FOCUS charges. */
int tco_write_focus(const struct tco_call *call,
    const struct tco_result *result, const struct doc *doc, struct hs_text *out,
    struct hs_err *err);

#endif
