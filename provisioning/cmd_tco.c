/* cmd_tco.c - hanse tco: the program hanse-tco, with all that stands behind. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "provisioning/cmd.h"

int cmd_tco(const struct call *call, struct hs_err *err)
{
	hs_auto(hs_freep) char **argv =
	    hs_realloc_array(NULL, call->count + 2, sizeof(char *));

	argv[0] = "hanse-tco";
	for (size_t i = 0; i <= call->count; i++)
		argv[i + 1] = (char *)call->args[i];
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execvp(argv[0], argv);
	(void)hs_fail(err, HS_ESYSTEM, "cannot run hanse-tco: %s%s",
	    strerror(errno),
	    errno == ENOENT ? "; make install puts it beside hanse" : "");
	return exit_status_of(err);
}
