/* cmd_usage.c - hanse usage, price and bill: what was used, what it costs, and
 * what each enterprise owes.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

/* -- What the three have in common ----------------------------------------- */

struct verb {
	const char *word, *args;
	size_t min, max; /* of arguments, the word included */
	int (*run)(const struct call *call, struct hs_err *err);
};

/* NULL, with *err: it is none of these, or has other arguments. */
static const struct verb *verb_find(const struct call *call,
    const struct verb *verbs, size_t count, struct hs_err *err)
{
	const char *command = call->command->name;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(verbs[i].word, call->args[0]) != 0)
			continue;
		if (call->count >= verbs[i].min && call->count <= verbs[i].max)
			return &verbs[i];
		(void)hs_fail(err, HS_EINVAL, "'%s %s' takes: %s", command,
		    verbs[i].word, verbs[i].args);
		return NULL;
	}
	return NULL;
}

static int ask(const struct call *call, json_t *request, json_t **ret_result,
    struct hs_err *err)
{
	return client_ask(call, request, NULL, NULL, ret_result, err) < 0
		   ? exit_status_of(err)
		   : EXIT_OK;
}

static void print_listing(
    const struct call *call, const json_t *result, const char *none)
{
	if (wants_json(call))
		print_json(json_object_get(result, "items"));
	else if (wants_csv(call))
		print_csv(json_object_get(result, "items"));
	else
		print_table(json_object_get(result, "columns"),
		    json_object_get(result, "rows"), none);
}

static int list(const struct call *call, json_t *request, const char *none,
    struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	int status = ask(call, request, &result, err);

	if (status == EXIT_OK)
		print_listing(call, result, none);
	return status;
}

static int done(const struct call *call, json_t *request, const char *said,
    struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	int status = ask(call, request, &result, err);

	if (status == EXIT_OK && wants_json(call))
		print_json(result);
	else if (status == EXIT_OK)
		(void)puts(said);
	return status;
}

/* "VE", "VE.ENTERPRISE" or "VE/ENTERPRISE", into the request. */
static void add_owner(json_t *request, const char *owner)
{
	size_t len = owner != NULL ? strcspn(owner, "./") : 0;

	if (owner == NULL)
		return;
	(void)json_object_set_new(request, "ve", json_stringn(owner, len));
	if (owner[len] != '\0')
		(void)json_object_set_new(
		    request, "enterprise", json_string(owner + len + 1));
}

/* -- Usage ----------------------------------------------------------------- */

static int usage_for_model(
    const struct call *call, const char *command, struct hs_err *err)
{
	return list(call,
	    json_pack("{s:s, s:s, s:s*, s:s*}", "command", command, "ve",
		call->args[1], "from", call->value[OPT_FROM], "to",
		call->value[OPT_TO]),
	    "Nothing was used.", err);
}

static int usage_model(const struct call *call, struct hs_err *err)
{
	return usage_for_model(call, "usage.model", err);
}

static int usage_load(const struct call *call, struct hs_err *err)
{
	return usage_for_model(call, "usage.load", err);
}

static int usage_sources(const struct call *call, struct hs_err *err)
{
	return list(call, json_pack("{s:s}", "command", "usage.sources"),
	    "Nothing has been read yet.", err);
}

static int usage_correct(const struct call *call, struct hs_err *err)
{
	if (call->value[OPT_NOTE] == NULL) {
		(void)hs_fail(
		    err, HS_EINVAL, "say why it is corrected, with --note");
		return EXIT_USAGE;
	}
	return done(call,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "command",
		"usage.correct", "object", call->args[1], "meter",
		call->args[2], "amount", call->args[3], "note",
		call->value[OPT_NOTE], "from", call->value[OPT_FROM], "state",
		call->value[OPT_STATE]),
	    "Corrected: by a row of its own.", err);
}

