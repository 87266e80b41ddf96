/* spec_edit.h - the smallest edit of a spec's text. */
#ifndef HANSE_PROVISIONING_SPEC_EDIT_H
#define HANSE_PROVISIONING_SPEC_EDIT_H

struct hs_err;

/**
 * Set a number of an enterprise and leave every other byte as it is: the value
 * is replaced, or a line added behind the enterprise's name.
 *
 * @ret_text:  owned by the caller
 *
 * Errors: HS_ENOTFOUND (no such enterprise), HS_EINVAL (no YAML).
 */
int spec_edit_number(const char *text, const char *enterprise, const char *key,
    unsigned value, char **ret_text, struct hs_err *err);

#endif
