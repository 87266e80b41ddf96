/* ident.c - identity by derivation: the same object always has the same UUID,
 * MAC and interface, so that creating it twice cannot make two of it.
 */

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "hv/hv.h"

/* RFC 4122, appendix C: the namespace of URLs. */
static const unsigned char url_namespace[16] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d,
	0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };

void hv_uuid5(const char *kind, const char *name, char ret_uuid[HV_UUID_SIZE])
{
	hs_auto(hs_freep) char *url = hs_printf("hanse:%s/%s", kind, name);
	size_t len = strlen(url);
	hs_auto(hs_freep) unsigned char *text =
	    hs_alloc(sizeof(url_namespace) + len);
	unsigned char h[EVP_MAX_MD_SIZE] = { 0 };

	memcpy(text, url_namespace, sizeof(url_namespace));
	memcpy(text + sizeof(url_namespace), url, len);
	(void)EVP_Digest(
	    text, sizeof(url_namespace) + len, h, NULL, EVP_sha1(), NULL);
	h[6] = (unsigned char)((h[6] & 0x0f) | 0x50);
	h[8] = (unsigned char)((h[8] & 0x3f) | 0x80);
	(void)snprintf(ret_uuid, HV_UUID_SIZE,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x",
	    h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9], h[10],
	    h[11], h[12], h[13], h[14], h[15]);
}

/* The first hex digits of a UUID, without its dashes. */
static void digits(const char *uuid, size_t count, char *ret_digits)
{
	size_t n = 0;

	for (; *uuid != '\0' && n < count; uuid++)
		if (*uuid != '-')
			ret_digits[n++] = *uuid;
	ret_digits[n] = '\0';
}

void hv_mac(const char *uuid, char ret_mac[HV_NAME_SIZE])
{
	char d[7];

	digits(uuid, 6, d);
	(void)snprintf(
	    ret_mac, HV_NAME_SIZE, "52:54:00:%.2s:%.2s:%.2s", d, d + 2, d + 4);
}

void hv_ifname(const char *uuid, char ret_name[HV_NAME_SIZE])
{
	char d[13];

	digits(uuid, 12, d);
	(void)snprintf(ret_name, HV_NAME_SIZE, "hi%s", d);
}

void hv_bridge(const char *uuid, char ret_name[HV_NAME_SIZE])
{
	char d[9];

	digits(uuid, 8, d);
	(void)snprintf(ret_name, HV_NAME_SIZE, "hv-%s", d);
}
