/* domain.c - one domain of the running platform, made again from nothing:
 *
 *   domain VE.ENTERPRISE
 *   domain answers ADDRESS
 *
 * Removes it, then takes the step that a job takes to create it (configuration,
 * mounts, definition, start), and waits until its portal's port answers. Prints
 * "remove MS make MS answers MS", the last from the beginning of make. The
 * second form only waits for a portal's port, wherever it is.
 */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "dom-templates/dom_template.h"
#include "provisioning/step.h"
#include "provisioning/view.h"

#define CONF      "/etc/hanse/hansed.yaml"
#define ANSWER_MS 30000

static bool answers(const char *address)
{
	hs_auto(hs_closep) int fd =
	    socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(DOM_PORT_PORTAL),
	};

	return inet_pton(AF_INET, address, &to.sin_addr) == 1 &&
	       connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0;
}

static int wait_for(const char *address, struct hs_err *err)
{
	for (int64_t since = hs_now_ms(); hs_now_ms() - since < ANSWER_MS;
	     (void)usleep(2000))
		if (answers(address))
			return 0;
	return hs_fail(err, HS_EREMOTE, "'%s' does not answer", address);
}

static int measure(
    struct plat *plat, const struct object *domain, struct hs_err *err)
{
	const struct plan_change change = {
		.action = PLAN_CREATE,
		.wanted = domain,
	};
	int64_t begin = hs_now_ms(), made, ready;

	if (step_domain.remove(plat, domain, err) < 0)
		return -1;
	made = hs_now_ms();
	(void)printf("remove %lld ", (long long)(made - begin));
	begin = made;
	if (step_domain.make(plat, &change, err) < 0)
		return -1;
	made = hs_now_ms();
	if (wait_for(object_text(domain, "address"), err) < 0)
		return -1;
	ready = hs_now_ms();
	(void)printf("make %lld answers %lld\n", (long long)(made - begin),
	    (long long)(ready - begin));
	return 0;
}

static int run(struct plat *plat, const char *name, struct hs_err *err)
{
	hs_auto(view_done) struct view view = { 0 };
	const struct object *domain;

	if (view_look(plat, NULL, &view, err) < 0)
		return -1;
	domain = objects_find(&view.wanted, OBJ_DOMAIN, name);
	if (domain == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no domain '%s'", name);
	return measure(plat, domain, err);
}

/* On the platform that runs here. */
static int measure_here(const char *name, struct hs_err *err)
{
	struct hs_conf *keep = NULL;
	struct plat_conf conf;
	struct plat plat;
	int failed;

	if (plat_conf_load(CONF, &keep, &conf, err) < 0 || hv_init(err) < 0)
		return -1;
	conf.hypervisors = hv_hosts_new();
	plat_init(&plat, &conf);
	failed = run(&plat, name, err);
	plat_done(&plat);
	hv_hosts_free(conf.hypervisors);
	hs_conf_free(keep);
	return failed;
}

int main(int argc, char **argv)
{
	struct hs_err err = { 0 };
	int failed;

	if (argc == 3 && strcmp(argv[1], "answers") == 0)
		failed = wait_for(argv[2], &err);
	else if (argc == 2)
		failed = measure_here(argv[1], &err);
	else
		return 64;
	if (failed < 0)
		(void)fprintf(stderr, "domain: %s\n", err.msg);
	return failed < 0 ? 1 : 0;
}
