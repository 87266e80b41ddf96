/* digest.h - SHA-256 of texts, as hexadecimal. */
#ifndef HANSE_PROVISIONING_DIGEST_H
#define HANSE_PROVISIONING_DIGEST_H

/** Owned by the caller. */
char *digest_text(const char *text);

/** Of a file; NULL if it cannot be read. Owned by the caller. */
char *digest_file(const char *path);

#endif