static const struct verb usage_verbs[] = {
	{ "model", "VE", 2, 2, usage_model },
	{ "load", "VE", 2, 2, usage_load },
	{ "sources", "nothing more", 1, 1, usage_sources },
	{ "correct", "OBJECT METER AMOUNT --note WHY", 4, 4, usage_correct },
};

int cmd_usage(const struct call *call, struct hs_err *err)
{
	const struct verb *verb =
	    call->count > 0
		? verb_find(call, usage_verbs, ARRAY_LEN(usage_verbs), err)
		: NULL;
	json_t *request;

	if (verb != NULL)
		return verb->run(call, err);
	if (call->count > 1 || (err != NULL && err->code != HS_OK)) {
		if (err != NULL && err->code == HS_OK)
			(void)hs_fail(
			    err, HS_EINVAL, "'usage' takes: [VE[.ENTERPRISE]]");
		return EXIT_USAGE;
	}
	request = json_pack("{s:s, s:s*, s:s*, s:s*}", "command", "usage",
	    "from", call->value[OPT_FROM], "to", call->value[OPT_TO], "by",
	    call->value[OPT_BY]);
	add_owner(request, call->args[0]);
	return list(call, request, "Nothing was used.", err);
}

/* -- Prices ---------------------------------------------------------------- */

static int price_list(const struct call *call, struct hs_err *err)
{
	return list(call,
	    json_pack("{s:s, s:s*, s:b}", "command", "price.list", "meter",
		call->args[1], "history", (int)call->given[OPT_ALL]),
	    "The price book is empty.", err);
}

static int price_units(const struct call *call, struct hs_err *err)
{
	return list(call, json_pack("{s:s}", "command", "price.units"),
	    "There are no meters.", err);
}

/* A decimal as the database takes it, up to nine places. */
static int check_amount(const char *text, struct hs_err *err)
{
	size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;
	size_t places = rest[0] == '.' ? strspn(rest + 1, "0123456789") : 0;

	if (whole >= 1 && whole <= 12 && places <= 9 &&
	    rest[rest[0] == '.' ? places + 1 : 0] == '\0' &&
	    (rest[0] != '.' || places > 0))
		return 0;
	return hs_fail(err, HS_EINVAL,
	    "'%s' is no amount; it is digits and, behind a full stop, up to "
	    "nine more, e.g. 0.0123",
	    text);
}

static int price_set(const struct call *call, struct hs_err *err)
{
	const char *unit = call->args[3];
	hs_auto(hs_freep) char *currency = hs_strndup(unit, strcspn(unit, "/"));

	if (check_amount(call->args[2], err) < 0)
		return EXIT_USAGE;
	if (strlen(currency) != 3 || unit[3] != '/') {
		(void)hs_fail(err, HS_EINVAL,
		    "'%s' is not CURRENCY/UNIT, e.g. EUR/vCPU-h (see: hanse "
		    "price units)",
		    unit);
		return EXIT_USAGE;
	}
	if (call->value[OPT_SOURCE] == NULL) {
		(void)hs_fail(err, HS_EINVAL,
		    "say where the price is from, with --source");
		return EXIT_USAGE;
	}
	return done(call,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "command",
		"price.set", "meter", call->args[1], "amount", call->args[2],
		"currency", currency, "unit", unit + 4, "source",
		call->value[OPT_SOURCE], "from", call->value[OPT_FROM], "state",
		call->value[OPT_STATE]),
	    "Set.", err);
}

static int price_end(const struct call *call, struct hs_err *err)
{
	return done(call,
	    json_pack("{s:s, s:s, s:s*, s:s*}", "command", "price.set", "meter",
		call->args[1], "from", call->value[OPT_FROM], "state",
		call->value[OPT_STATE]),
	    "Ended.", err);
}

static const struct verb price_verbs[] = {
	{ "list", "[METER]", 1, 2, price_list },
	{ "units", "nothing more", 1, 1, price_units },
	{ "set", "METER AMOUNT CURRENCY/UNIT --source TEXT", 4, 4, price_set },
	{ "end", "METER", 2, 2, price_end },
};

