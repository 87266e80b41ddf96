/* expr.c - formulas and their values, made together. */

#include "tco-report/xlsx/book.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define SUM     1
#define PRODUCT 2
#define ATOM    3

const char *xl_printf(const struct xl *xl, const char *fmt, ...)
{
	hs_auto(hs_freep) char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = hs_vprintf(fmt, ap);
	va_end(ap);
	return hs_arena_strdup(xl->arena, text);
}

/* $B$7, so that a formula that is copied still means the same cell. */
static const char *address(const struct xl *xl, struct xl_cell cell)
{
	char text[LXW_MAX_CELL_NAME_LENGTH];

	lxw_rowcol_to_cell_abs(text, cell.row, cell.col, 1, 1);
	return hs_arena_strdup(xl->arena, text);
}

const char *xl_ref(const struct xl_sheet *s, struct xl_cell cell)
{
	if (cell.name != NULL)
		return cell.name;
	if (cell.sheet == s)
		return address(cell.sheet->xl, cell);
	return xl_printf(cell.sheet->xl, "'%s'!%s", cell.sheet->name,
	    address(cell.sheet->xl, cell));
}

const char *xl_range(
    const struct xl_sheet *s, struct xl_cell first, struct xl_cell last)
{
	const char *from = address(s->xl, first), *to = address(s->xl, last);

	if (first.sheet == s)
		return xl_printf(s->xl, "%s:%s", from, to);
	return xl_printf(s->xl, "'%s'!%s:%s", first.sheet->name, from, to);
}

struct xl_expr xl_of(const struct xl_sheet *s, struct xl_cell cell)
{
	assert(cell.sheet != NULL);
	return (struct xl_expr) {
		.text = xl_ref(s, cell),
		.value = cell.value,
		.binds = ATOM,
	};
}

struct xl_expr xl_int(const struct xl_sheet *s, int64_t value)
{
	return (struct xl_expr) {
		.text = xl_printf(s->xl, "%lld", (long long)value),
		.value = num_int(s->xl->pool, value),
		.binds = value < 0 ? SUM : ATOM,
	};
}

static const char *bracket(
    const struct xl_sheet *s, struct xl_expr expr, int binds)
{
	return expr.binds >= binds ? expr.text
				   : xl_printf(s->xl, "(%s)", expr.text);
}

static struct xl_expr operation(const struct xl_sheet *s, struct xl_expr a,
    const char *op, struct xl_expr b, const struct num *value)
{
	bool sum = *op == '+' || *op == '-';
	int binds = sum ? SUM : *op == '^' ? ATOM : PRODUCT;
	/* a-(b-c), a/(b*c), and powers of anything in brackets */
	int right = *op == '-' ? PRODUCT : *op == '/' ? ATOM : binds;

	return (struct xl_expr) {
		.text = xl_printf(s->xl, "%s%s%s", bracket(s, a, binds), op,
		    bracket(s, b, right)),
		.value = value,
		.binds = *op == '^' ? PRODUCT : binds,
	};
}

struct xl_expr xl_add(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return operation(s, a, "+", b, num_add(s->xl->pool, a.value, b.value));
}

struct xl_expr xl_sub(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return operation(s, a, "-", b, num_sub(s->xl->pool, a.value, b.value));
}

struct xl_expr xl_mul(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return operation(s, a, "*", b, num_mul(s->xl->pool, a.value, b.value));
}

struct xl_expr xl_div(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return operation(s, a, "/", b, num_div(s->xl->pool, a.value, b.value));
}

struct xl_expr xl_pow(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return operation(s, a, "^", b,
	    num_pow(s->xl->pool, a.value, (unsigned)num_int64(b.value)));
}

static struct xl_expr call(const struct xl_sheet *s, const char *function,
    const char *arguments, const struct num *value)
{
	return (struct xl_expr) {
		.text = xl_printf(s->xl, "%s(%s)", function, arguments),
		.value = value,
		.binds = ATOM,
	};
}

struct xl_expr xl_max(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return call(s, "MAX", xl_printf(s->xl, "%s,%s", a.text, b.text),
	    num_max(s->xl->pool, a.value, b.value));
}

struct xl_expr xl_min(
    const struct xl_sheet *s, struct xl_expr a, struct xl_expr b)
{
	return call(s, "MIN", xl_printf(s->xl, "%s,%s", a.text, b.text),
	    num_min(s->xl->pool, a.value, b.value));
}

struct xl_expr xl_ceil(const struct xl_sheet *s, struct xl_expr a)
{
	return call(s, "ROUNDUP", xl_printf(s->xl, "ROUND(%s,9),0", a.text),
	    num_ceil(s->xl->pool, a.value));
}

struct xl_expr xl_round(
    const struct xl_sheet *s, struct xl_expr a, unsigned decimals)
{
	return call(s, "ROUND", xl_printf(s->xl, "%s,%u", a.text, decimals),
	    num_round(s->xl->pool, a.value, decimals));
}

struct xl_expr xl_percent(const struct xl_sheet *s, struct xl_expr a)
{
	return xl_div(s, a, xl_int(s, 100));
}

struct xl_expr xl_growth(const struct xl_sheet *s, struct xl_expr a)
{
	return xl_add(s, xl_int(s, 1), xl_percent(s, a));
}

struct xl_expr xl_sum(
    const struct xl_sheet *s, const struct xl_cell *cells, size_t count)
{
	const struct num *value = num_int(s->xl->pool, 0);

	for (size_t i = 0; i < count; i++)
		value = num_add(s->xl->pool, value, cells[i].value);
	return call(s, "SUM", xl_range(s, cells[0], cells[count - 1]), value);
}

static bool holds(int order, const char *op)
{
	if (strcmp(op, "<=") == 0)
		return order <= 0;
	if (strcmp(op, ">=") == 0)
		return order >= 0;
	return *op == '<' ? order < 0 : *op == '>' ? order > 0 : order == 0;
}

struct xl_expr xl_if(const struct xl_sheet *s, struct xl_expr a, const char *op,
    struct xl_expr b, struct xl_expr yes, struct xl_expr no)
{
	bool is = holds(num_cmp(a.value, b.value), op);

	return call(s, "IF",
	    xl_printf(
		s->xl, "%s%s%s,%s,%s", a.text, op, b.text, yes.text, no.text),
	    is ? yes.value : no.value);
}
