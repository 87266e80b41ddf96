/* dedicated.c - every enterprise with servers of its own: what one costs in the
 * first year, and how many there are in each.
 */

#include "tco-report/xlsx/sheets.h"

enum column {
	WHO,
	SERVERS,
	PRICE,
	WATTS,
	KWH,
	LINES, /* as many as are shown */
};

const char *xl_line_title(const struct xl *xl, enum tco_line line)
{
	return xl_say_named(
	    xl, "line", tco_line_name(line), tco_line_name(line));
}

struct xl_cell *xl_cells(const struct xl *xl)
{
	return hs_arena_alloc(
	    xl->arena, (xl->tcase->count + 1) * sizeof(struct xl_cell));
}

const char *xl_column(const struct xl_sheet *s, const struct xl_cell *cells)
{
	return xl_range(s, cells[0], cells[s->xl->tcase->count - 1]);
}

struct xl_expr xl_sum_product(
    const struct xl_sheet *s, const struct xl_cell *a, const struct xl_cell *b)
{
	struct num_pool *pool = s->xl->pool;
	const struct num *value = num_int(pool, 0);

	for (size_t i = 0; i < s->xl->tcase->count; i++)
		value =
		    num_add(pool, value, num_mul(pool, a[i].value, b[i].value));
	return (struct xl_expr) {
		.text = xl_printf(s->xl, "SUMPRODUCT(%s,%s)", xl_column(s, a),
		    xl_column(s, b)),
		.value = value,
		.binds = 3,
	};
}

/* One enterprise and one of its servers, while its row is written. */
struct own {
	struct xl_sheet *s;
	struct xl_parts *parts;
	size_t i;
	lxw_row_t row;
	const struct tco_dedicated *model;
};

static struct xl_expr of(const struct own *o, enum tco_param_id id)
{
	return xl_param_of(o->s, o->parts, o->i, id);
}

/* (price - residual) / life */
static struct xl_expr depreciation(const struct own *o)
{
	struct xl_sheet *s = o->s;
	struct xl_expr left =
	    xl_sub(s, xl_int(s, 1), xl_percent(s, of(o, TCO_SERVER_RESIDUAL)));

	return xl_div(s, xl_mul(s, xl_of(s, o->parts->price[o->i]), left),
	    of(o, TCO_SERVER_LIFE));
}

static struct xl_expr line_of(const struct own *o, enum tco_line line)
{
	struct xl_sheet *s = o->s;

	switch (line) {
	case TCO_DEPRECIATION:
		return depreciation(o);
	case TCO_MIGRATED:
		break;
	case TCO_SUPPORT:
		return of(o, TCO_SERVER_SUPPORT);
	case TCO_ENERGY:
		return xl_mul(
		    s, xl_of(s, o->parts->kwh[o->i]), of(o, TCO_TARIFF));
	case TCO_SPACE:
		return of(o, TCO_SERVER_SPACE);
	case TCO_PEOPLE:
		return xl_div(
		    s, of(o, TCO_FTE_COST), of(o, TCO_SERVERS_PER_ADMIN));
	case TCO_BACKUP:
		return xl_mul(s,
		    xl_mul(
			s, of(o, TCO_BACKUP_VOLUME), of(o, TCO_BACKUP_PRICE)),
		    xl_int(s, 12));
	case TCO_NETWORKING:
		return of(o, TCO_SERVER_NETWORK);
	case TCO_LICENCES:
		return of(o, TCO_SERVER_LICENCES);
	}
	return xl_int(s, 0);
}

/* idle + u (max - idle) */
static struct xl_expr watts(const struct own *o)
{
	struct xl_sheet *s = o->s;

	return xl_add(s, of(o, TCO_SERVER_IDLE_POWER),
	    xl_mul(s, xl_percent(s, of(o, TCO_SERVER_UTILISATION)),
		xl_sub(s, of(o, TCO_SERVER_MAX_POWER),
		    of(o, TCO_SERVER_IDLE_POWER))));
}

