/* charges.h - the bills of a result as FOCUS charges.
 *
 * An enterprise's bill becomes rows that add up to it, to the cent: one for
 * each resource it is charged for (price times quantity, exactly), one for its
 * share of what nobody used, by the rule of the bill (a split cost, with how it
 * was split), and, where those do not end at a cent, one that rounds.
 */
#ifndef HANSE_TCO_REPORT_FOCUS_CHARGES_H
#define HANSE_TCO_REPORT_FOCUS_CHARGES_H

#include <stdio.h>

#include "tco-report/model/model.h"

struct hs_err;

/**
 * Write the file: a line of names, then every bill's rows, in the order of the
 * enterprises, then what the operator bears.
 *
 * @provider:  who runs the platform and bills for it
 * @rule:      how idle cost was given out
 *
 * Errors: HS_EINVAL (the result has no usage), HS_ESYSTEM.
 */
int focus_write_bills(FILE *out, const struct tco_result *result,
    const char *provider, enum tco_rule rule, struct hs_err *err);

#endif
