/* inputs.c - every parameter a named cell: value, unit, source, date, and how
 * far it can be trusted; then the enterprises.
 */

#include "tco-report/xlsx/sheets.h"

#include <stdlib.h>
#include <string.h>

enum column { WHAT, VALUE, UNIT, SOURCE, DATE, CONFIDENCE, NAME };

/* clang-format off */
/* Not given, these are nothing: an empty cell that may be filled. */
static const bool zero_without[TCO_PARAM_COUNT] = {
	[TCO_PRICE_INCREASE] = true,    [TCO_LABOUR_INCREASE] = true,
	[TCO_HARDWARE_CHANGE] = true,   [TCO_GROWTH] = true,
	[TCO_SERVER_RESIDUAL] = true,   [TCO_SERVER_RESALE] = true,
	[TCO_SERVER_NETWORK] = true,    [TCO_SERVER_LICENCES] = true,
	[TCO_SHARED_CAPEX] = true,      [TCO_HOST_RESIDUAL] = true,
	[TCO_PLATFORM_NETWORK] = true,  [TCO_PLATFORM_LICENCES] = true,
	[TCO_PROJECT] = true,
};
/* clang-format on */

struct xl_expr xl_param(const struct xl_sheet *s, const struct xl_parts *parts,
    enum tco_param_id id)
{
	if (parts->param[id].sheet == NULL)
		return xl_int(s, 0);
	return xl_of(s, parts->param[id]);
}

struct xl_expr xl_param_of(const struct xl_sheet *s,
    const struct xl_parts *parts, size_t enterprise, enum tco_param_id id)
{
	struct xl_expr all = xl_param(s, parts, id);
	const struct tco_enterprise *who =
	    &s->xl->tcase->enterprises[enterprise];
	const char *own;

	if (parts->own[id] == NULL)
		return all;
	own = xl_ref(s, parts->own[id][enterprise]);
	return (struct xl_expr) {
		.text =
		    xl_printf(s->xl, "IF(%s=\"\",%s,%s)", own, all.text, own),
		.value =
		    who->own[id].value != NULL ? who->own[id].value : all.value,
		.binds = 3,
	};
}

/* What is typed into the cell is held to the bounds a case is held to. */
static void validate(
    struct xl_sheet *s, lxw_row_t row, const struct tco_kind *kind)
{
	const struct xl *xl = s->xl;
	lxw_data_validation rule = {
		.validate = kind->is_whole ? LXW_VALIDATION_TYPE_INTEGER
					   : LXW_VALIDATION_TYPE_DECIMAL,
		.criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
		.ignore_blank = LXW_VALIDATION_ON,
		.minimum_number = strtod(kind->min, NULL),
		.maximum_number = strtod(kind->max, NULL),
		.error_title =
		    (char *)(uintptr_t)xl_say(xl, XL_("This cannot be")),
		.error_message = (char *)(uintptr_t)xl_printf(xl, "%s %s - %s",
		    xl_unit(xl, kind->unit), kind->min, kind->max),
	};

	worksheet_data_validation_cell(s->sheet, row, VALUE, &rule);
}

static void validate_confidence(struct xl_sheet *s, lxw_row_t row)
{
	const char *words[TCO_CONFIDENCE_COUNT + 1] = { NULL };
	lxw_data_validation rule = {
		.validate = LXW_VALIDATION_TYPE_LIST,
		.value_list = (char **)(uintptr_t)words,
	};

	for (enum tco_confidence c = 0; c < TCO_CONFIDENCE_COUNT; c++)
		words[c] = xl_confidence(s->xl, c);
	worksheet_data_validation_cell(s->sheet, row, CONFIDENCE, &rule);
}

static bool is_listed(const struct xl *xl, enum tco_param_id id)
{
	return xl->tcase->params[id].value != NULL || zero_without[id];
}

static void write_param(struct xl_sheet *s, lxw_row_t row, enum tco_param_id id,
    struct xl_parts *parts)
{
	const struct xl *xl = s->xl;
	const struct tco_kind *kind = &tco_kinds[id];
	const struct tco_param *param = &xl->tcase->params[id];
	const char *source = param->source;

	if (source == NULL && param->value != NULL)
		source = xl_say(xl, XL_("your figure"));
	xl_text(s, row, WHAT, XL_TEXT, xl_param_title(xl, id));
	parts->param[id] = xl_number(s, row, VALUE, XL_INPUT, param->value);
	xl_name(&parts->param[id], kind->name);
	xl_text(s, row, UNIT, XL_UNIT, xl_unit(xl, kind->unit));
	xl_text(s, row, SOURCE, XL_INPUT_TEXT, source);
	xl_text(s, row, DATE, XL_INPUT_TEXT, param->date);
	xl_text(s, row, CONFIDENCE, XL_INPUT_TEXT,
	    param->value == NULL ? NULL : xl_confidence(xl, param->confidence));
	xl_text(s, row, NAME, XL_NOTE, parts->param[id].name);
	validate(s, row, kind);
	validate_confidence(s, row);
}

