/* sni.c - the server name of a ClientHello. */

#include "shared-db-gateway/sni.h"

#include <ctype.h>
#include <string.h>

#define RECORD_HANDSHAKE 22
#define CLIENT_HELLO     1
#define EXT_SERVER_NAME  0
#define HOST_NAME        0

static size_t get_u16(struct gw_reader *r)
{
	size_t high = gw_get_u8(r);

	return high << 8 | gw_get_u8(r);
}

/* A part whose length is told in front of it. */
static struct gw_reader part(struct gw_reader *r, size_t len)
{
	const uint8_t *at = gw_get_raw(r, len);

	return (struct gw_reader) {
		.at = at, .left = at != NULL ? len : 0, .bad = at == NULL
	};
}

/* Names are letters, digits, '-' and '.'; what is none is as good as none. */
static void take_name(struct gw_reader *name, char out[GW_SNI_MAX])
{
	size_t len = name->left;

	if (name->bad || len >= GW_SNI_MAX)
		return;
	for (size_t i = 0; i < len; i++) {
		int c = tolower(name->at[i]);

		if (c >= 0x80 || (!isalnum(c) && c != '-' && c != '.'))
			return;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (char)tolower(name->at[i]);
	out[len] = '\0';
}

static void take_names(struct gw_reader *extension, char out[GW_SNI_MAX])
{
	struct gw_reader list = part(extension, get_u16(extension));

	while (list.left > 0 && !list.bad) {
		uint8_t type = gw_get_u8(&list);
		struct gw_reader name = part(&list, get_u16(&list));

		if (type == HOST_NAME) {
			take_name(&name, out);
			return;
		}
	}
}

/* What stands before the extensions, and them. */
static enum gw_verdict take_hello(struct gw_reader *r, char out[GW_SNI_MAX])
{
	struct gw_reader extensions;

	(void)gw_get_raw(r, 2 + 32); /* version, random */
	(void)part(r, gw_get_u8(r)); /* session */
	(void)part(r, get_u16(r));   /* ciphers */
	(void)part(r, gw_get_u8(r)); /* compressions */
	if (r->bad)
		return GW_BAD;
	if (r->left == 0)
		return GW_GOOD;
	extensions = part(r, get_u16(r));
	while (extensions.left > 0 && !extensions.bad) {
		size_t type = get_u16(&extensions);
		struct gw_reader one = part(&extensions, get_u16(&extensions));

		if (type == EXT_SERVER_NAME && !one.bad)
			take_names(&one, out);
	}
	return extensions.bad ? GW_BAD : GW_GOOD;
}

enum gw_verdict gw_sni_parse(const uint8_t *data, size_t len,
    char ret_name[GW_SNI_MAX], size_t *ret_need)
{
	struct gw_reader r = { .at = data, .left = len };
	size_t record, body;

	ret_name[0] = '\0';
	*ret_need = 5;
	if (len < 5)
		return len > 0 && data[0] != RECORD_HANDSHAKE ? GW_BAD
							      : GW_MORE;
	if (gw_get_u8(&r) != RECORD_HANDSHAKE || gw_get_u8(&r) != 3)
		return GW_BAD;
	(void)gw_get_u8(&r);
	record = get_u16(&r);
	if (record < 4 || record + 5 > GW_RECORD_MAX)
		return GW_BAD;
	*ret_need = record + 5;
	if (len < *ret_need)
		return GW_MORE;
	r.left = record;
	if (gw_get_u8(&r) != CLIENT_HELLO || gw_get_u8(&r) != 0)
		return GW_BAD;
	body = get_u16(&r);
	if (body > r.left)
		return GW_BAD;
	r.left = body;
	return take_hello(&r, ret_name);
}
