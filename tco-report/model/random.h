/* random.h - seeded random numbers, the same on every machine.
 *
 * xoshiro256** by Blackman and Vigna, its state filled by SplitMix64; both are
 * public domain algorithms, described at prng.di.unimi.it.
 */
#ifndef HANSE_TCO_REPORT_MODEL_RANDOM_H
#define HANSE_TCO_REPORT_MODEL_RANDOM_H

#include <stdint.h>

struct tco_random {
	uint64_t s[4];
};

void tco_random_init(struct tco_random *random, uint64_t seed);
uint64_t tco_random_next(struct tco_random *random);
/** From 0 up to, not including, 1; 53 bits. */
double tco_random_unit(struct tco_random *random);

#endif
