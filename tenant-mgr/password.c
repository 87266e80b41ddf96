/* password.c - passwords: which are good enough, made up, and hashed. */

#include "tenant-mgr/password.h"

#include <argon2.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "gen/tenant_text.h"

#define SCHEME "{ARGON2}"

/* RFC 9106's and OWASP's least for argon2id; also in config.ldif. */
#define MEMORY_KIB 19456
#define PASSES     2
#define LANES      1
#define SALT_LEN   16
#define TAG_LEN    32

#define DISTINCT_MIN 5

/* No l, 1, i, o, 0: 31 characters, 4.95 bits each. */
static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
#define GROUPS    4
#define GROUP_LEN 5

static size_t count_characters(const char *s)
{
	size_t count = 0;

	for (; *s != '\0'; s++)
		if (((unsigned char)*s & 0xc0) != 0x80)
			count++;
	return count;
}

static size_t count_distinct_bytes(const char *s)
{
	bool seen[256] = { false };
	size_t count = 0;

	for (; *s != '\0'; s++) {
		bool *is_seen = &seen[(unsigned char)*s];

		count += !*is_seen;
		*is_seen = true;
	}
	return count;
}

static bool is_common(const char *password)
{
	const char *line = tenant_text_common_passwords;
	size_t len = strlen(password);

	while (*line != '\0') {
		size_t line_len = strcspn(line, "\n");

		if (line_len == len && strncasecmp(line, password, len) == 0)
			return true;
		line += line_len + (line[line_len] == '\n');
	}
	return false;
}

/* "123456789012", "abcdefghijkl": each character follows the one before. */
static bool is_sequence(const char *s)
{
	for (; s[0] != '\0' && s[1] != '\0'; s++) {
		int step = s[1] - s[0];

		if (step != 1 && step != -1 && step != '0' - '9')
			return false;
	}
	return true;
}

static bool is_guessable(const char *password, const char *login)
{
	if (is_common(password) || is_sequence(password) ||
	    count_distinct_bytes(password) < DISTINCT_MIN)
		return true;
	return login != NULL && strlen(login) >= 4 &&
	       strcasestr(password, login) != NULL;
}

int tenant_password_check(
    const char *password, const char *login, struct hs_err *err)
{
	if (strlen(password) > PASSWORD_BYTES_MAX)
		return hs_fail(err, HS_EINVAL,
		    "a password has at most %d bytes", PASSWORD_BYTES_MAX);
	if (!hs_is_text(password) || strpbrk(password, "\t\n") != NULL)
		return hs_fail(err, HS_EINVAL,
		    "a password must be UTF-8 without control characters");
	if (count_characters(password) < PASSWORD_CHARACTERS_MIN)
		return hs_fail(err, HS_EINVAL,
		    "a password has at least %d characters",
		    PASSWORD_CHARACTERS_MIN);
	if (is_guessable(password, login))
		return hs_fail(
		    err, HS_EINVAL, "this password is too easy to guess");
	return 0;
}

static int fill_random(void *data, size_t len, struct hs_err *err)
{
	if (getrandom(data, len, 0) != (ssize_t)len)
		return hs_fail_errno(err, HS_ESYSTEM, "getrandom");
	return 0;
}

/* One character of the alphabet, each as likely as the others. */
static int pick_character(char *ret_c, struct hs_err *err)
{
	const unsigned size = sizeof(alphabet) - 1;
	unsigned char byte;

	do {
		if (fill_random(&byte, 1, err) < 0)
			return -1;
	} while (byte >= 256 - 256 % size);
	*ret_c = alphabet[byte % size];
	return 0;
}

int tenant_password_generate(char **ret_password, struct hs_err *err)
{
	char password[GROUPS * (GROUP_LEN + 1)];

	for (size_t i = 0; i < sizeof(password); i++) {
		password[i] = '-';
		if (i % (GROUP_LEN + 1) != GROUP_LEN &&
		    pick_character(&password[i], err) < 0)
			return -1;
	}
	password[sizeof(password) - 1] = '\0';
	*ret_password = hs_strdup(password);
	hs_wipe(password, sizeof(password));
	return 0;
}

int tenant_password_hash(
    const char *password, char **ret_hash, struct hs_err *err)
{
	unsigned char salt[SALT_LEN];
	char encoded[160];
	int rc;

	if (fill_random(salt, sizeof(salt), err) < 0)
		return -1;
	rc = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password,
	    strlen(password), salt, sizeof(salt), TAG_LEN, encoded,
	    sizeof(encoded));
	if (rc != ARGON2_OK)
		return hs_fail(
		    err, HS_ESYSTEM, "argon2: %s", argon2_error_message(rc));
	*ret_hash = hs_printf("%s%s", SCHEME, encoded);
	return 0;
}

/* Base64 without padding, as in argon2's encoded form. */
static void add_base64(
    struct hs_text *text, const unsigned char *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0;
	int count = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		for (count += 8; count >= 6; count -= 6)
			hs_text_add_char(
			    text, digits[bits >> (count - 6) & 63]);
	}
	if (count > 0)
		hs_text_add_char(text, digits[bits << (6 - count) & 63]);
}

/* Random bytes in the place of the tag: nobody knows what they are of. */
int tenant_password_hash_of_none(char **ret_hash, struct hs_err *err)
{
	unsigned char bytes[SALT_LEN + TAG_LEN];
	struct hs_text text = { 0 };

	if (fill_random(bytes, sizeof(bytes), err) < 0)
		return -1;
	hs_text_addf(&text, "%s$argon2id$v=19$m=%d,t=%d,p=%d$", SCHEME,
	    MEMORY_KIB, PASSES, LANES);
	add_base64(&text, bytes, SALT_LEN);
	hs_text_add_char(&text, '$');
	add_base64(&text, bytes + SALT_LEN, TAG_LEN);
	*ret_hash = hs_text_take(&text);
	return 0;
}

bool tenant_password_matches(const char *hash, const char *password)
{
	size_t len = strlen(SCHEME);

	return strncasecmp(hash, SCHEME, len) == 0 &&
	       argon2id_verify(hash + len, password, strlen(password)) ==
		   ARGON2_OK;
}
