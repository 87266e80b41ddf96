/* cmd_version.c - hanse version: this program's and hansed's. */

#include <stdio.h>

#include "base/err.h"
#include "provisioning/client.h"
#include "provisioning/cmd.h"
#include "provisioning/output.h"

/* A daemon that is not there is no failure here. */
int cmd_version(const struct call *call, struct hs_err *err)
{
	hs_auto(json_freep) json_t *result = NULL;
	struct hs_err unheard = { 0 };
	const char *daemon = NULL;

	(void)err;
	if (client_ask(call, json_pack("{s:s}", "command", "ping"), NULL, NULL,
		&result, &unheard) == 0)
		daemon = json_text(result, "version", "unknown");
	if (wants_json(call)) {
		hs_auto(json_freep) json_t *both = json_pack(
		    "{s:s, s:s?}", "hanse", HANSE_VERSION, "hansed", daemon);

		print_json(both);
		return EXIT_OK;
	}
	(void)printf("hanse  %s\nhansed %s\n", HANSE_VERSION,
	    daemon != NULL ? daemon : "does not answer");
	return EXIT_OK;
}
