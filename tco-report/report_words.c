/* report_words.c - the report's words for who asks for figures in a form. */

#include "tco-report/words.h"

#include "tco-report/report_part.h"

/* Words need no result. */
static struct report words_of(struct doc *doc, const char *currency)
{
	struct report rep = { .doc = doc, .currency = currency };

	(void)say_language(doc->head.language, &rep.lang);
	return rep;
}

const char *tco_words_param(struct doc *doc, enum tco_param_id id)
{
	const struct report rep = words_of(doc, "");

	return part_param(&rep, id);
}

const char *tco_words_group(struct doc *doc, enum tco_group group)
{
	const struct report rep = words_of(doc, "");

	return say_named(&rep, "group.", tco_group_name(group));
}

const char *tco_words_unit(
    struct doc *doc, const char *currency, enum tco_param_id id)
{
	const struct report rep = words_of(doc, currency);

	return say_unit(&rep, tco_kinds[id].unit);
}

const char *tco_words_confidence(
    struct doc *doc, enum tco_confidence confidence)
{
	const struct report rep = words_of(doc, "");

	return confidence == TCO_YOURS ? say(&rep, TCO_MSG_PARAMS_YOURS)
				       : say_named(&rep, "confidence.",
					     tco_confidence_name(confidence));
}
