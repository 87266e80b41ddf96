/* test_gw_verified.c - a certificate that was verified is known, and nothing
 * else is; by handshakes in memory.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <unistd.h>

#include "shared-db-gateway/verified.h"

struct identity {
	EVP_PKEY *key;
	X509 *certificate;
};

static void add_authority(X509 *certificate)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	assert_int_equal(X509_add_ext(certificate, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

/* @issuer: NULL signs itself */
static struct identity make(
    const char *name, long seconds, const struct identity *issuer)
{
	struct identity id = { EVP_EC_gen("P-256"), X509_new() };
	X509_NAME *subject = X509_get_subject_name(id.certificate);

	assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
			     (const unsigned char *)name, -1, -1, 0),
	    1);
	(void)X509_set_version(id.certificate, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(id.certificate), 7);
	(void)X509_gmtime_adj(X509_getm_notBefore(id.certificate), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(id.certificate), seconds);
	(void)X509_set_issuer_name(id.certificate,
	    issuer != NULL ? X509_get_subject_name(issuer->certificate)
			   : subject);
	(void)X509_set_pubkey(id.certificate, id.key);
	if (issuer == NULL)
		add_authority(id.certificate);
	assert_true(
	    X509_sign(id.certificate, issuer != NULL ? issuer->key : id.key,
		EVP_sha256()) > 0);
	return id;
}

static void done(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->certificate);
}

static void use(SSL_CTX *ctx, const struct identity *id)
{
	assert_int_equal(SSL_CTX_use_certificate(ctx, id->certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, id->key), 1);
}

/* Whether the server lets the client in. */
static bool shake(SSL_CTX *front, const struct identity *who)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *server = SSL_new(front), *client;
	BIO *a = NULL, *b = NULL;
	int in = 0;

	use(ctx, who);
	client = SSL_new(ctx);
	(void)BIO_new_bio_pair(&a, 0, &b, 0);
	SSL_set_bio(server, a, a);
	SSL_set_bio(client, b, b);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	for (int i = 0; i < 10 && in != 1; i++) {
		(void)SSL_do_handshake(client);
		in = SSL_do_handshake(server);
	}
	if (in == 1)
		assert_int_equal(SSL_get_verify_result(server), X509_V_OK);
	SSL_free(server);
	SSL_free(client);
	SSL_CTX_free(ctx);
	return in == 1;
}

static SSL_CTX *front_of(
    const struct identity *server, const struct identity *ca)
{
	SSL_CTX *front = SSL_CTX_new(TLS_server_method());

	use(front, server);
	(void)X509_STORE_add_cert(
	    SSL_CTX_get_cert_store(front), ca->certificate);
	SSL_CTX_set_verify(
	    front, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	(void)SSL_CTX_set_session_cache_mode(front, SSL_SESS_CACHE_OFF);
	return front;
}

static void test_known(void **state)
{
	struct identity ca = make("ca", 100, NULL);
	struct identity other_ca = make("ca", 100, NULL);
	struct identity anna = make("anna", 100, &ca);
	struct identity twin = make("anna", 100, &ca);
	struct identity fake = make("anna", 100, &other_ca);
	SSL_CTX *front = front_of(&anna, &ca);
	struct gw_verified *verified = gw_verified_new(front);

	(void)state;
	assert_false(shake(front, &fake));
	assert_true(shake(front, &anna));
	assert_true(shake(front, &anna));
	assert_false(shake(front, &fake));
	/* Nobody can be verified any more: who gets in is known. */
	SSL_CTX_set_cert_store(front, X509_STORE_new());
	assert_true(shake(front, &anna));
	assert_false(shake(front, &twin));
	assert_false(shake(front, &fake));
	gw_verified_free(verified, front);
	assert_false(shake(front, &anna));
	gw_verified_free(NULL, front);
	SSL_CTX_free(front);
	done(&ca);
	done(&other_ca);
	done(&anna);
	done(&twin);
	done(&fake);
}

/* Known, and still it ends in its time, and in that of its authority. */
static void test_time(void **state)
{
	struct identity ca = make("ca", 100, NULL);
	struct identity brief_ca = make("brief", 2, NULL);
	struct identity brief = make("anna", 2, &ca);
	struct identity of_brief = make("anna", 100, &brief_ca);
	SSL_CTX *one = front_of(&brief, &ca),
		*two = front_of(&brief, &brief_ca);
	struct gw_verified *a = gw_verified_new(one), *b = gw_verified_new(two);

	(void)state;
	assert_true(shake(one, &brief));
	assert_true(shake(two, &of_brief));
	(void)sleep(3);
	assert_false(shake(one, &brief));
	assert_false(shake(two, &of_brief));
	gw_verified_free(a, one);
	gw_verified_free(b, two);
	SSL_CTX_free(one);
	SSL_CTX_free(two);
	done(&ca);
	done(&brief_ca);
	done(&brief);
	done(&of_brief);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
