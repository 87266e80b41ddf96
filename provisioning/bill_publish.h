/* bill_publish.h - bills of closed months, brought to the databases of the
 * virtual enterprises, where each enterprise's portal shows it its own.
 */
#ifndef HANSE_PROVISIONING_BILL_PUBLISH_H
#define HANSE_PROVISIONING_BILL_PUBLISH_H

#include "provisioning/plat.h"

struct hs_err;

/**
 * Publish what is closed and not published yet: a month and virtual enterprise
 * at a time, each whole or not at all. What is there already is left alone, so
 * that it can be done again. A virtual enterprise whose database does not
 * answer does not keep the others from theirs.
 *
 * Who has left its virtual enterprise has no portal to see a bill in, and the
 * next of that name shall not see it: such a bill is the operator's only.
 *
 * @ret_count:  months that were published; NULL: nobody cares
 *
 * Errors: those of the first virtual enterprise that failed.
 */
int bill_publish_due(struct plat *plat, size_t *ret_count, struct hs_err *err);

#endif
