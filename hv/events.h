/* events.h - private: the event loop libvirt's connections live in. */
#ifndef HANSE_HV_EVENTS_H
#define HANSE_HV_EVENTS_H

#include <stdatomic.h>

struct hs_err;

/** Give libvirt this loop, and run it in a thread. Once, before any
 * connection. Errors: HS_ESYSTEM. */
int hv_events_start(struct hs_err *err);

/**
 * While set, the first socket libvirt registers from this thread is
 * duplicated into *fd (which holds -1 until then): that of the connection
 * being opened, as soon as there is one. NULL ends it.
 */
void hv_events_catch(atomic_int *fd);

/**
 * Call fn(timer, data) every so many milliseconds in the loop's thread until
 * removed; then done(data), in the same thread and never within remove.
 *
 * Returns the timer, for hv_timer_remove(); removed twice is removed.
 */
int hv_timer_add(int every_ms, void (*fn)(int timer, void *data), void *data,
    void (*done)(void *data));
void hv_timer_remove(int timer);

#endif
