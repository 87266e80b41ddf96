/* ca.c - the platform's certification authority, over OpenSSL. */

#include "provisioning/ca.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"

#define PEM_MAX        65536
#define AUTHORITY_DAYS 3650
#define DAY_S          86400L

HS_FREEP(pkey_freep, EVP_PKEY *, EVP_PKEY_free)
HS_FREEP(x509_freep, X509 *, X509_free)
HS_FREEP(bio_freep, BIO *, BIO_free_all)

static int fail_crypto(struct hs_err *err, const char *what)
{
	char text[256];

	ERR_error_string_n(ERR_get_error(), text, sizeof(text));
	ERR_clear_error();
	return hs_fail(err, HS_ESYSTEM, "%s: %s", what, text);
}

static char *path_of(const char *dir, const char *name, const char *ending)
{
	return hs_printf("%s/%s.%s", dir, name, ending);
}

/* -- Files ---------------------------------------------------------------- */

static int read_pem(const char *path, BIO **ret_bio, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	hs_auto(bio_freep) BIO *bio = NULL;
	size_t len;

	if (hs_file_read(path, PEM_MAX, &text, &len, err) < 0)
		return -1;
	bio = BIO_new(BIO_s_mem());
	if (bio != NULL && BIO_write(bio, text, (int)len) == (int)len)
		*ret_bio = hs_steal(&bio);
	hs_wipe(text, len);
	return *ret_bio != NULL ? 0 : fail_crypto(err, path);
}

static int read_cert(
    const char *dir, const char *name, X509 **ret_cert, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = path_of(dir, name, "crt");
	hs_auto(bio_freep) BIO *bio = NULL;

	if (read_pem(path, &bio, err) < 0)
		return -1;
	*ret_cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	return *ret_cert != NULL ? 0 : fail_crypto(err, path);
}

static int read_key(
    const char *dir, const char *name, EVP_PKEY **ret_key, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = path_of(dir, name, "key");
	hs_auto(bio_freep) BIO *bio = NULL;

	if (read_pem(path, &bio, err) < 0)
		return -1;
	*ret_key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	return *ret_key != NULL ? 0 : fail_crypto(err, path);
}

static int write_bio(
    const char *path, BIO *bio, unsigned mode, uid_t owner, struct hs_err *err)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	if (hs_fault("file.write", err) < 0 ||
	    hs_file_write(path, data, (size_t)len, mode, err) < 0)
		return -1;
	if (chown(path, owner, owner) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "chown '%s'", path);
	return 0;
}

/* The key first: a certificate is there only with its key. */
static int write_pair(const char *dir, const char *name, EVP_PKEY *key,
    X509 *cert, uid_t owner, struct hs_err *err)
{
	hs_auto(hs_freep) char *key_path = path_of(dir, name, "key");
	hs_auto(hs_freep) char *cert_path = path_of(dir, name, "crt");
	hs_auto(bio_freep) BIO *key_bio = BIO_new(BIO_s_mem());
	hs_auto(bio_freep) BIO *cert_bio = BIO_new(BIO_s_mem());

	if (!PEM_write_bio_PrivateKey(
		key_bio, key, NULL, NULL, 0, NULL, NULL) ||
	    !PEM_write_bio_X509(cert_bio, cert))
		return fail_crypto(err, "write PEM");
	if (write_bio(key_path, key_bio, 0600, owner, err) < 0)
		return -1;
	return write_bio(cert_path, cert_bio, 0644, 0, err);
}

/* -- Certificates --------------------------------------------------------- */

static int add_extension(
    X509 *cert, X509 *issuer, int nid, const char *value, struct hs_err *err)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	int ok;

	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	if (extension == NULL)
		return fail_crypto(err, value);
	ok = X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
	return ok ? 0 : fail_crypto(err, value);
}

static int set_serial(X509 *cert, struct hs_err *err)
{
	unsigned char bytes[16];
	BIGNUM *number;
	int ok;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return fail_crypto(err, "random serial number");
	bytes[0] &= 0x7f;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number != NULL &&
	     BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
	BN_free(number);
	return ok ? 0 : fail_crypto(err, "serial number");
}

