/* test_tco_input.c - what a case, a price book and a usage file are refused
 * for, and with which words; and what is read out of good ones.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tco-report/input/usage.h"
#include "tco-report/tco.h"

/* Lines 1 to 7; parameters come behind. */
#define CASE                                                   \
	"title: Test\n"                                        \
	"currency: EUR\n"                                      \
	"parameters_from: [parameters.yaml]\n"                 \
	"usage: usage.csv\n"                                   \
	"period: { from: 2026-01-01, months: 12 }\n"           \
	"enterprises: [ { name: a, servers: 4, domains: 4 }, " \
	"{ name: b, servers: 3, domains: 3 },\n"               \
	" { name: c, servers: 3, domains: 3 } ]\n"
#define PARAM(text) CASE "parameters:\n  - { " text " }\n"

/* clang-format off */
static const struct { const char *text, *message; } bad_cases[] = {
	{ PARAM("name: finance.discount_rate, value: 800, unit: '%/year'"),
	  "c.yaml:9: parameters[0].value: found '800'; expected a number from 0 to 100" },
	{ PARAM("name: server.life, value: -3, unit: year"),
	  "c.yaml:9: parameters[0].value: found '-3'; expected a number from 1 to 15" },
	{ PARAM("name: server.life, value: 4.5, unit: year"),
	  "c.yaml:9: parameters[0].value: found '4.5'; expected a whole number" },
	{ PARAM("name: energy.tariff, value: '0,20', unit: EUR/kWh"),
	  "c.yaml:9: parameters[0].value: found '0,20'; expected a number with a decimal point, not a comma" },
	{ PARAM("name: energy.tariff, value: 2e-1, unit: EUR/kWh"),
	  "c.yaml:9: parameters[0].value: found '2e-1'; expected the number written out, without an exponent" },
	{ PARAM("name: energy.tariff, value: 0.20 EUR, unit: EUR/kWh"),
	  "c.yaml:9: parameters[0].value: found '0.20 EUR'; expected a plain number such as 12.50" },
	{ PARAM("name: energy.tariff, value: 20, unit: ct/kWh"),
	  "c.yaml:9: parameters[0].value: found '20'; expected a number from 0 to 10" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: ct/kWh"),
	  "c.yaml:9: parameters[0].unit: found 'ct/kWh'; expected 'EUR/kWh', the unit of energy.tariff" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: USD/kWh"),
	  "c.yaml:9: parameters[0].unit: found 'USD/kWh'; expected 'EUR/kWh'" },
	{ PARAM("name: energy.tarif, value: 0.2, unit: EUR/kWh"),
	  "c.yaml:9: parameters[0].name: there is no parameter 'energy.tarif'; did you mean 'energy.tariff'?" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, date: 2026-01-01"),
	  "c.yaml:9: parameters[0].source: is missing; a figure with a date or a confidence has a source" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, source: me, confidence: contract"),
	  "c.yaml:9: parameters[0].date: is missing; expected the day of the source" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, source: me, date: 2026-02-30, confidence: contract"),
	  "c.yaml:9: parameters[0].date: found '2026-02-30'; expected a day of the calendar, from 1970" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, source: me, date: yesterday, confidence: contract"),
	  "expected a day such as 2026-11-28" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, source: me, date: 2026, confidence: sure"),
	  "c.yaml:9: parameters[0].confidence: is another word; expected measured, contract, published or assumption" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, low: 0.1"),
	  "c.yaml:9: parameters[0].high: is missing; a range has both ends" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, low: 0.3, high: 0.4"),
	  "c.yaml:9: parameters[0].low: is above the value" },
	{ PARAM("name: energy.tariff, value: 0.2, unit: EUR/kWh, low: 0.1, high: 0.15"),
	  "c.yaml:9: parameters[0].high: is below the value" },
	{ PARAM("name: server.idle_power, value: 400, unit: W"),
	  "server.idle_power: is above server.max_power of a" },
	{ PARAM("name: platform.hosts, value: 1, unit: hosts"),
	  "platform.hosts: all hosts are spare ones" },
	{ PARAM("name: weight.cpu, value: 50, unit: '%'"),
	  "c.yaml:9: parameters: weight.cpu to weight.requests add up to 110 %; expected 100 %" },
	{ PARAM("name: weight.cpu, value: 40, unit: '%' }\n  - { name: weight.cpu, value: 40, unit: '%'"),
	  "c.yaml:10: parameters[1].name: weight.cpu is here twice; the first is in line 9" },
	{ PARAM("value: 40, unit: '%'"), "c.yaml:9: parameters[0].name: is missing" },
	{ "title: T\ncurrency: EUR\nparameters_from: [../../etc/passwd]\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n",
	  "c.yaml:3: parameters_from[0]: expected a file beside the case, or in a folder there" },
	{ "title: T\ncurrency: EUR\nusage: /etc/passwd\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n",
	  "c.yaml:3: usage: expected a file beside the case" },
	{ "title: T\ncurrency: euro\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n",
	  "c.yaml:2: currency: expected three capital letters such as EUR" },
	{ "title: T\ncurrency: EUR\nenterprises: [ { name: A B, servers: 1, domains: 1 } ]\n",
	  "c.yaml:3: enterprises[0].name: found 'A B'; expected a label" },
	{ "title: T\ncurrency: EUR\nenterprises:\n- { name: a, servers: 1, domains: 1 }\n- { name: a, servers: 1, domains: 1 }\n",
	  "c.yaml:5: enterprises[1].name: 'a' is here twice; the first is in line 4" },
	{ "title: T\ncurrency: EUR\nenterprises: [ { name: a, servers: -1, domains: 1 } ]\n",
	  "c.yaml:3: enterprises[0].servers: found '-1'; expected a number from 0 to 100000" },
	{ "title: T\ncurrency: EUR\nenterprises: [ { name: a, servers: 1, domains: 0 } ]\n",
	  "c.yaml:3: enterprises[0].domains: found '0'; expected a number from 1 to 100000" },
	{ "title: T\ncurrency: EUR\nperiod: { from: 2026-13-01, months: 0 }\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n",
	  "c.yaml:3: period.from: found '2026-13-01'; expected a day of the calendar" },
	{ "title: T\ncurrency: EUR\nenterprises: [ { name: a, servers: 1, domains: 1, parameters: [ { name: people.fte_cost, value: 1, unit: EUR/year } ] } ]\n",
	  "enterprises[0].parameters[0].name: people.fte_cost is the same for everybody" },
	{ "title: T\ncurrency: EUR\nprices: prices.yaml\nparameters_from: [parameters.yaml]\n"
	  "enterprises: [ { name: a, servers: 0, domains: 1 } ]\n", "enterprises: nobody has a server" },
	{ "title: T\ncurrency: USD\nprices: prices.yaml\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n",
	  "c.yaml:3: prices: are in EUR; the case is in USD" },
	{ "title: T\ncurrency: EUR\nparameters_from: [parameters.yaml]\nusage: usage.csv\n"
	  "enterprises: [ { name: a, servers: 4, domains: 4 }, { name: b, servers: 1, domains: 1 }, { name: c, servers: 1, domains: 1 } ]\n",
	  "c.yaml:4: period: is missing; usage is of a period" },
	{ "title: T\ncurrency: EUR\ncolour: red\nenterprises: [ { name: a, servers: 1, domains: 1 } ]\n", "c.yaml:3: colour" },
};

