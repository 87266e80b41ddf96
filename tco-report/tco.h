/* tco.h - what a case costs, and who pays what: the public header.
 *
 * Whoever wants a report loads a case (a file, or a text and settings from a
 * form), runs the model over it, and reads the result.
 */
#ifndef HANSE_TCO_REPORT_TCO_H
#define HANSE_TCO_REPORT_TCO_H

#include "tco-report/exact/number.h"
#include "tco-report/input/case.h"
#include "tco-report/input/date.h"
#include "tco-report/input/price.h"
#include "tco-report/model/model.h"

#endif
