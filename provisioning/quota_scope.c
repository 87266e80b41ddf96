/* quota_scope.c - the words of quotas. */

#include "provisioning/quota_scope.h"

#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define NAME_MAX_LEN 32

const char *const quota_resources[] = { "vcpus", "memory_mib", "disk_gib",
	"domains", "connections", NULL };

int quota_scope_check(const char *scope, struct hs_err *err)
{
	const char *ve = strncmp(scope, "ve/", 3) == 0 ? scope + 3 : "";
	size_t len = strcspn(ve, "/");
	hs_auto(hs_freep) char *name = hs_strndup(ve, len);

	if (strcmp(scope, "asp") == 0)
		return 0;
	if (hs_is_label(name, NAME_MAX_LEN) &&
	    (ve[len] == '\0' || hs_is_label(ve + len + 1, NAME_MAX_LEN)))
		return 0;
	return hs_fail(err, HS_EINVAL,
	    "'%s' is no scope; it is asp, ve/VE or ve/VE/ENTERPRISE", scope);
}
