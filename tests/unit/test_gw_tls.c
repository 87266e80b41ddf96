/* test_gw_tls.c - what a client may come with, of all that TLS offers; by
 * handshakes in memory with the front as a worker opens it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "gw_identity.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/library.h"
#include "shared-db-gateway/tls.h"

static struct ground {
	struct gw_library library;
	struct gw_identity ca, between, server, anna;
	struct gw_tls tls;
} g;

static json_t *pem(const X509 *certificate, const EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	json_t *json;
	long len;

	if (certificate != NULL)
		assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
	else
		assert_int_equal(PEM_write_bio_PrivateKey(
				     bio, key, NULL, NULL, 0, NULL, NULL),
		    1);
	len = BIO_get_mem_data(bio, &text);
	json = json_stringn(text, (size_t)len);
	BIO_free(bio);
	return json;
}

/* As the master sends them: the authority, and our pair. */
static struct gw_tls front_of(const char *ca, const struct gw_identity *server)
{
	static const struct gw_config config = { .ca = (char *)"ca" };
	struct gw_tls tls = { .library = g.library.context };
	json_t *keys =
	    json_pack("{s:s, s:{s:o, s:o}}", "ca", ca, "server", "certificate",
		pem(server->certificate, NULL), "key", pem(NULL, server->key));
	struct hs_err err = { 0 };

	assert_non_null(keys);
	if (gw_tls_open(&config, keys, &tls, &err) < 0)
		fail_msg("%s", err.msg);
	json_decref(keys);
	return tls;
}

static int begin(void **state)
{
	json_t *ca, *between;
	hs_auto(hs_freep) char *both = NULL;

	(void)state;
	assert_int_equal(gw_library_open(&g.library, NULL), 0);
	g.ca = gw_identity_make("ca", 100, NULL);
	g.between = gw_identity_of(NULL, "between", 100, true, &g.ca);
	g.server = gw_identity_make("gateway", 100, &g.between);
	g.anna = gw_identity_make("alpha.anna", 100, &g.ca);
	ca = pem(g.ca.certificate, NULL);
	between = pem(g.between.certificate, NULL);
	both = hs_printf(
	    "%s%s", json_string_value(ca), json_string_value(between));
	g.tls = front_of(both, &g.server);
	json_decref(ca);
	json_decref(between);
	return 0;
}

static int end(void **state)
{
	(void)state;
	gw_tls_close(&g.tls);
	gw_identity_done(&g.ca);
	gw_identity_done(&g.between);
	gw_identity_done(&g.server);
	gw_identity_done(&g.anna);
	gw_library_close(&g.library);
	return 0;
}

/* What a client asks for; NULL: what OpenSSL's do. */
struct wish {
	int version; /* at most; 0: any */
	const char *groups, *suites, *ciphers;
	const struct gw_identity *who; /* NULL: without a certificate */
};

static SSL *client_of(const struct wish *wish)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *client;

	if (wish->who != NULL)
		gw_identity_use(ctx, wish->who);
	if (wish->groups != NULL)
		assert_int_equal(
		    SSL_CTX_set1_groups_list(ctx, wish->groups), 1);
	if (wish->suites != NULL)
		assert_int_equal(
		    SSL_CTX_set_ciphersuites(ctx, wish->suites), 1);
	if (wish->ciphers != NULL)
		assert_int_equal(
		    SSL_CTX_set_cipher_list(ctx, wish->ciphers), 1);
	(void)SSL_CTX_set_max_proto_version(ctx, wish->version);
	(void)X509_STORE_add_cert(
	    SSL_CTX_get_cert_store(ctx), g.ca.certificate);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	client = SSL_new(ctx);
	SSL_CTX_free(ctx);
	return client;
}

/* Whether it is let in, and then who it is taken for. */
static bool lets_in(const struct gw_tls *tls, const struct wish *wish)
{
	SSL *client = client_of(wish), *server = gw_tls_accept(tls);
	bool in = gw_shake(server, client);
	hs_auto(hs_freep) char *name = gw_tls_client_name(server);

	if (in)
		assert_string_equal(name != NULL ? name : "nobody",
		    wish->who != NULL ? "alpha.anna" : "nobody");
	SSL_free(client);
	SSL_free(server);
	return in;
}

