/* test_gw_scram.c - SCRAM, the server's side. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "shared-db-gateway/gateway.h"
#include "shared-db-gateway/scram.h"

/* RFC 7677, section 3: user "user", password "pencil". */
#define SALT         "W22ZaJ0SNY7soEsUEjb6gQ=="
#define CLIENT_NONCE "rOprNGfwEbeRWgbNEkqO"
#define SERVER_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define FIRST        "n,,n=user,r=" CLIENT_NONCE
#define FINAL_BARE   "c=biws,r=" CLIENT_NONCE SERVER_NONCE
#define PROOF        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SIGNATURE    "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
/* Its keys, worked out from the password once. */
#define VERIFIER                                        \
	"SCRAM-SHA-256$4096:" SALT                      \
	"$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=" \
	":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

static void begin(struct gw_scram *scram)
{
	struct hs_err err = { 0 };

	*scram = (struct gw_scram) { .nonce = hs_strdup(SERVER_NONCE) };
	if (gw_verifier_parse(VERIFIER, &scram->verifier, &err) < 0)
		fail_msg("%s", err.msg);
}

static int first(struct gw_scram *scram, const char *mechanism,
    const char *text, char **ret_reply, struct hs_err *err)
{
	return gw_scram_first(scram, mechanism, (const uint8_t *)text,
	    strlen(text), ret_reply, err);
}

static int final(struct gw_scram *scram, const char *text, char **ret_reply,
    struct hs_err *err)
{
	return gw_scram_final(
	    scram, (const uint8_t *)text, strlen(text), ret_reply, err);
}

static void test_vector(void **state)
{
	hs_auto(gw_scram_done) struct gw_scram scram = { 0 };
	hs_auto(hs_freep) char *server_first = NULL;
	hs_auto(hs_freep) char *server_final = NULL;
	struct hs_err err = { 0 };

	(void)state;
	begin(&scram);
	assert_int_equal(
	    first(&scram, "SCRAM-SHA-256", FIRST, &server_first, &err), 0);
	assert_string_equal(
	    server_first, "r=" CLIENT_NONCE SERVER_NONCE ",s=" SALT ",i=4096");
	assert_int_equal(
	    final(&scram, FINAL_BARE ",p=" PROOF, &server_final, &err), 0);
	assert_string_equal(server_final, "v=" SIGNATURE);
}

/* A right proof does not help where the verifier is a mock. */
static void test_doomed(void **state)
{
	hs_auto(gw_scram_done) struct gw_scram scram = { 0 };
	hs_auto(hs_freep) char *reply = NULL;
	char *none = NULL;
	struct hs_err err = { 0 };

	(void)state;
	begin(&scram);
	scram.doomed = true;
	assert_int_equal(
	    first(&scram, "SCRAM-SHA-256", FIRST, &reply, &err), 0);
	assert_int_equal(
	    final(&scram, FINAL_BARE ",p=" PROOF, &none, &err), -1);
	assert_int_equal(err.code, HS_EDENIED);
	assert_null(none);
}

static const struct bad {
	const char *mechanism, *message;
	enum hs_code code;
	size_t binding_len;
} bad_firsts[] = {
	{ "SCRAM-SHA-1", FIRST, HS_EINVAL, 0 },
	{ "SCRAM-SHA-256-PLUS", FIRST, HS_EINVAL, 0 },
	{ "SCRAM-SHA-256-PLUS", FIRST, HS_EINVAL, 32 },
	{ "SCRAM-SHA-256", "y,,n=,r=abc", HS_EDENIED, 32 },
	{ "SCRAM-SHA-256", "p=tls-server-end-point,,n=,r=abc", HS_EINVAL, 32 },
	{ "SCRAM-SHA-256-PLUS", "p=tls-unique,,n=,r=abc", HS_EINVAL, 32 },
	{ "SCRAM-SHA-256", "n,a=other,n=,r=abc", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", "n,,m=ext,n=,r=abc", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", "n,,n=,r=", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", "n,,n=,r=a\tb", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", "n,,n=", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", "n", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", ",,,,,", HS_EINVAL, 0 },
	{ "SCRAM-SHA-256", "", HS_EINVAL, 0 },
};

static void test_bad_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_firsts); i++) {
		const struct bad *b = &bad_firsts[i];
		hs_auto(gw_scram_done) struct gw_scram scram = { 0 };
		struct hs_err err = { 0 };
		char *reply = NULL;

		begin(&scram);
		scram.binding_len = b->binding_len;
		if (first(&scram, b->mechanism, b->message, &reply, &err) == 0)
			fail_msg("taken: %s", b->message);
		assert_int_equal(err.code, b->code);
	}
}

