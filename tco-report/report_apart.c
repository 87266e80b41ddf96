/* report_apart.c - what is in no verdict: soft effects and carbon; and how the
 * number of hosts comes about.
 */

#include "tco-report/report_part.h"

static void put_soft(const struct report *rep, struct doc_table *table,
    enum tco_msg name, const struct num *saving)
{
	if (saving != NULL)
		part_put_signed(rep, part_row(rep, table, say(rep, name)), 1,
		    say_money(rep, saving));
}

void report_soft(const struct report *rep)
{
	const struct tco_soft *soft = &rep->r->soft;
	struct doc_section *sec =
	    doc_section(rep->doc, 1, "soft", say(rep, TCO_MSG_SOFT_TITLE));
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_SOFT_KIND), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_CASH_SAVING), DOC_MONEY, rep->currency,
		    false },
	};
	struct doc_table *table;

	(void)doc_paragraph(rep->doc, sec, say(rep, TCO_MSG_SOFT_TEXT));
	table = doc_table(rep->doc, sec, "hard-and-soft",
	    say(rep, TCO_MSG_SOFT_TABLE), columns, ARRAY_LEN(columns));
	put_soft(rep, table, TCO_MSG_SOFT_HARD, rep->r->verdict.saving);
	put_soft(rep, table, TCO_MSG_SOFT_DOWNTIME, soft->downtime);
	put_soft(rep, table, TCO_MSG_SOFT_PROVISIONING, soft->provisioning);
	put_soft(rep, table, TCO_MSG_SOFT_TOTAL, soft->total);
	if (soft->total == NULL)
		(void)doc_paragraph(rep->doc, sec, say(rep, TCO_MSG_SOFT_NONE));
}

static void put_carbon(const struct report *rep, struct doc_table *table,
    enum tco_msg name, const struct num *dedicated, const struct num *platform)
{
	struct doc_row *row;

	if (dedicated == NULL || platform == NULL)
		return;
	row = part_row(rep, table, say(rep, name));
	(void)part_put(rep, row, 1, say_number(rep, dedicated, 2));
	(void)part_put(rep, row, 2, say_number(rep, platform, 2));
	part_put_signed(rep, row, 3,
	    say_number(rep, num_sub(rep->pool, dedicated, platform), 2));
}

static void add_shares(const struct report *rep, struct doc_section *sec)
{
	const struct tco_showback *s = &rep->r->showback;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_DOC_ENTERPRISE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_CARBON_SHARE), DOC_NUMBER, NULL, false },
	};
	struct doc_table *table;

	if (s->bill == NULL || rep->r->carbon.platform == NULL)
		return;
	table = doc_table(rep->doc, sec, "carbon-shares",
	    say(rep, TCO_MSG_CARBON_EACH), columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < s->count; i++)
		(void)part_put(rep,
		    part_row(rep, table, s->bill[i].enterprise->title), 1,
		    say_number(rep, s->bill[i].carbon_kg, 2));
}

void report_carbon(const struct report *rep)
{
	const struct tco_carbon *c = &rep->r->carbon;
	struct doc_section *sec =
	    doc_section(rep->doc, 1, "carbon", say(rep, TCO_MSG_CARBON_TITLE));
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_CARBON_WHAT), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_DOC_DEDICATED), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_DOC_PLATFORM), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_DOC_DIFFERENCE), DOC_NUMBER, NULL, false },
	};
	struct doc_table *table = doc_table(rep->doc, sec, "carbon-table",
	    say(rep, TCO_MSG_CARBON_TABLE), columns, ARRAY_LEN(columns));

	put_carbon(
	    rep, table, TCO_MSG_CARBON_KWH, c->dedicated_kwh, c->platform_kwh);
	put_carbon(
	    rep, table, TCO_MSG_CARBON_USE, c->dedicated_use, c->platform_use);
	put_carbon(rep, table, TCO_MSG_CARBON_EMBODIED, c->dedicated_embodied,
	    c->platform_embodied);
	put_carbon(rep, table, TCO_MSG_CARBON_TOTAL, c->dedicated, c->platform);
	if (c->dedicated == NULL)
		(void)doc_paragraph(
		    rep->doc, sec, say(rep, TCO_MSG_CARBON_NONE));
	add_shares(rep, sec);
}

