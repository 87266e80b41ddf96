/* test_remote.c - hanse-host's errands, with a shell here in ssh's place. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "provisioning/host.h"
#include "provisioning/remote.h"

/* What is run is the script; $0 is hanse-host's path, $@ the verb. */
static struct host host_with(const char *script)
{
	return (struct host) {
		.name = (char *)(uintptr_t) "h2",
		.shell = json_pack("[s, s, s]", "sh", "-c", script),
	};
}

static int run(const char *script, const char *const *argv, const char *input,
    int timeout_ms, char **ret_out, struct hs_err *err)
{
	struct host host = host_with(script);
	int failed = remote_run(&host, argv, input, timeout_ms, ret_out, err);

	json_decref(host.shell);
	return failed;
}

static const char *const verb[] = { "domain-stop", "v.e-1", "5000", NULL };

static void test_words(void **state)
{
	hs_auto(hs_freep) char *out = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    run("echo \"$0 $*\"; echo noise >&2", verb, NULL, 5000, &out, &err),
	    0);
	assert_string_equal(out,
	    "/usr/local/libexec/hanse/hanse-host domain-stop v.e-1 5000\n");
}

/* A shell over there would read more into them. */
static void test_words_refused(void **state)
{
	static const char *const bad[] = { "", "a b", "a;b", "$HOME", "`id`",
		"a\nb", "a'b", "a\"b", "a|b", "a>b", "*", "a&b", "\\", "~" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *const argv[] = { "images", bad[i], NULL };
		struct hs_err err = { 0 };

		assert_int_equal(
		    run("echo ran >&2; exit 1", argv, NULL, 5000, NULL, &err),
		    -1);
		assert_int_equal(err.code, HS_EINVAL);
		assert_null(strstr(err.msg, "ran"));
	}
}

static void test_input(void **state)
{
	char path[] = "/tmp/hanse-remote-XXXXXX";
	hs_auto(hs_freep) char *out = NULL;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "sent", 4), 4);
	(void)close(fd);
	assert_int_equal(run("cat", verb, path, 5000, &out, NULL), 0);
	(void)unlink(path);
	assert_string_equal(out, "sent");
	assert_int_equal(run("cat", verb, path, 5000, NULL, NULL), -1);
}

/* clang-format off */
static const struct failure {
	const char *script;
	enum hs_code code;
	const char *message;
} failures[] = {
	{ "echo gone >&2; exit 12", HS_ENOTFOUND, "host 'h2': gone"              },
	{ "echo runs >&2; exit 15", HS_ECONFLICT, "host 'h2': runs"              },
	{ "echo a >&2; echo b >&2; exit 18", HS_ESYSTEM, "host 'h2': b"          },
	{ "echo refused >&2; exit 255", HS_EREMOTE, "host 'h2': refused"         },
	{ "exit 127", HS_EREMOTE, "host 'h2': hanse-host failed"                 },
	{ "exit 10",  HS_EREMOTE, "host 'h2': hanse-host failed"                 },
	{ "exit 19",  HS_EREMOTE, "host 'h2': hanse-host failed"                 },
	{ "kill -9 $$", HS_EREMOTE, "host 'h2': hanse-host failed"               },
};
/* clang-format on */

static void test_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		const struct failure *f = &failures[i];
		struct hs_err err = { 0 };

		assert_int_equal(
		    run(f->script, verb, NULL, 5000, NULL, &err), -1);
		assert_int_equal(err.code, f->code);
		assert_string_equal(err.msg, f->message);
	}
}

static void test_no_program(void **state)
{
	struct host host = { .name = (char *)(uintptr_t) "h2",
		.shell = json_pack("[s]", "/nonexistent/ssh") };
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(remote_run(&host, verb, NULL, 5000, NULL, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	json_decref(host.shell);
}

/* What it has started ends with it. */
static void test_deadline(void **state)
{
	int64_t since = hs_now_ms();
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    run("sleep 100 & wait", verb, NULL, 200, NULL, &err), -1);
	assert_int_equal(err.code, HS_EREMOTE);
	assert_true(hs_now_ms() - since < 5000);
}

/* One that is there is not sent; one whose name only begins like it is. */
static void test_image(void **state)
{
	char path[] = "/tmp/app-XXXXXX";
	hs_auto(hs_freep) char *has = NULL;
	hs_auto(hs_freep) char *takes = NULL;
	int fd = mkstemp(path);
	struct host host;

	(void)state;
	assert_int_equal(write(fd, "image", 5), 5);
	(void)close(fd);
	has =
	    hs_printf("[ $1 = images ] && echo kernel-1 && echo %s", path + 5);
	takes = hs_printf("if [ $1 = images ]; then echo %sx; else "
			  "[ \"$*\" = 'image-put %s 5' ] && "
			  "[ \"$(cat)\" = image ]; fi",
	    path + 5, path + 5);
	host = host_with(has);
	assert_int_equal(remote_image(&host, path, NULL), 0);
	json_decref(host.shell);
	host = host_with(takes);
	assert_int_equal(remote_image(&host, path, NULL), 0);
	json_decref(host.shell);
	/* Neither there nor taken. */
	host = host_with("[ $1 = images ]");
	assert_int_equal(remote_image(&host, path, NULL), -1);
	json_decref(host.shell);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_refused),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_program),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
