/* test_dom_image.c - the manifest of system images. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"

static const char manifest[] = "app=/i/app-1.squashfs\n"
			       "db=/i/db-2.squashfs\n"
			       "initrd=relative\n"
			       "kernel=/i/kernel-3";

static const struct row {
	const char *name;
	enum hs_code code;
	const char *path;
} rows[] = {
	{ "app", HS_OK, "/i/app-1.squashfs" },
	{ "db", HS_OK, "/i/db-2.squashfs" },
	{ "kernel", HS_OK, "/i/kernel-3" },
	{ "initrd", HS_EINVAL, NULL },
	{ "ap", HS_ENOTFOUND, NULL },
	{ "b", HS_ENOTFOUND, NULL },
	{ "", HS_ENOTFOUND, NULL },
};

static void test_rows(void **state)
{
	char path[] = "/tmp/hanse-manifest.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(
	    write(fd, manifest, strlen(manifest)), strlen(manifest));
	(void)close(fd);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hs_auto(hs_freep) char *found = NULL;
		struct hs_err err = { 0 };

		(void)dom_image_path(path, rows[i].name, &found, &err);
		assert_int_equal(err.code, rows[i].code);
		if (rows[i].path == NULL)
			assert_null(found);
		else
			assert_string_equal(found, rows[i].path);
	}
	(void)unlink(path);
}

static void test_nothing_built(void **state)
{
	struct hs_err err = { 0 };
	char *path = NULL;

	(void)state;
	assert_int_equal(
	    dom_image_path("/nowhere/manifest", "app", &path, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
	assert_non_null(strstr(err.msg, "make images"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nothing_built),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
