/* main.h - parts of the program hanse-tco. */
#ifndef HANSE_TCO_REPORT_MAIN_H
#define HANSE_TCO_REPORT_MAIN_H

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

/** How a result is written; ended by a NULL name. */
struct tco_writer {
	const char *name;
	int (*write)(
	    const struct tco_result *result, FILE *out, struct hs_err *err);
};
extern const struct tco_writer tco_writers[];

int tco_write_table(
    const struct tco_result *result, FILE *out, struct hs_err *err);
int tco_write_json(
    const struct tco_result *result, FILE *out, struct hs_err *err);

#endif
