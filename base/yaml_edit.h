/* yaml_edit.h - the smallest edit of a YAML text. */
#ifndef HANSE_BASE_YAML_EDIT_H
#define HANSE_BASE_YAML_EDIT_H

struct hs_err;

/** A number in one of a list of mappings. */
struct hs_yaml_number {
	const char *list; /* a key of the text: "enterprises" */
	const char *name; /* what the mapping's "name" says */
	const char *key;
	unsigned value;
};

/**
 * Set it and leave every other byte as it is: the value is replaced, or a line
 * added behind the name.
 *
 * @ret_text:  owned by the caller
 *
 * Errors: HS_ENOTFOUND (no such mapping), HS_EINVAL (no YAML).
 */
int hs_yaml_set_number(const char *text, const struct hs_yaml_number *number,
    char **ret_text, struct hs_err *err);

#endif
