/* basics.c - small formulas that every step uses. */

#include "tco-report/model/part.h"

const struct num *val(const struct model *m, enum tco_param_id id)
{
	return val_of(m, NULL, id);
}

const struct num *val_of(const struct model *m,
    const struct tco_enterprise *enterprise, enum tco_param_id id)
{
	const struct num *value = tco_param_of(m->tcase, enterprise, id)->value;

	return value != NULL ? value : m->zero;
}

const struct num *part(const struct model *m, const struct num *percent)
{
	return DIV(percent, INT(100));
}

bool is_given(const struct model *m, enum tco_param_id id)
{
	return m->tcase->params[id].value != NULL;
}

void rates_run(struct model *m)
{
	for (unsigned i = 0; i < TCO_RATE_COUNT; i++) {
		enum tco_param_id id = (enum tco_param_id)(TCO_RATE_FIRST + i);
		const struct num *one;

		if (!is_given(m, id))
			continue;
		one = ADD(m->one, part(m, val(m, id)));
		for (unsigned t = 1; t <= m->n; t++)
			m->factor[i][t] = num_pow(m->pool, one, t);
	}
}

const struct num *grown(const struct model *m, const struct num *value,
    enum tco_param_id rate, unsigned exponent)
{
	if (!is_given(m, rate) || exponent == 0)
		return value;
	return MUL(value, m->factor[rate - TCO_RATE_FIRST][exponent]);
}

const struct num *count_in(
    const struct model *m, const struct num *today, unsigned year)
{
	if (!is_given(m, TCO_GROWTH) || year <= 1)
		return today;
	return num_ceil(m->pool, grown(m, today, TCO_GROWTH, year - 1));
}
