/* test_seal.c - archives: what is written is read, what was changed is not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/archive_text.h"
#include "provisioning/seal.h"

static char dir[] = "/tmp/hanse-seal.XXXXXX";
static char *path;
static const unsigned char key_bytes[32] = "a key that is used in tests only";
static struct seal_key key;

static int begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	path = hs_printf("%s/file", dir);
	seal_key_from(&key, key_bytes);
	return 0;
}

static int end(void **state)
{
	const char *const names[] = { "file", "file.new", "key", "bad" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		hs_auto(hs_freep) char *name =
		    hs_printf("%s/%s", dir, names[i]);

		(void)unlink(name);
	}
	free(path);
	return rmdir(dir);
}

/* -- Files ----------------------------------------------------------------- */

/* Text that does not compress, so that it fills chunks. */
static char *noise(size_t len)
{
	char *text = hs_alloc(len + 1);
	uint64_t x = 88172645463325252ULL;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		text[i] = (char)x;
	}
	return text;
}

static void seal(const char *data, size_t len)
{
	hs_auto(seal_writer_freep) struct seal_writer *writer = NULL;
	json_t *header = json_pack("{s:s}", "ve", "test");
	struct hs_err err = { 0 };

	assert_int_equal(seal_create(path, &key, header, &writer, &err), 0);
	json_decref(header);
	for (size_t at = 0; at < len;) {
		size_t piece = len - at < 70001 ? len - at : 70001;

		assert_int_equal(seal_write(writer, data + at, piece, &err), 0);
		at += piece;
	}
	assert_int_equal(seal_finish(writer, &err), 0);
}

/* What is read before the end or the failure, and which it is. */
static int unseal(
    const struct seal_key *with, struct hs_text *out, struct hs_err *err)
{
	hs_auto(seal_reader_freep) struct seal_reader *reader = NULL;
	char buf[4097];
	size_t len;

	if (seal_open(fopen(path, "re"), with, &reader, err) < 0)
		return -1;
	do {
		if (seal_read(reader, buf, sizeof(buf), &len, err) < 0)
			return -1;
		hs_text_add_len(out, buf, len);
	} while (len > 0);
	return 0;
}

static void comes_back(const char *data, size_t len)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	struct hs_err err = { 0 };

	seal(data, len);
	if (unseal(&key, &out, &err) < 0)
		fail_msg("%zu bytes: %s", len, err.msg);
	assert_int_equal(out.len, len);
	if (len > 0)
		assert_memory_equal(out.data, data, len);
}

static void test_round_trip(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, SEAL_CHUNK - 1, SEAL_CHUNK,
		SEAL_CHUNK + 1, 3 * SEAL_CHUNK, 1000003 };
	hs_auto(hs_freep) char *data = noise(1000003);
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		comes_back(data, sizes[i]);
	/* Every place the end of the compressed data can have in a chunk. */
	for (size_t len = SEAL_CHUNK - 40; len < SEAL_CHUNK + 5; len++)
		comes_back(data, len);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void write_bytes(const char *data, size_t len)
{
	assert_int_equal(hs_file_write(path, data, len, 0600, NULL), 0);
}

static void is_refused(const char *how)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	struct hs_err err = { 0 };

	if (unseal(&key, &out, &err) == 0)
		fail_msg("%s: it was taken", how);
	assert_true(err.code == HS_EINVAL || err.code == HS_EDENIED);
	assert_true(err.msg[0] != '\0');
}

