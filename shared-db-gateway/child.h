/* child.h - starting the gateway's other processes: this program once more, in
 * another role, with two descriptors.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_CHILD_H
#define HANSE_SHARED_DB_GATEWAY_CHILD_H

#include <sys/types.h>

struct hs_err;

/** What it finds there. */
#define GW_CHILD_MASTER  3 /* its end of the socket to the master */
#define GW_CHILD_CLIENTS 4 /* of a worker: its end of the listener's */

/**
 * Where this program is now, so that one put in its place later is what is
 * started; owned by the caller. Errors: HS_ESYSTEM.
 */
int gw_child_program(char **ret_path, struct hs_err *err);

/**
 * Start it; all other descriptors but standard ones are closed in it.
 *
 * @argv:     the program and its arguments
 * @master:   -1: none; then no clients, either
 * @clients:  -1: none
 *
 * Returns its process id, or -1. Errors: HS_ESYSTEM.
 */
pid_t gw_child_start(
    char *const argv[], int master, int clients, struct hs_err *err);

#endif
