/* test_ca.c - certificates: issued, renewed, refused; and their files. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "provisioning/ca.h"
#include "provisioning/digest.h"

#define DAY_S 86400L

static char dir[] = "/tmp/hanse-ca.XXXXXX";

static const struct ca_request server = {
	.name = "server",
	.cn = "db.hanse.internal",
	.alt = "DNS:db.hanse.internal,DNS:localhost,IP:10.90.0.1",
	.usage = CA_SERVER,
	.days = 397,
};
static const struct ca_request client = {
	.name = "automotive.adler-motors",
	.cn = "automotive.adler-motors",
	.usage = CA_CLIENT,
	.days = 397,
};

static char *path_of(const char *below, const char *name)
{
	return hs_printf("%s/%s/%s", dir, below, name);
}

static char *authority(const char *below)
{
	char *path = path_of(below, "");
	struct hs_err err = { 0 };

	path[strlen(path) - 1] = '\0';
	assert_int_equal(ca_init(path, "a test's CA", &err), 0);
	return path;
}

static X509 *cert_of(const char *in, const char *name)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.crt", in, name);
	FILE *file = fopen(path, "re");
	X509 *cert;

	assert_non_null(file);
	cert = PEM_read_X509(file, NULL, NULL, NULL);
	(void)fclose(file);
	assert_non_null(cert);
	return cert;
}

static struct stat stat_of(const char *in, const char *file)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s", in, file);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st;
}

/* As a TLS peer judges: the chain, and what the certificate is for. */
static int verdict(const char *in, const char *name, int purpose)
{
	X509 *cert = cert_of(in, name), *ca = cert_of(in, "ca");
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int code;

	assert_int_equal(X509_STORE_add_cert(store, ca), 1);
	assert_int_equal(X509_STORE_CTX_init(context, store, cert, NULL), 1);
	assert_int_equal(X509_STORE_CTX_set_purpose(context, purpose), 1);
	(void)X509_verify_cert(context);
	code = X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(ca);
	X509_free(cert);
	return code;
}

static void test_authority(void **state)
{
	hs_auto(hs_freep) char *ca = authority("authority");
	hs_auto(hs_freep) char *file = path_of("authority", "ca.crt");
	hs_auto(hs_freep) char *before = digest_file(file);
	hs_auto(hs_freep) char *after = NULL;
	struct stat st = stat_of(ca, "ca.key");
	X509 *cert;

	(void)state;
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(ca_init(ca, "again", NULL), 0);
	after = digest_file(file);
	assert_string_equal(before, after);
	cert = cert_of(ca, "ca");
	assert_int_equal(X509_check_ca(cert), 1);
	assert_true(ca_is_good(ca, "ca", 3000 * DAY_S));
	X509_free(cert);
}