#define BOOK "currency: EUR\nprices:\n"
static const struct { const char *text, *message; } bad_books[] = {
	{ BOOK "- { resource: cpu, price: 1, unit: EUR/core-h, from: 2026-01-01, to: 2026-03-31 }\n"
	       "- { resource: cpu, price: 2, unit: EUR/core-h, from: 2026-03-31 }\n",
	  "p.yaml:4: prices: two prices of cpu are valid from 2026-03-31 to 2026-03-31; the other is in line 3" },
	{ BOOK "- { resource: cpu, price: 2, unit: EUR/core-h, from: 2026-03-31 }\n"
	       "- { resource: cpu, price: 1, unit: EUR/core-h, from: 2027-01-01 }\n",
	  "p.yaml:4: prices: two prices of cpu are valid from 2027-01-01 on; the other is in line 3" },
	/* The first one outlasts the second, which ends before the third. */
	{ BOOK "- { resource: ram, price: 1, unit: EUR/GiB-h, from: 2026-01-01, to: 2026-12-31 }\n"
	       "- { resource: cpu, price: 1, unit: EUR/core-h, from: 2026-01-01, to: 2026-12-31 }\n"
	       "- { resource: cpu, price: 1, unit: EUR/core-h, from: 2027-01-01, to: 2027-12-31 }\n"
	       "- { resource: cpu, price: 1, unit: EUR/core-h, from: 2026-12-01, to: 2026-12-02 }\n",
	  "p.yaml:6: prices: two prices of cpu are valid from 2026-12-01 to 2026-12-02; the other is in line 4" },
	{ BOOK "- { resource: cpu, price: 1, unit: EUR/core-h, from: 2026-02-01, to: 2026-01-31 }\n",
	  "p.yaml:3: prices[0].to: 2026-01-31 is before 2026-02-01" },
	{ BOOK "- { resource: cpu, price: '0,1', unit: EUR/core-h, from: 2026-02-01 }\n",
	  "p.yaml:3: prices[0].price: found '0,1'; expected a number with a decimal point" },
	{ BOOK "- { resource: cpu, price: -1, unit: EUR/core-h, from: 2026-02-01 }\n",
	  "p.yaml:3: prices[0].price: found '-1'; expected a number from 0 to 1000000" },
	{ BOOK "- { resource: cpu, price: 1, unit: EUR/h, from: 2026-02-01 }\n",
	  "p.yaml:3: prices[0].unit: found 'EUR/h'; expected 'EUR/core-h'" },
	{ BOOK "- { resource: gpu, price: 1, unit: EUR/h, from: 2026-02-01 }\n",
	  "p.yaml:3: prices[0].resource: expected cpu, ram, storage, iops, network or requests" },
	{ BOOK "- { resource: cpu, price: 1, unit: EUR/core-h, from: 1.2.2026 }\n",
	  "p.yaml:3: prices[0].from: found '1.2.2026'; expected a day such as 2026-11-28" },
};

