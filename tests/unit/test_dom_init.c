/* test_dom_init.c - hanse-init: domain.conf, names, back-off, the filter of
 * system calls.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "dom-templates/init/init.h"

#define GOOD                                                 \
	"name=automotive.adler-motors\nservice=app\n"        \
	"address=10.90.2.10\nprefix=24\ngateway=10.90.2.1\n" \
	"route=10.90.0.1\n"

static void test_good(void **state)
{
	hs_auto(init_conf_done) struct init_conf conf = { 0 };
	hs_auto(hs_freep) char *hosts = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(
	    init_conf_parse("# a comment\n\n" GOOD, &conf, &err), 0);
	assert_string_equal(conf.name, "automotive.adler-motors");
	assert_string_equal(conf.hostname, conf.name);
	assert_string_equal(conf.services[0]->name, "app");
	assert_int_equal(conf.prefix, 24);
	assert_int_equal(conf.route_count, 1);
	hosts = init_hosts_text(&conf);
	assert_string_equal(hosts,
	    "127.0.0.1 localhost\n"
	    "10.90.2.10 automotive.adler-motors\n"
	    "10.90.0.1 gateway.hanse.internal directory.hanse.internal\n");
}

static void test_db(void **state)
{
	hs_auto(init_conf_done) struct init_conf conf = { 0 };
	hs_auto(hs_freep) char *hosts = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(init_conf_parse("name=db.shared\nhostname=db\n"
					 "service=db\naddress=10.90.1.10\n"
					 "prefix=24",
			     &conf, &err),
	    0);
	hosts = init_hosts_text(&conf);
	assert_string_equal(hosts, "127.0.0.1 localhost\n"
				   "10.90.1.10 db db.hanse.internal\n");
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "", "name, service, address and prefix must be there" },
		{ "name\n", "line 1: expected key=value" },
		{ "=\n", "line 1: unknown key" },
		{ "colour=red\n", "line 1: unknown key" },
		{ "name=a\nname=b\n", "line 2: name: expected one name of "
				      "a-z 0-9 . -" },
		{ "name=\n", "line 1: name: expected one name of a-z 0-9 . -" },
		{ "name=A\n",
		    "line 1: name: expected one name of a-z 0-9 . -" },
		{ "name=a b\n",
		    "line 1: name: expected one name of a-z 0-9 . -" },
		{ "service=sh\n",
		    "line 1: service: expected app, db, or etcd and patroni" },
		{ "address=10.1.1\n",
		    "line 1: address: expected one IPv4 address" },
		{ "address=::1\n",
		    "line 1: address: expected one IPv4 address" },
		{ "address=0.0.0.0\n",
		    "line 1: address: expected one IPv4 address" },
		{ "prefix=0\n",
		    "line 1: prefix: expected one number of bits, 1 to 32" },
		{ "prefix=33\n",
		    "line 1: prefix: expected one number of bits, 1 to 32" },
		{ "prefix=+8\n",
		    "line 1: prefix: expected one number of bits, 1 to 32" },
		{ "prefix=018\n",
		    "line 1: prefix: expected one number of bits, 1 to 32" },
		{ "name=a\nservice=db\naddress=1.2.3.4\nprefix=8\n"
		  "route=1.1.1.1\n",
		    "route needs gateway" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct init_conf conf = { 0 };
		struct hs_err err = { 0 };

		print_message("%s\n", rows[i].text);
		assert_int_equal(
		    init_conf_parse(rows[i].text, &conf, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
		assert_string_equal(err.msg, rows[i].message);
	}
}

static void test_too_much(void **state)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	struct init_conf conf = { 0 };
	struct hs_err err = { 0 };

	(void)state;
	hs_text_add(&text, "gateway=10.0.0.1\n");
	for (int i = 1; i <= INIT_ROUTES_MAX + 1; i++)
		hs_text_addf(&text, "route=10.0.1.%d\n", i);
	assert_int_equal(init_conf_parse(text.data, &conf, &err), -1);
	assert_string_equal(err.msg,
	    "line 10: route: expected an IPv4 address, at most 8 lines");

	hs_text_done(&text);
	for (int i = 0; i < 100; i++)
		hs_text_add(&text, "#\n");
	assert_int_equal(init_conf_parse(text.data, &conf, &err), -1);
	assert_int_equal(err.code, HS_ELIMIT);
}

static void test_backoff(void **state)
{
	static const int64_t wanted[] = { 1000, 2000, 4000, 8000, 16000, 30000,
		30000 };
	int64_t delay = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		delay = init_backoff_ms(delay, 10);
		assert_int_equal(delay, wanted[i]);
	}
	assert_int_equal(init_backoff_ms(delay, 60000), 1000);
}

/* A child behind the filter: bit n of its status is set if call n got by. */
static int escape(void)
{
	int status = 0;

	if (init_confine(NULL) < 0)
		return 255;
	status |= unshare(CLONE_NEWUSER) == 0 || errno != EPERM ? 1 : 0;
	status |=
	    syscall(SYS_clone, CLONE_NEWUSER, 0, 0, 0, 0) >= 0 || errno != EPERM
		? 2
		: 0;
	status |= syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS ? 4 : 0;
	status |= ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 8 : 0;
	status |= syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM ? 16 : 0;
	status |= access("/", F_OK) < 0 ? 32 : 0; /* the rest still works */
	return status;
}

static void test_confine(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(escape());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_db),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_confine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
