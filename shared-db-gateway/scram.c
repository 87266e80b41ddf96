/* scram.c - SCRAM (RFC 5802, 7677) over OpenSSL's primitives. */

#include "shared-db-gateway/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "shared-db-gateway/gateway.h"

#define PREFIX           "SCRAM-SHA-256$"
#define ITERATIONS       4096
#define ITERATIONS_MAX   1000000
#define SALT_LEN         16
#define NONCE_BYTES      18
#define CLIENT_NONCE_MAX 512
#define PASSWORD_MAX     1024

static char *base64(const uint8_t *data, size_t len)
{
	char *out = hs_alloc(4 * ((len + 2) / 3) + 1);

	(void)EVP_EncodeBlock((unsigned char *)out, data, (int)len);
	return out;
}

/* Strict: what does not encode back to the same text is refused. */
static int unbase64(
    const char *text, size_t len, uint8_t *out, size_t max, size_t *ret_len)
{
	uint8_t buf[4 * GW_SALT_MAX];
	hs_auto(hs_freep) char *again = NULL;
	size_t size;
	int n;

	if (len == 0 || len % 4 != 0 || len > sizeof(buf))
		return -1;
	n = EVP_DecodeBlock(buf, (const unsigned char *)text, (int)len);
	if (n < 0)
		return -1;
	size = (size_t)n;
	for (size_t i = len; i > len - 2 && text[i - 1] == '='; i--)
		size--;
	again = base64(buf, size);
	if (size > max || strncmp(again, text, len) != 0)
		return -1;
	memcpy(out, buf, size);
	*ret_len = size;
	return 0;
}

static void hmac(const uint8_t *key, const char *text, uint8_t *out)
{
	(void)HMAC(EVP_sha256(), key, GW_SHA256_LEN,
	    (const unsigned char *)text, strlen(text), out, NULL);
}

int gw_verifier_parse(
    const char *text, struct gw_verifier *ret_verifier, struct hs_err *err)
{
	struct gw_verifier v = { 0 };
	size_t stored_len = 0, server_len = 0;
	const char *salt, *stored, *server;
	char *end = NULL;
	unsigned long n;

	if (strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return hs_fail(err, HS_EINVAL, "not a SCRAM-SHA-256 verifier");
	n = strtoul(text + strlen(PREFIX), &end, 10);
	salt = end + 1;
	stored = *end == ':' ? strchr(salt, '$') : NULL;
	server = stored != NULL ? strchr(stored, ':') : NULL;
	if (server == NULL || n < ITERATIONS || n > ITERATIONS_MAX)
		return hs_fail(err, HS_EINVAL, "malformed SCRAM verifier");
	v.iterations = (unsigned)n;
	if (unbase64(salt, (size_t)(stored - salt), v.salt, sizeof(v.salt),
		&v.salt_len) < 0 ||
	    unbase64(stored + 1, (size_t)(server - stored - 1), v.stored_key,
		GW_SHA256_LEN, &stored_len) < 0 ||
	    unbase64(server + 1, strlen(server + 1), v.server_key,
		GW_SHA256_LEN, &server_len) < 0 ||
	    stored_len != GW_SHA256_LEN || server_len != GW_SHA256_LEN)
		return hs_fail(err, HS_EINVAL, "malformed SCRAM verifier");
	*ret_verifier = v;
	return 0;
}

void gw_verifier_mock(const uint8_t secret[GW_SECRET_LEN], const char *user,
    struct gw_verifier *ret_verifier)
{
	struct gw_verifier v = {
		.iterations = ITERATIONS,
		.salt_len = SALT_LEN,
	};
	hs_auto(hs_freep) char *keyed = hs_printf("mock:%s", user);

	hmac(secret, user, v.salt);
	hmac(secret, keyed, v.stored_key);
	memcpy(v.server_key, v.stored_key, GW_SHA256_LEN);
	*ret_verifier = v;
}

static int make_keys(const char *password, struct gw_verifier *v)
{
	uint8_t salted[GW_SHA256_LEN], client_key[GW_SHA256_LEN];

	if (RAND_bytes(v->salt, SALT_LEN) != 1 ||
	    PKCS5_PBKDF2_HMAC(password, (int)strlen(password), v->salt,
		SALT_LEN, ITERATIONS, EVP_sha256(), GW_SHA256_LEN, salted) != 1)
		return -1;
	hmac(salted, "Client Key", client_key);
	(void)SHA256(client_key, GW_SHA256_LEN, v->stored_key);
	hmac(salted, "Server Key", v->server_key);
	hs_wipe(salted, sizeof(salted));
	hs_wipe(client_key, sizeof(client_key));
	return 0;
}

int gw_scram_verifier(
    const char *password, char **ret_verifier, struct hs_err *err)
{
	struct gw_verifier v = { 0 };
	hs_auto(hs_freep) char *salt = NULL;
	hs_auto(hs_freep) char *stored = NULL;
	hs_auto(hs_freep) char *server = NULL;
	size_t len = strlen(password);

	if (len == 0 || len > PASSWORD_MAX)
		return hs_fail(err, HS_EINVAL,
		    "a password has 1 to %d characters", PASSWORD_MAX);
	for (size_t i = 0; i < len; i++)
		if (password[i] < 0x20 || password[i] > 0x7e)
			return hs_fail(err, HS_EINVAL,
			    "a database password has ASCII characters only");
	if (make_keys(password, &v) < 0)
		return hs_fail(err, HS_ESYSTEM, "make a SCRAM verifier");
	salt = base64(v.salt, SALT_LEN);
	stored = base64(v.stored_key, GW_SHA256_LEN);
	server = base64(v.server_key, GW_SHA256_LEN);
	*ret_verifier =
	    hs_printf(PREFIX "%d:%s$%s:%s", ITERATIONS, salt, stored, server);
	return 0;
}

static bool is_printable(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < 0x21 || *s > 0x7e || *s == ',')
			return false;
	return true;
}