#define USAGE "enterprise,meter,quantity,unit\n"
static const struct { const char *text, *message; } bad_usage[] = {
	{ "", "u.csv:1: is empty; expected the columns enterprise,meter,quantity,unit" },
	{ "enterprise;meter;quantity;unit\na;cpu.used;1;core-h\n", "u.csv:1: found 'enterprise;meter;quantity;unit'; expected the columns" },
	{ USAGE "a,cpu.reserved,1234,5,core-h\n", "u.csv:2: quantity: a decimal comma? there are more fields than enterprise,meter,quantity,unit; write the number with a point" },
	{ USAGE "a,cpu.reserved,\"1234,5\",core-h\n", "u.csv:2: quantity: found '1234,5'; expected a number with a decimal point, not a comma" },
	{ USAGE "a,cpu.reserved,1,core-h\na;cpu.reserved;1,5;core-h\n", "u.csv:3: semicolons; expected fields with commas between" },
	{ USAGE "a,cpu.reserved,1,core-h,more\n", "u.csv:2: has more than 4 fields; expected enterprise,meter,quantity,unit" },
	{ USAGE "a,cpu.reserved,1\n", "u.csv:2: has 3 of 4 fields; expected enterprise,meter,quantity,unit" },
	{ USAGE "\n", "u.csv:2: has 1 of 4 fields" },
	{ USAGE "a,cpu.reserved,-1,core-h\n", "u.csv:2: quantity: found '-1'; usage is not negative" },
	{ USAGE "a,cpu.reserved,1,GiB-h\n", "u.csv:2: unit: found 'GiB-h'; expected 'core-h'" },
	{ USAGE "z,cpu.reserved,1,core-h\n", "u.csv:2: enterprise: the case has no enterprise 'z'" },
	{ USAGE "a,cpu,1,core-h\n", "u.csv:2: meter: no such meter; expected cpu.reserved" },
	{ USAGE "a,\"cpu\".used,1,core-h\n", "u.csv:2: meter: quotes that do not stand around a whole field" },
	{ USAGE "a,\"cpu.used,1,core-h\n", "u.csv:2: meter: quotes" },
	{ USAGE "a,cpu.used,1,core-h\x01\n", "u.csv:2: is not UTF-8 text, or has a control character" },
	{ USAGE "a,cpu.used,1,\xff\n", "u.csv:2: is not UTF-8 text" },
};

