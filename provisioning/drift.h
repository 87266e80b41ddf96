/* drift.h - the names of what people change behind our back: from a plan's
 * changes, by a table. Pure: nothing is looked at, nothing is done.
 */
#ifndef HANSE_PROVISIONING_DRIFT_H
#define HANSE_PROVISIONING_DRIFT_H

#include <stdbool.h>

#include "provisioning/plan.h"

enum drift_severity {
	DRIFT_NOTICE,
	DRIFT_WARNING,
	DRIFT_CRITICAL, /* the business of an enterprise, or its data */
};
#define DRIFT_SEVERITY_COUNT (DRIFT_CRITICAL + 1)

/** What hansed.yaml decides about together. */
enum drift_class {
	DRIFT_RESTART, /* what should run and does not */
	DRIFT_FILTERS, /* the walls between domains */
	DRIFT_OTHERS,
};
#define DRIFT_CLASS_COUNT (DRIFT_OTHERS + 1)

/** How what is there can become what is wanted. */
enum drift_adopt {
	DRIFT_ADOPT_NOT,
	DRIFT_ADOPT_SPEC,   /* the stored spec is changed */
	DRIFT_ADOPT_RECORD, /* what we remember of it is replaced */
};
#define DRIFT_ADOPT_COUNT (DRIFT_ADOPT_RECORD + 1)

/** A row: what differs, its name, and what follows. */
struct drift_row {
	unsigned kinds; /* bits 1 << enum object_kind */
	enum plan_action action;
	const char *field; /* of an update; NULL: any */
	const char *from;  /* the value found begins so, or a text of an array
			      contains it; "null": none; NULL: any */
	const char *name;
	enum drift_severity severity;
	enum drift_class class;
	const char *repair; /* what it does, for people */
	enum drift_adopt adopt;
	bool alone;        /* not with --all, nor by policy: data may go */
	const char *hides; /* fields that say the same, with spaces around */
};

extern const struct drift_row drift_rows[];
extern const size_t drift_rows_count;

/** One drift; lends from the plan. */
struct drift {
	const struct drift_row *row;
	const struct plan_change *change;
	json_t *detail; /* those of the change's that have this name */
	bool follows;   /* it is but the consequence of another one */
};

struct drifts {
	struct drift *list;
	size_t count;
};

/** Name every change of a plan. */
void drift_list(const struct plan *plan, struct drifts *ret_drifts);
void drifts_done(struct drifts *drifts);

/** {"field": ...} texts in one line, for people; owned by the caller. */
char *drift_detail(const struct drift *drift);

const char *drift_severity_name(enum drift_severity severity); /* "warning" */
const char *drift_class_name(enum drift_class class);          /* "restart" */

#endif
