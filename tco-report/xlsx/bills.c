/* bills.c - the bills of one period by each rule: a share of the idle cost, and
 * cents by largest remainders, as formulas.
 */

#include "tco-report/xlsx/sheets.h"

enum column {
	WHO,
	DIRECT,
	SHARE,
	EXACT,
	WHOLE,
	REST,
	RANK,
	BILL,
	ALONE,
	GAIN,
};
#define COLUMNS (GAIN + 1)

/* clang-format off */
static const char *const heads[COLUMNS] = {
	[WHO]    = XL_("Enterprise"),
	[DIRECT] = XL_("Direct cost"),
	[SHARE]  = XL_("Share of idle"),
	[EXACT]  = XL_("Exact"),
	[WHOLE]  = XL_("Whole cents"),
	[REST]   = XL_("Part of a cent"),
	[RANK]   = XL_("Rank of the part"),
	[BILL]   = XL_("Bill"),
	[ALONE]  = XL_("Stand-alone"),
	[GAIN]   = XL_("Gain or loss"),
};
/* clang-format on */

const char *xl_rule_title(const struct xl *xl, enum tco_rule rule)
{
	return xl_say_named(
	    xl, "rule", tco_rule_name(rule), tco_rule_name(rule));
}

/* One rule's block while it is written; columns are by enterprise. */
struct block {
	struct xl_sheet *s;
	struct xl_parts *parts;
	const struct tco_showback *model;
	enum tco_rule rule;
	struct xl_cell *exact, *whole, *rest, *rank, *bill, *gain;
	struct xl_cell due, left; /* cents: to give out, of which single ones */
};

/* idle * of / all; evenly where nobody has a share. */
static struct xl_expr share_of(
    const struct block *b, struct xl_cell of, struct xl_cell all)
{
	struct xl_sheet *s = b->s;
	struct xl_expr idle = xl_of(s, b->parts->idle), part;
	struct xl_expr even =
	    xl_div(s, idle, xl_int(s, (int64_t)b->model->count));
	const char *whole = xl_ref(s, all);

	if (num_sign(all.value) == 0)
		return even;
	part = xl_div(s, xl_mul(s, idle, xl_of(s, of)), xl_of(s, all));
	part.text =
	    xl_printf(s->xl, "IF(%s=0,%s,%s)", whole, even.text, part.text);
	part.binds = 3;
	return part;
}

static struct xl_expr share(const struct block *b, size_t i)
{
	struct xl_sheet *s = b->s;
	const struct xl_parts *p = b->parts;

	switch (b->rule) {
	case TCO_IDLE_OPERATOR:
	case TCO_EQUAL_PERCENT:
		break;
	case TCO_IDLE_PROPORTIONAL:
		return share_of(b, p->direct[i], p->direct_sum);
	case TCO_IDLE_EVEN:
		return xl_div(
		    s, xl_of(s, p->idle), xl_int(s, (int64_t)b->model->count));
	case TCO_IDLE_STANDALONE:
		return share_of(b, p->standalone[i], p->standalone_sum);
	}
	return xl_int(s, 0);
}

/* Of the operator's rule, the operator is one of those who are given cents. */
static size_t entries(const struct block *b)
{
	return b->model->count + (b->rule == TCO_IDLE_OPERATOR ? 1 : 0);
}

static const char *all_rests(const struct block *b)
{
	return xl_range(b->s, b->rest[0], b->rest[entries(b) - 1]);
}

static void write_operator(const struct block *b, lxw_row_t row)
{
	size_t i = b->model->count;

	xl_label(b->s, row, WHO, XL_TEXT, XL_("The operator"));
	b->exact[i] = xl_put_as(b->s, row, EXACT, XL_RATE,
	    xl_of(b->s, b->parts->idle), b->model->idle);
}

static void write_exact(const struct block *b, lxw_row_t row, size_t i)
{
	struct xl_sheet *s = b->s;
	const struct xl_parts *p = b->parts;
	const struct tco_bill *bill = &b->model->bill[i];
	struct xl_expr expr;

	if (b->rule == TCO_EQUAL_PERCENT) {
		expr = xl_div(s,
		    xl_mul(s, xl_of(s, p->total), xl_of(s, p->standalone[i])),
		    xl_of(s, p->standalone_sum));
	} else {
		struct xl_cell direct =
		    xl_put(s, row, DIRECT, XL_MONEY, xl_of(s, p->direct[i]));
		struct xl_cell part = xl_put_as(
		    s, row, SHARE, XL_MONEY, share(b, i), bill->idle[b->rule]);

		expr = xl_add(s, xl_of(s, direct), xl_of(s, part));
	}
	b->exact[i] =
	    xl_put_as(s, row, EXACT, XL_RATE, expr, bill->exact[b->rule]);
}

