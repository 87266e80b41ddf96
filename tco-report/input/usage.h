/* usage.h - usage and load out of CSV files; private to input/. */
#ifndef HANSE_TCO_REPORT_INPUT_USAGE_H
#define HANSE_TCO_REPORT_INPUT_USAGE_H

struct hs_err;
struct hs_faults;
struct tco_case;

/**
 * Columns enterprise,meter,quantity,unit. Rows of one meter are added up.
 *
 * @text:   NULL reads the file @name
 * @tcase:  its enterprises get the sums
 *
 * Errors: as csv_open().
 */
int usage_load(const char *name, const char *text, struct tco_case *tcase,
    struct hs_faults *faults, struct hs_err *err);

/** Columns time,enterprise,resource,value,unit; time as 2026-03-01T10:00:00Z.
 * One row for each. Errors: as csv_open(). */
int load_load(const char *name, const char *text, struct tco_case *tcase,
    struct hs_faults *faults, struct hs_err *err);

#endif
