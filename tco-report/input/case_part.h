/* case_part.h - what the readers of a case share; private to input/. */
#ifndef HANSE_TCO_REPORT_INPUT_CASE_PART_H
#define HANSE_TCO_REPORT_INPUT_CASE_PART_H

struct hs_conf;
struct hs_faults;
struct tco_case;

/** The enterprise of that name; -1 if there is none. */
int case_find(const struct tco_case *tcase, const char *name);

/** What is needed and missing, and what does not fit together. */
void case_check(const struct tco_case *tcase, const struct hs_conf *conf,
    struct hs_faults *faults);

#endif
