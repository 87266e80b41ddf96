/* case.h - a case: who is compared, by which figures, and what they used.
 *
 * One YAML file; parameters, price book, usage and load may stand in files
 * beside it, which it names.
 */
#ifndef HANSE_TCO_REPORT_INPUT_CASE_H
#define HANSE_TCO_REPORT_INPUT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "tco-report/input/meter.h"
#include "tco-report/input/param.h"
#include "tco-report/input/price.h"

struct hs_err;
struct hs_faults;
struct num;
struct num_pool;

#define TCO_HORIZON_MIN     3
#define TCO_HORIZON_MAX     10
#define TCO_LIFE_MAX        15
#define TCO_ENTERPRISES_MAX 1000

/** One member enterprise. */
struct tco_enterprise {
	const char *name;          /* its label, e.g. "adler-motors" */
	const char *title;         /* for people; the name if none was given */
	const struct num *servers; /* of its own, today */
	const struct num *domains; /* on the platform instead */
	/* Figures of its own; value is NULL where the case's is used. Use
	 * tco_param_of(). */
	struct tco_param own[TCO_PARAM_COUNT];
	/* Of the period, by meter; NULL if none was counted. */
	const struct num *usage[TCO_METER_COUNT];
	unsigned line;
};

/** Load of one enterprise over an interval: what consolidation is made of. */
struct tco_load {
	const char *time; /* as written; rows of equal time are added up */
	size_t enterprise;
	enum tco_resource resource; /* cpu: cores, ram: GiB, iops, network:
				     * Gbit/s */
	const struct num *value;
	unsigned line;
};

struct tco_case {
	struct num_pool *pool;  /* every number of the case and its result */
	struct hs_arena *arena; /* every text */
	const char *file;       /* as given */
	const char *title;
	const char *currency; /* "EUR"; it has hundredths */
	struct tco_param params[TCO_PARAM_COUNT];
	struct tco_enterprise *enterprises; /* in the file's order */
	size_t count;
	bool has_usage;
	int32_t from;          /* first day of the period of usage */
	unsigned months;       /* its length */
	struct tco_load *load; /* by time; NULL if there is none */
	size_t load_count;
	struct tco_price_book *prices; /* NULL if there is none */
};

/** "--set NAME=VALUE" of a command line, or a form's field. */
struct tco_setting {
	const char *name, *value;
};

/**
 * Read a case and all that it names, and judge it.
 *
 * @text:      NULL reads the file @name; files it names are beside it
 * @settings:  figures that replace the case's; they become "your figure"
 * @faults:    every fault of the first file that has one, faults->file, by
 *             line; starts anew; NULL if nobody cares
 *
 * Errors: HS_EINVAL (also for what is needed and not given), HS_ENOTFOUND,
 * HS_ELIMIT, HS_ESYSTEM.
 */
int tco_case_load(const char *name, const char *text,
    const struct tco_setting *settings, size_t count,
    struct tco_case **ret_case, struct hs_faults *faults, struct hs_err *err);
void tco_case_free(struct tco_case *tcase);
HS_FREEP(tco_case_freep, struct tco_case *, tco_case_free)

/** What counts for an enterprise: its own figure, else the case's; @enterprise
 * may be NULL. value is NULL if nobody gave one. */
const struct tco_param *tco_param_of(const struct tco_case *tcase,
    const struct tco_enterprise *enterprise, enum tco_param_id id);

#endif
