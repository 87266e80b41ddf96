/* words.h - the report's words for who asks for figures in a form: parameters,
 * their groups and units, in the reader's language.
 *
 * Texts live as long as the doc, which is any of that language.
 */
#ifndef HANSE_TCO_REPORT_WORDS_H
#define HANSE_TCO_REPORT_WORDS_H

#include "tco-report/input/param.h"

struct doc;

/** "Electricity price" */
const char *tco_words_param(struct doc *doc, enum tco_param_id id);
/** "Energy and carbon" */
const char *tco_words_group(struct doc *doc, enum tco_group group);
/** "EUR/kWh"; "" for a pure number. */
const char *tco_words_unit(
    struct doc *doc, const char *currency, enum tco_param_id id);
/** "published", "your figure" ... */
const char *tco_words_confidence(
    struct doc *doc, enum tco_confidence confidence);

#endif
