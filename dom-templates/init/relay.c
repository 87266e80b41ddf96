/* relay.c - the service's output, line by line, to the console and a file.
 *
 * Neither may stop the service: the console is written to without waiting, the
 * file has two halves of which the older one goes.
 */

#include "dom-templates/init/init.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define LOG_PATH "/var/log/hanse.log"
#define LOG_OLD  "/var/log/hanse.log.old"
#define LOG_MAX  (2u * 1024 * 1024)

static void file_open(struct init_relay *relay)
{
	relay->file_len = 0;
	relay->file_fd = open(LOG_PATH,
	    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
}

static void put(struct init_relay *relay, const char *text, size_t len)
{
	if (write(relay->console_fd, text, len) < 0) {
		/* nobody reads the console */
	}
	if (relay->file_len + len > LOG_MAX) {
		hs_closep(&relay->file_fd);
		(void)rename(LOG_PATH, LOG_OLD);
		file_open(relay);
	}
	if (relay->file_fd >= 0 && write(relay->file_fd, text, len) > 0)
		relay->file_len += len;
}

static void line_end(struct init_relay *relay)
{
	char text[sizeof(relay->line) + 40], when[24];
	time_t now = time(NULL);
	struct tm tm;
	int len;

	(void)gmtime_r(&now, &tm);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	len = snprintf(text, sizeof(text), "%s %.*s\n", when, (int)relay->len,
	    relay->line);
	put(relay, text, (size_t)len);
	relay->len = 0;
}

void init_relay_pump(struct init_relay *relay)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(relay->read_fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] != '\n')
				relay->line[relay->len++] = buf[i];
			if (buf[i] == '\n' || relay->len == sizeof(relay->line))
				line_end(relay);
		}
}

/* Our own standard error becomes another way into the pipe, one that never
 * waits: who writes it is who reads it. */
static int own_lines(struct init_relay *relay)
{
	hs_auto(hs_freep) char *path =
	    hs_printf("/proc/self/fd/%d", relay->write_fd);
	hs_auto(hs_closep) int fd =
	    open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	relay->console_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		return -1;
	return 0;
}

int init_relay_open(struct init_relay *relay, struct hs_err *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "pipe");
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	relay->read_fd = fds[0];
	relay->write_fd = fds[1];
	relay->len = 0;
	file_open(relay);
	if (own_lines(relay) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "log");
	return 0;
}
