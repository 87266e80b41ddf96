/* log.c - one line an event. */

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static const char *log_comp = "hanse";
static enum hs_level log_level = HS_LOG_INFO;

static const char *const level_names[] = { "err", "warn", "info", "debug" };

void hs_log_open(const char *comp, enum hs_level level)
{
	log_comp = comp;
	log_level = level;
}

void hs_log(enum hs_level level, const char *event, const char *fmt, ...)
{
	hs_auto(hs_freep) char *pairs = NULL;
	hs_auto(hs_freep) char *line = NULL;
	va_list ap;

	if (level > log_level)
		return;
	va_start(ap, fmt);
	pairs = hs_vprintf(fmt, ap);
	va_end(ap);
	for (char *p = pairs; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	line = hs_printf("level=%s comp=%s event=%s %s\n", level_names[level],
	    log_comp, event, pairs);
	/* One write, so that lines of several threads never mix. */
	(void)!write(STDERR_FILENO, line, strlen(line));
}
