/* edit.h - private: change numbers in libvirt's XML. */
#ifndef HANSE_HV_EDIT_H
#define HANSE_HV_EDIT_H

#include <stddef.h>
#include <stdint.h>

struct hs_err;

/** One element's content. Sizes are in KiB, which libvirt's own XML is too. */
struct hv_edit {
	const char *xpath;
	uint64_t value;
};

/**
 * Set elements of a document that are there; one that is not stays away.
 *
 * @ret_xml:  owned by the caller
 *
 * Errors: HS_EINVAL (no XML).
 */
int hv_edit(const char *xml, const struct hv_edit *edits, size_t count,
    char **ret_xml, struct hs_err *err);

#endif