/* What a load is counted in, by resource. */
static const char *load_unit(enum tco_resource resource)
{
	switch (resource) {
	case TCO_CPU:
		return "cores";
	case TCO_RAM:
		return "GiB";
	case TCO_IOPS:
		return "IOPS";
	case TCO_NETWORK:
		return "Gbit/s";
	case TCO_STORAGE:
	case TCO_REQUESTS:
		return NULL; /* no host is chosen by it */
	}
	return NULL;
}

static void put_need(const struct report *rep, struct doc_table *table,
    enum tco_resource resource, const struct tco_need_row *need)
{
	struct doc_row *row = part_row(rep, table,
	    say_named(rep, "resource.", tco_resources[resource].name));
	const struct num *target =
	    need->target != NULL
		? num_div(rep->pool, need->target, num_int(rep->pool, 100))
		: NULL;
	const char *unit = load_unit(resource);

	(void)doc_words_cell(rep->doc, row, 1,
	    resource == TCO_NETWORK ? "Gbit/s" : say_unit(rep, unit));
	(void)part_put(rep, row, 2, say_number(rep, need->sum_of_peaks, 2));
	(void)part_put(rep, row, 3, say_number(rep, need->peak_of_sum, 2));
	(void)doc_words_cell(
	    rep->doc, row, 4, need->time != NULL ? need->time : "");
	(void)part_put(rep, row, 5, say_given(rep, need->capacity));
	(void)part_put(rep, row, 6, say_percent(rep, target, 0));
	(void)part_put(rep, row, 7, say_number(rep, need->hosts, 0));
}

static void add_need(const struct report *rep, struct doc_section *sec)
{
	const struct tco_consolidation *c = &rep->r->consolidation;
	const struct doc_column columns[] = {
		{ say(rep, TCO_MSG_PARAMS_RESOURCE), DOC_TEXT, NULL, true },
		{ say(rep, TCO_MSG_PARAMS_UNIT), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_NEED_SUM_OF_PEAKS), DOC_NUMBER, NULL,
		    false },
		{ say(rep, TCO_MSG_NEED_PEAK_OF_SUM), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_NEED_TIME), DOC_TEXT, NULL, false },
		{ say(rep, TCO_MSG_NEED_CAPACITY), DOC_NUMBER, NULL, false },
		{ say(rep, TCO_MSG_NEED_TARGET), DOC_PERCENT, NULL, false },
		{ say(rep, TCO_MSG_NEED_HOSTS), DOC_NUMBER, NULL, false },
	};
	struct doc_table *table;

	(void)doc_paragraph(rep->doc, sec, say(rep, TCO_MSG_NEED_TEXT));
	table = doc_table(rep->doc, sec, "hosts", say(rep, TCO_MSG_NEED_TABLE),
	    columns, ARRAY_LEN(columns));
	for (int i = 0; i < TCO_RESOURCE_COUNT; i++)
		if (c->row[i].peak_of_sum != NULL)
			put_need(rep, table, (enum tco_resource)i, &c->row[i]);
	(void)doc_paragraph(rep->doc, sec,
	    say_with(rep, TCO_MSG_NEED_RESULT,
		say_number(rep, c->hosts, 0).text,
		say_number(rep, c->spare, 0).text,
		say_number(rep, c->ratio, 2).text,
		say_named(rep, "resource.", tco_resources[c->binding].name),
		NULL));
}

void report_need(const struct report *rep)
{
	const struct tco_consolidation *c = &rep->r->consolidation;
	struct doc_section *sec = doc_section(
	    rep->doc, 1, "hosts-section", say(rep, TCO_MSG_NEED_TITLE));
	const char *hosts = say_number(rep, rep->r->platform.hosts, 0).text;

	if (!c->is_known) {
		(void)doc_paragraph(rep->doc, sec,
		    say_with(rep, TCO_MSG_NEED_NONE, hosts, NULL));
		return;
	}
	add_need(rep, sec);
	(void)doc_paragraph(rep->doc, sec,
	    c->is_used ? say(rep, TCO_MSG_NEED_USED)
		       : say_with(rep, TCO_MSG_NEED_GIVEN, hosts, NULL));
}
