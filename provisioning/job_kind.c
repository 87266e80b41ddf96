/* job_kind.c - the kinds of jobs: what each changes of what is wanted. */

#include <string.h>

#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/intent.h"
#include "provisioning/job.h"
#include "provisioning/manager.h"
#include "provisioning/repair.h"

/* clang-format off */
static const struct job_kind kinds[] = {
	{ "apply",   .can_undo = true, .intend = intent_apply },
	{ "destroy", .intend = intent_destroy },
	{ "schema",  .can_undo = true, .intend = intent_schema },
	{ "restart", .can_undo = true, .intend = intent_restart },
	{ "rotate",  .can_undo = true, .intend = intent_rotate },
	{ "suspend", .can_undo = true, .intend = intent_suspend },
	{ "resume",  .can_undo = true, .intend = intent_resume },
	{ "image",   .can_undo = true, .intend = intent_image },
	{ "start",   .is_whole = true },
	{ "repair",  .narrow = repair_narrow },
	{ "stop",    .is_whole = true, .run = stop_all },
	{ "host.drain", .is_whole = true, .can_undo = true, .intend = intent_host_drain },
	{ "host.lose",  .is_whole = true, .intend = intent_host_lose },
};
/* clang-format on */

const struct job_kind *job_kind_find(const char *command)
{
	for (size_t i = 0; command != NULL && i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].command, command) == 0)
			return &kinds[i];
	return NULL;
}