/* The part before the first comma behind *at; *at goes behind the comma. */
static char *take_field(char **at)
{
	char *field = *at, *comma = strchr(field, ',');

	*at = comma != NULL ? comma + 1 : field + strlen(field);
	if (comma != NULL)
		*comma = '\0';
	return field;
}

/* gs2-header: "n,,", "y,," or "p=tls-server-end-point,,". */
static int judge_binding(struct gw_scram *scram, const char *flag,
    const char *authzid, bool plus, struct hs_err *err)
{
	if (*authzid != '\0')
		return hs_fail(
		    err, HS_EINVAL, "an authorization identity was sent");
	if (strcmp(flag, "p=tls-server-end-point") == 0 && plus)
		scram->binds = true;
	else if (strcmp(flag, "y") == 0 && scram->binding_len > 0)
		return hs_fail(err, HS_EDENIED,
		    "the offer of channel binding was lost on the way");
	else if ((strcmp(flag, "n") != 0 && strcmp(flag, "y") != 0) || plus)
		return hs_fail(err, HS_EINVAL, "wrong channel binding flag");
	scram->gs2_header = hs_printf("%s,,", flag);
	return 0;
}

static int make_nonce(
    struct gw_scram *scram, const char *client_nonce, struct hs_err *err)
{
	uint8_t raw[NONCE_BYTES];

	if (scram->nonce == NULL) {
		if (RAND_bytes(raw, sizeof(raw)) != 1)
			return hs_fail(err, HS_ESYSTEM, "no random bytes");
		scram->nonce = base64(raw, sizeof(raw));
	}
	scram->full_nonce = hs_printf("%s%s", client_nonce, scram->nonce);
	return 0;
}

/* client-first-message-bare: "n=USER,r=NONCE"; the user is start-up's. */
static int read_bare(struct gw_scram *scram, char *bare, struct hs_err *err)
{
	const char *user, *nonce;

	scram->client_first_bare = hs_strdup(bare);
	user = take_field(&bare);
	nonce = take_field(&bare);
	if (strncmp(user, "n=", 2) != 0 || strncmp(nonce, "r=", 2) != 0 ||
	    nonce[2] == '\0' || strlen(nonce) > CLIENT_NONCE_MAX ||
	    !is_printable(nonce))
		return hs_fail(err, HS_EINVAL, "malformed client-first");
	return make_nonce(scram, nonce + 2, err);
}