static void test_wishes(void **state)
{
	static const struct wish good[] = {
		{ .version = TLS1_3_VERSION },
		{ .version = TLS1_2_VERSION },
		{ .groups = "X25519" },
		{ .groups = "P-256" },
		{ .groups = "P-384" },
		/* Ours is the second; the first is asked for again. */
		{ .groups = "X448:P-256" },
		{ .version = TLS1_2_VERSION, .groups = "P-256" },
		{ .suites = "TLS_AES_128_GCM_SHA256" },
		{ .suites = "TLS_AES_256_GCM_SHA384" },
		{ .suites = "TLS_CHACHA20_POLY1305_SHA256" },
		{ .version = TLS1_2_VERSION,
		    .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" },
		{ .version = TLS1_2_VERSION,
		    .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" },
		{ .version = TLS1_2_VERSION,
		    .ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct wish wish = good[i];

		assert_true(lets_in(&g.tls, &wish));
		wish.who = &g.anna;
		assert_true(lets_in(&g.tls, &wish));
	}
}

/* What is not listed is not offered, and nothing falls over. */
static void test_refused(void **state)
{
	static const struct wish bad[] = {
		{ .version = TLS1_1_VERSION, .ciphers = "ALL:@SECLEVEL=0" },
		{ .groups = "X448" },
		{ .groups = "ffdhe2048" },
		{ .version = TLS1_2_VERSION,
		    .ciphers = "ECDHE-ECDSA-AES128-SHA" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(lets_in(&g.tls, &bad[i]));
}

static void test_keys(void **state)
{
	struct gw_identity rsa =
	    gw_identity_of(EVP_RSA_gen(2048), "alpha.anna", 100, false, &g.ca);
	struct gw_identity p384 = gw_identity_of(
	    EVP_EC_gen("P-384"), "alpha.anna", 100, false, &g.ca);
	struct gw_identity other = gw_identity_make("ca", 100, NULL);
	struct gw_identity foreign =
	    gw_identity_make("alpha.anna", 100, &other);
	const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		/* The second time it is known. */
		for (int again = 0; again < 2; again++) {
			struct wish wish = { .version = versions[i] };

			wish.who = &rsa;
			assert_true(lets_in(&g.tls, &wish));
			wish.who = &p384;
			assert_true(lets_in(&g.tls, &wish));
			wish.who = &foreign;
			assert_false(lets_in(&g.tls, &wish));
		}
	gw_identity_done(&rsa);
	gw_identity_done(&p384);
	gw_identity_done(&other);
	gw_identity_done(&foreign);
}

/* Our own may be RSA's, too. */
static void test_own_rsa(void **state)
{
	struct gw_identity rsa =
	    gw_identity_of(EVP_RSA_gen(2048), "gateway", 100, false, &g.ca);
	json_t *ca = pem(g.ca.certificate, NULL);
	struct gw_tls tls = front_of(json_string_value(ca), &rsa);
	struct wish wish = { .who = &g.anna };

	(void)state;
	assert_true(lets_in(&tls, &wish));
	wish.version = TLS1_2_VERSION;
	assert_true(lets_in(&tls, &wish));
	gw_tls_close(&tls);
	gw_identity_done(&rsa);
	json_decref(ca);
}

/* Who knows the root alone gets what leads there, and not the root. */
static void test_chain(void **state)
{
	const struct wish wish = { .who = &g.anna };
	SSL *client = client_of(&wish), *server = gw_tls_accept(&g.tls);
	STACK_OF(X509) * chain;

	(void)state;
	assert_true(gw_shake(server, client));
	chain = SSL_get_peer_cert_chain(client);
	assert_int_equal(sk_X509_num(chain), 2);
	assert_int_equal(
	    X509_cmp(sk_X509_value(chain, 1), g.between.certificate), 0);
	SSL_free(client);
	SSL_free(server);
}

/* A connection outlives what it began with, and an authority that does not
 * know our own certificate is none of ours to judge. */
static void test_reload(void **state)
{
	const struct wish wish = { .who = &g.anna };
	json_t *ca = pem(g.ca.certificate, NULL);
	struct gw_tls tls = front_of(json_string_value(ca), &g.server);
	SSL *client = client_of(&wish), *server = gw_tls_accept(&tls);
	char byte = 0;

	(void)state;
	/* It does not get what leads to the root, and so does not believe. */
	assert_false(gw_shake(server, client));
	SSL_free(client);
	SSL_free(server);
	gw_tls_close(&tls);
	tls = front_of(json_string_value(ca), &g.anna);
	client = client_of(&wish);
	server = gw_tls_accept(&tls);
	assert_true(gw_shake(server, client));
	gw_tls_close(&tls);
	assert_int_equal(SSL_write(client, "x", 1), 1);
	assert_int_equal(SSL_read(server, &byte, 1), 1);
	SSL_free(client);
	SSL_free(server);
	json_decref(ca);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wishes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_own_rsa),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_reload),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
