/* difference.h - what of a nested value is not as it should be. */
#ifndef HANSE_PROVISIONING_DIFFERENCE_H
#define HANSE_PROVISIONING_DIFFERENCE_H

struct json_t;

/** Told of one: its path, e.g. "routes.adler-motors.pooling", and both values;
 * NULL is none. */
typedef void difference_fn(void *arg, const char *path,
    const struct json_t *from, const struct json_t *to);

/** Of objects only the members that differ, at any depth; anything else is one
 * difference. */
void difference_each(const char *path, const struct json_t *from,
    const struct json_t *to, difference_fn *fn, void *arg);

#endif