static void write_energy(const struct own *o)
{
	struct xl_sheet *s = o->s;
	struct xl_cell w =
	    xl_put_as(s, o->row, WATTS, XL_NUMBER, watts(o), o->model->watts);

	o->parts->kwh[o->i] = xl_put_as(s, o->row, KWH, XL_NUMBER,
	    xl_mul(s,
		xl_mul(s, xl_div(s, xl_of(s, w), xl_int(s, 1000)),
		    xl_int(s, 8760)),
		of(o, TCO_PUE)),
	    o->model->kwh);
}

static lxw_col_t column_of(enum tco_line line)
{
	return (lxw_col_t)(LINES + (line == TCO_DEPRECIATION
					   ? 0
					   : (int)line - TCO_MIGRATED));
}

static bool has_own(const struct tco_enterprise *enterprise)
{
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		if (enterprise->own[i].value != NULL)
			return true;
	return false;
}

static void write_own(const struct own *o)
{
	struct xl_sheet *s = o->s;
	struct xl_parts *p = o->parts;
	lxw_col_t sums = column_of(TCO_LICENCES) + 1;
	struct xl_cell servers;

	xl_text(s, o->row, WHO, XL_TEXT, o->model->enterprise->title);
	servers =
	    xl_put(s, o->row, SERVERS, XL_WHOLE, xl_of(s, p->servers[o->i]));
	p->price[o->i] = xl_put_as(s, o->row, PRICE, XL_MONEY,
	    xl_add(s, of(o, TCO_SERVER_PRICE), of(o, TCO_PORT_PRICE)),
	    o->model->price);
	write_energy(o);
	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++)
		if (l != TCO_MIGRATED)
			p->line[l][o->i] = xl_put_as(s, o->row, column_of(l),
			    XL_MONEY, line_of(o, l), o->model->line[l]);
	p->opex[o->i] = xl_put_as(s, o->row, sums, XL_MONEY,
	    xl_sum(s,
		(struct xl_cell[]) { p->line[TCO_SUPPORT][o->i],
		    p->line[TCO_ENERGY][o->i], p->line[TCO_SPACE][o->i],
		    p->line[TCO_PEOPLE][o->i], p->line[TCO_BACKUP][o->i],
		    p->line[TCO_NETWORKING][o->i],
		    p->line[TCO_LICENCES][o->i] },
		7),
	    o->model->opex);
	p->annual[o->i] = xl_put_as(s, o->row, sums + 1, XL_MONEY,
	    xl_mul(s, xl_of(s, servers),
		xl_add(s, xl_of(s, p->opex[o->i]),
		    xl_of(s, p->line[TCO_DEPRECIATION][o->i]))),
	    o->model->annual);
	p->is_own[o->i] = xl_number(s, o->row, sums + 2, XL_WHOLE,
	    num_int(s->xl->pool, has_own(o->model->enterprise) ? 1 : 0));
}

static void write_head(struct xl_sheet *s, lxw_row_t row)
{
	lxw_col_t sums = column_of(TCO_LICENCES) + 1;

	xl_label(s, row, WHO, XL_HEAD_LEFT, XL_("Enterprise"));
	xl_label(s, row, SERVERS, XL_HEAD, XL_("Servers"));
	xl_label(s, row, PRICE, XL_HEAD, XL_("Price of a server"));
	xl_label(s, row, WATTS, XL_HEAD, XL_("Watts"));
	xl_label(s, row, KWH, XL_HEAD, XL_("kWh a year"));
	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++)
		if (l != TCO_MIGRATED)
			xl_text(s, row, column_of(l), XL_HEAD,
			    xl_line_title(s->xl, l));
	xl_label(s, row, sums, XL_HEAD, XL_("Cash cost of a server"));
	xl_label(s, row, sums + 1, XL_HEAD, XL_("All its servers, a year"));
	xl_label(s, row, sums + 2, XL_HEAD, XL_("Figures of its own"));
}

