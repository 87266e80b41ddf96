/* clock.h - durations: the clock that never steps. */
#ifndef HANSE_BASE_CLOCK_H
#define HANSE_BASE_CLOCK_H

#include <stdint.h>

/** Milliseconds since some moment before the program began. */
int64_t hs_now_ms(void);

/** Wait. */
void hs_pause_ms(int64_t ms);

#endif
