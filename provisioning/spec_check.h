/* spec_check.h - what a spec's structure cannot say; private. */
#ifndef HANSE_PROVISIONING_SPEC_CHECK_H
#define HANSE_PROVISIONING_SPEC_CHECK_H

struct hs_conf;
struct hs_faults;

/**
 * Add every fault of meaning: names, ranges, codes, duplicates, strangers,
 * contradictions. Works on a spec whose structure has faults too.
 */
void spec_check(const struct hs_conf *conf, struct hs_faults *faults);

/** The part of it that compares one value with another. */
void spec_cross_check(const struct hs_conf *conf, struct hs_faults *faults);

#endif
