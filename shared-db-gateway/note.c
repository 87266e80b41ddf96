/* note.c - notes over socket pairs. */

#include "shared-db-gateway/note.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union room {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int gw_note_send(int socket, const struct gw_note *note, int fd)
{
	struct iovec part = { (void *)(uintptr_t)note, sizeof(*note) };
	union room room = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (fd >= 0) {
		message.msg_control = room.bytes;
		message.msg_controllen = sizeof(room.bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1
									  : 0;
}

static int passed(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (header != NULL && header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(header), sizeof(int));
	return fd;
}

int gw_note_take(int socket, struct gw_note *ret_note, int *ret_fd)
{
	struct iovec part = { ret_note, sizeof(*ret_note) };
	union room room = { 0 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = sizeof(room.bytes) };
	ssize_t n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*ret_fd = -1;
	if (n <= 0)
		return (int)n;
	*ret_fd = passed(&message);
	if (n != sizeof(*ret_note) ||
	    (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    memchr(ret_note->text, 0, sizeof(ret_note->text)) == NULL ||
	    ret_note->slot >= GW_SLOTS) {
		if (*ret_fd >= 0)
			(void)close(*ret_fd);
		*ret_fd = -1;
		errno = EBADMSG;
		return -1;
	}
	return 1;
}
