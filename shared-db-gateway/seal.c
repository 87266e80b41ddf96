/* seal.c - OpenSSL's view of a stream: a BIO.
 *
 * A BIO of OpenSSL's own writes each record at once, and could not be told to
 * leave that to the end of the round.
 */

#include "shared-db-gateway/seal.h"

#include <errno.h>
#include <sys/socket.h>

#include "shared-db-gateway/stream.h"

static int put(BIO *bio, const char *data, int len)
{
	struct gw_stream *stream = BIO_get_data(bio);
	size_t room = gw_bytes_room(&stream->sealed), part = (size_t)len;

	BIO_clear_retry_flags(bio);
	if (part > room)
		part = room;
	if (part == 0) {
		BIO_set_retry_write(bio);
		return -1;
	}
	(void)gw_bytes_add(&stream->sealed, data, part);
	return (int)part;
}

static int take(BIO *bio, char *to, int len)
{
	struct gw_stream *stream = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	if (stream->is_dry) {
		BIO_set_retry_read(bio);
		return -1;
	}
	n = recv(stream->fd, to, (size_t)len, MSG_DONTWAIT);
	/* Who has hung up is not told of again. */
	stream->is_dry = n > 0 && n < len && !stream->hung_up;
	if (n == 0)
		BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
	else if (n < 0 &&
		 (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		BIO_set_retry_read(bio);
	return (int)n;
}

static long control(BIO *bio, int what, long number, void *pointer)
{
	(void)number;
	(void)pointer;
	switch (what) {
	case BIO_CTRL_EOF:
		return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
	case BIO_CTRL_FLUSH: /* the stream does */
		return 1;
	default:
		return 0;
	}
}

BIO_METHOD *gw_seal_method_new(void)
{
	BIO_METHOD *method = BIO_meth_new(
	    BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gateway stream");

	if (method == NULL)
		return NULL;
	if (BIO_meth_set_write(method, put) != 1 ||
	    BIO_meth_set_read(method, take) != 1 ||
	    BIO_meth_set_ctrl(method, control) != 1) {
		BIO_meth_free(method);
		return NULL;
	}
	return method;
}

BIO *gw_seal_new(const BIO_METHOD *method, struct gw_stream *stream)
{
	BIO *bio = BIO_new(method);

	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, stream);
	BIO_set_init(bio, 1);
	return bio;
}
