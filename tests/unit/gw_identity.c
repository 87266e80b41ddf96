/* gw_identity.c - keys and certificates for tests, and handshakes in memory. */

#include "gw_identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static void add_authority(X509 *certificate)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	assert_int_equal(X509_add_ext(certificate, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

struct gw_identity gw_identity_of(EVP_PKEY *key, const char *name, long seconds,
    bool authority, const struct gw_identity *issuer)
{
	struct gw_identity id = { key != NULL ? key : EVP_EC_gen("P-256"),
		X509_new() };
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
	if (authority)
		add_authority(id.certificate);
	assert_true(
	    X509_sign(id.certificate, issuer != NULL ? issuer->key : id.key,
		EVP_sha256()) > 0);
	return id;
}

struct gw_identity gw_identity_make(
    const char *name, long seconds, const struct gw_identity *issuer)
{
	return gw_identity_of(NULL, name, seconds, issuer == NULL, issuer);
}

void gw_identity_done(struct gw_identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->certificate);
}

void gw_identity_use(SSL_CTX *ctx, const struct gw_identity *id)
{
	assert_int_equal(SSL_CTX_use_certificate(ctx, id->certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, id->key), 1);
}

bool gw_shake(SSL *server, SSL *client)
{
	BIO *a = NULL, *b = NULL;
	int in = 0, out = 0;

	(void)BIO_new_bio_pair(&a, 0, &b, 0);
	SSL_set_bio(server, a, a);
	SSL_set_bio(client, b, b);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	for (int i = 0; i < 10 && (in != 1 || out != 1); i++) {
		out = SSL_do_handshake(client);
		in = SSL_do_handshake(server);
	}
	return in == 1 && out == 1;
}
