/* token.h - random tokens, what is stored of them, and the forms they sign. */
#ifndef HANSE_PORTAL_WEB_TOKEN_H
#define HANSE_PORTAL_WEB_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

struct hs_arena;

/** That many random bytes, as hex digits, in the arena. */
const char *web_token_new(struct hs_arena *arena, size_t bytes);

/** Whether a text is a token of that many bytes. */
bool web_token_is_good(const char *token, size_t bytes);

/** Its SHA-256 as PostgreSQL writes a bytea: "\x" and 64 hex digits. */
const char *web_token_hash(struct hs_arena *arena, const char *token);

/**
 * What a page of the token's owner puts into its forms: an HMAC-SHA256 of the
 * purpose under the token, in hex.
 */
const char *web_csrf(
    struct hs_arena *arena, const char *token, const char *purpose);

/** Whether a form came with it; takes the same time whatever it came with. */
bool web_csrf_is_good(struct hs_arena *arena, const char *token,
    const char *purpose, const char *given);

#endif