/* In millionths of a cent, so that binary fractions cannot tip the scales. */
static void write_whole(const struct block *b, lxw_row_t row, size_t i)
{
	struct xl_sheet *s = b->s;
	struct num_pool *pool = s->xl->pool;
	struct xl_expr cents =
	    xl_round(s, xl_mul(s, xl_of(s, b->exact[i]), xl_int(s, 100)), 6);
	const struct num *down = num_int(pool, num_int64(cents.value));

	b->whole[i] = xl_put(s, row, WHOLE, XL_WHOLE,
	    (struct xl_expr) {
		xl_printf(s->xl, "ROUNDDOWN(%s,0)", cents.text), down, 3 });
	b->rest[i] = xl_put(s, row, REST, XL_FACTOR,
	    xl_round(s, xl_sub(s, cents, xl_of(s, b->whole[i])), 6));
}

/* 1 for the largest; of equal ones the earlier has the better rank. */
static void write_rank(const struct block *b, lxw_row_t row, size_t i)
{
	struct xl_sheet *s = b->s;
	const char *mine = xl_ref(s, b->rest[i]), *earlier = "";
	int64_t rank = 1;

	for (size_t k = 0; k < entries(b); k++) {
		int order = num_cmp(b->rest[k].value, b->rest[i].value);

		rank += order > 0 || (order == 0 && k < i) ? 1 : 0;
	}
	if (i > 0)
		earlier = xl_printf(s->xl, "+SUMPRODUCT(--(%s=%s))",
		    xl_range(s, b->rest[0], b->rest[i - 1]), mine);
	b->rank[i] = xl_put(s, row, RANK, XL_WHOLE,
	    (struct xl_expr) { xl_printf(s->xl, "1+SUMPRODUCT(--(%s>%s))%s",
				   all_rests(b), mine, earlier),
		num_int(s->xl->pool, rank), 1 });
}

#define NAMED_MAX \
	100 /* enterprises; beyond them a list of names helps nobody */

static void name_bill(const struct block *b, size_t i)
{
	if (i < b->model->count && b->model->count <= NAMED_MAX)
		xl_name_result(b->bill[i],
		    xl_printf(b->s->xl, "bill_%s_%s", tco_rule_name(b->rule),
			b->model->bill[i].enterprise->name));
}

static void write_cents(const struct block *b, lxw_row_t row, size_t i)
{
	struct xl_sheet *s = b->s;
	struct xl_expr cents = xl_add(s, xl_of(s, b->whole[i]),
	    xl_if(s, xl_of(s, b->rank[i]), "<=", xl_of(s, b->left),
		xl_int(s, 1), xl_int(s, 0)));
	int64_t model = i < b->model->count ? b->model->bill[i].cents[b->rule]
					    : b->model->operator_cents[b->rule];

	b->bill[i] = xl_put_as(s, row, BILL, XL_MONEY,
	    xl_div(s, cents, xl_int(s, 100)), num_of_cents(s->xl->pool, model));
	name_bill(b, i);
}

static void write_gain(const struct block *b, lxw_row_t row, size_t i)
{
	struct xl_sheet *s = b->s;
	const struct tco_bill *bill = &b->model->bill[i];
	struct xl_cell alone = xl_put_as(s, row, ALONE, XL_MONEY,
	    xl_round(s, xl_round(s, xl_of(s, b->parts->standalone[i]), 8), 2),
	    num_of_cents(s->xl->pool, bill->standalone_cents));
	b->gain[i] = xl_put_as(s, row, GAIN, XL_GAIN,
	    xl_round(s, xl_sub(s, xl_of(s, alone), xl_of(s, b->bill[i])), 2),
	    num_of_cents(s->xl->pool, bill->gain[b->rule]));
}

/* What is to be given out in cents, and how many are left after whole ones. */
static void write_left(struct block *b, lxw_row_t row)
{
	struct xl_sheet *s = b->s;
	struct xl_expr all = xl_of(s, b->parts->total);

	xl_label(s, row, WHO, XL_NOTE, XL_("Cents to give out"));
	b->due = xl_put(s, row, WHOLE, XL_WHOLE,
	    xl_round(s, xl_round(s, xl_mul(s, all, xl_int(s, 100)), 6), 0));
	xl_label(s, row, REST, XL_NOTE, XL_("left over"));
	b->left = xl_put(s, row, RANK, XL_WHOLE,
	    xl_sub(s, xl_of(s, b->due), xl_sum(s, b->whole, entries(b))));
}

