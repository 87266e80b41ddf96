/* ground.h - what the programs of run.sh stand on: a scratch control database,
 * and folders of their own. Failures end the test.
 */
#ifndef HANSE_TESTS_PROVISIONING_GROUND_H
#define HANSE_TESTS_PROVISIONING_GROUND_H

#include "provisioning/store.h"
#include "provisioning/want.h"

extern struct plat ground_plat;
extern struct hs_db *ground_store;

/** PROGRAM STATE RUN SHARE; 0, or an exit status. */
int ground_open(int argc, char **argv);
void ground_close(void);

/** The example chain's text. */
char *ground_example(void);

/** A text with the first occurrence of one thing made another. */
char *ground_with(const char *text, const char *from, const char *to);

/** Specs as if stored, without storing them. */
void ground_specs(
    struct store_ves *ret_ves, const char *const *texts, size_t count);

/** What these specs want; ground_wanted() must succeed. */
int ground_want(const char *const *texts, size_t count,
    struct objects *ret_objects, struct hs_err *err);
void ground_wanted(
    const char *const *texts, size_t count, struct objects *ret_objects);

/** Give every number back. */
void ground_release(void);

#endif
