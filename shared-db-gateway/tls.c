/* tls.c - OpenSSL contexts of the two sides. */

#include "shared-db-gateway/tls.h"

#include <jansson.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/config.h"
#include "shared-db-gateway/verified.h"

#define SUITES                    \
	"TLS_AES_128_GCM_SHA256:" \
	"TLS_AES_256_GCM_SHA384:" \
	"TLS_CHACHA20_POLY1305_SHA256"

static const unsigned char alpn[] = "\x0apostgresql";

static int tls_fail(struct hs_err *err, const char *what, const char *path)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	ERR_clear_error();
	return hs_fail(err, HS_EINVAL, "%s '%s': %s", what, path,
	    reason != NULL ? reason : "not usable");
}

static void bio_freep(BIO **bio)
{
	BIO_free(*bio);
}

static void key_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static BIO *bio_of(const json_t *text)
{
	return BIO_new_mem_buf(
	    json_string_value(text) != NULL ? json_string_value(text) : "", -1);
}

/* Whom to believe, and on the front whom to ask for. */
static int load_ca(
    SSL_CTX *ctx, const json_t *text, const char *path, struct hs_err *err)
{
	hs_auto(bio_freep) BIO *bio = bio_of(text);
	int count = 0;

	for (X509 *ca; (ca = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL;
	     count++) {
		int ok =
		    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca) == 1 &&
		    SSL_CTX_add_client_CA(ctx, ca) == 1;

		X509_free(ca);
		if (!ok)
			return tls_fail(err, "read CA", path);
	}
	if (count == 0)
		return tls_fail(err, "read CA", path);
	ERR_clear_error(); /* of the end */
	return 0;
}

static EVP_PKEY *key_of(const json_t *pair)
{
	hs_auto(bio_freep) BIO *bio = bio_of(json_object_get(pair, "key"));

	return PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
}

