/* rest.h - private: what of a definition has no name of its own. */
#ifndef HANSE_HV_REST_H
#define HANSE_HV_REST_H

#include <libxml/xpath.h>

#include "hv/hv.h"

/**
 * SHA-256, as hexadecimal, of an object's XML without what struct hv_object
 * names, and without what libvirt adds to some definitions and not to others.
 * Whoever edits anything else changes it. The document is stripped; owned by
 * the caller.
 */
char *hv_rest_digest(enum hv_kind kind, xmlXPathContextPtr xpath);

#endif
