/* lives.h - which boot of another host it is, and when its domains began, as
 * hanse-host says: libvirt's numbers of domains begin anew with both.
 */
#ifndef HANSE_PROVISIONING_LIVES_H
#define HANSE_PROVISIONING_LIVES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "hv/hv.h"

struct hs_err;
struct plat;

#define LIVES_BOOT_SIZE 40

/** Of one host and driver; begins as zeros. */
struct lives {
	char boot[LIVES_BOOT_SIZE]; /* "": not known */
	json_t *began;              /* "NAME NUMBER" to ticks; 0: not told */
	bool is_known;    /* nobody has begun since that it does not have */
	int64_t since_ms; /* of the connection */
	int64_t asked_ms; /* in vain; 0: not */
};

void lives_done(struct lives *lives);

/** The connection to the host is a new one: nothing is known. */
void lives_forget(struct lives *lives);

/**
 * Ask the host, if something is not known. Must be done before what is to be
 * told apart is read, on the same connection: a boot in between ends that.
 *
 * Fails while a host that cannot be asked has been connected to for less than
 * some minutes: it may have booted, and a bill that is late is better than one
 * that is wrong. After that it is read as one that nobody knows.
 *
 * Errors: HS_EREMOTE, HS_ENOTFOUND.
 */
int lives_learn(struct lives *lives, struct plat *plat, const char *host,
    enum hv_driver driver, struct hs_err *err);

/** Fill in when each has begun; who is not known is asked for next time. */
void lives_tell(struct lives *lives, struct hv_usages *usages);

/** Understand what "hanse-host lives" prints. Errors: HS_EREMOTE. */
int lives_read(struct lives *lives, const char *text, struct hs_err *err);

#endif
