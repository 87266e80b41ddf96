/* cmd_doctor.c - hanse doctor: what this host can do, and what is wrong. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/doctor.h"
#include "provisioning/output.h"

static const char *const state_names[FINDING_STATE_COUNT] = {
	[FINDING_OK] = "ok",
	[FINDING_WARN] = "warn",
	[FINDING_FAIL] = "fail",
};

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].name);
		free(findings->list[i].reason);
		free(findings->list[i].remedy);
	}
	free(findings->list);
	*findings = (struct findings) { 0 };
}

void findings_add(struct findings *findings, const char *area, const char *name,
    enum finding_state state, const char *reason, const char *remedy)
{
	findings->list = hs_realloc_array(
	    findings->list, findings->count + 1, sizeof(*findings->list));
	findings->list[findings->count++] = (struct finding) {
		.area = area,
		.name = hs_strdup(name),
		.state = state,
		.reason = hs_strdup(reason),
		.remedy = hs_strdup(remedy),
	};
}

static size_t count_of(
    const struct findings *findings, enum finding_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->list[i].state == state;
	return count;
}

static json_t *findings_json(const struct findings *findings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->list[i];

		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s, s:s}", "area", f->area,
			"name", f->name, "state", state_names[f->state],
			"reason", f->reason, "remedy", f->remedy));
	}
	return json_pack("{s:b, s:o}", "ok",
	    count_of(findings, FINDING_FAIL) == 0, "findings", list);
}

static void print_finding(const struct finding *f)
{
	static const enum color colors[FINDING_STATE_COUNT] = { COLOR_GREEN,
		COLOR_YELLOW, COLOR_RED };

	(void)printf("%s%-4s%s  %-10s  %-18s  %s\n",
	    color_on(stdout, colors[f->state]), state_names[f->state],
	    color_off(stdout), f->area, f->name, f->reason);
	if (f->remedy[0] != '\0')
		(void)printf("%38s-> %s\n", "", f->remedy);
}

static void print_findings(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		print_finding(&findings->list[i]);
	(void)printf("\n%zu ok, %zu to look at, %zu failed.\n",
	    count_of(findings, FINDING_OK), count_of(findings, FINDING_WARN),
	    count_of(findings, FINDING_FAIL));
}

/* The one slow check: a terminal is told what it waits for. */
static void probe(const struct call *call, struct findings *findings)
{
	bool live = isatty(STDERR_FILENO) == 1 && !call->given[OPT_QUIET];

	if (live)
		(void)fputs("probing hypervisors ...", stderr);
	doctor_hypervisors(findings, call->given[OPT_QUICK]);
	if (live)
		(void)fputs("\r\033[K", stderr);
}

int cmd_doctor(const struct call *call, struct hs_err *err)
{
	hs_auto(findings_done) struct findings findings = { 0 };

	(void)err;
	doctor_host(&findings);
	doctor_tools(&findings);
	probe(call, &findings);
	doctor_ports(&findings);
	doctor_services(&findings, client_socket(call));
	if (wants_json(call)) {
		hs_auto(json_freep) json_t *json = findings_json(&findings);

		print_json(json);
	} else {
		print_findings(&findings);
	}
	return count_of(&findings, FINDING_FAIL) == 0 ? EXIT_OK : EXIT_FAILED;
}