#define LOAD "time,enterprise,resource,value,unit\n"
static const struct { const char *text, *message; } bad_load[] = {
	{ LOAD "2026-11-28 10:00,a,cpu,1,cores\n", "u.csv:2: time: found '2026-11-28 10:00'; expected a time such as 2026-11-28T10:00:00Z" },
	{ LOAD "2026-11-28T24:00:00Z,a,cpu,1,cores\n", "u.csv:2: time: found" },
	{ LOAD "2026-02-29T10:00:00Z,a,cpu,1,cores\n", "u.csv:2: time: found" },
	{ LOAD "2026-11-28T10:60:00Z,a,cpu,1,cores\n", "u.csv:2: time: found" },
	{ LOAD "2026-11-28T10:00:00Z,z,cpu,1,cores\n", "u.csv:2: enterprise: the case has no enterprise 'z'" },
	{ LOAD "2026-11-28T10:00:00Z,a,storage,1,GB\n", "u.csv:2: resource: no load of a host; expected cpu, ram, iops or network" },
	{ LOAD "2026-11-28T10:00:00Z,a,cpu,1,%\n", "u.csv:2: unit: found '%'; expected 'cores'" },
	{ LOAD "2026-11-28T10:00:00Z,a,cpu,-1,cores\n", "u.csv:2: value: found '-1'; load is not negative" },
	{ LOAD "2026-11-28T10:00:00Z,a,cpu,1,cores\n2026-11-28T10:00:00Z,a,cpu,2,cores\n", "u.csv:3: time: the same time, enterprise and resource as in line 2" },
};
/* clang-format on */

static void expect(const struct hs_err *err, const char *message)
{
	if (strstr(err->msg, message) == NULL)
		fail_msg("'%s'\ninstead of\n'%s'", err->msg, message);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_cases); i++) {
		struct tco_case *tcase = NULL;
		struct hs_err err = { 0 };

		assert_int_equal(
		    tco_case_load("etc/tco/example/c.yaml", bad_cases[i].text,
			NULL, 0, &tcase, NULL, &err),
		    -1);
		assert_null(tcase);
		assert_int_equal(err.code, HS_EINVAL);
		expect(&err, bad_cases[i].message);
	}
}

/* What is needed and not given is asked for by name, each of it. */
static void test_asked(void **state)
{
	struct hs_faults faults = { 0 };
	struct tco_case *tcase = NULL;
	size_t needed = 0;

	(void)state;
	assert_int_equal(
	    tco_case_load("c.yaml",
		"title: T\ncurrency: CHF\n"
		"enterprises: [ { name: a, servers: 1, domains: 1 } ]\n",
		NULL, 0, &tcase, &faults, NULL),
	    -1);
	for (size_t i = 0; i < TCO_PARAM_COUNT; i++)
		needed += tco_kinds[i].need == TCO_NEEDED;
	/* And the number of hosts, for there is no load. */
	assert_int_equal(faults.count, needed + 1);
	for (size_t i = 0; i < faults.count; i++)
		assert_non_null(
		    strstr(faults.list[i].message, "has no default"));
	assert_non_null(strstr(faults.list[0].message,
	    "finance.horizon is not given, and has no default: years that are "
	    "compared, in year; add it with its source, or give your figure by "
	    "--set finance.horizon=VALUE"));
	hs_faults_done(&faults);
}