/* The certificate, and those that lead to the authority. */
static int load_certificate(SSL_CTX *ctx, const json_t *pair)
{
	hs_auto(bio_freep) BIO *bio =
	    bio_of(json_object_get(pair, "certificate"));
	X509 *own = PEM_read_bio_X509(bio, NULL, NULL, NULL), *more;
	int ok = own != NULL ? SSL_CTX_use_certificate(ctx, own) : 0;

	X509_free(own);
	while (ok == 1 &&
	       (more = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (SSL_CTX_add0_chain_cert(ctx, more) != 1) {
			X509_free(more);
			ok = 0;
		}
	return ok == 1 ? 0 : -1;
}

static int load_pair(SSL_CTX *ctx, const json_t *pair, const char *certificate,
    const char *path, struct hs_err *err)
{
	hs_auto(key_freep) EVP_PKEY *key = NULL;

	if (load_certificate(ctx, pair) < 0)
		return tls_fail(err, "read certificate", certificate);
	ERR_clear_error();
	key = key_of(pair);
	if (key == NULL || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		return tls_fail(err, "read key", path);
	if (SSL_CTX_check_private_key(ctx) != 1)
		return tls_fail(err, "key is not the certificate's", path);
	/* As far as it is known; who verifies it has the authority itself. */
	(void)SSL_CTX_build_cert_chain(
	    ctx, SSL_BUILD_CHAIN_FLAG_UNTRUSTED | SSL_BUILD_CHAIN_FLAG_NO_ROOT |
		     SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR |
		     SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR);
	return 0;
}

static SSL_CTX *context_new(OSSL_LIB_CTX *library, const SSL_METHOD *method)
{
	SSL_CTX *ctx = SSL_CTX_new_ex(library, NULL, method);

	if (ctx == NULL)
		return NULL;
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	(void)SSL_CTX_set_options(
	    ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		     SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* Our chain is what load_pair() made of it: without the word it would
	 * be looked for, and verified, in each handshake. */
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
					SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					SSL_MODE_RELEASE_BUFFERS |
					SSL_MODE_NO_AUTO_CHAIN);
	/* One read() a wake-up in place of two. */
	SSL_CTX_set_read_ahead(ctx, 1);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	return ctx;
}

/* Whoever names protocols must name ours among them. */
static int choose_protocol(SSL *ssl, const unsigned char **out,
    unsigned char *out_len, const unsigned char *in, unsigned in_len, void *arg)
{
	unsigned char *chosen = NULL;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, alpn, sizeof(alpn) - 1, in,
		in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* RFC 5929: the signature's hash, but SHA-256 for MD5 and SHA-1. */
static void bind_to_certificate(struct gw_tls *tls)
{
	X509 *certificate = SSL_CTX_get0_certificate(tls->front);
	const EVP_MD *md = EVP_sha256();
	unsigned len = 0;
	int hash = NID_undef;

	if (OBJ_find_sigid_algs(
		X509_get_signature_nid(certificate), &hash, NULL) == 1 &&
	    hash != NID_md5 && hash != NID_sha1)
		md = EVP_get_digestbynid(hash);
	if (md != NULL && X509_digest(certificate, md, tls->binding, &len) == 1)
		tls->binding_len = len;
}

static int open_front(const struct gw_config *config, const json_t *keys,
    struct gw_tls *tls, struct hs_err *err)
{
	tls->front = context_new(tls->library, TLS_server_method());
	if (tls->front == NULL)
		return hs_fail(err, HS_ESYSTEM, "make a TLS context");
	if (load_ca(tls->front, json_object_get(keys, "ca"), config->ca, err) <
		0 ||
	    load_pair(tls->front, json_object_get(keys, "server"),
		config->server.certificate, config->server.key, err) < 0)
		return -1;
	(void)SSL_CTX_set_num_tickets(tls->front, 0);
	/* A client takes what we like best. SHA-256 makes a handshake cheaper
	 * than SHA-384, and either key is out of reach. */
	(void)SSL_CTX_set_options(tls->front, SSL_OP_CIPHER_SERVER_PREFERENCE);
	if (SSL_CTX_set_ciphersuites(tls->front, SUITES) != 1)
		return hs_fail(err, HS_ESYSTEM, "set TLS's cipher suites");
	SSL_CTX_set_verify(tls->front, SSL_VERIFY_PEER, NULL);
	tls->verified = gw_verified_new(tls->front);
	SSL_CTX_set_alpn_select_cb(tls->front, choose_protocol, NULL);
	bind_to_certificate(tls);
	return 0;
}

static int open_back(const struct gw_config *config, const json_t *keys,
    struct gw_tls *tls, struct hs_err *err)
{
	const json_t *pair = json_object_get(keys, "backend");

	tls->back = context_new(NULL, TLS_client_method());
	if (tls->back == NULL)
		return hs_fail(err, HS_ESYSTEM, "make a TLS context");
	if (load_ca(tls->back, json_object_get(keys, "ca"), config->ca, err) <
	    0)
		return -1;
	if (pair != NULL &&
	    load_pair(tls->back, pair, config->backend.certificate,
		config->backend.key, err) < 0)
		return -1;
	tls->any_role = pair != NULL;
	SSL_CTX_set_verify(tls->back, SSL_VERIFY_PEER, NULL);
	return 0;
}

int gw_tls_open(const struct gw_config *config, const json_t *keys,
    struct gw_tls *tls, struct hs_err *err)
{
	tls->roles = json_incref(json_object_get(keys, "roles"));
	return open_front(config, keys, tls, err) < 0 ||
		       open_back(config, keys, tls, err) < 0
		   ? -1
		   : 0;
}

void gw_tls_close(struct gw_tls *tls)
{
	gw_verified_free(tls->verified, tls->front);
	SSL_CTX_free(tls->front);
	SSL_CTX_free(tls->back);
	json_decref(tls->roles);
	*tls = (struct gw_tls) { 0 };
}

SSL *gw_tls_accept(const struct gw_tls *tls)
{
	SSL *ssl = SSL_new(tls->front);

	if (ssl != NULL)
		SSL_set_accept_state(ssl);
	return ssl;
}

/* Read for each connection: there are few, and many roles. */
static bool use_role(const struct gw_tls *tls, SSL *ssl, const char *role)
{
	const json_t *pair =
	    role != NULL ? json_object_get(tls->roles, role) : NULL;
	hs_auto(key_freep) EVP_PKEY *key = NULL;
	hs_auto(bio_freep) BIO *bio = NULL;
	X509 *certificate;
	bool ok;

	if (pair == NULL)
		return role == NULL || tls->any_role;
	bio = bio_of(json_object_get(pair, "certificate"));
	certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	key = key_of(pair);
	ok = certificate != NULL && key != NULL &&
	     SSL_use_certificate(ssl, certificate) == 1 &&
	     SSL_use_PrivateKey(ssl, key) == 1;
	X509_free(certificate);
	ERR_clear_error();
	return ok;
}

SSL *gw_tls_connect(
    const struct gw_tls *tls, const char *server_name, const char *role)
{
	SSL *ssl = SSL_new(tls->back);

	if (ssl == NULL || SSL_set1_host(ssl, server_name) != 1 ||
	    SSL_set_tlsext_host_name(ssl, server_name) != 1 ||
	    !use_role(tls, ssl, role)) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	SSL_set_connect_state(ssl);
	return ssl;
}

bool gw_tls_is_postgresql(const SSL *ssl)
{
	const unsigned char *chosen = NULL;
	unsigned len = 0;

	SSL_get0_alpn_selected(ssl, &chosen, &len);
	return len == sizeof(alpn) - 2 && memcmp(chosen, alpn + 1, len) == 0;
}

static char *common_name(const X509_NAME *name)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	unsigned char *text = NULL;
	char *copy;
	int len;

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return hs_strdup("");
	len = ASN1_STRING_to_UTF8(
	    &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len < 0)
		return hs_strdup("");
	copy = hs_strndup((const char *)text, (size_t)len);
	OPENSSL_free(text);
	if (strlen(copy) != (size_t)len)
		*copy = '\0';
	return copy;
}

char *gw_tls_client_name(const SSL *ssl)
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);

	if (certificate == NULL || SSL_get_verify_result(ssl) != X509_V_OK)
		return certificate == NULL ? NULL : hs_strdup("");
	return common_name(X509_get_subject_name(certificate));
}

char *gw_tls_client_digest(const SSL *ssl)
{
	static const char digits[] = "0123456789abcdef";
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct hs_text hex = { 0 };
	unsigned len = 0;

	if (certificate == NULL)
		return NULL;
	if (X509_digest(certificate, EVP_sha256(), hash, &len) != 1)
		return hs_strdup("");
	for (unsigned i = 0; i < len; i++) {
		hs_text_add_char(&hex, digits[hash[i] >> 4]);
		hs_text_add_char(&hex, digits[hash[i] & 15]);
	}
	return hs_text_take(&hex);
}
