/* test_hv_volume.c - volumes, and the programs run for them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hv/hv.h"
#include "hv/run.h"

#define SIZE         8388608
#define UUID         "72546244-4b1a-554a-b610-8b361f8cbeff"
#define EXT4_UUID_AT (1024 + 0x68)

static char dir[] = "/tmp/test-hv-XXXXXX";
static char *path, *draft;

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	path = hs_printf("%s/v.raw", dir);
	draft = hs_printf("%s.new", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(path);
	free(draft);
	return rmdir(dir);
}

static void test_life(void **state)
{
	hs_auto(hs_freep) char *data = NULL;
	struct hs_err err = { 0 };
	uint64_t size = 0;
	struct stat st;

	(void)state;
	assert_false(hv_volume_exists(path));
	assert_int_equal(hv_volume_size(path, &size, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(hv_volume_create(path, SIZE, UUID, &err), 0);
	assert_true(hv_volume_exists(path));
	assert_int_equal(access(draft, F_OK), -1);
	assert_int_equal(hv_volume_size(path, &size, NULL), 0);
	assert_int_equal(size, SIZE);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_blocks * 512 < SIZE); /* sparse */
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(hs_file_read(path, SIZE, &data, NULL, NULL), 0);
	assert_memory_equal(data + EXT4_UUID_AT, "\x72\x54\x62\x44", 4);
	assert_int_equal(hv_volume_create(path, SIZE, UUID, &err), -1);
	assert_int_equal(err.code, HS_EEXISTS);
	assert_int_equal(hv_volume_delete(path, NULL), 0);
	assert_int_equal(hv_volume_delete(path, NULL), 0);
}

/* A failure leaves nothing, nor does what a crash left stand in the way. */
static void test_whole_or_not(void **state)
{
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_volume_create(path, SIZE, "no uuid", &err), -1);
	assert_int_equal(err.code, HS_ESYSTEM);
	assert_int_equal(access(draft, F_OK), -1);
	assert_int_equal(hs_file_write(draft, "half", 4, 0600, NULL), 0);
	assert_int_equal(hv_volume_create(path, SIZE, UUID, NULL), 0);
	assert_int_equal(hv_volume_delete(path, NULL), 0);
	assert_int_equal(
	    hv_volume_create(path, UINT64_MAX / 2, UUID, &err), -1);
	assert_false(hv_volume_exists(path));
	assert_int_equal(access(draft, F_OK), -1);
	assert_int_equal(hv_volume_create("/none/v.raw", SIZE, UUID, &err), -1);
}

static uint64_t content(void)
{
	uint64_t size = 0;

	assert_int_equal(hv_volume_content_size(path, &size, NULL), 0);
	return size;
}

/* First the file, then what is in it; nothing ever gets smaller. */
static void test_grows(void **state)
{
	struct hs_err err = { 0 };
	uint64_t size = 0;

	(void)state;
	assert_int_equal(hv_volume_grow(path, 2 * SIZE, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_int_equal(hv_volume_create(path, SIZE, UUID, NULL), 0);
	assert_int_equal(hv_volume_fit(path, 2 * SIZE, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_volume_grow(path, 2 * SIZE, NULL), 0);
	assert_int_equal(hv_volume_grow(path, 2 * SIZE, NULL), 0);
	assert_int_equal(hv_volume_size(path, &size, NULL), 0);
	assert_int_equal(size, 2 * SIZE);
	assert_int_equal(content(), SIZE);
	assert_int_equal(hv_volume_fit(path, SIZE, NULL), 0);
	assert_int_equal(content(), SIZE); /* that is enough */
	assert_int_equal(hv_volume_fit(path, 2 * SIZE, NULL), 0);
	assert_int_equal(content(), 2 * SIZE);
	assert_int_equal(hv_volume_fit_live(path, SIZE, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(hv_volume_grow(path, SIZE, &err), -1);
	assert_int_equal(err.code, HS_ECONFLICT);
	assert_int_equal(truncate(path, SIZE), 0);
	assert_int_equal(hv_volume_grow(path, 3 * SIZE, &err), -1);
	assert_non_null(strstr(err.msg, "lost its end"));
	assert_int_equal(hv_volume_delete(path, NULL), 0);
}

/* A resize that was killed leaves that mark, as does the kernel. */
static void test_errors_are_mended(void **state)
{
	const char *const mark[] = { "tune2fs", "-E", "force_fsck", path,
		NULL };
	const char *const look[] = { "dumpe2fs", "-h", path, NULL };
	hs_auto(hs_freep) char *before = NULL;
	hs_auto(hs_freep) char *after = NULL;

	(void)state;
	assert_int_equal(hv_volume_create(path, SIZE, UUID, NULL), 0);
	assert_int_equal(hv_run(mark, 5000, NULL), 0);
	assert_int_equal(hv_run_read(look, 5000, &before, NULL), 0);
	assert_non_null(strstr(before, "with errors"));
	assert_int_equal(hv_volume_fit(path, SIZE, NULL), 0);
	assert_int_equal(hv_run_read(look, 5000, &after, NULL), 0);
	assert_null(strstr(after, "with errors"));
	assert_int_equal(hv_volume_delete(path, NULL), 0);
}

static void test_no_file_system(void **state)
{
	struct hs_err err = { 0 };
	uint64_t size;

	(void)state;
	assert_int_equal(hs_file_write(path, "none", 4, 0600, NULL), 0);
	assert_int_equal(truncate(path, SIZE), 0);
	assert_int_equal(hv_volume_content_size(path, &size, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(hv_volume_grow(path, 2 * SIZE, &err), -1);
	assert_int_equal(hv_volume_fit(path, SIZE, &err), -1);
	assert_int_equal(truncate(path, 3), 0);
	assert_int_equal(hv_volume_content_size(path, &size, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
	assert_int_equal(hv_volume_delete(path, NULL), 0);
}

static void test_run(void **state)
{
	const char *yes[] = { "echo", "hello", NULL };
	const char *no[] = { "sh", "-c", "echo why; echo more; exit 3", NULL };
	const char *late[] = { "sleep", "10", NULL };
	const char *none[] = { "no-such-program", NULL };
	hs_auto(hs_freep) char *text = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(hv_run_read(yes, 5000, &text, NULL), 0);
	assert_string_equal(text, "hello\n");
	assert_int_equal(hv_run(no, 5000, &err), -1);
	assert_string_equal(err.msg, "sh failed: why");
	assert_int_equal(hv_run_to(no, 5000, 3, NULL), 0);
	assert_int_equal(hv_run_to(no, 5000, 2, &err), -1);
	assert_string_equal(err.msg, "why more");
	assert_int_equal(hv_run(late, 50, &err), -1);
	assert_non_null(strstr(err.msg, "more than 50 ms"));
	assert_int_equal(hv_run(none, 5000, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_whole_or_not),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_errors_are_mended),
		cmocka_unit_test(test_no_file_system),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
