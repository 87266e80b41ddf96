/* spec_check.c - each value of a spec by itself: one table of rules. */

#include "provisioning/spec_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/mem.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "provisioning/spec_codes.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

struct rule;

/* One value under its rule. */
struct check {
	const struct rule *rule;
	struct hs_faults *faults;
	const struct hs_conf_value *value;
	const char *shown; /* its text, cut */
};

struct rule {
	const char *field;
	void (*check)(struct check *c);
	unsigned min, max; /* of a number; of a text's characters */
};

/* What the structure said of the same value is said better here. */
#define FAULT(c, ...)                                                       \
	(hs_faults_drop((c)->faults, (c)->value->line, (c)->value->field),  \
	    hs_faults_add((c)->faults, (c)->value->line, (c)->value->field, \
		__VA_ARGS__))

static bool is_reserved(const char *name)
{
	static const char *const reserved[] = { "postgres", "template0",
		"template1", "platform", "hanse", "data", "shared",
		"replicated", "db" };

	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(name, reserved[i]) == 0)
			return true;
	return false;
}

static void check_label(struct check *c)
{
	const char *text = c->value->text;

	if (strlen(text) > c->rule->max)
		FAULT(c, "has %zu characters; expected at most %u",
		    strlen(text), c->rule->max);
	else if (!hs_is_label(text, c->rule->max))
		FAULT(c,
		    "found '%s'; expected a label: a-z, 0-9 and '-', "
		    "beginning with a letter, not ending with '-'",
		    c->shown);
}

static void check_name(struct check *c)
{
	if (is_reserved(c->value->text))
		FAULT(c, "'%s' is a name the platform keeps for itself",
		    c->shown);
	else
		check_label(c);
}

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

/* Characters that turn the direction of what stands behind them: U+202A to
 * U+202E and U+2066 to U+2069. */
static bool turns_direction(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';
	     p++)
		if (p[0] == 0xe2 &&
		    ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
			(p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)))
			return true;
	return false;
}

static void check_text(struct check *c)
{
	const char *text = c->value->text;
	size_t len = strlen(text);

	if (characters(text) > c->rule->max)
		FAULT(c, "has %zu characters; expected at most %u",
		    characters(text), c->rule->max);
	else if (len > 0 && (text[0] == ' ' || text[len - 1] == ' '))
		FAULT(c, "begins or ends with a space");
	else if (strpbrk(text, "\t\n") != NULL)
		FAULT(c, "has a tab or a line break; expected one line");
	else if (turns_direction(text))
		FAULT(c, "has a character that turns the writing direction");
}

/* Says its range for what does not even fit the type, too. */
static void check_number(struct check *c)
{
	const char *text = c->value->text;
	const char *digits = text[0] == '-' ? text + 1 : text;
	long long value;

	if (digits[0] == '\0' || strspn(digits, DIGITS) != strlen(digits) ||
	    (digits[0] == '0' && digits[1] != '\0'))
		return; /* the structure's fault already */
	value = strtoll(text, NULL, 10);
	if (value >= c->rule->min && value <= c->rule->max)
		return;
	FAULT(c, "found %s; expected %u to %u", c->shown, c->rule->min,
	    c->rule->max);
}

/* Two could not tell which of them is cut off. */
static void check_replicas(struct check *c)
{
	const char *text = c->value->text;

	if (strcmp(text, "1") == 0)
		FAULT(c,
		    "found 1; expected 0 or 2: of two servers that do not "
		    "reach each other neither has a majority, so a database is "
		    "on one, or on three");
	else if (strcmp(text, "0") != 0 && strcmp(text, "2") != 0)
		FAULT(c, "found %s; expected 0 or 2", c->shown);
}

static void check_template(struct check *c)
{
	const struct dom_kind *kind = dom_kind_find(c->value->text);

	if (kind == NULL || kind->threads == 0)
		FAULT(c, "found '%s'; expected 'app' or 'app-large'", c->shown);
}

