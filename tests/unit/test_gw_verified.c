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
#include <stdbool.h>
#include <unistd.h>

#include "gw_identity.h"
#include "shared-db-gateway/verified.h"

/* Whether the server lets the client in. */
static bool shake(SSL_CTX *front, const struct gw_identity *who)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *server = SSL_new(front), *client;
	bool in;

	gw_identity_use(ctx, who);
	client = SSL_new(ctx);
	in = gw_shake(server, client);
	if (in)
		assert_int_equal(SSL_get_verify_result(server), X509_V_OK);
	SSL_free(server);
	SSL_free(client);
	SSL_CTX_free(ctx);
	return in;
}

static SSL_CTX *front_of(
    const struct gw_identity *server, const struct gw_identity *ca)
{
	SSL_CTX *front = SSL_CTX_new(TLS_server_method());

	gw_identity_use(front, server);
	(void)X509_STORE_add_cert(
	    SSL_CTX_get_cert_store(front), ca->certificate);
	SSL_CTX_set_verify(
	    front, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	(void)SSL_CTX_set_session_cache_mode(front, SSL_SESS_CACHE_OFF);
	return front;
}

static void test_known(void **state)
{
	struct gw_identity ca = gw_identity_make("ca", 100, NULL);
	struct gw_identity other_ca = gw_identity_make("ca", 100, NULL);
	struct gw_identity anna = gw_identity_make("anna", 100, &ca);
	struct gw_identity twin = gw_identity_make("anna", 100, &ca);
	struct gw_identity fake = gw_identity_make("anna", 100, &other_ca);
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
	gw_identity_done(&ca);
	gw_identity_done(&other_ca);
	gw_identity_done(&anna);
	gw_identity_done(&twin);
	gw_identity_done(&fake);
}

/* Known, and still it ends in its time, and in that of its authority. */
static void test_time(void **state)
{
	struct gw_identity ca = gw_identity_make("ca", 100, NULL);
	struct gw_identity brief_ca = gw_identity_make("brief", 2, NULL);
	struct gw_identity brief = gw_identity_make("anna", 2, &ca);
	struct gw_identity of_brief = gw_identity_make("anna", 100, &brief_ca);
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
	gw_identity_done(&ca);
	gw_identity_done(&brief_ca);
	gw_identity_done(&brief);
	gw_identity_done(&of_brief);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
