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

#define TEXT_MAX 96

enum how { HOW_NOT, HOW_FAIL, HOW_KILL, HOW_COUNT };

static const char *const words[] = {
	[HOW_FAIL] = "fail:",
	[HOW_KILL] = "kill:",
	[HOW_COUNT] = "count:",
};

/* What is asked for. From the environment: written once, before any thread
 * reads it. From a file: under the lock. */
static enum how how;
static char where_asked[48];
static long at;
static const char *file; /* NULL: there is none */
static char file_text[TEXT_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static atomic_long count;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local bool is_armed;

static void take(const char *text)
{
	const char *colon = strrchr(text, ':');

	how = HOW_NOT;
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

static void read_environment(void)
{
	const char *text = getenv("HANSE_FAULT");

	if (text != NULL && text[0] == '@')
		file = text + 1;
	else if (text != NULL)
		take(text);
}

/* The lock is held. Another text is another wish, counted from its start. */
static void read_file(void)
{
	char text[TEXT_MAX] = { 0 };
	FILE *f = fopen(file, "re");

	if (f == NULL)
		return;
	if (fgets(text, sizeof(text), f) == NULL)
		text[0] = '\0';
	(void)fclose(f);
	if (strcmp(text, file_text) == 0)
		return;
	memcpy(file_text, text, sizeof(text));
	atomic_store(&count, 0);
	take(text);
}

void hs_fault_arm(bool armed)
{
	(void)pthread_once(&once, read_environment);
	is_armed = armed;
	if (!armed || file == NULL)
		return;
	(void)pthread_mutex_lock(&lock);
	read_file();
	(void)pthread_mutex_unlock(&lock);
}

bool hs_fault_is_armed(void)
{
	return is_armed;
}

static int strike(const char *where, struct hs_err *err)
{
	long number;

	if (how == HOW_NOT ||
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

int hs_fault(const char *where, struct hs_err *err)
{
	int struck;

	if (!is_armed)
		return 0;
	(void)pthread_once(&once, read_environment);
	if (file == NULL)
		return strike(where, err);
	(void)pthread_mutex_lock(&lock);
	struck = strike(where, err);
	(void)pthread_mutex_unlock(&lock);
	return struck;
}
