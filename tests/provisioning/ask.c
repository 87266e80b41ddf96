/* ask.c - requests of every kind to hansed's socket: ask SOCKET HOW WHAT. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

static const char *path;

static int open_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address,
			  sizeof(address)) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static void put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* it has answered already */
		text += n;
		len -= (size_t)n;
	}
}

/* Everything until it closes; true if there was a line. */
static bool take(int fd, bool print)
{
	char buf[65536];
	bool some = false;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0) {
		some = true;
		if (print)
			(void)fwrite(buf, 1, (size_t)n, stdout);
	}
	(void)close(fd);
	return some;
}

static int line(const char *text)
{
	int fd = open_socket();

	put(fd, text, strlen(text));
	put(fd, "\n", 1);
	return take(fd, true) ? 0 : 1;
}

/* More than a request may be: it answers before it has read all. */
static int large(const char *mib)
{
	hs_auto(hs_freep) char *block = hs_alloc(1 << 20);
	int fd = open_socket();

	memset(block, ' ', 1 << 20);
	for (int i = 0; i < atoi(mib); i++)
		put(fd, block, 1 << 20);
	return take(fd, true) ? 0 : 1;
}

static int deep(const char *levels)
{
	size_t len = (size_t)atoi(levels);
	hs_auto(hs_freep) char *text = hs_alloc(len + 1);

	memset(text, '[', len);
	return line(text);
}

static int pieces(const char *text)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	int fd = open_socket();

	for (; *text != '\0'; text++) {
		put(fd, text, 1);
		(void)nanosleep(&pause, NULL);
	}
	put(fd, "\n", 1);
	return take(fd, false) ? 0 : 1;
}

static int hangup(const char *count)
{
	static const char request[] = "{\"command\":\"status\"}\n";

	for (int i = 0; i < atoi(count); i++) {
		int fd = open_socket();

		put(fd, request, i % 2 == 0 ? sizeof(request) - 1 : 5);
		(void)close(fd);
	}
	return 0;
}

/* They ask and never read; the end of this program ends them. */
static int silent(const char *count)
{
	static const char request[] = "{\"command\":\"ping\"}\n";

	for (int i = 0; i < atoi(count); i++)
		put(open_socket(), request, sizeof(request) - 1);
	return 0;
}

static int many(const char *count)
{
	static const char request[] = "{\"command\":\"ping\"}\n";
	int fds[64], n = atoi(count), answered = 0;

	for (int i = 0; i < n; i++)
		fds[i] = open_socket();
	for (int i = 0; i < n; i++)
		put(fds[i], request, sizeof(request) - 1);
	for (int i = 0; i < n; i++)
		answered += take(fds[i], false);
	(void)printf("%d\n", answered);
	return 0;
}

/* As many as there is room for say nothing; then one more. */
static int full(const char *count)
{
	for (int i = 0; i < atoi(count); i++)
		(void)open_socket();
	return line("{\"command\":\"ping\"}");
}

static const struct {
	const char *name;
	int (*run)(const char *what);
} ways[] = {
	{ "line", line },
	{ "large", large },
	{ "deep", deep },
	{ "pieces", pieces },
	{ "hangup", hangup },
	{ "silent", silent },
	{ "many", many },
	{ "full", full },
};

int main(int argc, char **argv)
{
	if (argc != 4)
		return 64;
	path = argv[1];
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (strcmp(ways[i].name, argv[2]) == 0)
			return ways[i].run(argv[3]);
	return 64;
}