int cmd_price(const struct call *call, struct hs_err *err)
{
	const struct verb *verb;

	if (check_word("subcommand", call->args[0], price_words, err) < 0)
		return EXIT_USAGE;
	verb = verb_find(call, price_verbs, ARRAY_LEN(price_verbs), err);
	return verb != NULL ? verb->run(call, err) : EXIT_USAGE;
}

/* -- Bills ----------------------------------------------------------------- */

static int bill_list(const struct call *call, struct hs_err *err)
{
	return list(call, json_pack("{s:s}", "command", "bill.list"),
	    "No month is closed.", err);
}

static int bill_close(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	int status = ask(call,
	    json_pack(
		"{s:s, s:s}", "command", "bill.close", "month", call->args[1]),
	    &result, err);

	if (status == EXIT_OK && wants_json(call))
		print_json(result);
	else if (status == EXIT_OK)
		(void)printf("Closed: %s, %s.\n", call->args[1],
		    json_text(result, "sha256", "?"));
	return status;
}

/* "-12.05" in cents: the text has two places, always. */
static intmax_t cents_of(const char *amount)
{
	intmax_t cents = 0;

	for (const char *c = amount; *c != '\0'; c++)
		if (*c >= '0' && *c <= '9')
			cents = cents * 10 + (*c - '0');
	return amount[0] == '-' ? -cents : cents;
}

static void print_sum(const json_t *items)
{
	const char *currency = "";
	intmax_t cents = 0, size;
	size_t i;
	json_t *item;

	json_array_foreach (items, i, item) {
		cents += cents_of(json_text(item, "amount", "0"));
		if (json_text(item, "currency", "")[0] != '\0')
			currency = json_text(item, "currency", "");
	}
	size = cents < 0 ? -cents : cents;
	(void)printf("Together: %s%" PRIdMAX ".%02" PRIdMAX " %s\n",
	    cents < 0 ? "-" : "", size / 100, size % 100, currency);
}

static int bill_show(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	json_t *request = json_pack(
	    "{s:s, s:s}", "command", "bill.show", "month", call->args[1]);
	int status;

	add_owner(request, call->args[2]);
	status = ask(call, request, &result, err);
	if (status != EXIT_OK)
		return status;
	print_listing(call, result, "Nothing was used.");
	if (!wants_json(call) && !wants_csv(call))
		print_sum(json_object_get(result, "items"));
	return EXIT_OK;
}

static int bill_verify(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	bool kept, reproduced;
	int status = ask(call,
	    json_pack(
		"{s:s, s:s}", "command", "bill.verify", "month", call->args[1]),
	    &result, err);

	if (status != EXIT_OK)
		return status;
	kept = json_is_true(json_object_get(result, "kept"));
	reproduced = json_is_true(json_object_get(result, "reproduced"));
	if (wants_json(call))
		print_json(result);
	else
		(void)printf("%s: %s; %s\n", call->args[1],
		    kept ? "as it was closed" : "NOT as it was closed",
		    reproduced
			? "the ledger and the price book make the same again"
			: "the ledger and the price book make ANOTHER");
	return kept && reproduced ? EXIT_OK : EXIT_FAILED;
}

static const struct verb bill_verbs[] = {
	{ "list", "nothing more", 1, 1, bill_list },
	{ "close", "YYYY-MM", 2, 2, bill_close },
	{ "show", "YYYY-MM [VE[.ENTERPRISE]]", 2, 3, bill_show },
	{ "verify", "YYYY-MM", 2, 2, bill_verify },
};

int cmd_bill(const struct call *call, struct hs_err *err)
{
	const struct verb *verb;

	if (check_word("subcommand", call->args[0], bill_words, err) < 0)
		return EXIT_USAGE;
	verb = verb_find(call, bill_verbs, ARRAY_LEN(bill_verbs), err);
	return verb != NULL ? verb->run(call, err) : EXIT_USAGE;
}