static void write_sums(struct block *b, lxw_row_t row)
{
	struct xl_sheet *s = b->s;
	struct num_pool *pool = s->xl->pool;
	struct xl_cell sum;

	for (lxw_col_t c = 0; c < COLUMNS; c++)
		xl_text(s, row, c, XL_LABEL_SUM, NULL);
	xl_label(s, row, WHO, XL_LABEL_SUM, XL_("Together"));
	sum = xl_put(
	    s, row, BILL, XL_MONEY_SUM, xl_sum(s, b->bill, b->model->count));
	b->parts->losers[b->rule] = xl_put_as(s, row, GAIN, XL_LABEL_SUM,
	    (struct xl_expr) {
		xl_printf(s->xl, "SUMPRODUCT(--(ROUND(%s-%s,6)>0))",
		    xl_column(s, b->exact), xl_column(s, b->parts->standalone)),
		num_int(pool, (int64_t)b->model->losers[b->rule]), 3 },
	    NULL);
	xl_label(s, row, ALONE, XL_LABEL_SUM, XL_("Losers"));
	xl_label(s, row + 1, WHO, XL_TEXT, XL_("The operator bears"));
	b->parts->borne[b->rule] = xl_put_as(s, row + 1, BILL, XL_MONEY,
	    xl_round(s,
		xl_sub(s,
		    xl_round(s, xl_round(s, xl_of(s, b->parts->total), 8), 2),
		    xl_of(s, sum)),
		2),
	    num_of_cents(pool, b->model->operator_cents[b->rule]));
}

/* Red where somebody loses. */
static void mark_losers(const struct block *b, lxw_row_t row)
{
	lxw_conditional_format rule = {
		.type = LXW_CONDITIONAL_TYPE_CELL,
		.criteria = LXW_CONDITIONAL_CRITERIA_LESS_THAN,
		.value = 0,
		.format = b->s->xl->format[XL_LOSS],
	};

	worksheet_conditional_format_range(b->s->sheet, row, GAIN,
	    row + (lxw_row_t)b->model->count - 1, GAIN, &rule);
}

static void write_entries(struct block *b, lxw_row_t row)
{
	size_t count = b->model->count;

	for (size_t i = 0; i < count; i++) {
		xl_text(b->s, row + (lxw_row_t)i, WHO, XL_TEXT,
		    b->model->bill[i].enterprise->title);
		write_exact(b, row + (lxw_row_t)i, i);
	}
	if (entries(b) > count)
		write_operator(b, row + (lxw_row_t)count);
	for (size_t i = 0; i < entries(b); i++)
		write_whole(b, row + (lxw_row_t)i, i);
	write_left(b, row + (lxw_row_t)entries(b) + 2);
	for (size_t i = 0; i < entries(b); i++) {
		write_rank(b, row + (lxw_row_t)i, i);
		write_cents(b, row + (lxw_row_t)i, i);
	}
	for (size_t i = 0; i < count; i++)
		write_gain(b, row + (lxw_row_t)i, i);
}

static lxw_row_t write_block(struct block *b, lxw_row_t row)
{
	xl_text(b->s, row++, 0, XL_HEADING,
	    xl_printf(b->s->xl, "%s: %s", xl_say(b->s->xl, XL_("Idle")),
		xl_rule_title(b->s->xl, b->rule)));
	xl_sheet_tall(b->s, row);
	for (lxw_col_t c = 0; c < COLUMNS; c++)
		xl_label(
		    b->s, row, c, c == WHO ? XL_HEAD_LEFT : XL_HEAD, heads[c]);
	row++;
	write_entries(b, row);
	write_sums(b, row + (lxw_row_t)entries(b));
	mark_losers(b, row);
	return row + (lxw_row_t)entries(b) + 4;
}

void xl_bills_write(struct xl_sheet *s, struct xl_parts *parts, lxw_row_t row)
{
	const struct xl *xl = s->xl;

	for (enum tco_rule r = 0; r < TCO_RULE_COUNT; r++) {
		struct block b = { .s = s,
			.parts = parts,
			.rule = r,
			.model = &xl->result->showback,
			.exact = xl_cells(xl),
			.whole = xl_cells(xl),
			.rest = xl_cells(xl),
			.rank = xl_cells(xl),
			.bill = xl_cells(xl),
			.gain = xl_cells(xl) };

		row = write_block(&b, row);
		parts->exact[r] = b.exact;
		parts->gain[r] = b.gain;
	}
}
