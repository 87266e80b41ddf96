/* fault.c - calls to the outside, counted. */

#include "base/fault.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"

enum how { HOW_NOT, HOW_FAIL, HOW_KILL, HOW_COUNT };

/* Written once, before any thread reads them. */
static enum how how;
static char where_asked[48];
static long at;

static atomic_long count;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local bool is_armed;

static void read_environment(void)
{
	static const char *const words[] = {
		[HOW_FAIL] = "fail:",
		[HOW_KILL] = "kill:",
		[HOW_COUNT] = "count:",
	};
	const char *text = getenv("HANSE_FAULT");
	const char *colon = text != NULL ? strrchr(text, ':') : NULL;

	for (int i = HOW_FAIL; colon != NULL && i <= HOW_COUNT; i++) {
		size_t len = strlen(words[i]);

		if (strncmp(text, words[i], len) != 0 || colon < text + len)
			continue;
		(void)snprintf(where_asked, sizeof(where_asked), "%.*s",
		    (int)(colon - text - (long)len), text + len);
		at = strtol(colon + 1, NULL, 10);
		how = (enum how)i;
	}
}

void hs_fault_arm(bool armed)
{
	is_armed = armed;
}

bool hs_fault_is_armed(void)
{
	return is_armed;
}

int hs_fault(const char *where, struct hs_err *err)
{
	long number;

	(void)pthread_once(&once, read_environment);
	if (how == HOW_NOT || !is_armed ||
	    strncmp(where, where_asked, strlen(where_asked)) != 0)
		return 0;
	number = atomic_fetch_add(&count, 1) + 1;
	if (how == HOW_COUNT)
		hs_info("fault", "where=%s number=%ld", where, number);
	if (number != at || how == HOW_COUNT)
		return 0;
	if (how == HOW_KILL)
		(void)kill(getpid(), SIGKILL);
	hs_warn("fault", "where=%s number=%ld", where, number);
	return hs_fail(err, HS_EREMOTE,
	    "%s: this call was made to fail, number %ld", where, number);
}
