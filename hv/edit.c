/* edit.c - change numbers in libvirt's XML and leave the rest as it is. */

#include "hv/edit.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

HS_FREEP(doc_freep, xmlDocPtr, xmlFreeDoc)
HS_FREEP(context_freep, xmlXPathContextPtr, xmlXPathFreeContext)
HS_FREEP(found_freep, xmlXPathObjectPtr, xmlXPathFreeObject)

static void apply(xmlXPathContextPtr context, const struct hv_edit *edit)
{
	hs_auto(found_freep) xmlXPathObjectPtr found =
	    xmlXPathEval((const xmlChar *)edit->xpath, context);
	char value[24];

	(void)snprintf(
	    value, sizeof(value), "%llu", (unsigned long long)edit->value);
	for (int i = 0; found != NULL && found->nodesetval != NULL &&
			i < found->nodesetval->nodeNr;
	     i++)
		xmlNodeSetContent(
		    found->nodesetval->nodeTab[i], (const xmlChar *)value);
}

int hv_edit(const char *xml, const struct hv_edit *edits, size_t count,
    char **ret_xml, struct hs_err *err)
{
	hs_auto(doc_freep) xmlDocPtr doc =
	    xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	hs_auto(context_freep) xmlXPathContextPtr context =
	    doc != NULL ? xmlXPathNewContext(doc) : NULL;
	xmlChar *text = NULL;

	if (context == NULL)
		return hs_fail(err, HS_EINVAL, "no XML");
	for (size_t i = 0; i < count; i++)
		apply(context, &edits[i]);
	xmlDocDumpMemory(doc, &text, NULL);
	*ret_xml = hs_strdup((const char *)text);
	xmlFree(text);
	return 0;
}