int gw_scram_first(struct gw_scram *scram, const char *mechanism,
    const uint8_t *message, size_t len, char **ret_reply, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strndup((const char *)message, len);
	hs_auto(hs_freep) char *salt = NULL;
	bool plus = strcmp(mechanism, "SCRAM-SHA-256-PLUS") == 0;
	char *at = copy;
	const char *flag, *authzid;

	if (scram->server_first != NULL || strlen(copy) != len)
		return hs_fail(err, HS_EINVAL, "malformed client-first");
	if ((plus && scram->binding_len == 0) ||
	    (!plus && strcmp(mechanism, "SCRAM-SHA-256") != 0))
		return hs_fail(err, HS_EINVAL, "mechanism was not offered");
	flag = take_field(&at);
	authzid = take_field(&at);
	if (judge_binding(scram, flag, authzid, plus, err) < 0 ||
	    read_bare(scram, at, err) < 0)
		return -1;
	salt = base64(scram->verifier.salt, scram->verifier.salt_len);
	scram->server_first = hs_printf("r=%s,s=%s,i=%u", scram->full_nonce,
	    salt, scram->verifier.iterations);
	*ret_reply = hs_strdup(scram->server_first);
	return 0;
}

/* c= repeats the gs2-header, and with PLUS the certificate's hash. */
static char *expected_binding(const struct gw_scram *scram)
{
	size_t head = strlen(scram->gs2_header);
	size_t tail = scram->binds ? scram->binding_len : 0;
	hs_auto(hs_freep) uint8_t *raw = hs_alloc(head + tail + 1);

	memcpy(raw, scram->gs2_header, head);
	memcpy(raw + head, scram->binding, tail);
	return base64(raw, head + tail);
}

static bool proof_fits(const struct gw_scram *scram, const char *auth_message,
    const uint8_t proof[GW_SHA256_LEN])
{
	uint8_t key[GW_SHA256_LEN], hash[GW_SHA256_LEN];

	hmac(scram->verifier.stored_key, auth_message, key);
	for (size_t i = 0; i < GW_SHA256_LEN; i++)
		key[i] ^= proof[i];
	(void)SHA256(key, GW_SHA256_LEN, hash);
	hs_wipe(key, sizeof(key));
	return CRYPTO_memcmp(hash, scram->verifier.stored_key, GW_SHA256_LEN) ==
	       0;
}

/* Cut "...,p=PROOF" off; the proof is the last attribute. */
static int cut_proof(char *message, uint8_t proof[GW_SHA256_LEN])
{
	char *last = strrchr(message, ',');
	size_t len = 0;

	if (last == NULL || strncmp(last, ",p=", 3) != 0)
		return -1;
	if (unbase64(last + 3, strlen(last + 3), proof, GW_SHA256_LEN, &len) <
		0 ||
	    len != GW_SHA256_LEN)
		return -1;
	*last = '\0';
	return 0;
}

int gw_scram_final(struct gw_scram *scram, const uint8_t *message, size_t len,
    char **ret_reply, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strndup((const char *)message, len);
	hs_auto(hs_freep) char *auth_message = NULL;
	hs_auto(hs_freep) char *binding = NULL;
	hs_auto(hs_freep) char *text = NULL;
	uint8_t proof[GW_SHA256_LEN], signature[GW_SHA256_LEN];
	char *at = copy;
	const char *c, *r;
	bool fits;

	if (scram->server_first == NULL || strlen(copy) != len ||
	    cut_proof(copy, proof) < 0)
		return hs_fail(err, HS_EINVAL, "malformed client-final");
	auth_message = hs_printf(
	    "%s,%s,%s", scram->client_first_bare, scram->server_first, copy);
	fits = proof_fits(scram, auth_message, proof);
	c = take_field(&at);
	r = take_field(&at);
	binding = expected_binding(scram);
	if (strncmp(c, "c=", 2) != 0 || strncmp(r, "r=", 2) != 0)
		return hs_fail(err, HS_EINVAL, "malformed client-final");
	if (strcmp(c + 2, binding) != 0)
		return hs_fail(err, HS_EDENIED, "channel binding differs");
	if (strcmp(r + 2, scram->full_nonce) != 0)
		return hs_fail(err, HS_EDENIED, "nonce differs");
	if (!fits || scram->doomed)
		return hs_fail(err, HS_EDENIED, "wrong proof");
	hmac(scram->verifier.server_key, auth_message, signature);
	text = base64(signature, GW_SHA256_LEN);
	*ret_reply = hs_printf("v=%s", text);
	return 0;
}

void gw_scram_done(struct gw_scram *scram)
{
	free(scram->nonce);
	free(scram->gs2_header);
	free(scram->client_first_bare);
	free(scram->server_first);
	free(scram->full_nonce);
	hs_wipe(scram, sizeof(*scram));
}
