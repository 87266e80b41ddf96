/* seal_read.c - reading a sealed file. Everything in it is foreign until its
 * chunk has been authenticated.
 */

#include "provisioning/seal_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"

struct seal_reader {
	FILE *file;
	json_t *header;
	EVP_CIPHER_CTX *cipher;
	unsigned char key[32], bind[32];
	z_stream zip;
	bool has_zip, zip_ended, last_read;
	uint64_t number;
	unsigned char plain[SEAL_CHUNK];
};

static int damaged(struct hs_err *err, const char *how)
{
	return hs_fail(err, HS_EINVAL, "the archive %s", how);
}

/* Up to len bytes; fewer at the end of the file only. */
static int get(struct seal_reader *r, void *buf, size_t len, size_t *ret_len,
    struct hs_err *err)
{
	*ret_len = fread(buf, 1, len, r->file);
	if (ferror(r->file))
		return hs_fail_errno(err, HS_ESYSTEM, "read the archive");
	return 0;
}

/* -- Header ---------------------------------------------------------------- */

static int take_header(struct seal_reader *r, const struct seal_key *key,
    const char *text, size_t len, struct hs_err *err)
{
	unsigned char salt[SEAL_SALT];
	const char *id;

	r->header = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(r->header) ||
	    !seal_unhex(salt,
		json_string_value(json_object_get(r->header, "salt")),
		SEAL_SALT))
		return damaged(err, "has no good header");
	id = json_string_value(json_object_get(r->header, "key"));
	if (id == NULL || strcmp(id, key->id) != 0)
		return hs_fail(err, HS_EDENIED,
		    "the archive was sealed with another key (%.16s, ours is "
		    "%s)",
		    id != NULL ? id : "none", key->id);
	return seal_derive(key, salt, r->key, err);
}

static int read_header(
    struct seal_reader *r, const struct seal_key *key, struct hs_err *err)
{
	unsigned char prefix[SEAL_PREFIX];
	hs_auto(hs_freep) char *text = NULL;
	size_t magic = sizeof(SEAL_MAGIC) - 1, len = 0, got;

	if (get(r, prefix, sizeof(prefix), &got, err) < 0)
		return -1;
	if (got < sizeof(prefix) || memcmp(prefix, SEAL_MAGIC, magic) != 0)
		return hs_fail(err, HS_EINVAL, "this is no archive of hanse's");
	for (size_t i = 0; i < 4; i++)
		len = len << 8 | prefix[magic + i];
	if (len > SEAL_HEADER_MAX)
		return damaged(err, "has no good header");
	text = hs_alloc(len + 1);
	if (get(r, text, len, &got, err) < 0)
		return -1;
	if (got < len)
		return damaged(err, "is cut off");
	seal_bind(r->bind, prefix, sizeof(prefix), text, len);
	return take_header(r, key, text, len, err);
}

/* -- Chunks ---------------------------------------------------------------- */

static bool unseal(struct seal_reader *r, unsigned char *chunk, size_t len,
    bool is_last, size_t *ret_len)
{
	unsigned char nonce[SEAL_NONCE];
	int got = 0, rest = 0;

	seal_nonce(nonce, r->number++, is_last);
	if (EVP_DecryptInit_ex(
		r->cipher, EVP_aes_256_gcm(), NULL, r->key, nonce) != 1 ||
	    EVP_DecryptUpdate(
		r->cipher, NULL, &rest, r->bind, sizeof(r->bind)) != 1 ||
	    EVP_DecryptUpdate(
		r->cipher, r->plain, &got, chunk, (int)(len - SEAL_TAG)) != 1 ||
	    EVP_CIPHER_CTX_ctrl(r->cipher, EVP_CTRL_GCM_SET_TAG, SEAL_TAG,
		chunk + len - SEAL_TAG) != 1 ||
	    EVP_DecryptFinal_ex(r->cipher, r->plain + got, &rest) != 1)
		return false;
	*ret_len = (size_t)(got + rest);
	return true;
}

/* The next chunk for zlib; that it is the last is part of what is sealed. */
static int read_chunk(struct seal_reader *r, struct hs_err *err)
{
	unsigned char chunk[SEAL_CHUNK + SEAL_TAG];
	size_t len, plain_len;
	int next;

	if (r->last_read)
		return damaged(err, "is cut off");
	if (get(r, chunk, sizeof(chunk), &len, err) < 0)
		return -1;
	next = len == sizeof(chunk) ? fgetc(r->file) : EOF;
	if (next != EOF)
		(void)ungetc(next, r->file);
	r->last_read = next == EOF;
	if (len < SEAL_TAG || !unseal(r, chunk, len, r->last_read, &plain_len))
		return damaged(err, "is damaged, cut off or was changed");
	r->zip.next_in = r->plain;
	r->zip.avail_in = (unsigned)plain_len;
	return 0;
}

int seal_open(FILE *file, const struct seal_key *key,
    struct seal_reader **ret_reader, struct hs_err *err)
{
	hs_auto(seal_reader_freep) struct seal_reader *r = hs_alloc(sizeof(*r));

	r->file = file;
	r->cipher = EVP_CIPHER_CTX_new();
	r->has_zip = inflateInit(&r->zip) == Z_OK;
	if (r->cipher == NULL || !r->has_zip)
		return hs_fail(err, HS_ESYSTEM, "no memory for an archive");
	if (read_header(r, key, err) < 0 || read_chunk(r, err) < 0)
		return -1;
	*ret_reader = hs_steal(&r);
	return 0;
}

const json_t *seal_header(const struct seal_reader *r)
{
	return r->header;
}

/* Behind the compressed data comes nothing, in this chunk or another. */
static int at_end(const struct seal_reader *r, struct hs_err *err)
{
	if (r->zip.avail_in > 0 || !r->last_read)
		return damaged(err, "goes on behind its end");
	return 0;
}

int seal_read(struct seal_reader *r, char *buf, size_t size, size_t *ret_len,
    struct hs_err *err)
{
	*ret_len = 0;
	r->zip.next_out = (unsigned char *)buf;
	r->zip.avail_out = (unsigned)size;
	while (!r->zip_ended && r->zip.avail_out == size) {
		int state = inflate(&r->zip, Z_NO_FLUSH);

		if (state == Z_STREAM_END)
			r->zip_ended = true;
		else if (state != Z_OK && state != Z_BUF_ERROR)
			return damaged(err, "cannot be decompressed");
		else if (r->zip.avail_out == size && r->zip.avail_in == 0 &&
			 read_chunk(r, err) < 0)
			return -1;
	}
	*ret_len = size - r->zip.avail_out;
	return *ret_len > 0 ? 0 : at_end(r, err);
}

void seal_reader_free(struct seal_reader *r)
{
	if (r->file != NULL)
		(void)fclose(r->file);
	if (r->has_zip)
		(void)inflateEnd(&r->zip);
	json_decref(r->header);
	EVP_CIPHER_CTX_free(r->cipher);
	hs_wipe(r, sizeof(*r));
	free(r);
}
