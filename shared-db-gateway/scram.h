/* scram.h - SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side. */
#ifndef HANSE_SHARED_DB_GATEWAY_SCRAM_H
#define HANSE_SHARED_DB_GATEWAY_SCRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hs_err;

#define GW_SHA256_LEN  32
#define GW_SALT_MAX    64
#define GW_BINDING_MAX 64
#define GW_SECRET_LEN  32

/** What is stored in place of a password. */
struct gw_verifier {
	unsigned iterations;
	size_t salt_len;
	uint8_t salt[GW_SALT_MAX];
	uint8_t stored_key[GW_SHA256_LEN], server_key[GW_SHA256_LEN];
};

/** Read "SCRAM-SHA-256$i:salt$stored:server". Errors: HS_EINVAL. */
int gw_verifier_parse(
    const char *text, struct gw_verifier *ret_verifier, struct hs_err *err);

/** One for a user who has none: the same each time, and no password fits. */
void gw_verifier_mock(const uint8_t secret[GW_SECRET_LEN], const char *user,
    struct gw_verifier *ret_verifier);

/** One exchange; start with { 0 } and fill the first block. */
struct gw_scram {
	struct gw_verifier verifier;
	bool doomed; /* the verifier is a mock: fail at the very end */
	/* tls-server-end-point; 0 bytes: PLUS was not offered */
	size_t binding_len;
	uint8_t binding[GW_BINDING_MAX];
	char *nonce; /* the server's part; NULL: random */

	char *gs2_header, *client_first_bare, *server_first, *full_nonce;
	bool binds;
};

/**
 * Take client-first.
 *
 * @mechanism:  as the client named it
 * @ret_reply:  server-first, owned by the caller
 *
 * Errors: HS_EINVAL (malformed), HS_EDENIED (a downgrade).
 */
int gw_scram_first(struct gw_scram *scram, const char *mechanism,
    const uint8_t *message, size_t len, char **ret_reply, struct hs_err *err);

/**
 * Take client-final and judge it.
 *
 * @ret_reply:  server-final, owned by the caller
 *
 * Errors: HS_EINVAL (malformed), HS_EDENIED (wrong proof or binding).
 */
int gw_scram_final(struct gw_scram *scram, const uint8_t *message, size_t len,
    char **ret_reply, struct hs_err *err);

void gw_scram_done(struct gw_scram *scram);

#endif
