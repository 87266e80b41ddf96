/* status.h - failures as HTTP: one table. */
#ifndef HANSE_PORTAL_WEB_STATUS_H
#define HANSE_PORTAL_WEB_STATUS_H

#include "base/err.h"
#include "gen/portal_po.h"

/** The HTTP status of a failure. */
int web_status_of(enum hs_code code);

/** "Not Found" */
const char *web_status_reason(int status);

/** Heading and advice for people. */
enum msg web_status_title(int status);
enum msg web_status_advice(int status);

#endif