static const struct {
	const char *message;
	enum hs_code code;
} bad_finals[] = {
	{ FINAL_BARE ",p=" SIGNATURE, HS_EDENIED },
	{ "c=eSws,r=" CLIENT_NONCE SERVER_NONCE ",p=" PROOF, HS_EDENIED },
	{ "c=biws,r=" CLIENT_NONCE ",p=" PROOF, HS_EDENIED },
	{ FINAL_BARE ",p=AAAA", HS_EINVAL },
	{ FINAL_BARE ",p=" PROOF "=", HS_EINVAL },
	{ FINAL_BARE, HS_EINVAL },
	{ "p=" PROOF, HS_EINVAL },
	{ ",p=" PROOF, HS_EINVAL },
	{ "", HS_EINVAL },
};

static void test_bad_final(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_finals); i++) {
		hs_auto(gw_scram_done) struct gw_scram scram = { 0 };
		hs_auto(hs_freep) char *reply = NULL;
		struct hs_err err = { 0 };
		char *none = NULL;

		begin(&scram);
		(void)first(&scram, "SCRAM-SHA-256", FIRST, &reply, &err);
		if (final(&scram, bad_finals[i].message, &none, &err) == 0)
			fail_msg("taken: %s", bad_finals[i].message);
		assert_int_equal(err.code, bad_finals[i].code);
	}
}

/* client-final before client-first; client-first twice; a NUL inside. */
static void test_order(void **state)
{
	hs_auto(gw_scram_done) struct gw_scram scram = { 0 };
	hs_auto(hs_freep) char *reply = NULL;
	struct hs_err err = { 0 };
	char *none = NULL;

	(void)state;
	begin(&scram);
	assert_int_equal(
	    final(&scram, FINAL_BARE ",p=" PROOF, &none, &err), -1);
	assert_int_equal(gw_scram_first(&scram, "SCRAM-SHA-256",
			     (const uint8_t *)"n,,n=,r=a\0b", 11, &none, &err),
	    -1);
	assert_int_equal(
	    first(&scram, "SCRAM-SHA-256", FIRST, &reply, &err), 0);
	assert_int_equal(
	    first(&scram, "SCRAM-SHA-256", FIRST, &none, &err), -1);
}

static const char *const bad_verifiers[] = {
	"",
	"md5abcdef",
	"SCRAM-SHA-256$",
	"SCRAM-SHA-256$4096",
	"SCRAM-SHA-256$4096:",
	"SCRAM-SHA-256$4096:" SALT,
	"SCRAM-SHA-256$4096:" SALT "$",
	"SCRAM-SHA-256$4096:" SALT "$:",
	"SCRAM-SHA-256$1:" SALT "$" PROOF ":" PROOF,
	"SCRAM-SHA-256$99999999999999999999:" SALT "$" PROOF ":" PROOF,
	"SCRAM-SHA-256$4096:!!!!$" PROOF ":" PROOF,
	"SCRAM-SHA-256$4096:" SALT "$AAAA:" PROOF,
	"SCRAM-SHA-256$4096:" SALT "$" PROOF ":AAAA",
};

static void test_verifier(void **state)
{
	hs_auto(hs_freep) char *one = NULL;
	hs_auto(hs_freep) char *two = NULL;
	struct gw_verifier v;
	struct hs_err err = { 0 };
	char *none = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_verifiers); i++)
		if (gw_verifier_parse(bad_verifiers[i], &v, &err) == 0)
			fail_msg("taken: %s", bad_verifiers[i]);
	assert_int_equal(gw_scram_verifier("pencil", &one, &err), 0);
	assert_int_equal(gw_scram_verifier("pencil", &two, &err), 0);
	assert_string_not_equal(one, two);
	assert_int_equal(gw_verifier_parse(one, &v, &err), 0);
	assert_int_equal(v.iterations, 4096);
	assert_int_equal(gw_scram_verifier("", &none, &err), -1);
	assert_int_equal(gw_scram_verifier("p\xc3\xa4ss", &none, &err), -1);
}

/* The same salt each time, another for another user. */
static void test_mock(void **state)
{
	const uint8_t secret[GW_SECRET_LEN] = { 1, 2, 3 };
	struct gw_verifier a, b, c;

	(void)state;
	gw_verifier_mock(secret, "nobody", &a);
	gw_verifier_mock(secret, "nobody", &b);
	gw_verifier_mock(secret, "no-one", &c);
	assert_memory_equal(a.salt, b.salt, a.salt_len);
	assert_memory_not_equal(a.salt, c.salt, a.salt_len);
	assert_int_equal(a.salt_len, 16);
	assert_int_equal(a.iterations, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_doomed),
		cmocka_unit_test(test_bad_first),
		cmocka_unit_test(test_bad_final),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_verifier),
		cmocka_unit_test(test_mock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
