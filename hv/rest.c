/* rest.c - what of a definition has no name of its own, as one digest. libvirt
 * prints a definition always the same way, so bytes can be compared; what is
 * seen by name elsewhere is cut out, so that a change is told once.
 */

#include "hv/rest.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <openssl/evp.h>
#include <stdio.h>

/* clang-format off */
#define D (1U << HV_DOMAIN)
#define N (1U << HV_NETWORK)

static const struct cut {
	unsigned kinds;
	const char *xpath;
} cuts[] = {
	{ N,     "/*/metadata" },
	{ D,     "/*/metadata/*[local-name()!='object']|/*/metadata/*/@*"
	         "|/*/metadata/*/*[local-name()!='wall']"
	         "|/*/metadata/*/*/@filter|/*/metadata/*/*/@address"
	         "|/*/metadata/*/*/@calls|/*/metadata/*/*/@peers" },
	{ D|N,   "//comment()|//text()[normalize-space()='']" },
	/* libvirt's own */
	{ D,     "/*/@id|/*/resource|/*/seclabel" },
	/* named in struct hv_object */
	{ D,     "/*/vcpu|/*/vcpus|/*/memory|/*/currentMemory" },
	{ D,     "/*/memtune|/*/cputune" },
	{ D,     "/*/os/kernel|/*/os/initrd" },
	{ D,     "//filesystem[target/@dir='/' or target/@dir='/etc/hanse' or "
	         "target/@dir='/data']/source" },
	{ D,     "//disk[target/@dev='vda' or target/@dev='vdb' or "
	         "target/@dev='vdc']/source" },
	{ D,     "//interface[1]/mac|//interface[1]/source|//interface[1]/port"
	         "|//interface[1]/target" },
	{ N,     "/*/bridge/@name|/*/ip[1]/@address|/*/ip[1]/@prefix"
	         "|/*/forward" },
};

#undef D
#undef N
/* clang-format on */

/* Backwards: a node must not go before what is in it. */
static void cut_out(xmlXPathContextPtr xpath, const char *expression)
{
	xmlXPathObjectPtr found =
	    xmlXPathEval((const xmlChar *)expression, xpath);

	if (found == NULL)
		return;
	for (int i = found->nodesetval != NULL ? found->nodesetval->nodeNr : 0;
	     i-- > 0;) {
		xmlNodePtr node = found->nodesetval->nodeTab[i];

		xmlUnlinkNode(node);
		if (node->type == XML_ATTRIBUTE_NODE)
			xmlFreeProp((xmlAttrPtr)node);
		else
			xmlFreeNode(node);
		found->nodesetval->nodeTab[i] = NULL;
	}
	xmlXPathFreeObject(found);
}

static char *digest(const xmlChar *text, int len)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	char *hex;

	(void)EVP_Digest(text, (size_t)len, hash, &size, EVP_sha256(), NULL);
	hex = hs_alloc(2 * (size_t)size + 1);
	for (unsigned i = 0; i < size; i++)
		(void)snprintf(hex + 2 * (size_t)i, 3, "%02x", hash[i]);
	return hex;
}

char *hv_rest_digest(enum hv_kind kind, xmlXPathContextPtr xpath)
{
	xmlChar *text = NULL;
	char *hex;
	int len = 0;

	for (size_t i = 0; i < ARRAY_LEN(cuts); i++)
		if ((cuts[i].kinds & (1U << kind)) != 0)
			cut_out(xpath, cuts[i].xpath);
	xmlDocDumpMemory(xpath->doc, &text, &len);
	hex = digest(text, len);
	xmlFree(text);
	return hex;
}