static void check_login(struct check *c)
{
	const char *text = c->value->text;
	size_t len = strlen(text);

	if (len > c->rule->max)
		FAULT(c, "has %zu characters; expected at most %u", len,
		    c->rule->max);
	else if (strspn(text, LOWER) == 0 ||
		 strspn(text, LOWER DIGITS "._-") != len ||
		 strchr("._-", text[len - 1]) != NULL)
		FAULT(c,
		    "found '%s'; expected a login: a-z, 0-9, '.', '_' and "
		    "'-', beginning with a letter, ending with a letter or "
		    "digit",
		    c->shown);
}

/* A host name of at least two labels. */
static bool is_host(const char *host)
{
	unsigned labels = 0;

	for (;;) {
		size_t len = strcspn(host, ".");

		if (len == 0 || len > 63 || host[0] == '-' ||
		    host[len - 1] == '-' ||
		    strspn(host, LOWER UPPER DIGITS "-") < len)
			return false;
		labels++;
		if (host[len] == '\0')
			return labels >= 2;
		host += len + 1;
	}
}

/* The dot-atom of RFC 5322; nobody needs the quoted form. */
static bool is_mailbox(const char *text, size_t len)
{
	if (len == 0 || len > 64 || text[0] == '.' || text[len - 1] == '.')
		return false;
	for (size_t i = 0; i + 1 < len; i++)
		if (text[i] == '.' && text[i + 1] == '.')
			return false;
	return strspn(text, LOWER UPPER DIGITS "!#$%&'*+-/=?^_`{|}~.") >= len;
}

static void check_mail(struct check *c)
{
	const char *text = c->value->text;
	const char *at = strrchr(text, '@');

	if (at == NULL || strlen(text) > c->rule->max ||
	    !is_mailbox(text, (size_t)(at - text)) || !is_host(at + 1))
		FAULT(c,
		    "found '%s'; expected a mail address such as "
		    "name@enterprise.example",
		    c->shown);
}

static void check_any(struct check *c)
{
	if (c->value->text == NULL && c->value->count == 0)
		FAULT(c, "is empty; expected at least one");
}

static void check_id(struct check *c)
{
	const char *text = c->value->text;

	if (characters(text) > c->rule->max)
		FAULT(c, "has %zu characters; expected at most %u",
		    characters(text), c->rule->max);
	else if (strspn(text, LOWER UPPER DIGITS "-_./:+#") != strlen(text))
		FAULT(c,
		    "found '%s'; expected letters, digits and '-_./:+#' "
		    "without spaces",
		    c->shown);
}

static void check_unit(struct check *c)
{
	const char *text = c->value->text, *meant = spec_unit_meant(text);

	if (spec_is_unit(text))
		return;
	if (meant != NULL)
		FAULT(c, "unknown unit '%s'; did you mean '%s'?", c->shown,
		    meant);
	else
		FAULT(c,
		    "unknown unit '%s'; expected a code of UN/ECE "
		    "Recommendation 20, e.g. H87 (piece) or KGM (kilogram)",
		    c->shown);
}

/* Digits, then at most four decimals; no sign, exponent or leading zeros. */
static bool is_price(const char *text)
{
	size_t whole = strspn(text, DIGITS), part;

	if (whole == 0 || whole > 12 || (text[0] == '0' && whole > 1))
		return false;
	if (text[whole] == '\0')
		return true;
	part = strspn(text + whole + 1, DIGITS);
	return text[whole] == '.' && part >= 1 && part <= 4 &&
	       text[whole + 1 + part] == '\0';
}

static void check_price(struct check *c)
{
	const char *text = c->value->text;

	if (!is_price(text))
		FAULT(c,
		    "found '%s'; expected a price such as \"41.80\": at most "
		    "12 digits, a point, at most 4 decimals",
		    c->shown);
	else if (strspn(text, "0.") == strlen(text))
		FAULT(c, "found '%s'; expected more than 0", c->shown);
}

static void check_currency(struct check *c)
{
	if (!spec_is_currency(c->value->text))
		FAULT(c,
		    "unknown currency '%s'; expected a code of ISO 4217, e.g. "
		    "EUR",
		    c->shown);
}

static void check_country(struct check *c)
{
	if (!spec_is_country(c->value->text))
		FAULT(c,
		    "unknown country '%s'; expected two letters of ISO 3166, "
		    "e.g. DE",
		    c->shown);
}