static void test_issue(void **state)
{
	hs_auto(hs_freep) char *ca = authority("issue");
	struct hs_err err = { 0 };
	X509 *cert;
	struct stat st;

	(void)state;
	assert_int_equal(ca_issue(ca, &server, &err), 0);
	cert = cert_of(ca, "server");
	assert_int_equal(
	    X509_check_host(cert, "db.hanse.internal", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(cert, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(cert, "evil.example", 0, 0, NULL), 0);
	assert_int_equal(X509_check_ip_asc(cert, "10.90.0.1", 0), 1);
	assert_int_equal(X509_check_ip_asc(cert, "10.90.0.2", 0), 0);
	assert_int_equal(X509_check_ca(cert), 0);
	X509_free(cert);
	st = stat_of(ca, "server.key");
	assert_int_equal(st.st_mode & 07777, 0600);
	st = stat_of(ca, "server.crt");
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void test_owner(void **state)
{
	hs_auto(hs_freep) char *ca = authority("owner");
	struct ca_request request = client;
	struct stat st;

	(void)state;
	/* Only root can give a file away; make check is root's. */
	if (geteuid() != 0)
		skip();
	request.owner = 62901;
	assert_int_equal(ca_issue(ca, &request, NULL), 0);
	st = stat_of(ca, "automotive.adler-motors.key");
	assert_int_equal(st.st_uid, 62901);
	assert_int_equal(st.st_gid, 62901);
	assert_int_equal(st.st_mode & 07777, 0600);
	st = stat_of(ca, "automotive.adler-motors.crt");
	assert_int_equal(st.st_uid, 0);
}

/* A member's certificate cannot play the gateway or the directory. */
static void test_purpose(void **state)
{
	hs_auto(hs_freep) char *ca = authority("purpose");

	(void)state;
	assert_int_equal(ca_issue(ca, &server, NULL), 0);
	assert_int_equal(ca_issue(ca, &client, NULL), 0);
	assert_int_equal(
	    verdict(ca, server.name, X509_PURPOSE_SSL_SERVER), X509_V_OK);
	assert_int_equal(
	    verdict(ca, client.name, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
	assert_int_equal(verdict(ca, client.name, X509_PURPOSE_SSL_SERVER),
	    X509_V_ERR_INVALID_PURPOSE);
	assert_int_equal(verdict(ca, server.name, X509_PURPOSE_SSL_CLIENT),
	    X509_V_ERR_INVALID_PURPOSE);
}

static void test_expiry(void **state)
{
	hs_auto(hs_freep) char *ca = authority("expiry");
	struct ca_request request = server;

	(void)state;
	assert_false(ca_is_good(ca, "server", 0));
	request.days = 10;
	assert_int_equal(ca_issue(ca, &request, NULL), 0);
	assert_true(ca_is_good(ca, "server", 9 * DAY_S));
	request.alt = "DNS:*.gateway.test";
	assert_int_equal(ca_issue(ca, &request, NULL), 0);
	assert_true(ca_is_for(ca, "server", "one.gateway.test"));
	assert_false(ca_is_for(ca, "server", "gateway.test"));
	assert_false(ca_is_for(ca, "server", "a.one.gateway.test"));
	assert_false(ca_is_good(ca, "server", 30 * DAY_S));
	request.days = 0;
	assert_int_equal(ca_issue(ca, &request, NULL), 0);
	assert_false(ca_is_good(ca, "server", 0));
}

static void test_renew(void **state)
{
	hs_auto(hs_freep) char *ca = authority("renew");
	X509 *first, *second;

	(void)state;
	assert_int_equal(ca_issue(ca, &server, NULL), 0);
	first = cert_of(ca, "server");
	assert_int_equal(ca_issue(ca, &server, NULL), 0);
	second = cert_of(ca, "server");
	assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(first),
				 X509_get0_serialNumber(second)),
	    0);
	assert_true(ca_is_good(ca, "server", 0));
	X509_free(first);
	X509_free(second);
}

static void test_wrong_authority(void **state)
{
	hs_auto(hs_freep) char *ours = authority("ours");
	hs_auto(hs_freep) char *theirs = authority("theirs");
	hs_auto(hs_freep) char *command =
	    hs_printf("cp %s/ca.* %s/", theirs, ours);
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(ca_issue(ours, &server, NULL), 0);
	assert_true(ca_is_good(ours, "server", 0));
	assert_int_equal(system(command), 0);
	assert_true(ca_is_good(ours, "ca", 0));
	assert_false(ca_is_good(ours, "server", 0));
	/* What it did not verify is not what the next failure says. */
	assert_int_equal(ca_issue(dir, &server, &err), -1);
	assert_int_equal(err.code, HS_ENOTFOUND);
}

static void test_foreign_key(void **state)
{
	hs_auto(hs_freep) char *ca = authority("keys");
	hs_auto(hs_freep) char *from = path_of("keys", "server.key");
	hs_auto(hs_freep) char *to =
	    path_of("keys", "automotive.adler-motors.key");

	(void)state;
	assert_int_equal(ca_issue(ca, &server, NULL), 0);
	assert_int_equal(ca_issue(ca, &client, NULL), 0);
	assert_int_equal(rename(from, to), 0);
	assert_false(ca_is_good(ca, client.name, 0));
	assert_false(ca_is_good(ca, server.name, 0));
}

static void test_remove(void **state)
{
	hs_auto(hs_freep) char *ca = authority("remove");

	(void)state;
	assert_int_equal(ca_issue(ca, &client, NULL), 0);
	assert_int_equal(ca_remove(ca, client.name, NULL), 0);
	assert_false(ca_is_good(ca, client.name, 0));
	assert_int_equal(ca_remove(ca, client.name, NULL), 0);
}

/* Files that are no PEM are no certificate, and no crash. */
static void test_garbage(void **state)
{
	hs_auto(hs_freep) char *ca = authority("garbage");
	hs_auto(hs_freep) char *path = path_of("garbage", "server.crt");
	struct ca_request request = server;
	struct hs_err err = { 0 };
	FILE *file;

	(void)state;
	assert_int_equal(ca_issue(ca, &server, NULL), 0);
	file = fopen(path, "we");
	assert_non_null(file);
	(void)fputs("-----BEGIN CERTIFICATE-----\nnonsense\n", file);
	(void)fclose(file);
	assert_false(ca_is_good(ca, "server", 0));
	request.alt = "nonsense";
	assert_int_equal(ca_issue(ca, &request, &err), -1);
	assert_false(ca_is_good(ca, "server", 0));
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
	hs_auto(hs_freep) char *command = hs_printf("rm -rf -- %s", dir);

	(void)state;
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_authority),
		cmocka_unit_test(test_issue),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_purpose),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_wrong_authority),
		cmocka_unit_test(test_foreign_key),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