static void write_head(struct xl_sheet *s, lxw_row_t row)
{
	xl_label(s, row, WHAT, XL_HEAD_LEFT, XL_("Parameter"));
	xl_label(s, row, VALUE, XL_HEAD, XL_("Value"));
	xl_label(s, row, UNIT, XL_HEAD_UNIT, XL_("Unit"));
	xl_label(s, row, SOURCE, XL_HEAD_LEFT, XL_("Source"));
	xl_label(s, row, DATE, XL_HEAD_LEFT, XL_("Date"));
	xl_label(s, row, CONFIDENCE, XL_HEAD_LEFT, XL_("Confidence"));
	xl_label(s, row, NAME, XL_HEAD_LEFT, XL_("Name of the cell"));
}

static lxw_row_t write_group(struct xl_sheet *s, lxw_row_t row,
    enum tco_group group, struct xl_parts *parts)
{
	bool begun = false;

	for (enum tco_param_id id = 0; id < TCO_PARAM_COUNT; id++) {
		if (tco_kinds[id].group != group || !is_listed(s->xl, id))
			continue;
		if (!begun)
			xl_text(s, row++, WHAT, XL_HEADING,
			    xl_say_named(
				s->xl, "group", tco_group_name(group), ""));
		begun = true;
		write_param(s, row++, id, parts);
	}
	return begun ? row + 1 : row;
}

/* -- Enterprises ---------------------------------------------------------- */

static bool has_own(const struct xl *xl, enum tco_param_id id)
{
	for (size_t i = 0; i < xl->tcase->count; i++)
		if (xl->tcase->enterprises[i].own[id].value != NULL)
			return true;
	return false;
}

static void write_own(struct xl_sheet *s, lxw_row_t row, lxw_col_t col,
    enum tco_param_id id, struct xl_parts *parts)
{
	const struct xl *xl = s->xl;

	xl_text(s, row, col, XL_HEAD,
	    xl_printf(xl, "%s\n%s", xl_param_title(xl, id),
		xl_unit(xl, tco_kinds[id].unit)));
	parts->own[id] = hs_arena_alloc(
	    xl->arena, xl->tcase->count * sizeof(struct xl_cell));
	for (size_t i = 0; i < xl->tcase->count; i++) {
		const struct num *value =
		    xl->tcase->enterprises[i].own[id].value;

		parts->own[id][i] = xl_number(s, row + 1 + (lxw_row_t)i, col,
		    value == NULL ? XL_TEXT : XL_INPUT, value);
	}
}

static void write_enterprises(
    struct xl_sheet *s, lxw_row_t row, struct xl_parts *parts)
{
	const struct tco_case *tcase = s->xl->tcase;
	size_t size = tcase->count * sizeof(struct xl_cell);
	lxw_col_t col = UNIT + 1;

	parts->servers = hs_arena_alloc(s->xl->arena, size);
	parts->domains = hs_arena_alloc(s->xl->arena, size);
	xl_label(s, row++, WHAT, XL_HEADING, XL_("Enterprises"));
	xl_sheet_tall(s, row);
	xl_label(s, row, WHAT, XL_HEAD_LEFT, XL_("Enterprise"));
	xl_label(s, row, VALUE, XL_HEAD, XL_("Own servers today"));
	xl_label(s, row, UNIT, XL_HEAD, XL_("Domains on the platform"));
	for (size_t i = 0; i < tcase->count; i++) {
		lxw_row_t at = row + 1 + (lxw_row_t)i;

		xl_text(s, at, WHAT, XL_TEXT, tcase->enterprises[i].title);
		parts->servers[i] = xl_number(
		    s, at, VALUE, XL_INPUT, tcase->enterprises[i].servers);
		parts->domains[i] = xl_number(
		    s, at, UNIT, XL_INPUT, tcase->enterprises[i].domains);
	}
	for (enum tco_param_id id = 0; id < TCO_PARAM_COUNT; id++)
		if (tco_kinds[id].is_own && has_own(s->xl, id))
			write_own(s, row, col++, id, parts);
}

void xl_inputs_write(struct xl_sheet *s, struct xl_parts *parts)
{
	lxw_row_t row = 3;

	xl_label(s, 1, WHAT, XL_NOTE,
	    XL_("Yellow cells may be changed; everything else follows."));
	xl_sheet_widths(s, WHAT, WHAT, 42);
	xl_sheet_widths(s, VALUE, VALUE, 14);
	xl_sheet_widths(s, UNIT, UNIT, 20);
	xl_sheet_widths(s, SOURCE, SOURCE, 62);
	xl_sheet_widths(s, DATE, CONFIDENCE, 13);
	xl_sheet_widths(s, NAME, NAME, 26);
	write_head(s, 2);
	xl_sheet_freeze(s, 3, 1);
	for (enum tco_group g = 0; g < TCO_GROUP_COUNT; g++)
		row = write_group(s, row, g, parts);
	write_enterprises(s, row, parts);
}
