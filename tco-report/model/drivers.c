/* drivers.c - which parameters move together, and how far. */

#include "tco-report/model/part.h"

/* clang-format off */
/* The nine of the method: what is drawn in Monte Carlo. Every other parameter
 * that is given and is no whole number is a driver of its own. */
static const struct tco_driver main_drivers[] = {
	{ "platform capex",  { TCO_HOST_PRICE, TCO_SHARED_CAPEX }, 2, true },
	{ "server price",    { TCO_SERVER_PRICE, TCO_PORT_PRICE }, 2, true },
	{ "servers/admin",   { TCO_SERVERS_PER_ADMIN },            1, true },
	{ "domains/admin",   { TCO_DOMAINS_PER_ADMIN },            1, true },
	{ "FTE cost",        { TCO_FTE_COST },                     1, true },
	{ "migration",       { TCO_MIGRATION, TCO_PROJECT },       2, true },
	{ "discount rate",   { TCO_DISCOUNT_RATE },                1, true },
	{ "tariff",          { TCO_TARIFF },                       1, true },
	{ "PUE",             { TCO_PUE },                          1, true },
};
/* clang-format on */

static bool is_main(enum tco_param_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(main_drivers); i++)
		for (size_t k = 0; k < main_drivers[i].count; k++)
			if (main_drivers[i].params[k] == id)
				return true;
	return false;
}

struct tco_driver *drivers_list(const struct model *m, size_t *ret_count)
{
	struct tco_driver *list = hs_realloc_array(
	    NULL, ARRAY_LEN(main_drivers) + TCO_PARAM_COUNT, sizeof(*list));
	size_t count = 0;

	for (; count < ARRAY_LEN(main_drivers); count++)
		list[count] = main_drivers[count];
	for (int i = 0; i < TCO_PARAM_COUNT; i++) {
		enum tco_param_id id = (enum tco_param_id)i;

		if (!is_given(m, id) || tco_kinds[i].is_whole || is_main(id))
			continue;
		list[count++] = (struct tco_driver) {
			.name = tco_kinds[i].name,
			.params = { id },
			.count = 1,
		};
	}
	*ret_count = count;
	return list;
}

static const struct num *bounded(
    const struct model *m, const struct num *value, enum tco_param_id id)
{
	const struct num *min = m->zero, *max = m->zero;

	(void)num_parse(m->pool, tco_kinds[id].min, &min, NULL);
	(void)num_parse(m->pool, tco_kinds[id].max, &max, NULL);
	return num_min(m->pool, max, num_max(m->pool, min, value));
}

void driver_range(const struct model *m, const struct tco_param *param,
    enum tco_param_id id, const struct num **ret_low,
    const struct num **ret_high)
{
	const struct num *value = param->value != NULL ? param->value : m->zero;
	const struct num *off = MUL(value, part(m, val(m, TCO_UNCERTAINTY)));

	*ret_low = param->low;
	*ret_high = param->high;
	if (param->low != NULL)
		return;
	if (num_sign(off) < 0)
		off = SUB(m->zero, off);
	*ret_low = bounded(m, SUB(value, off), id);
	*ret_high = bounded(m, ADD(value, off), id);
}
