/* main.c - hanse-init: the first process of a domain, stage by stage. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "dom-templates/init/init.h"

#define CONF_PATH  "/etc/hanse/domain.conf"
#define CONF_MAX   4096
#define STAGE1_TAG "/modules.list" /* only the initramfs has it */

static int conf_load(struct init_conf *ret_conf, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;

	if (hs_file_read(CONF_PATH, CONF_MAX, &text, NULL, err) < 0 ||
	    init_conf_parse(text, ret_conf, err) < 0)
		return hs_wrap(err, CONF_PATH);
	return 0;
}

/* The console, as far as anybody reads it: a full one must never stop us. */
static void console_open(void)
{
	int fd;

	if (!init_is_container()) {
		fd = open("/dev/console", O_RDWR | O_NOCTTY);
		if (fd >= 0)
			for (int i = 0; i < 3; i++)
				(void)dup2(fd, i);
		if (fd > 2)
			(void)close(fd);
	}
	for (int i = 1; i < 3; i++) {
		int flags = fcntl(i, F_GETFL);

		if (flags >= 0)
			(void)fcntl(i, F_SETFL, flags | O_NONBLOCK);
	}
}

static int stage2(struct hs_err *err)
{
	hs_auto(init_conf_done) struct init_conf conf = { 0 };

	if (init_mounts(err) < 0)
		return -1;
	console_open();
	if (conf_load(&conf, err) < 0 || init_names(&conf, err) < 0 ||
	    init_net(&conf, err) < 0)
		return -1;
	init_refuse_namespaces();
	return init_supervise(&conf, err);
}

int main(int argc, char **argv)
{
	struct hs_err err = { 0 };
	int result;

	hs_log_open("init", HS_LOG_INFO);
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return write(1, HANSE_VERSION "\n", strlen(HANSE_VERSION) + 1) <
		       0;
	if (argc == 2 && strcmp(argv[1], "--stop") == 0)
		return init_stop();
	if (getpid() != 1) {
		hs_err_log("init.refused", "msg=\"must be process 1\"");
		return 2;
	}
	result =
	    access(STAGE1_TAG, F_OK) == 0 ? init_stage1(&err) : stage2(&err);
	if (result < 0)
		hs_err_log("init.failed", "msg=\"%s\"", err.msg);
	init_power_off(result < 0);
}
