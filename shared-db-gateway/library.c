/* library.c - of OpenSSL's algorithms, those a client's handshake needs.
 *
 * To read a certificate's key, OpenSSL 3.0 copies the list of all algorithms
 * that there are, and asks each decoder of it what it might be good for; for
 * each certificate anew. That was a third of a log-in's handshake. So clients
 * are served from a library context with a provider of our own, which computes
 * nothing: it passes on what the default provider has, and of that only what is
 * listed here.
 */

#include "shared-db-gateway/library.h"

#include <assert.h>
#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

#define NAME       "hanse-tls"
#define OPERATIONS (OSSL_OP__HIGHEST + 1)
#define EACH       5 /* algorithms an operation, and the end of them */

/* A key in a certificate. */
#define IN_CERTIFICATE "input=der,structure=SubjectPublicKeyInfo"

/* clang-format off */
static const struct {
	int operation;
	const char *name, *property;
} needed[] = {
	{ OSSL_OP_DIGEST,    "SHA1",              "" }, /* a name for a certificate */
	{ OSSL_OP_DIGEST,    "SHA2-256",          "" },
	{ OSSL_OP_DIGEST,    "SHA2-384",          "" },
	{ OSSL_OP_DIGEST,    "SHA2-512",          "" },
	{ OSSL_OP_CIPHER,    "AES-128-GCM",       "" },
	{ OSSL_OP_CIPHER,    "AES-256-GCM",       "" },
	{ OSSL_OP_CIPHER,    "ChaCha20-Poly1305", "" },
	{ OSSL_OP_MAC,       "HMAC",              "" },
	{ OSSL_OP_KDF,       "HKDF",              "" },
	{ OSSL_OP_KDF,       "TLS13-KDF",         "" },
	{ OSSL_OP_KDF,       "TLS1-PRF",          "" },
	{ OSSL_OP_RAND,      "CTR-DRBG",          "" },
	{ OSSL_OP_RAND,      "SEED-SRC",          "" },
	{ OSSL_OP_KEYMGMT,   "EC",                "" },
	{ OSSL_OP_KEYMGMT,   "RSA",               "" },
	{ OSSL_OP_KEYMGMT,   "RSA-PSS",           "" }, /* how RSA keys sign in 1.3 */
	{ OSSL_OP_KEYMGMT,   "X25519",            "" },
	{ OSSL_OP_KEYEXCH,   "ECDH",              "" },
	{ OSSL_OP_KEYEXCH,   "X25519",            "" },
	{ OSSL_OP_SIGNATURE, "ECDSA",             "" },
	{ OSSL_OP_SIGNATURE, "RSA",               "" },
	{ OSSL_OP_DECODER,   "EC",                IN_CERTIFICATE },
	{ OSSL_OP_DECODER,   "RSA",               IN_CERTIFICATE },
};
/* clang-format on */

/* What is asked of a provider comes with the default one's own context, and so
 * has no place of ours; but this never changes once it is there. */
static struct {
	OSSL_PROVIDER *whole;
	OSSL_ALGORITHM lists[OPERATIONS][EACH];
} few;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* "NAME:OTHER-NAME:..." */
static bool is_called(const OSSL_ALGORITHM *algorithm, const char *name)
{
	size_t len = strcspn(algorithm->algorithm_names, ":");

	return strlen(name) == len &&
	       strncmp(algorithm->algorithm_names, name, len) == 0;
}

static bool is_needed(int operation, const OSSL_ALGORITHM *algorithm)
{
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (needed[i].operation == operation &&
		    is_called(algorithm, needed[i].name) &&
		    strstr(algorithm->property_definition,
			needed[i].property) != NULL)
			return true;
	return false;
}

static void pick(int operation)
{
	int no_cache = 0;
	const OSSL_ALGORITHM *a =
	    OSSL_PROVIDER_query_operation(few.whole, operation, &no_cache);
	size_t n = 0;

	for (; a != NULL && a->algorithm_names != NULL; a++)
		if (is_needed(operation, a)) {
			assert(n < EACH - 1);
			few.lists[operation][n++] = *a;
		}
}

static void pick_all(void)
{
	few.whole = OSSL_PROVIDER_load(NULL, "default");
	for (int i = 0; few.whole != NULL && i < OPERATIONS; i++)
		pick(i);
}

/* -- What OpenSSL asks of a provider --------------------------------------- */

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
	(void)context;
	*no_cache = 0;
	if (operation < 0 || operation >= OPERATIONS ||
	    few.lists[operation][0].algorithm_names == NULL)
		return NULL;
	return few.lists[operation];
}

/* The groups of TLS; libssl leaves out those that have no algorithm. */
static int capabilities(
    void *context, const char *kind, OSSL_CALLBACK *tell, void *arg)
{
	(void)context;
	return OSSL_PROVIDER_get_capabilities(few.whole, kind, tell, arg);
}

static int get_params(void *context, OSSL_PARAM *params)
{
	(void)context;
	return OSSL_PROVIDER_get_params(few.whole, params);
}

static const OSSL_DISPATCH answers[] = {
	{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
	{ OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities },
	{ OSSL_FUNC_PROVIDER_GET_PARAMS, (void (*)(void))get_params },
	{ 0, NULL },
};

/* The algorithms are the default provider's, and get its context. */
static int init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **context)
{
	(void)handle;
	(void)in;
	*out = answers;
	*context = OSSL_PROVIDER_get0_provider_ctx(few.whole);
	return 1;
}

int gw_library_open(struct gw_library *library, struct hs_err *err)
{
	(void)pthread_once(&once, pick_all);
	library->context = OSSL_LIB_CTX_new();
	if (library->context != NULL && few.whole != NULL &&
	    OSSL_PROVIDER_add_builtin(library->context, NAME, init) == 1)
		library->provider = OSSL_PROVIDER_load(library->context, NAME);
	if (library->provider != NULL)
		return 0;
	gw_library_close(library);
	return hs_fail(err, HS_ESYSTEM, "make OpenSSL's context");
}

void gw_library_close(struct gw_library *library)
{
	/* The context does not end what was loaded into it. */
	if (library->provider != NULL)
		(void)OSSL_PROVIDER_unload(library->provider);
	OSSL_LIB_CTX_free(library->context);
	*library = (struct gw_library) { 0 };
}
