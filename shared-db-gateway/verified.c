/* verified.c - a small table of digests. A digest is of the whole certificate,
 * so what was found of it under the same authority holds: all but the time. A
 * table belongs to one context, hence to the authority's file as it was read.
 */

#include "shared-db-gateway/verified.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

#define PLACES 1024u
#define DIGEST 32u

struct place {
	uint8_t digest[DIGEST];
	time_t from, until; /* until 0: nobody's */
};

struct gw_verified {
	struct place list[PLACES];
};

/* One that comes to the place of another takes it. */
static struct place *place_of(
    struct gw_verified *verified, const uint8_t digest[DIGEST])
{
	uint32_t n;

	memcpy(&n, digest, sizeof(n));
	return &verified->list[n % PLACES];
}

static bool is_known(struct gw_verified *verified, const uint8_t digest[DIGEST])
{
	const struct place *p = place_of(verified, digest);
	time_t now = time(NULL);

	return p->until != 0 && memcmp(p->digest, digest, DIGEST) == 0 &&
	       p->from <= now && now < p->until;
}

static bool to_time(const ASN1_TIME *text, time_t *ret_time)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(text, &tm) != 1)
		return false;
	*ret_time = timegm(&tm);
	return *ret_time > 0;
}

/* While all of its chain are valid. */
static void remember(struct gw_verified *verified, const uint8_t digest[DIGEST],
    const STACK_OF(X509) * chain)
{
	struct place p = { .until = INT64_MAX };

	for (int i = 0; i < sk_X509_num(chain); i++) {
		const X509 *x = sk_X509_value(chain, i);
		time_t from, until;

		if (!to_time(X509_get0_notBefore(x), &from) ||
		    !to_time(X509_get0_notAfter(x), &until))
			return;
		p.from = from > p.from ? from : p.from;
		p.until = until < p.until ? until : p.until;
	}
	memcpy(p.digest, digest, DIGEST);
	*place_of(verified, digest) = p;
}

static int verify(X509_STORE_CTX *store, void *arg)
{
	struct gw_verified *verified = arg;
	const X509 *x = X509_STORE_CTX_get0_cert(store);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int rc;

	if (X509_digest(x, EVP_sha256(), digest, &len) != 1 || len != DIGEST)
		return X509_verify_cert(store);
	if (is_known(verified, digest)) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	rc = X509_verify_cert(store);
	if (rc == 1 && X509_STORE_CTX_get_error(store) == X509_V_OK &&
	    X509_STORE_CTX_get0_chain(store) != NULL)
		remember(verified, digest, X509_STORE_CTX_get0_chain(store));
	return rc;
}

struct gw_verified *gw_verified_new(SSL_CTX *ctx)
{
	struct gw_verified *verified = hs_alloc(sizeof(*verified));

	SSL_CTX_set_cert_verify_callback(ctx, verify, verified);
	return verified;
}

void gw_verified_free(struct gw_verified *verified, SSL_CTX *ctx)
{
	if (verified == NULL)
		return;
	SSL_CTX_set_cert_verify_callback(ctx, NULL, NULL);
	free(verified);
}
