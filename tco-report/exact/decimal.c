/* decimal.c - numbers from and to decimal text: the one place of rounding. */

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/text.h"
#include "tco-report/exact/number.h"
#include "tco-report/exact/number_part.h"

#define SHORT_DECIMALS 12

static size_t digits(const char *text)
{
	size_t n = 0;

	while (text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

/* What is wrong with a text that is no plain decimal; a static string. */
static const char *hint(const char *text, const char *rest)
{
	if (*rest == ',')
		return "a number with a decimal point, not a comma";
	if ((*rest == 'e' || *rest == 'E') && rest > text)
		return "the number written out, without an exponent";
	if (*rest == '.' && rest > text &&
	    memchr(text, '.', (size_t)(rest - text)) == NULL)
		return "digits after the point";
	if (*rest == '%')
		return "the number alone; '%' is its unit";
	return "a plain number such as 12.50";
}

static int refuse(const char *text, const char *wanted, struct hs_err *err)
{
	hs_auto(hs_freep) char *shown = hs_fault_shown(text);

	if (text[0] == '\0')
		return hs_fail(err, HS_EINVAL, "is empty; expected %s", wanted);
	return hs_fail(
	    err, HS_EINVAL, "found '%s'; expected %s", shown, wanted);
}

int num_parse(struct num_pool *pool, const char *text,
    const struct num **ret_number, struct hs_err *err)
{
	const char *start = text + (text[0] == '-');
	size_t whole = digits(start), part = 0;
	const char *rest = start + whole;
	char plain[NUM_TEXT_MAX + 1];
	struct num *new;

	if (strnlen(text, NUM_TEXT_MAX + 1) > NUM_TEXT_MAX)
		return refuse(text, "a number of 18 digits at most", err);
	if (rest[0] == '.' && whole > 0) {
		part = digits(rest + 1);
		rest += part > 0 ? part + 1 : 0;
	}
	if (whole == 0 || *rest != '\0')
		return refuse(text, hint(text, rest), err);
	if (start[0] == '0' && whole > 1)
		return refuse(text, "a number without leading zeros", err);
	if (whole + part > NUM_DIGITS_MAX)
		return refuse(text, "a number of 18 digits at most", err);
	memcpy(plain, start, whole);
	memcpy(plain + whole, start + whole + 1, part);
	plain[whole + part] = '\0';
	new = num_new(pool, NUM_LEAF, NULL, NULL);
	(void)mpz_set_str(mpq_numref(new->q), plain, 10);
	mpz_ui_pow_ui(mpq_denref(new->q), 10, part);
	if (text[0] == '-')
		mpz_neg(mpq_numref(new->q), mpq_numref(new->q));
	mpq_canonicalize(new->q);
	*ret_number = new;
	return 0;
}

/* 10^decimals * value, as text with a point in its place. */
static char *with_point(const mpz_t whole, unsigned decimals)
{
	struct hs_text text = { 0 };
	hs_auto(hs_freep) char *raw = hs_alloc(mpz_sizeinbase(whole, 10) + 2);
	const char *digit = mpz_get_str(raw, 10, whole);
	size_t len, front;

	if (*digit == '-') {
		hs_text_add_char(&text, '-');
		digit++;
	}
	len = strlen(digit);
	front = len > decimals ? len - decimals : 0;
	hs_text_add_len(&text, digit, front);
	if (front == 0)
		hs_text_add_char(&text, '0');
	if (decimals == 0)
		return hs_text_take(&text);
	hs_text_add_char(&text, '.');
	for (size_t i = len; i < decimals; i++)
		hs_text_add_char(&text, '0');
	hs_text_add(&text, digit + front);
	return hs_text_take(&text);
}

char *num_text(const struct num *a, unsigned decimals)
{
	mpz_t whole;
	char *text;

	mpz_init(whole);
	num_scaled(a->q, decimals, whole);
	text = with_point(whole, decimals);
	mpz_clear(whole);
	return text;
}

char *num_text_short(const struct num *a)
{
	char *text = num_text(a, SHORT_DECIMALS);
	size_t len = strlen(text);

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	text[len] = '\0';
	if (strcmp(text, "-0") == 0)
		memcpy(text, "0", 2);
	return text;
}

char *num_text_exact(const struct num *a)
{
	size_t size = mpz_sizeinbase(mpq_numref(a->q), 10) +
		      mpz_sizeinbase(mpq_denref(a->q), 10) + 3;

	return mpq_get_str(hs_alloc(size), 10, a->q);
}

static int64_t saturated(const mpz_t whole)
{
	if (mpz_fits_slong_p(whole) != 0)
		return mpz_get_si(whole);
	return mpz_sgn(whole) < 0 ? INT64_MIN : INT64_MAX;
}

int64_t num_cents(const struct num *a)
{
	int64_t cents;
	mpz_t whole;

	mpz_init(whole);
	num_scaled(a->q, 2, whole);
	cents = saturated(whole);
	mpz_clear(whole);
	return cents;
}

int64_t num_int64(const struct num *a)
{
	int64_t value;
	mpz_t whole;

	mpz_init(whole);
	mpz_tdiv_q(whole, mpq_numref(a->q), mpq_denref(a->q));
	value = saturated(whole);
	mpz_clear(whole);
	return value;
}

char *num_cents_text(int64_t cents)
{
	mpz_t whole;
	char *text;

	mpz_init_set_si(whole, cents);
	text = with_point(whole, 2);
	mpz_clear(whole);
	return text;
}
