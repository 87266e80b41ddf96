/* cmd_member.h - "VE/ENTERPRISE" of the command line; private to hanse. */
#ifndef HANSE_PROVISIONING_CMD_MEMBER_H
#define HANSE_PROVISIONING_CMD_MEMBER_H

#include "base/mem.h"

struct hs_err;

struct member {
	char *ve, *enterprise;
};

/** Errors: HS_EINVAL. */
int member_parse(
    const char *text, struct member *ret_member, struct hs_err *err);
void member_done(struct member *member);

#endif