static int new_cert(const char *cn, unsigned days, EVP_PKEY *key,
    X509 **ret_cert, struct hs_err *err)
{
	hs_auto(x509_freep) X509 *cert = X509_new();
	X509_NAME *subject;

	if (cert == NULL || !X509_set_version(cert, X509_VERSION_3) ||
	    set_serial(cert, err) < 0)
		return fail_crypto(err, "new certificate");
	/* A little in the past: clocks of domains may be behind. */
	if (!X509_gmtime_adj(X509_getm_notBefore(cert), -300) ||
	    !X509_gmtime_adj(X509_getm_notAfter(cert), (long)days * DAY_S))
		return fail_crypto(err, "validity");
	subject = X509_get_subject_name(cert);
	if (!X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
		(const unsigned char *)cn, -1, -1, 0) ||
	    !X509_set_pubkey(cert, key))
		return fail_crypto(err, "subject");
	*ret_cert = hs_steal(&cert);
	return 0;
}

static int add_all(X509 *cert, X509 *issuer, const char *basic,
    const char *usage, const char *extended, const char *alt,
    struct hs_err *err)
{
	if (add_extension(cert, issuer, NID_basic_constraints, basic, err) <
		0 ||
	    add_extension(cert, issuer, NID_key_usage, usage, err) < 0 ||
	    add_extension(
		cert, issuer, NID_subject_key_identifier, "hash", err) < 0 ||
	    add_extension(cert, issuer, NID_authority_key_identifier,
		"keyid:always", err) < 0)
		return -1;
	if (extended != NULL &&
	    add_extension(cert, issuer, NID_ext_key_usage, extended, err) < 0)
		return -1;
	if (alt != NULL &&
	    add_extension(cert, issuer, NID_subject_alt_name, alt, err) < 0)
		return -1;
	return 0;
}

int ca_init(const char *dir, const char *cn, struct hs_err *err)
{
	hs_auto(pkey_freep) EVP_PKEY *key = NULL;
	hs_auto(x509_freep) X509 *cert = NULL;

	if (hs_dir_make(dir, 0711, err) < 0)
		return -1;
	if (ca_is_good(dir, "ca", DAY_S))
		return 0;
	key = EVP_EC_gen("P-256");
	if (key == NULL)
		return fail_crypto(err, "make a key");
	if (new_cert(cn, AUTHORITY_DAYS, key, &cert, err) < 0)
		return -1;
	if (!X509_set_issuer_name(cert, X509_get_subject_name(cert)))
		return fail_crypto(err, "issuer");
	if (add_all(cert, cert, "critical,CA:TRUE,pathlen:0",
		"critical,keyCertSign,cRLSign", NULL, NULL, err) < 0)
		return -1;
	if (!X509_sign(cert, key, EVP_sha256()))
		return fail_crypto(err, "sign");
	return write_pair(dir, "ca", key, cert, 0, err);
}

static const char *const usages[] = {
	[CA_SERVER] = "serverAuth",
	[CA_CLIENT] = "clientAuth",
	[CA_PEER] = "serverAuth,clientAuth",
};

int ca_issue(
    const char *dir, const struct ca_request *request, struct hs_err *err)
{
	hs_auto(pkey_freep) EVP_PKEY *ca_key = NULL;
	hs_auto(x509_freep) X509 *ca_cert = NULL;
	hs_auto(pkey_freep) EVP_PKEY *key = NULL;
	hs_auto(x509_freep) X509 *cert = NULL;

	if (read_key(dir, "ca", &ca_key, err) < 0 ||
	    read_cert(dir, "ca", &ca_cert, err) < 0)
		return hs_wrap(err, "issue certificate '%s'", request->name);
	key = EVP_EC_gen("P-256");
	if (key == NULL)
		return fail_crypto(err, "make a key");
	if (new_cert(request->cn, request->days, key, &cert, err) < 0)
		return -1;
	if (!X509_set_issuer_name(cert, X509_get_subject_name(ca_cert)))
		return fail_crypto(err, "issuer");
	if (add_all(cert, ca_cert, "critical,CA:FALSE",
		"critical,digitalSignature", usages[request->usage],
		request->alt, err) < 0)
		return -1;
	if (!X509_sign(cert, ca_key, EVP_sha256()))
		return fail_crypto(err, "sign");
	return write_pair(dir, request->name, key, cert, request->owner, err);
}

