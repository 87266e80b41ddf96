/* wire.c - bytes of PostgreSQL's protocol 3.0. */

#include "shared-db-gateway/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Blocks. */

size_t gw_bytes_len(const struct gw_bytes *bytes)
{
	return bytes->end - bytes->start;
}

size_t gw_bytes_room(const struct gw_bytes *bytes)
{
	return GW_BLOCK - gw_bytes_len(bytes);
}

uint8_t *gw_bytes_space(struct gw_bytes *bytes)
{
	size_t len = gw_bytes_len(bytes);

	if (bytes->data == NULL)
		bytes->data = hs_realloc(NULL, GW_BLOCK);
	if (bytes->start > 0) {
		memmove(bytes->data, bytes->data + bytes->start, len);
		bytes->start = 0;
		bytes->end = len;
	}
	return bytes->data + len;
}

void gw_bytes_drop(struct gw_bytes *bytes, size_t len)
{
	assert(len <= gw_bytes_len(bytes));
	bytes->start += len;
	if (bytes->start == bytes->end)
		gw_bytes_done(bytes);
}

bool gw_bytes_add(struct gw_bytes *bytes, const void *data, size_t len)
{
	if (len > gw_bytes_room(bytes))
		return false;
	if (len == 0)
		return true;
	memcpy(gw_bytes_space(bytes), data, len);
	bytes->end += len;
	return true;
}

/* The block itself is handed over where that saves a copy. */
void gw_bytes_pass(struct gw_bytes *in, struct gw_bytes *out, size_t good)
{
	size_t rest = gw_bytes_len(in) - good;

	if (good == 0)
		return;
	if (gw_bytes_len(out) > 0) {
		(void)gw_bytes_add(out, in->data + in->start, good);
		gw_bytes_drop(in, good);
		return;
	}
	*out = *in;
	*in = (struct gw_bytes) { 0 };
	out->end -= rest;
	(void)gw_bytes_add(in, out->data + out->end, rest);
}

size_t gw_bytes_passable(const struct gw_bytes *in, const struct gw_bytes *out)
{
	size_t len = gw_bytes_len(in), room = gw_bytes_room(out);

	return gw_bytes_len(out) == 0 || len < room ? len : room;
}

void gw_bytes_done(struct gw_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct gw_bytes) { 0 };
}

/* Reading. */

const uint8_t *gw_get_raw(struct gw_reader *r, size_t len)
{
	const uint8_t *at = r->at;

	if (r->bad || len > r->left) {
		r->bad = true;
		return NULL;
	}
	r->at += len;
	r->left -= len;
	return at;
}

uint8_t gw_get_u8(struct gw_reader *r)
{
	const uint8_t *p = gw_get_raw(r, 1);

	return p != NULL ? *p : 0;
}

static uint32_t to_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint32_t gw_get_u32(struct gw_reader *r)
{
	const uint8_t *p = gw_get_raw(r, 4);

	return p != NULL ? to_u32(p) : 0;
}

const char *gw_get_text(struct gw_reader *r)
{
	const uint8_t *end = NULL;

	if (!r->bad && r->left > 0)
		end = memchr(r->at, 0, r->left);
	if (end == NULL) {
		r->bad = true;
		return "";
	}
	return (const char *)gw_get_raw(r, (size_t)(end - r->at) + 1);
}

/* Writing. */

struct gw_writer gw_put_begin(struct gw_bytes *bytes, uint8_t type)
{
	struct gw_writer w = {
		.bytes = bytes,
		.begin = gw_bytes_len(bytes),
		.typed = type != 0,
	};

	if (w.typed)
		gw_put_u8(&w, type);
	gw_put_u32(&w, 0);
	return w;
}

void gw_put_raw(struct gw_writer *w, const void *data, size_t len)
{
	if (!gw_bytes_add(w->bytes, data, len))
		w->full = true;
}

void gw_put_u8(struct gw_writer *w, uint8_t value)
{
	gw_put_raw(w, &value, 1);
}

