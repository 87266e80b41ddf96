/* seal_write.c - writing a sealed file. */

#include "provisioning/seal_part.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"

struct seal_writer {
	char *path, *temp;
	FILE *file;
	EVP_CIPHER_CTX *cipher;
	unsigned char key[32], bind[32];
	z_stream zip;
	bool has_zip;
	uint64_t number; /* of the next chunk */
	unsigned char plain[SEAL_CHUNK];
	size_t len;
};

static int put(
    struct seal_writer *w, const void *data, size_t len, struct hs_err *err)
{
	if (fwrite(data, 1, len, w->file) == len)
		return 0;
	return hs_fail_errno(err, HS_ESYSTEM, "write '%s'", w->temp);
}

/* -- Header ---------------------------------------------------------------- */

static int put_header(struct seal_writer *w, const struct seal_key *key,
    const json_t *header, struct hs_err *err)
{
	json_t *copy = json_deep_copy(header);
	unsigned char salt[SEAL_SALT], prefix[SEAL_PREFIX];
	char hex[2 * SEAL_SALT + 1];
	hs_auto(hs_freep) char *text = NULL;
	size_t len, magic = sizeof(SEAL_MAGIC) - 1;

	if (RAND_bytes(salt, sizeof(salt)) != 1) {
		json_decref(copy);
		return hs_fail(err, HS_ESYSTEM, "no random bytes");
	}
	seal_hex(hex, salt, sizeof(salt));
	(void)json_object_update_new(
	    copy, json_pack("{s:s, s:s, s:s, s:s}", "cipher", "AES-256-GCM",
		      "compression", "zlib", "key", key->id, "salt", hex));
	text = json_dumps(copy, JSON_COMPACT);
	json_decref(copy);
	len = text != NULL ? strlen(text) : 0;
	if (len == 0 || len > SEAL_HEADER_MAX)
		return hs_fail(err, HS_EINVAL, "the archive's header is bad");
	memcpy(prefix, SEAL_MAGIC, magic);
	for (size_t i = 0; i < 4; i++)
		prefix[magic + i] = (unsigned char)(len >> 8 * (3 - i));
	seal_bind(w->bind, prefix, sizeof(prefix), text, len);
	if (seal_derive(key, salt, w->key, err) < 0 ||
	    put(w, prefix, sizeof(prefix), err) < 0)
		return -1;
	return put(w, text, len, err);
}

static int open_file(struct seal_writer *w, struct hs_err *err)
{
	int fd;

	(void)unlink(w->temp);
	fd = open(w->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || (w->file = fdopen(fd, "w")) == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "create '%s'", w->temp);
	return 0;
}

int seal_create(const char *path, const struct seal_key *key,
    const json_t *header, struct seal_writer **ret_writer, struct hs_err *err)
{
	hs_auto(seal_writer_freep) struct seal_writer *w = hs_alloc(sizeof(*w));

	w->path = hs_strdup(path);
	w->temp = hs_printf("%s.new", path);
	w->cipher = EVP_CIPHER_CTX_new();
	w->has_zip = deflateInit(&w->zip, Z_DEFAULT_COMPRESSION) == Z_OK;
	if (w->cipher == NULL || !w->has_zip)
		return hs_fail(err, HS_ESYSTEM, "no memory for an archive");
	if (hs_fault("file.write", err) < 0 || open_file(w, err) < 0 ||
	    put_header(w, key, header, err) < 0)
		return -1;
	*ret_writer = hs_steal(&w);
	return 0;
}

/* -- Chunks ---------------------------------------------------------------- */

static int put_chunk(struct seal_writer *w, bool is_last, struct hs_err *err)
{
	unsigned char nonce[SEAL_NONCE], tag[SEAL_TAG], sealed[SEAL_CHUNK];
	int len = 0, rest = 0;

	seal_nonce(nonce, w->number++, is_last);
	if (EVP_EncryptInit_ex(
		w->cipher, EVP_aes_256_gcm(), NULL, w->key, nonce) != 1 ||
	    EVP_EncryptUpdate(
		w->cipher, NULL, &rest, w->bind, sizeof(w->bind)) != 1 ||
	    EVP_EncryptUpdate(w->cipher, sealed, &len, w->plain, (int)w->len) !=
		1 ||
	    EVP_EncryptFinal_ex(w->cipher, sealed + len, &rest) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		w->cipher, EVP_CTRL_GCM_GET_TAG, SEAL_TAG, tag) != 1)
		return hs_fail(err, HS_ESYSTEM, "sealing failed");
	w->len = 0;
	if (put(w, sealed, (size_t)(len + rest), err) < 0)
		return -1;
	return put(w, tag, sizeof(tag), err);
}

/* What zlib has for us. A full chunk waits, for it may be the last. */
static int squeeze(struct seal_writer *w, int flush, struct hs_err *err)
{
	int state;

	do {
		if (w->len == SEAL_CHUNK && put_chunk(w, false, err) < 0)
			return -1;
		w->zip.next_out = w->plain + w->len;
		w->zip.avail_out = (unsigned)(SEAL_CHUNK - w->len);
		state = deflate(&w->zip, flush);
		w->len = SEAL_CHUNK - w->zip.avail_out;
		if (state != Z_OK && state != Z_STREAM_END &&
		    state != Z_BUF_ERROR)
			return hs_fail(err, HS_ESYSTEM, "compressing failed");
	} while (w->zip.avail_out == 0 && state != Z_STREAM_END);
	return 0;
}

int seal_write(
    struct seal_writer *w, const char *data, size_t len, struct hs_err *err)
{
	w->zip.next_in = (unsigned char *)(uintptr_t)data;
	w->zip.avail_in = (unsigned)len;
	return squeeze(w, Z_NO_FLUSH, err);
}

/* -- The end --------------------------------------------------------------- */

static int sync_folder(const char *path, struct hs_err *err)
{
	hs_auto(hs_freep) char *copy = hs_strdup(path);
	hs_auto(hs_closep) int fd =
	    open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "sync the folder of '%s'", path);
	return 0;
}

int seal_finish(struct seal_writer *w, struct hs_err *err)
{
	if (squeeze(w, Z_FINISH, err) < 0 || put_chunk(w, true, err) < 0)
		return -1;
	if (fflush(w->file) != 0 || fsync(fileno(w->file)) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "sync '%s'", w->temp);
	if (hs_fault("file.write", err) < 0)
		return -1;
	if (rename(w->temp, w->path) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "name '%s'", w->path);
	hs_freep(&w->temp);
	return sync_folder(w->path, err);
}

void seal_writer_free(struct seal_writer *w)
{
	if (w->file != NULL)
		(void)fclose(w->file);
	if (w->temp != NULL)
		(void)unlink(w->temp);
	if (w->has_zip)
		(void)deflateEnd(&w->zip);
	EVP_CIPHER_CTX_free(w->cipher);
	free(w->path);
	free(w->temp);
	hs_wipe(w, sizeof(*w));
	free(w);
}