static void test_settings(void **state)
{
	/* clang-format off */
	static const struct { struct tco_setting set; const char *message; } bad[] = {
		{ { "finance.discount", "3" }, "there is no parameter 'finance.discount'" },
		{ { "finance.discount_rate", "800" }, "finance.discount_rate: found '800'; expected a number from 0 to 100" },
		{ { "finance.discount_rate", "3,5" }, "finance.discount_rate: found '3,5'; expected a number with a decimal point" },
		{ { "finance.horizon", "11" }, "finance.horizon: found '11'; expected a number from 3 to 10" },
		{ { "finance.horizon", "4.5" }, "expected a whole number" },
	};
	/* clang-format on */
	const struct tco_setting good = { "energy.tariff", "0.30" };
	hs_auto(tco_case_freep) struct tco_case *tcase = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tco_case *none = NULL;
		struct hs_err err = { 0 };

		assert_int_equal(tco_case_load("etc/tco/example/case.yaml",
				     NULL, &bad[i].set, 1, &none, NULL, &err),
		    -1);
		expect(&err, bad[i].message);
	}
	assert_int_equal(tco_case_load("etc/tco/example/case.yaml", NULL, &good,
			     1, &tcase, NULL, NULL),
	    0);
	assert_int_equal(tcase->params[TCO_TARIFF].confidence, TCO_YOURS);
	assert_null(tcase->params[TCO_TARIFF].source);
	assert_int_equal(num_cents(tcase->params[TCO_TARIFF].value), 30);
	assert_string_equal(
	    tcase->params[TCO_CARBON_INTENSITY].confidence == TCO_PUBLISHED
		? tcase->params[TCO_CARBON_INTENSITY].date
		: "",
	    "2022");
}

static void test_books(void **state)
{
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_books); i++) {
		struct tco_price_book *book = NULL;
		struct hs_err err = { 0 };

		assert_int_equal(tco_prices_load("p.yaml", bad_books[i].text,
				     pool, &book, NULL, &err),
		    -1);
		assert_null(book);
		expect(&err, bad_books[i].message);
	}
}

/* The price of a day: none before, each in its time, the last one on. */
static void test_prices(void **state)
{
	static const struct {
		const char *day;
		int64_t cents; /* -1: none */
	} days[] = { { "2025-12-31", -1 }, { "2026-01-01", 100 },
		{ "2026-03-31", 100 }, { "2026-04-01", -1 },
		{ "2026-05-01", 200 }, { "2999-01-01", 200 } };
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();
	hs_auto(tco_prices_freep) struct tco_price_book *book = NULL;

	(void)state;
	assert_int_equal(
	    tco_prices_load("p.yaml",
		BOOK "- { resource: ram, price: 2, unit: EUR/GiB-h, from: "
		     "2026-05-01 }\n"
		     "- { resource: ram, price: 1, unit: EUR/GiB-h, from: "
		     "2026-01-01, to: 2026-03-31 }\n",
		pool, &book, NULL, NULL),
	    0);
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		const struct tco_price *price;
		int32_t day = 0;

		assert_int_equal(tco_day_parse(days[i].day, &day, NULL), 0);
		price = tco_price_find(book, TCO_RAM, day);
		assert_int_equal(price != NULL ? num_cents(price->price) : -1,
		    days[i].cents);
		assert_null(tco_price_find(book, TCO_CPU, day));
	}
}

/* What is installed is good, and each price has its source. */
static void test_installed(void **state)
{
	static const char *const books[] = { "etc/tco/prices-opencost.yaml",
		"etc/tco/example/prices.yaml" };
	hs_auto(num_pool_freep) struct num_pool *pool = num_pool_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(books); i++) {
		hs_auto(tco_prices_freep) struct tco_price_book *book = NULL;

		assert_int_equal(
		    tco_prices_load(books[i], NULL, pool, &book, NULL, NULL),
		    0);
		assert_true(book->count >= 4);
		for (size_t k = 0; k < book->count; k++)
			assert_non_null(book->list[k].source);
	}
}

