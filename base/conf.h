/* conf.h - YAML into C structs, over libcyaml; aliases are refused.
 *
 * A reader describes its file by a libcyaml schema. Faults carry file, line and
 * field, and all of them are reported, not the first.
 */
#ifndef HANSE_BASE_CONF_H
#define HANSE_BASE_CONF_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct hs_err;

#define HS_CONF_MAX   (1024 * 1024) /* bytes of a file */
#define HS_FAULTS_MAX 1000          /* the rest is left out, and said so */

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

/** Take a field's faults back, for a check that knows better. */
void hs_faults_drop(struct hs_faults *faults, unsigned line, const char *field);

/** A text as a message repeats it: cut if it is long; owned by the caller. */
char *hs_fault_shown(const char *text);

/** By line; those of one line stay in the order they were found in. */
void hs_faults_sort(struct hs_faults *faults);

/** "FILE:LINE: FIELD: MESSAGE", owned by the caller. */
char *hs_fault_text(const char *file, const struct hs_fault *fault);

/** 0 if there are none; else sort them and fail with the first, whole. */
int hs_faults_fail(struct hs_faults *faults, struct hs_err *err);

/** Whether a word is so near to a known one that it may be meant. */
bool hs_is_like(const char *word, const char *known);

/** A parsed file that knows where each field stands. */
struct hs_conf;

/**
 * Read a file, or text, and judge it by a schema; the struct is not filled yet,
 * so that a reader's own checks can add their faults to the same list.
 *
 * Stricter than libcyaml: integers are plain decimals, booleans are true,
 * false, yes or no, enums and flags are listed words, and keys stand once.
 *
 * @name:      the file's name for messages
 * @text:      its content; NULL reads the file @name
 * @schema:    libcyaml schema of the top-level mapping (a pointer value)
 * @ret_conf:  what was read, faulty or not
 * @faults:    every fault of structure; starts anew
 *
 * Errors: HS_EINVAL (not YAML at all: no tree), HS_ENOTFOUND, HS_ELIMIT,
 * HS_ESYSTEM.
 */
int hs_conf_open(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    struct hs_faults *faults, struct hs_err *err);

/**
 * Fill the struct, unless there are faults.
 *
 * @ret_data:  the struct, owned by the conf
 *
 * Errors: HS_EINVAL (see hs_faults_fail()).
 */
int hs_conf_fill(struct hs_conf *conf, struct hs_faults *faults,
    void **ret_data, struct hs_err *err);

/**
 * Open and fill in one, for readers that check nothing else or check the
 * struct.
 *
 * @faults:  every fault, by line; starts anew; NULL if nobody cares
 *
 * Errors: HS_EINVAL (see faults; the message is the first one, whole:
 * "FILE:LINE: FIELD: MESSAGE"), HS_ENOTFOUND, HS_ELIMIT, HS_ESYSTEM.
 */
int hs_conf_load(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    void **ret_data, struct hs_faults *faults, struct hs_err *err);

/** One place in the file. */
struct hs_conf_value {
	unsigned line;
	const char *field; /* its path, e.g. "enterprises[2].name" */
	const char *text;  /* NULL if it is a list or a group of keys */
	size_t count;      /* entries of a list */
};

/**
 * Visit every place a pattern such as "enterprises[].people[].login" leads to,
 * from top to bottom. What is missing or of another kind is passed over.
 */
void hs_conf_each(const struct hs_conf *conf, const char *pattern,
    void (*visit)(void *arg, const struct hs_conf_value *value), void *arg);

/** The text of a field as it is written; NULL if there is none. */
const char *hs_conf_text(const struct hs_conf *conf, const char *field);

/** The line of a field such as "enterprises[2].name"; 0 if it is not there. */
unsigned hs_conf_line(const struct hs_conf *conf, const char *field);

/** End; frees the data too. */
void hs_conf_free(struct hs_conf *conf);

HS_FREEP(hs_conf_freep, struct hs_conf *, hs_conf_free)

#endif
