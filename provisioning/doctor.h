/* doctor.h - checks of this host; private to hanse. */
#ifndef HANSE_PROVISIONING_DOCTOR_H
#define HANSE_PROVISIONING_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum finding_state {
	FINDING_OK,
	FINDING_WARN, /* works, or will once something is started */
	FINDING_FAIL, /* hanse cannot work like this */
};
#define FINDING_STATE_COUNT (FINDING_FAIL + 1)

struct finding {
	const char *area; /* a static string, e.g. "port" */
	char *name;
	enum finding_state state;
	char *reason; /* what was found */
	char *remedy; /* "" if nothing is to be done */
};

struct findings {
	struct finding *list;
	size_t count;
};

void findings_done(struct findings *findings);

/** Add one. @reason, @remedy: copied. */
void findings_add(struct findings *findings, const char *area, const char *name,
    enum finding_state state, const char *reason, const char *remedy);

/**
 * Each adds its findings.
 *
 * @quick:  do not boot a guest
 */
void doctor_hypervisors(struct findings *findings, bool quick);
void doctor_host(struct findings *findings);
void doctor_tools(struct findings *findings);
void doctor_ports(struct findings *findings);
/** @hansed: path of its socket */
void doctor_services(struct findings *findings, const char *hansed);

#endif