static void test_changes_are_found(void **state)
{
	hs_auto(hs_freep) char *data = noise(4 * SEAL_CHUNK);
	hs_auto(hs_freep) char *file = NULL;
	hs_auto(hs_freep) char *copy = NULL;
	const size_t chunk = SEAL_CHUNK + 16;
	size_t len, first, step;

	(void)state;
	seal(data, 4 * SEAL_CHUNK);
	assert_int_equal(hs_file_read(path, 1 << 20, &file, &len, NULL), 0);
	copy = hs_alloc(len + chunk);
	first = 20 + (size_t)(unsigned char)file[18] * 256 +
		(size_t)(unsigned char)file[19];

	/* One bit anywhere in the header, then here and there. */
	for (size_t at = 0; at < len; at += step) {
		step = at < first + 16 ? 1 : 4099;
		memcpy(copy, file, len);
		copy[at] ^= 1;
		write_bytes(copy, len);
		is_refused("a bit");
	}
	for (size_t cut = 0; cut < len; cut += cut < first ? 1 : 4099) {
		write_bytes(file, cut);
		is_refused("a cut");
	}
	/* Cut where a chunk ends; two chunks swapped; one twice; more behind.
	 */
	for (size_t at = first; at + chunk < len; at += chunk) {
		write_bytes(file, at + chunk);
		is_refused("the last chunks are missing");
	}
	memcpy(copy, file, len);
	memcpy(copy + first, file + first + chunk, chunk);
	memcpy(copy + first + chunk, file + first, chunk);
	write_bytes(copy, len);
	is_refused("swapped");
	memcpy(copy + first + chunk, file + first, len - first);
	memcpy(copy, file, first + chunk);
	write_bytes(copy, len + chunk);
	is_refused("one twice");
	memcpy(copy, file, len);
	write_bytes(copy, len + 1);
	is_refused("more behind");
	write_bytes(file, len);
	comes_back(data, 4 * SEAL_CHUNK);
}

static void test_other_files(void **state)
{
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	hs_auto(hs_freep) char *file = NULL;
	hs_auto(hs_freep) char *mixed = NULL;
	struct seal_key other;
	struct hs_err err = { 0 };
	size_t len, first;

	(void)state;
	/* Two files of one key do not fit together: each has a key of its own.
	 */
	seal("one", 3);
	assert_int_equal(hs_file_read(path, 1 << 20, &file, &len, NULL), 0);
	seal("two", 3);
	assert_int_equal(hs_file_read(path, 1 << 20, &mixed, &len, NULL), 0);
	first = 20 + (size_t)(unsigned char)file[19];
	memcpy(mixed + first, file + first, len - first);
	write_bytes(mixed, len);
	is_refused("the header of another");

	seal("one", 3);
	seal_key_from(
	    &other, (const unsigned char *)"another key that tests use only.");
	assert_int_equal(unseal(&other, &out, &err), -1);
	assert_int_equal(err.code, HS_EDENIED);
	assert_non_null(strstr(err.msg, key.id));
	write_bytes("hello", 5);
	is_refused("a text");
	write_bytes("", 0);
	is_refused("nothing");
	write_bytes(SEAL_MAGIC "\xff\xff\xff\xff", 20);
	is_refused("a header of 4 GiB");
}

static void test_unfinished_is_nothing(void **state)
{
	hs_auto(hs_freep) char *temp = hs_printf("%s.new", path);
	struct seal_writer *writer = NULL;
	json_t *header = json_object();

	(void)state;
	(void)unlink(path);
	assert_int_equal(seal_create(path, &key, header, &writer, NULL), 0);
	assert_int_equal(seal_write(writer, "half", 4, NULL), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(temp, F_OK), 0);
	seal_writer_free(writer);
	assert_int_equal(access(temp, F_OK), -1);
	json_decref(header);
	header = json_object();
	writer = NULL;
	assert_int_equal(
	    seal_create("/nonexistent/x", &key, header, &writer, NULL), -1);
	assert_null(writer);
	json_decref(header);
}