void gw_put_u32(struct gw_writer *w, uint32_t value)
{
	const uint8_t raw[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	gw_put_raw(w, raw, sizeof(raw));
}

void gw_put_text(struct gw_writer *w, const char *text)
{
	gw_put_raw(w, text, strlen(text) + 1);
}

bool gw_put_end(struct gw_writer *w)
{
	struct gw_bytes *bytes = w->bytes;
	size_t at = w->begin + (w->typed ? 1 : 0);
	size_t len = gw_bytes_len(bytes) - at;
	uint8_t *p;

	if (w->full) {
		bytes->end = bytes->start + w->begin;
		if (gw_bytes_len(bytes) == 0)
			gw_bytes_done(bytes);
		return false;
	}
	p = bytes->data + bytes->start + at;
	p[0] = 0;
	p[1] = 0;
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	return true;
}

/* Before log-in. */

enum gw_hello gw_hello_parse(const uint8_t *data, size_t len, size_t *ret_size)
{
	uint32_t size, code;

	if (len < 4)
		return GW_HELLO_MORE;
	size = to_u32(data);
	if (size < 8 || size > GW_HELLO_MAX)
		return GW_HELLO_BAD;
	if (len < size)
		return GW_HELLO_MORE;
	*ret_size = size;
	code = to_u32(data + 4);
	if (code == GW_CODE_SSL)
		return size == 8 ? GW_HELLO_SSL : GW_HELLO_BAD;
	if (code == GW_CODE_GSS)
		return size == 8 ? GW_HELLO_GSS : GW_HELLO_BAD;
	if (code == GW_CODE_CANCEL)
		return size == 16 ? GW_HELLO_CANCEL : GW_HELLO_BAD;
	return GW_HELLO_STARTUP;
}

/* Frames. */

#define SMALL 10000u   /* PostgreSQL's PQ_SMALL_MESSAGE_LIMIT */
#define LONG  SIZE_MAX /* as long as the caller allows */

/* The bodies each type may have; a type that is not here is unknown. */
struct kind {
	bool known;
	size_t min, max;
};

/* clang-format off */
static const struct kind kinds[2][256] = {
	[GW_FRONTEND] = {
		['B'] = { true, 8, LONG  }, /* Bind */
		['C'] = { true, 2, SMALL }, /* Close */
		['D'] = { true, 2, SMALL }, /* Describe */
		['E'] = { true, 5, SMALL }, /* Execute */
		['F'] = { true, 10, LONG }, /* FunctionCall */
		['H'] = { true, 0, 0     }, /* Flush */
		['P'] = { true, 4, LONG  }, /* Parse */
		['Q'] = { true, 1, LONG  }, /* Query */
		['S'] = { true, 0, 0     }, /* Sync */
		['X'] = { true, 0, 0     }, /* Terminate */
		['c'] = { true, 0, 0     }, /* CopyDone */
		['d'] = { true, 0, LONG  }, /* CopyData */
		['f'] = { true, 1, SMALL }, /* CopyFail */
		['p'] = { true, 1, SMALL }, /* SASL messages; never after log-in */
	},
	[GW_BACKEND] = {
		['1'] = { true, 0, 0     }, /* ParseComplete */
		['2'] = { true, 0, 0     }, /* BindComplete */
		['3'] = { true, 0, 0     }, /* CloseComplete */
		['A'] = { true, 6, LONG  }, /* NotificationResponse */
		['C'] = { true, 1, LONG  }, /* CommandComplete */
		['D'] = { true, 2, LONG  }, /* DataRow */
		['E'] = { true, 1, LONG  }, /* ErrorResponse */
		['G'] = { true, 3, LONG  }, /* CopyInResponse */
		['H'] = { true, 3, LONG  }, /* CopyOutResponse */
		['I'] = { true, 0, 0     }, /* EmptyQueryResponse */
		['K'] = { true, 8, 8     }, /* BackendKeyData */
		['N'] = { true, 1, LONG  }, /* NoticeResponse */
		['R'] = { true, 4, SMALL }, /* Authentication */
		['S'] = { true, 2, LONG  }, /* ParameterStatus */
		['T'] = { true, 2, LONG  }, /* RowDescription */
		['V'] = { true, 4, LONG  }, /* FunctionCallResponse */
		['Z'] = { true, 1, 1     }, /* ReadyForQuery */
		['c'] = { true, 0, 0     }, /* CopyDone */
		['d'] = { true, 0, LONG  }, /* CopyData */
		['n'] = { true, 0, 0     }, /* NoData */
		['s'] = { true, 0, 0     }, /* PortalSuspended */
		['t'] = { true, 2, LONG  }, /* ParameterDescription */
	},
};
/* clang-format on */

enum gw_verdict gw_frame_parse(enum gw_side side, const uint8_t *data,
    size_t len, size_t max_body, struct gw_frame *ret_frame)
{
	const struct kind *k;
	uint32_t size;
	size_t max;

	if (len < 1)
		return GW_MORE;
	k = &kinds[side][data[0]];
	if (!k->known)
		return GW_BAD;
	if (len < 5)
		return GW_MORE;
	size = to_u32(data + 1);
	max = k->max == LONG ? max_body : k->max;
	if (size < 4 || size - 4 < k->min || size - 4 > max)
		return GW_BAD;
	*ret_frame = (struct gw_frame) { data[0], size - 4 };
	return GW_GOOD;
}

static bool is_sqlstate(const char *s)
{
	return strlen(s) == 5 &&
	       strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5;
}

bool gw_trouble_parse(
    const uint8_t *body, size_t len, struct gw_trouble *ret_trouble)
{
	struct gw_reader r = { .at = body, .left = len };
	struct gw_trouble trouble = { 0 };
	uint8_t field;

	while ((field = gw_get_u8(&r)) != 0) {
		const char *text = gw_get_text(&r);

		if (field == 'C' && is_sqlstate(text))
			memcpy(trouble.sqlstate, text, 6);
		if (field == 'V')
			trouble.is_fatal = strcmp(text, "FATAL") == 0 ||
					   strcmp(text, "PANIC") == 0;
	}
	*ret_trouble = trouble;
	return !r.bad && trouble.sqlstate[0] != '\0';
}
