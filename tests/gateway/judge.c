/* judge.c - the verdicts on attacks. */

#include "tests/gateway/judge.h"

#include <stdio.h>

static unsigned tried, held, escaped, toothless;

void judge(const char *name, const char *how, bool on_gateway, bool on_weak)
{
	tried++;
	if (on_gateway) {
		escaped++;
		(void)printf("ESCAPED    %s, %s\n", name, how);
	} else if (!on_weak) {
		toothless++;
		(void)printf(
		    "TOOTHLESS  %s, %s: it fails everywhere\n", name, how);
	} else
		held++;
}

int judged(void)
{
	(void)printf("%u attacks: %u held, %u escaped, %u toothless\n", tried,
	    held, escaped, toothless);
	return escaped == 0 && toothless == 0 ? 0 : 1;
}
