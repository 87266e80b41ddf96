/* err.c - the one error object. */

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* clang-format off */
static const char *const code_names[HS_CODE_COUNT] = {
	[HS_OK]        = "ok",
	[HS_EINVAL]    = "invalid",
	[HS_ENOTFOUND] = "not-found",
	[HS_EEXISTS]   = "exists",
	[HS_EDENIED]   = "denied",
	[HS_ECONFLICT] = "conflict",
	[HS_ELIMIT]    = "limit",
	[HS_EREMOTE]   = "remote",
	[HS_ESYSTEM]   = "system",
};
/* clang-format on */

/* Messages go into JSON and databases, which refuse half characters: those a
 * cut has left, and those of programs whose output is quoted. */
static void keep_whole(struct hs_err *err)
{
	unsigned char *s = (unsigned char *)err->msg;
	bool was_cut = strlen(err->msg) == sizeof(err->msg) - 1;

	while (*s != '\0') {
		size_t len = hs_utf8_len(s);

		if (len == 0 && was_cut &&
		    err->msg + sizeof(err->msg) - 4 <= (char *)s)
			*s = '\0';
		else if (len == 0)
			*s++ = '?';
		else
			s += len;
	}
}

int hs_fail(struct hs_err *err, enum hs_code code, const char *fmt, ...)
{
	va_list ap;

	assert(code != HS_OK);
	if (err == NULL)
		return -1;
	err->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	keep_whole(err);
	return -1;
}

int hs_fail_errno(struct hs_err *err, enum hs_code code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t len;

	assert(code != HS_OK);
	if (err == NULL)
		return -1;
	err->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	(void)snprintf(
	    err->msg + len, sizeof(err->msg) - len, ": %s", strerror(saved));
	keep_whole(err);
	errno = saved;
	return -1;
}

int hs_wrap(struct hs_err *err, const char *fmt, ...)
{
	char old[sizeof(err->msg)];
	va_list ap;
	size_t len;

	if (err == NULL)
		return -1;
	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	(void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", old);
	keep_whole(err);
	return -1;
}

const char *hs_code_name(enum hs_code code)
{
	assert(code < HS_CODE_COUNT);
	return code_names[code];
}

enum hs_code hs_code_find(const char *name)
{
	for (int code = HS_OK + 1; name != NULL && code < HS_CODE_COUNT; code++)
		if (strcmp(code_names[code], name) == 0)
			return (enum hs_code)code;
	return HS_ESYSTEM;
}