bool ca_is_good(const char *dir, const char *name, time_t seconds)
{
	hs_auto(x509_freep) X509 *cert = NULL;
	hs_auto(x509_freep) X509 *ca_cert = NULL;
	hs_auto(pkey_freep) EVP_PKEY *key = NULL;
	hs_auto(pkey_freep) EVP_PKEY *ca_public = NULL;
	time_t then = time(NULL) + seconds;
	bool good;

	if (read_cert(dir, name, &cert, NULL) < 0 ||
	    read_key(dir, name, &key, NULL) < 0 ||
	    read_cert(dir, "ca", &ca_cert, NULL) < 0)
		return false;
	ca_public = X509_get_pubkey(ca_cert);
	good = ca_public != NULL && X509_verify(cert, ca_public) == 1 &&
	       X509_check_private_key(cert, key) == 1 &&
	       X509_cmp_time(X509_get0_notAfter(cert), &then) > 0;
	/* What did not verify is no failure of a later call. */
	ERR_clear_error();
	return good;
}

bool ca_is_for(const char *dir, const char *name, const char *host)
{
	hs_auto(x509_freep) X509 *cert = NULL;

	return read_cert(dir, name, &cert, NULL) == 0 &&
	       X509_check_host(cert, host, 0, 0, NULL) == 1;
}

char *ca_digest(const char *path)
{
	hs_auto(bio_freep) BIO *bio = NULL;
	hs_auto(x509_freep) X509 *cert = NULL;
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct hs_text hex = { 0 };
	unsigned len = 0;

	if (read_pem(path, &bio, NULL) == 0)
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (cert != NULL && X509_digest(cert, EVP_sha256(), hash, &len) == 1)
		for (unsigned i = 0; i < len; i++)
			hs_text_addf(&hex, "%02x", hash[i]);
	ERR_clear_error();
	return len > 0 ? hs_text_take(&hex) : NULL;
}

static bool is_open(const char *dir, const char *name)
{
	hs_auto(hs_freep) char *path = path_of(dir, name, "key");
	struct stat st;

	return stat(path, &st) == 0 && (st.st_mode & 077) != 0;
}

static bool ends_by(const X509 *cert, time_t when)
{
	return X509_cmp_time(X509_get0_notAfter(cert), &when) <= 0;
}

static const char *judge(
    const char *dir, const char *name, X509 *cert, time_t seconds)
{
	hs_auto(x509_freep) X509 *ca_cert = NULL;
	hs_auto(pkey_freep) EVP_PKEY *key = NULL;
	hs_auto(pkey_freep) EVP_PKEY *ca_public = NULL;

	if (read_key(dir, name, &key, NULL) < 0)
		return "no key";
	if (X509_check_private_key(cert, key) != 1)
		return "mismatched";
	if (read_cert(dir, "ca", &ca_cert, NULL) < 0 ||
	    (ca_public = X509_get_pubkey(ca_cert)) == NULL ||
	    X509_verify(cert, ca_public) != 1)
		return "foreign";
	if (ends_by(cert, time(NULL)))
		return "expired";
	if (ends_by(cert, time(NULL) + seconds))
		return "expiring";
	return is_open(dir, name) ? "key open" : "good";
}

const char *ca_look(const char *dir, const char *name, time_t seconds)
{
	hs_auto(x509_freep) X509 *cert = NULL;
	const char *word = read_cert(dir, name, &cert, NULL) < 0
			       ? "unreadable"
			       : judge(dir, name, cert, seconds);

	/* What did not verify is no failure of a later call. */
	ERR_clear_error();
	return word;
}

int ca_remove(const char *dir, const char *name, struct hs_err *err)
{
	hs_auto(hs_freep) char *cert = path_of(dir, name, "crt");
	hs_auto(hs_freep) char *key = path_of(dir, name, "key");

	if ((unlink(cert) < 0 && errno != ENOENT) ||
	    (unlink(key) < 0 && errno != ENOENT))
		return hs_fail_errno(err, HS_ESYSTEM, "remove '%s'", key);
	return 0;
}