static void check_zone(struct check *c)
{
	if (!spec_is_time_zone(c->value->text))
		FAULT(c,
		    "unknown time zone '%s'; expected a name of the IANA "
		    "database, e.g. Europe/Berlin",
		    c->shown);
}

/* clang-format off */
static const struct rule rules[] = {
	{ "ve",                                  check_name,     1,   32      },
	{ "title",                               check_text,     1,   120     },
	{ "database.connections",                check_number,   1,   1000    },
	{ "database.memory_mib",                 check_number,   256, 262144  },
	{ "database.disk_gib",                   check_number,   1,   16384   },
	{ "database.replicas",                   check_replicas, 0,   2       },
	{ "limits.sessions",                       check_number,   1,   10000      },
	{ "limits.transactions_per_s",             check_number,   1,   1000000    },
	{ "limits.bytes_per_s",                    check_number,   1000, 2000000000 },
	{ "limits.statement_ms",                   check_number,   100, 86400000   },
	{ "limits.transaction_ms",                 check_number,   100, 86400000   },
	{ "limits.idle_transaction_ms",            check_number,   100, 86400000   },
	{ "enterprises[].limits.sessions",         check_number,   1,   10000      },
	{ "enterprises[].limits.transactions_per_s", check_number,   1,   1000000    },
	{ "enterprises[].limits.bytes_per_s",      check_number,   1000, 2000000000 },
	{ "enterprises[].limits.statement_ms",     check_number,   100, 86400000   },
	{ "enterprises[].limits.transaction_ms",   check_number,   100, 86400000   },
	{ "enterprises[].limits.idle_transaction_ms", check_number,   100, 86400000   },
	{ "enterprises[].name",                  check_name,     1,   32      },
	{ "enterprises[].legal_name",            check_text,     1,   200     },
	{ "enterprises[].template",              check_template, 0,   0       },
	{ "enterprises[].vcpus",                 check_number,   1,   64      },
	{ "enterprises[].memory_mib",            check_number,   128, 65536   },
	{ "enterprises[].placement.host",        check_label,    1,   32      },
	{ "enterprises[].placement.avoid",       check_any,      0,   0       },
	{ "enterprises[].sites[].id",            check_label,    1,   40      },
	{ "enterprises[].sites[].name",          check_text,     1,   120     },
	{ "enterprises[].sites[].city",          check_text,     1,   80      },
	{ "enterprises[].sites[].country",       check_country,  0,   0       },
	{ "enterprises[].sites[].time_zone",     check_zone,     0,   0       },
	{ "enterprises[].people[].login",        check_login,    1,   32      },
	{ "enterprises[].people[].name",         check_text,     1,   120     },
	{ "enterprises[].people[].mail",         check_mail,     3,   254     },
	{ "enterprises[].people[].roles",        check_any,      0,   0       },
	{ "relations[].items[].buyers_item_id",  check_id,       1,   64      },
	{ "relations[].items[].sellers_item_id", check_id,       1,   64      },
	{ "relations[].items[].description",     check_text,     1,   250     },
	{ "relations[].items[].unit",            check_unit,     0,   0       },
	{ "relations[].items[].price",           check_price,    0,   0       },
	{ "relations[].items[].currency",        check_currency, 0,   0       },
	{ "relations[].items[].pack_quantity",   check_number,   1,   1000000 },
	{ "relations[].items[].lead_time_days",  check_number,   0,   730     },
};
/* clang-format on */

/* What is empty or of another kind is the structure's fault already. */
static void on_value(void *arg, const struct hs_conf_value *value)
{
	struct check *c = arg;
	bool is_list = c->rule->check == check_any;
	hs_auto(hs_freep) char *shown = NULL;

	if (!is_list && (value->text == NULL || value->text[0] == '\0'))
		return;
	shown = hs_fault_shown(value->text != NULL ? value->text : "");
	c->value = value;
	c->shown = shown;
	c->rule->check(c);
}

void spec_check(const struct hs_conf *conf, struct hs_faults *faults)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct check c = { .rule = &rules[i], .faults = faults };

		hs_conf_each(conf, rules[i].field, on_value, &c);
	}
	spec_cross_check(conf, faults);
}
