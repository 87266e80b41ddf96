/* power.c - the power button, and the end of a domain.
 *
 * QEMU presses a button. Xen asks the kernel, which runs a program of our
 * choice: this one again, with --stop, which tells process 1.
 */

#include "dom-templates/init/init.h"

#include <fcntl.h>
#include <linux/input.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define COMMAND_PATH "/proc/sys/kernel/poweroff_cmd"

static void command_set(void)
{
	static const char command[] = "/usr/sbin/hanse-init --stop";
	hs_auto(hs_closep) int fd = open(COMMAND_PATH, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		hs_warn("power.command", "path=" COMMAND_PATH);
}

int init_stop(void)
{
	return kill(1, SIGTERM) == 0 ? 0 : 1;
}

void init_power_open(struct init_power *power)
{
	power->count = 0;
	if (init_is_container())
		return;
	command_set();
	for (unsigned i = 0; i < ARRAY_LEN(power->fds); i++) {
		char path[32];
		int fd;

		(void)snprintf(path, sizeof(path), "/dev/input/event%u", i);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			power->fds[power->count++] = fd;
	}
}

bool init_power_pressed(int fd)
{
	struct input_event event;
	bool pressed = false;

	while (read(fd, &event, sizeof(event)) == sizeof(event))
		if (event.type == EV_KEY && event.code == KEY_POWER &&
		    event.value == 1)
			pressed = true;
	return pressed;
}

void init_power_off(int status)
{
	init_unmount();
	if (!init_is_container())
		(void)reboot(RB_POWER_OFF);
	_exit(status);
}
