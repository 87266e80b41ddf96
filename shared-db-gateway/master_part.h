/* master_part.h - what the parts of the master share; see master.h. */
#ifndef HANSE_SHARED_DB_GATEWAY_MASTER_PART_H
#define HANSE_SHARED_DB_GATEWAY_MASTER_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/loop.h"
#include "shared-db-gateway/gather.h"
#include "shared-db-gateway/line.h"
#include "shared-db-gateway/note.h"

struct gw_caller;
struct gw_config;
struct hs_err;
struct json_t;
struct master;
struct ve;

/* A question to some workers, until the last of them has answered. */
struct ask {
	struct gw_caller *caller; /* NULL: the master itself asks */
	struct master *master;
	struct gw_gather gather;
	struct hs_timer deadline;
	unsigned left;
	struct json_t *own; /* what the master adds; NULL: nothing */
	bool all;           /* who dies over it has failed */
	bool is_over;
	unsigned refs; /* parts that point here, and the deadline */
};

/* What a worker has been asked and has not answered; they answer in order. */
struct part {
	struct part *next;
	struct ask *ask;
	uint64_t routes; /* hash of what it is told; 0: another question */
};

/** What a worker is at. */
enum duty { STARTING, SERVING, DRAINING, STOPPING };

struct worker {
	struct master *master;
	struct worker *next;
	struct ve *ve; /* NULL: it is no more */
	char *name;    /* its VE's */
	unsigned slot;
	pid_t pid;
	enum duty duty;
	struct hs_timer patience; /* with those who do not leave */
	struct gw_line line;
	int clients; /* the listener's end of its socket */
	uint64_t began_ms;
	struct part *parts, **parts_end;
	uint64_t told;    /* hash of what it has taken; 0: not known */
	unsigned telling; /* times it is being told */
};

struct ve {
	struct master *master;
	struct ve *next;
	char *name;
	struct json_t *file;   /* VE.json */
	struct json_t *keys;   /* see keys.h */
	struct worker *worker; /* that has its new clients; NULL: none now */
	struct hs_timer again;
	unsigned deaths, in_a_row;
	bool is_gone; /* of a reload: it is in no file any more */
};

/* Of the program, from the question for it to the next one's beginning. */
struct renewal {
	pid_t checker; /* 0: none is under way */
	struct gw_caller *caller;
	struct hs_timer look;
	uint64_t until_ms;
};

struct master {
	const struct gw_config *config;
	struct hs_loop *loop;
	char *path, *program;
	int *ports;
	pid_t listener;
	int notes; /* to the listener */
	struct hs_timer listener_again, stop_timer;
	struct gw_control *control;
	struct ve *ves;
	struct worker *workers;
	struct json_t
	    *elsewhere; /* of the platform's worker: the files, no secrets */
	struct renewal renewal;
	unsigned last_slot, starting;
	bool is_up, is_stopping;
	uint64_t began_ms, reloads, listener_deaths;
	int rc; /* of a start that failed */
	struct hs_err *err;
};

/* master_listener.c */

/** Start it; it is told everything if the master is up. Errors: HS_ESYSTEM. */
int gw_listener_start(struct master *m, struct hs_err *err);
/** A word to it. @fd: -1: none */
void gw_listener_tell(struct master *m, enum gw_note_kind kind, unsigned slot,
    const char *text, int fd);
/** All that one must know who has just begun. */
void gw_listener_tell_all(struct master *m);
void gw_listener_died(struct master *m, int status);
/** Of the timer. */
void gw_listener_again(void *master);
/** It ends when it sees that. */
void gw_listener_close(struct master *m);

/* master_ask.c */

/** @caller: NULL: the master itself. @any: see gather.h */
struct ask *gw_ask_new(struct master *m, struct gw_caller *caller, bool any);
/** @routes: hash of what it is told with that; 0: nothing */
void gw_ask_worker(
    struct ask *a, struct worker *w, const char *line, uint64_t routes);
/** When all have been asked: there may have been nobody. */
void gw_ask_asked(struct ask *a);
/** The answer is that. */
void gw_ask_fail(struct ask *a, const struct hs_err *err);
/** What it has been asked first. @answer: NULL: it will never answer */
void gw_ask_part_done(struct worker *w, const struct json_t *answer);

/* master_worker.c */

/** One of its VE (NULL: of none any more), without a process yet. */
struct worker *gw_worker_new(
    struct master *m, struct ve *ve, const char *name, unsigned slot);
/** Its answers come there. Errors: HS_ESYSTEM; the descriptor stays open. */
int gw_worker_hear(struct worker *w, int fd, struct hs_err *err);
/** NULL: it could not be started, and is tried again. */
struct worker *gw_worker_start(struct ve *ve);
void gw_worker_tell_routes(struct ask *a, struct ve *ve, struct worker *w);
/** Its sessions end, and it. */
void gw_worker_stop(struct worker *w);
void gw_worker_died(struct worker *w, int status);
void gw_worker_free(struct worker *w);
/** Start another later. */
void gw_worker_again(void *ve);

/* master_route.c */

/** Read the files, and know their VEs. Errors: HS_EINVAL, HS_ESYSTEM. */
int gw_master_load(struct master *m, size_t *ret_routes, struct hs_err *err);
/** Everybody takes them; who is not there is started. */
void gw_master_spread(struct ask *a);
/** Both. @caller: NULL: a signal */
void gw_master_reload(struct master *m, struct gw_caller *caller);
/** From now on the VEs are those. @files, @keys: by name */
void gw_master_take(
    struct master *m, struct json_t *files, const struct json_t *keys);
/** NULL: none of that name. */
struct ve *gw_master_ve(const struct master *m, const char *name);
void gw_ve_free(struct ve *ve);

/* master_command.c */

/** What workers say of themselves, to what the master says of them. */
void gw_master_add_sessions(struct json_t *own, const struct json_t *answer);
/** Of a question that the master answers. @result: taken; NULL: @err is it */
void gw_master_answer(
    struct gw_caller *caller, struct json_t *result, const struct hs_err *err);
/** Of the control socket. */
void gw_master_run_command(
    void *master, struct gw_caller *caller, const char *line);

/* master_renew.c */

/** The program that is installed now takes over: master, listener, workers. */
void gw_master_renew(struct master *m, struct gw_caller *caller);
/** Whether it would start, by its exit status. */
void gw_renew_checked(struct master *m, int status);
/** New workers, and a new listener; the old workers drain. */
void gw_master_renew_workers(struct master *m, struct gw_caller *caller);

/* master_adopt.c */

/** Go on with what the program before has left there. Errors: HS_ESYSTEM,
 * HS_EINVAL. */
int gw_master_adopt(struct master *m, int fd, struct hs_err *err);

/* master.c */

/** Children that have ended. */
void gw_master_reap(struct master *m);
/** Of "ADDRESS:PORT VE". Errors: HS_EINVAL, HS_EEXISTS, HS_ENOTFOUND,
 * HS_ESYSTEM. */
int gw_master_bind(const char *listen, int *ret_fd, struct hs_err *err);

/** A start that fails at the very beginning fails for all. */
void gw_master_fail_start(struct master *m, const char *why);
/** When the last of the first workers serves, clients may come. */
void gw_master_come_up(struct master *m);

#endif
