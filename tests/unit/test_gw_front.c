/* test_gw_front.c - what the listener reads of a client's hello, and what the
 * master makes of several workers' answers.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/mem.h"
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/gather.h"
#include "shared-db-gateway/note.h"
#include "shared-db-gateway/sni.h"

/* A real client's: OpenSSL's. */
static size_t hello(const char *name, uint8_t *out, size_t size)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	BIO *in = BIO_new(BIO_s_mem()), *to = BIO_new(BIO_s_mem());
	int len;

	SSL_set_bio(ssl, in, to);
	SSL_set_connect_state(ssl);
	if (name != NULL)
		(void)SSL_set_tlsext_host_name(ssl, name);
	(void)SSL_do_handshake(ssl);
	len = BIO_read(to, out, (int)size);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	assert_true(len > 0);
	return (size_t)len;
}

static void reads(const char *name, const char *want)
{
	uint8_t data[4096];
	size_t len = hello(name, data, sizeof(data)), needs = 0;
	char found[GW_SNI_MAX];

	assert_int_equal(gw_sni_parse(data, len, found, &needs), GW_GOOD);
	assert_string_equal(found, want);
	/* However it comes in pieces, nobody decides too early. */
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(gw_sni_parse(data, i, found, &needs), GW_MORE);
		assert_true(needs > i && needs <= len);
	}
}

static void test_names(void **state)
{
	(void)state;
	reads("alpha.gateway.hanse.internal", "alpha.gateway.hanse.internal");
	reads("ALPHA.Gateway.hanse.internal", "alpha.gateway.hanse.internal");
	reads(NULL, "");
	reads("what is/this", "");
}

/* Each byte of it changed in each bit: anything but a wrong step. */
static void test_broken(void **state)
{
	uint8_t data[4096];
	char found[GW_SNI_MAX];
	size_t len = hello("alpha.gateway.hanse.internal", data, sizeof(data));
	size_t needs = 0;

	(void)state;
	for (size_t i = 0; i < len; i++)
		for (int bit = 0; bit < 8; bit++) {
			data[i] ^= (uint8_t)(1u << bit);
			(void)gw_sni_parse(data, len, found, &needs);
			assert_non_null(memchr(found, 0, sizeof(found)));
			data[i] ^= (uint8_t)(1u << bit);
		}
	data[0] = 23;
	assert_int_equal(gw_sni_parse(data, len, found, &needs), GW_BAD);
	assert_int_equal(gw_sni_parse(data, 1, found, &needs), GW_BAD);
}

static void test_slots(void **state)
{
	(void)state;
	for (unsigned slot = 1; slot < GW_SLOTS; slot++)
		assert_int_equal(gw_key_slot(slot << GW_KEY_RANDOM), slot);
	assert_true(gw_key_slot(UINT32_MAX) < GW_SLOTS);
}

static void add(struct gw_gather *g, const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	gw_gather_add(g, json);
	json_decref(json);
}

static void is(struct gw_gather *g, const char *want)
{
	json_t *have = gw_gather_end(g), *json = json_loads(want, 0, NULL);

	assert_non_null(json);
	if (!json_equal(have, json)) {
		hs_auto(hs_freep) char *text = json_dumps(have, 0);

		fail_msg("%s", text);
	}
	json_decref(have);
	json_decref(json);
}

static void test_sum(void **state)
{
	struct gw_gather g;

	(void)state;
	gw_gather_begin(&g, false);
	add(&g, "{\"ok\":true,\"pid\":7,\"sessions\":3,\"ves\":{\"a\":"
		"{\"limits\":{\"backends\":4},\"sessions\":3}},\"audit\":"
		"{\"lost\":1,\"failing\":false},\"routes\":[{\"user\":\"a.x\","
		"\"sessions\":3,\"port\":1}]}");
	add(&g, "{\"ok\":true,\"pid\":8,\"sessions\":2,\"ves\":{\"a\":"
		"{\"limits\":{\"backends\":4},\"sessions\":2}},\"audit\":"
		"{\"lost\":2,\"failing\":true},\"routes\":[{\"user\":\"a.x\","
		"\"sessions\":2,\"port\":1},{\"user\":\"a.y\"}]}");
	is(&g, "{\"ok\":true,\"pid\":7,\"sessions\":5,\"ves\":{\"a\":"
	       "{\"limits\":{\"backends\":4},\"sessions\":5}},\"audit\":"
	       "{\"lost\":3,\"failing\":true},\"routes\":[{\"user\":\"a.x\","
	       "\"sessions\":5,\"port\":1},{\"user\":\"a.y\"}]}");
}

static void test_faults(void **state)
{
	static const char good[] = "{\"ok\":true,\"n\":1}";
	static const char bad[] = "{\"ok\":false,\"code\":\"invalid\"}";
	struct gw_gather g;

	(void)state;
	gw_gather_begin(&g, false);
	add(&g, good);
	add(&g, bad);
	add(&g, "{\"ok\":false,\"code\":\"system\"}");
	is(&g, bad);
	gw_gather_begin(&g, true);
	add(&g, bad);
	add(&g, good);
	is(&g, good);
	gw_gather_begin(&g, false);
	is(&g, "{\"ok\":false,\"code\":\"remote\","
	       "\"error\":\"no worker answers\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
