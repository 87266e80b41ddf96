/* text.c - growing text, escapes, files as text. */

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

void hs_text_done(struct hs_text *text)
{
	free(text->data);
	*text = (struct hs_text) { 0 };
}

static void reserve(struct hs_text *text, size_t more)
{
	size_t size = text->size > 0 ? text->size : 64;

	if (text->size - text->len > more)
		return;
	while (size - text->len <= more)
		size *= 2;
	text->data = hs_realloc(text->data, size);
	text->size = size;
}

void hs_text_add_len(struct hs_text *text, const char *s, size_t len)
{
	reserve(text, len);
	memcpy(text->data + text->len, s, len);
	text->len += len;
	text->data[text->len] = '\0';
}

void hs_text_add(struct hs_text *text, const char *s)
{
	hs_text_add_len(text, s, strlen(s));
}

void hs_text_add_char(struct hs_text *text, char c)
{
	hs_text_add_len(text, &c, 1);
}

void hs_text_vaddf(struct hs_text *text, const char *fmt, va_list ap)
{
	hs_auto(hs_freep) char *s = hs_vprintf(fmt, ap);

	hs_text_add(text, s);
}

void hs_text_addf(struct hs_text *text, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hs_text_vaddf(text, fmt, ap);
	va_end(ap);
}

static const char *xml_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void hs_text_add_xml(struct hs_text *text, const char *s)
{
	for (; *s != '\0'; s++) {
		const char *entity = xml_entity(*s);

		if (entity != NULL)
			hs_text_add(text, entity);
		else
			hs_text_add_char(text, *s);
	}
}

void hs_text_add_url(struct hs_text *text, const char *s)
{
	static const char keep[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s != '\0'; s++) {
		if (strchr(keep, *s) != NULL)
			hs_text_add_char(text, *s);
		else
			hs_text_addf(text, "%%%02X", (unsigned char)*s);
	}
}

static size_t plain_len(const char *s)
{
	size_t len = 0;

	while ((unsigned char)s[len] >= 0x20 && s[len] != '"' && s[len] != '\\')
		len++;
	return len;
}

void hs_text_add_json(struct hs_text *text, const char *s)
{
	hs_text_add_char(text, '"');
	for (;;) {
		size_t len = plain_len(s);

		hs_text_add_len(text, s, len);
		s += len;
		if (*s == '\0')
			break;
		if (*s == '"' || *s == '\\')
			hs_text_addf(text, "\\%c", *s);
		else
			hs_text_addf(text, "\\u%04x", (unsigned)*s);
		s++;
	}
	hs_text_add_char(text, '"');
}

void hs_text_add_log(struct hs_text *text, const char *s)
{
	hs_text_add_char(text, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			hs_text_addf(text, "\\%c", c);
		else if (c == '\n')
			hs_text_add(text, "\\n");
		else if (c < 0x20 || c == 0x7f)
			hs_text_addf(text, "\\x%02x", c);
		else
			hs_text_add_char(text, (char)c);
	}
	hs_text_add_char(text, '"');
}

char *hs_text_take(struct hs_text *text)
{
	char *s = text->data != NULL ? text->data : hs_strdup("");

	*text = (struct hs_text) { 0 };
	return s;
}

bool hs_is_label(const char *s, size_t max)
{
	size_t len = strlen(s);

	if (len < 1 || len > max || s[0] < 'a' || s[0] > 'z')
		return false;
	return s[len - 1] != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

size_t hs_utf8_len(const unsigned char *s)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t more;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		more = 1;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		more = 2;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		more = 3;
	else
		return 0;
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	for (size_t i = 1; i <= more; i++) {
		if (s[i] < lo || s[i] > hi)
			return 0;
		lo = 0x80;
		hi = 0xbf;
	}
	return more + 1;
}

/* C0 but TAB and LF, DEL, C1, and what is no character at all: no YAML, XML or
 * page may hold them. */
static bool is_control(const unsigned char *p)
{
	if (*p < 0x20)
		return *p != '\t' && *p != '\n';
	return *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0) ||
	       (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe);
}

bool hs_is_text(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p != '\0') {
		size_t len = hs_utf8_len(p);

		if (len == 0 || is_control(p))
			return false;
		p += len;
	}
	return true;
}

int hs_file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
    struct hs_err *err)
{
	hs_auto(hs_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	char buf[16384];
	ssize_t n;

	if (fd < 0)
		return hs_fail_errno(err,
		    errno == ENOENT ? HS_ENOTFOUND : HS_ESYSTEM, "open '%s'",
		    path);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (text.len + (size_t)n > max)
			return hs_fail(err, HS_ELIMIT,
			    "'%s' is larger than %zu bytes", path, max);
		hs_text_add_len(&text, buf, (size_t)n);
	}
	if (n < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "read '%s'", path);
	if (ret_len != NULL)
		*ret_len = text.len;
	*ret_data = hs_text_take(&text);
	return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

int hs_file_write(const char *path, const char *data, size_t len, unsigned mode,
    struct hs_err *err)
{
	hs_auto(hs_freep) char *temp = hs_printf("%s.new.XXXXXX", path);
	hs_auto(hs_closep) int fd = mkostemp(temp, O_CLOEXEC);

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "create '%s'", temp);
	if (fchmod(fd, mode) < 0 || write_all(fd, data, len) < 0 ||
	    rename(temp, path) < 0) {
		(void)hs_fail_errno(err, HS_ESYSTEM, "write '%s'", path);
		(void)unlink(temp);
		return -1;
	}
	return 0;
}

int hs_dir_make(const char *path, unsigned mode, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strdup(path);

	for (char *p = copy + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "make folder '%s'", copy);
		*p = '/';
	}
	if (mkdir(copy, mode) < 0 && errno != EEXIST)
		return hs_fail_errno(err, HS_ESYSTEM, "make folder '%s'", path);
	return 0;
}
