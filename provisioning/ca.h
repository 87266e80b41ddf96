/* ca.h - the platform's certification authority: a folder of PEM files.
 *
 *   ca.crt ca.key      the authority itself
 *   NAME.crt NAME.key  what it issued; keys are 0600 and have one owner
 */
#ifndef HANSE_PROVISIONING_CA_H
#define HANSE_PROVISIONING_CA_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct hs_err;

/** What a certificate may be used for. */
enum ca_usage {
	CA_SERVER,
	CA_CLIENT,
	CA_PEER, /* both */
};

/** What to issue. */
struct ca_request {
	const char *name; /* of the files */
	const char *cn;   /* subject */
	const char *alt;  /* "DNS:a,IP:b"; NULL: none */
	enum ca_usage usage;
	unsigned days;
	uid_t owner; /* of the key; its group too */
};

/** Make the authority of that name if there is none. Errors: HS_ESYSTEM. */
int ca_init(const char *dir, const char *cn, struct hs_err *err);

/**
 * Make a key and a certificate; replaces those of that name: whole or not at
 * all. Errors: HS_ENOTFOUND (no authority), HS_EINVAL, HS_ESYSTEM.
 */
int ca_issue(
    const char *dir, const struct ca_request *request, struct hs_err *err);

/**
 * Whether NAME has a key and a certificate of this authority that is good for
 * that many more seconds.
 */
bool ca_is_good(const char *dir, const char *name, time_t seconds);

/** Whether the certificate of NAME is one for that host. */
bool ca_is_for(const char *dir, const char *name, const char *host);

/** SHA-256 of the certificate in a file, hexadecimal, owned by the caller; NULL
 * if there is none. */
char *ca_digest(const char *path);
/**
 * The same in words: "good", or what is wrong: "unreadable", "no key",
 * "mismatched" (the key is another's), "foreign" (another authority's),
 * "expired", "expiring" (within those seconds), "key open" (others than its
 * owner can read the key).
 */
const char *ca_look(const char *dir, const char *name, time_t seconds);

/** Forget NAME. Errors: HS_ESYSTEM. */
int ca_remove(const char *dir, const char *name, struct hs_err *err);

#endif
