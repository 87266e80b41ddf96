/* cmd_member.c - take "VE/ENTERPRISE" apart. */

#include "provisioning/cmd_member.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

#define NAME_MAX_LEN 32

void member_done(struct member *member)
{
	free(member->ve);
	free(member->enterprise);
	*member = (struct member) { 0 };
}

int member_parse(
    const char *text, struct member *ret_member, struct hs_err *err)
{
	const char *slash = strchr(text, '/');
	hs_auto(member_done) struct member m = { 0 };

	if (slash != NULL) {
		m.ve = hs_strndup(text, (size_t)(slash - text));
		m.enterprise = hs_strdup(slash + 1);
	}
	if (slash == NULL || !hs_is_label(m.ve, NAME_MAX_LEN) ||
	    !hs_is_label(m.enterprise, NAME_MAX_LEN))
		return hs_fail(err, HS_EINVAL,
		    "'%s' is not VE/ENTERPRISE, e.g. automotive/adler-motors",
		    text);
	*ret_member = m;
	m = (struct member) { 0 };
	return 0;
}