static void test_days(void **state)
{
	/* clang-format off */
	static const struct { const char *day; int32_t number; } days[] = {
		{ "1970-01-01", 0 }, { "1970-12-31", 364 }, { "2000-02-29", 11016 },
		{ "2026-11-28", 20785 }, { "2100-02-28", 47540 }, { "2100-03-01", 47541 },
		{ "9999-12-31", 2932896 },
	};
	/* clang-format on */
	char text[TCO_DAY_TEXT];
	int32_t day = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		assert_int_equal(tco_day_parse(days[i].day, &day, NULL), 0);
		assert_int_equal(day, days[i].number);
		tco_day_text(day, text);
		assert_string_equal(text, days[i].day);
	}
	for (int32_t d = 0; d < 60000; d++) {
		tco_day_text(d, text);
		assert_int_equal(tco_day_parse(text, &day, NULL), 0);
		assert_int_equal(day, d);
	}
	assert_int_equal(tco_day_parse("2100-02-29", &day, NULL), -1);
	(void)tco_day_parse("2026-01-31", &day, NULL);
	tco_day_text(tco_day_add_months(day, 1), text);
	assert_string_equal(text, "2026-02-28");
	tco_day_text(tco_day_add_months(day, 23), text);
	assert_string_equal(text, "2027-12-31");
	assert_int_equal(tco_day_start_s(1), 86400);
}

static struct tco_case *example(void)
{
	struct tco_case *tcase = NULL;

	assert_int_equal(tco_case_load("etc/tco/example/case.yaml", NULL, NULL,
			     0, &tcase, NULL, NULL),
	    0);
	return tcase;
}

static void test_usage(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = example();
	struct hs_faults faults = { 0 };
	hs_auto(hs_freep) char *cpu = NULL;
	hs_auto(hs_freep) char *ram = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_usage); i++) {
		struct hs_err err = { 0 };

		assert_int_equal(usage_load("u.csv", bad_usage[i].text, tcase,
				     &faults, &err),
		    -1);
		expect(&err, bad_usage[i].message);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_load); i++) {
		struct hs_err err = { 0 };

		assert_int_equal(
		    load_load("u.csv", bad_load[i].text, tcase, &faults, &err),
		    -1);
		expect(&err, bad_load[i].message);
		tcase->load_count = 0;
	}
	/* Rows are added up; seconds and MiB become hours and GiB; CRLF, a
	 * byte order mark and quotes are read. */
	assert_int_equal(usage_load("u.csv",
			     "\xef\xbb\xbf" USAGE "a,cpu.used,1800,core-s\r\n"
			     "\"a\",\"cpu.used\",0.25,core-h\r\n"
			     "a,ram.used,512,MiB-h",
			     tcase, &faults, NULL),
	    0);
	cpu = num_text_short(tcase->enterprises[0].usage[TCO_CPU_USED]);
	ram = num_text_short(tcase->enterprises[0].usage[TCO_RAM_USED]);
	assert_string_equal(cpu, "0.75");
	assert_string_equal(ram, "0.5");
	hs_faults_done(&faults);
}

/* More rows than are kept at once. */
static void test_long_usage(void **state)
{
	hs_auto(tco_case_freep) struct tco_case *tcase = example();
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	hs_auto(hs_freep) char *sum = NULL;
	struct hs_faults faults = { 0 };

	(void)state;
	hs_text_add(&text, USAGE);
	for (int i = 1; i <= 10000; i++)
		hs_text_addf(&text, "b,network.used,%d.01,GB\n", i);
	assert_int_equal(
	    usage_load("u.csv", text.data, tcase, &faults, NULL), 0);
	sum = num_text_short(tcase->enterprises[1].usage[TCO_NETWORK_USED]);
	assert_string_equal(sum, "50005100");
	hs_faults_done(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_books),
		cmocka_unit_test(test_prices),
		cmocka_unit_test(test_installed),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_long_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