static void write_total(
    struct xl_sheet *s, lxw_row_t row, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;
	lxw_col_t last = column_of(TCO_LICENCES) + 2;

	for (lxw_col_t c = 0; c <= last; c++)
		xl_text(s, row, c, XL_LABEL_SUM, NULL);
	xl_label(s, row, WHO, XL_LABEL_SUM, XL_("Together"));
	parts->dedicated_annual = xl_put_as(s, row, last, XL_MONEY_SUM,
	    xl_sum(s, parts->annual, xl->tcase->count),
	    xl->result->dedicated_annual);
	xl_name(&parts->dedicated_annual, "dedicated_annual");
}

static lxw_row_t write_first_year(
    struct xl_sheet *s, lxw_row_t row, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;

	parts->price = xl_cells(xl);
	parts->kwh = xl_cells(xl);
	parts->opex = xl_cells(xl);
	parts->annual = xl_cells(xl);
	parts->is_own = xl_cells(xl);
	for (enum tco_line l = 0; l < TCO_LINE_COUNT; l++)
		parts->line[l] = xl_cells(xl);
	xl_sheet_tall(s, row);
	write_head(s, row++);
	for (size_t i = 0; i < xl->tcase->count; i++) {
		struct own own = { s, parts, i, row++,
			&xl->result->dedicated[i] };

		write_own(&own);
	}
	write_total(s, row, parts);
	return row + 1;
}

/* A number of things in a year: grown, and rounded up; there are no halves. */
struct xl_expr xl_count_in(const struct xl_sheet *s,
    const struct xl_parts *parts, struct xl_expr today, struct xl_expr year)
{
	const struct xl *xl = s->xl;
	struct xl_expr growth = xl_param(s, parts, TCO_GROWTH);
	bool grows = xl->tcase->params[TCO_GROWTH].value != NULL;
	struct xl_expr count;

	if (num_cmp(year.value, num_int(xl->pool, 1)) <= 0)
		return today;
	count = xl_ceil(s, xl_mul(s, today,
			       xl_pow(s, xl_growth(s, growth),
				   xl_sub(s, year, xl_int(s, 1)))));
	return (struct xl_expr) { xl_printf(xl, "IF(%s=\"\",%s,%s)",
				      growth.text, today.text, count.text),
		grows ? count.value : today.value, 3 };
}

void xl_counts_write(struct xl_sheet *s, const struct xl_parts *parts,
    lxw_row_t row, const char *title, const struct xl_cell *today,
    struct xl_cell *ret_counts[TCO_HORIZON_MAX])
{
	const struct xl *xl = s->xl;

	xl_label(s, row++, 0, XL_HEADING, title);
	xl_label(s, row, 0, XL_HEAD_LEFT, XL_("Enterprise"));
	for (size_t i = 0; i < xl->tcase->count; i++)
		xl_text(s, row + 1 + (lxw_row_t)i, 0, XL_TEXT,
		    xl->tcase->enterprises[i].title);
	for (unsigned t = 1; t <= TCO_HORIZON_MAX; t++) {
		struct xl_cell year = xl_number(
		    s, row, (lxw_col_t)t, XL_HEAD, num_int(xl->pool, t));

		ret_counts[t - 1] = xl_cells(xl);
		for (size_t i = 0; i < xl->tcase->count; i++)
			ret_counts[t - 1][i] = xl_put(s, row + 1 + (lxw_row_t)i,
			    (lxw_col_t)t, XL_NUMBER,
			    xl_count_in(
				s, parts, xl_of(s, today[i]), xl_of(s, year)));
	}
}

void xl_dedicated_write(struct xl_sheet *s, struct xl_parts *parts)
{
	lxw_row_t row;

	xl_label(s, 1, 0, XL_NOTE,
	    XL_("First year; a server and year unless it says otherwise."));
	xl_sheet_widths(s, WHO, WHO, 30);
	xl_sheet_widths(s, SERVERS, 20, 12);
	xl_sheet_freeze(s, 3, 1);
	row = write_first_year(s, 2, parts);
	xl_counts_write(s, parts, row + 1, XL_("Servers by year"),
	    parts->servers, parts->servers_in);
}
