/* cases.h - what chance would take long to come to, a case each; 0: all is
 * well, which is printed.
 */
#ifndef HANSE_TESTS_GATEWAY_DIFFER_CASES_H
#define HANSE_TESTS_GATEWAY_DIFFER_CASES_H

int case_break(const char *conninfo);
int case_ghosts(const char *conninfo);
int case_copied(const char *conninfo);
int case_bound(const char *conninfo);

#endif