static void test_key_file(void **state)
{
	hs_auto(hs_freep) char *file = hs_printf("%s/key", dir);
	hs_auto(hs_freep) char *bad = hs_printf("%s/bad", dir);
	struct seal_key one, two;
	struct hs_err err = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(seal_key_load(file, &one, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(seal_key_make(file, &err), 0);
	assert_int_equal(seal_key_load(file, &one, &err), 0);
	assert_int_equal(seal_key_make(file, &err), 0);
	assert_int_equal(seal_key_load(file, &two, &err), 0);
	assert_memory_equal(&one, &two, sizeof(one));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(hs_file_write(bad, "abc", 3, 0600, NULL), 0);
	assert_int_equal(seal_key_load(bad, &one, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
}

/* -- Lines ----------------------------------------------------------------- */

#define HEADER                                                 \
	"{\"record\":\"header\",\"format\":\"hanse-archive\"," \
	"\"version\":1,\"tables\":{\"t\":{\"a\":\"text\"},\"u\":{}}}\n"
#define ROW "{\"record\":\"t\",\"row\":{\"a\":\"x\"}}\n"
/* printf HEADER ROW | the chain of README.md, worked out by sha256sum */
#define DIGEST \
	"a604c22a6b55239105a5cca5647d59055d74497a75f3b9803991f979227d5a16"

#define END(n, u, digest)                                           \
	"{\"record\":\"end\",\"counts\":{\"t\":" n ",\"u\":" u "}," \
	"\"records\":1,\"documents\":0,\"sha256\":\"" digest "\"}\n"

static int count_line(
    void *arg, const char *line, size_t len, struct hs_err *err)
{
	(void)line;
	(void)err;
	*(size_t *)arg += len;
	return 0;
}

static int read_text(
    const char *text, size_t piece, size_t *ret_len, struct hs_err *err)
{
	hs_auto(archive_text_freep) struct archive_text *t =
	    archive_text_new(count_line, ret_len);

	for (size_t at = 0, len = strlen(text); at < len; at += piece)
		if (archive_text_add(t, text + at,
			len - at < piece ? len - at : piece, err) < 0)
			return -1;
	return archive_text_end(t, NULL, err);
}

static void test_lines(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"x\n",
		"[]\n",
		HEADER,
		HEADER ROW,
		ROW END("1", "0", DIGEST),
		HEADER ROW END("2", "0", DIGEST),
		HEADER ROW END("1", "1", DIGEST),
		HEADER ROW ROW END("2", "0", DIGEST),
		HEADER END("0", "0", DIGEST),
		HEADER ROW END("1", "0", "00"),
		HEADER ROW END("1", "0", DIGEST) ROW,
		HEADER ROW END("1", "0", DIGEST) "{",
		HEADER HEADER ROW END("1", "0", DIGEST),
		HEADER "{\"record\":\"v\",\"row\":{}}\n",
		HEADER "{\"record\":\"t\",\"row\":{\"b\":\"x\"}}\n",
		HEADER "{\"record\":\"t\",\"row\":[]}\n",
		HEADER "{\"record\":\"t\"}\n",
		HEADER "{\"record\":7}\n",
		HEADER "{\"record\":\"t\",\"record\":\"t\",\"row\":{}}\n",
		"{\"record\":\"header\",\"format\":\"zip\",\"version\":1,"
		"\"tables\":{}}\n",
		"{\"record\":\"header\",\"format\":\"hanse-archive\","
		"\"version\":2,\"tables\":{}}\n",
		"{\"record\":\"header\",\"format\":\"hanse-archive\","
		"\"version\":1,\"tables\":{\"t\":7}}\n",
	};
	static const char good[] = HEADER ROW END("1", "0", DIGEST);

	(void)state;
	for (size_t piece = 1; piece < sizeof(good); piece += 7) {
		struct hs_err err = { 0 };
		size_t len = 0;

		if (read_text(good, piece, &len, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(len, sizeof(good) - 1 - 3);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct hs_err err = { 0 };
		size_t len = 0;

		if (read_text(bad[i], 1000, &len, &err) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.code, HS_EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_changes_are_found),
		cmocka_unit_test(test_other_files),
		cmocka_unit_test(test_unfinished_is_nothing),
		cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
