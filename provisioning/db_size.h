/* db_size.h - how much memory a database domain takes, by the connections that
 * are reserved on it. Pure.
 */
#ifndef HANSE_PROVISIONING_DB_SIZE_H
#define HANSE_PROVISIONING_DB_SIZE_H

#include <stdbool.h>

#include "hv/hv.h"

struct hs_err;
struct plat_conf;
struct spec;
struct store_ves;

/**
 * The server of a VE's database, "db.shared"; owned by the caller. It is a
 * database domain of that name, or, if it is replicated, several: "NAME.1" ...
 */
char *db_size_server(const struct spec *spec);

/** How many domains it is, and what the Nth, from 1 on, is called; owned by the
 * caller. The server of a domain is instance_owner(). */
unsigned db_size_domains(const struct spec *spec);
char *db_size_domain(const struct spec *spec, unsigned n);

/** Whether a domain of that name is one of it. */
bool db_size_is_domain(const struct spec *spec, const char *domain);

/**
 * Connections a server must have room for: those of its members, and ours.
 *
 * @instead:  takes the place of the stored spec of its VE; NULL: none does
 */
unsigned db_size_connections(const struct store_ves *ves,
    const struct spec *instead, const char *server);

/** What so many connections take; of one of several domains. */
unsigned db_size_need_mib(unsigned connections, bool replicated);

/** What a domain is given for them: in steps, so that one more enterprise is
 * mostly no change, and a machine can take each second one while it runs. */
unsigned db_size_memory_mib(
    unsigned connections, bool replicated, enum hv_driver driver);

/** What of that is the server's own cache. */
unsigned db_size_buffers_mib(
    unsigned memory_mib, unsigned connections, bool replicated);

/** What the operator, or the VE's owner, wants it to have; 0: nobody says. */
unsigned db_size_given_mib(
    const struct plat_conf *conf, const struct spec *spec);

/**
 * Whether a spec fits into the number that was given for its server. One that
 * asks for no more than the stored one passes: what is there stays.
 *
 * @ves:  as stored, without it
 *
 * Errors: HS_ELIMIT, with the numbers and what to do.
 */
int db_size_check(const struct plat_conf *conf, const struct store_ves *ves,
    const struct spec *spec, struct hs_err *err);

#endif
