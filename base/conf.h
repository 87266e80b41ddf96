/* conf.h - YAML into C structs, over libcyaml; aliases are refused.
 *
 * A reader describes its file by a libcyaml schema. Faults carry file, line and
 * field, and all of them are reported, not the first.
 */
#ifndef HANSE_BASE_CONF_H
#define HANSE_BASE_CONF_H

#include <cyaml/cyaml.h>
#include <stddef.h>

#include "base/mem.h"

struct hs_err;

/** One thing that is wrong in a file. */
struct hs_fault {
	unsigned line; /* from 1; 0 if the fault is the whole file's */
	char *field;   /* e.g. "enterprises[2].vcpus" */
	char *message; /* what was found, and what was expected */
};

struct hs_faults {
	char *file; /* as given */
	struct hs_fault *list;
	size_t count;
};

void hs_faults_done(struct hs_faults *faults);

/** Add a fault (for checks beyond the schema). */
void hs_faults_add(struct hs_faults *faults, unsigned line, const char *field,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/** A parsed file that knows where each field stands. */
struct hs_conf;

/**
 * Read and check a file, or text.
 *
 * @name:        the file's name for messages
 * @text:        its content; NULL reads the file @name
 * @schema:      libcyaml schema of the top-level mapping (a pointer value)
 * @ret_data:    the struct, owned by *ret_conf
 * @faults:      every fault is added here; NULL if nobody cares
 *
 * Errors: HS_EINVAL (see faults; the message is the first one, whole:
 * "FILE:LINE: FIELD: MESSAGE"), HS_ENOTFOUND, HS_ELIMIT, HS_ESYSTEM.
 */
int hs_conf_load(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    void **ret_data, struct hs_faults *faults, struct hs_err *err);

/** The line of a field such as "enterprises[2].name"; 0 if it is not there. */
unsigned hs_conf_line(const struct hs_conf *conf, const char *field);

/** End; frees the data too. */
void hs_conf_free(struct hs_conf *conf);

HS_FREEP(hs_conf_freep, struct hs_conf *, hs_conf_free)

#endif
