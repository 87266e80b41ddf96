/* lives.c - which boot of another host it is, and when its domains began.
 *
 * It is asked once a connection, which ends with the host, and when somebody
 * has begun whom it did not name: a program is not run there for each reading.
 */

#include "provisioning/lives.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "provisioning/host.h"
#include "provisioning/remote.h"

#define ASK_MS      10000
#define AGAIN_MS    30000  /* after it did not answer */
#define PATIENCE_MS 180000 /* after which one goes on without */
#define NAME_SIZE   80     /* of a domain */

void lives_done(struct lives *lives)
{
	json_decref(lives->began);
	*lives = (struct lives) { 0 };
}

void lives_forget(struct lives *lives)
{
	lives_done(lives);
	lives->since_ms = hs_now_ms();
}

static char *key_of(const char *name, int id)
{
	return hs_printf("%s %d", name, id);
}

static void read_domain(struct lives *lives, const char *line)
{
	hs_auto(hs_freep) char *key = NULL;
	char name[NAME_SIZE];
	uint64_t began;
	int id;

	if (sscanf(line, "domain %79[^ ] %d %" SCNu64, name, &id, &began) != 3)
		return;
	key = key_of(name, id);
	(void)json_object_set_new(
	    lives->began, key, json_integer((json_int_t)began));
}

int lives_read(struct lives *lives, const char *text, struct hs_err *err)
{
	char boot[LIVES_BOOT_SIZE];

	if (sscanf(text, "boot %39[0-9a-z]", boot) != 1)
		return hs_fail(err, HS_EREMOTE, "it does not say its boot");
	(void)snprintf(lives->boot, sizeof(lives->boot), "%s", boot);
	json_decref(lives->began);
	lives->began = json_object();
	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		read_domain(lives, text);
	}
	lives->is_known = true;
	return 0;
}

static int ask(struct lives *lives, struct plat *plat, const char *name,
    enum hv_driver driver, struct hs_err *err)
{
	const char *const argv[] = { "lives", hv_caps(driver)->name, NULL };
	hs_auto(hs_freep) char *text = NULL;
	struct host *host;

	host_list_expire(plat);
	if (host_find(plat, name, &host, err) < 0 ||
	    remote_run(host, argv, NULL, ASK_MS, &text, err) < 0)
		return -1;
	return lives_read(lives, text, err);
}

int lives_learn(struct lives *lives, struct plat *plat, const char *host,
    enum hv_driver driver, struct hs_err *err)
{
	int64_t now = hs_now_ms();

	if (lives->is_known ||
	    (lives->boot[0] != '\0' && lives->asked_ms != 0 &&
		now < lives->asked_ms + AGAIN_MS))
		return 0;
	if (ask(lives, plat, host, driver, err) == 0) {
		lives->asked_ms = 0;
		return 0;
	}
	lives->asked_ms = now;
	if (lives->boot[0] != '\0' || now > lives->since_ms + PATIENCE_MS)
		return 0;
	return hs_wrap(err, "which boot of host '%s' it is", host);
}

void lives_tell(struct lives *lives, struct hv_usages *usages)
{
	for (size_t i = 0; i < usages->count; i++) {
		struct hv_usage *u = &usages->list[i];
		hs_auto(hs_freep) char *key = key_of(u->name, u->id);
		const json_t *began = json_object_get(lives->began, key);

		if (began == NULL)
			lives->is_known = false;
		else if (json_integer_value(began) > 0)
			u->began = (uint64_t)json_integer_value(began);
	}
}
