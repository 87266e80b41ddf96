/* param_read.h - parameters as they stand in a YAML file; private to input/. */
#ifndef HANSE_TCO_REPORT_INPUT_PARAM_READ_H
#define HANSE_TCO_REPORT_INPUT_PARAM_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "tco-report/input/param.h"

struct hs_err;
struct num_pool;

/* Of cyaml: texts that must be there, and that may. */
#define TCO_TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(     \
	    key, CYAML_FLAG_POINTER, struct type, member, 1, 1024)
#define TCO_MAY(key, type, member)                                            \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
	    struct type, member, 1, 1024)

/** Where a figure comes from; the same of parameters and prices. */
struct raw_origin {
	char *source, *date, *confidence;
};
#define TCO_ORIGIN(type)                        \
	TCO_MAY("source", type, origin.source), \
	    TCO_MAY("date", type, origin.date), \
	    TCO_MAY("confidence", type, origin.confidence)

struct raw_param {
	char *name, *value, *unit, *low, *high;
	struct raw_origin origin;
};
extern const cyaml_schema_value_t raw_param_schema;

/** One file while it is read. */
struct input {
	const char *file, *currency;
	struct num_pool *pool;
	struct hs_arena *arena;
	const struct hs_conf *conf;
	struct hs_faults *faults;
};

/** A fault of a field of the file, "FIELD.member". */
void input_fault(const struct input *in, const char *field, const char *member,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/** What an entry says of its origin. */
struct origin {
	const char *source, *date;
	enum tco_confidence confidence;
};
void input_origin(const struct input *in, const char *field,
    const struct raw_origin *raw, struct origin *ret_origin);

/** "CUR/kWh" in the currency; of the arena. */
const char *input_unit(
    struct hs_arena *arena, const char *unit, const char *currency);

/** A number within bounds (decimals); NULL, and a fault, if it is none. */
const struct num *input_number(const struct input *in, const char *field,
    const char *member, const char *text, const struct tco_kind *bounds);

/** Read a list of parameters that stands in the field @list of the file.
 * @enterprise: they are figures of one enterprise's own */
void params_read(const struct input *in, const char *list,
    const struct raw_param *raw, size_t count, bool enterprise,
    struct tco_param table[TCO_PARAM_COUNT]);

/** Read a file of parameters into the table. Errors: as tco_case_load(). */
int params_load(const struct input *in, struct tco_param table[TCO_PARAM_COUNT],
    struct hs_err *err);

/** Put a figure from a command line in. Errors: HS_EINVAL. */
int params_set(const struct input *in, const char *name, const char *value,
    struct tco_param table[TCO_PARAM_COUNT], struct hs_err *err);

#endif
