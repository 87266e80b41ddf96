/* spec_codes.h - the code lists a spec is checked against; private. */
#ifndef HANSE_PROVISIONING_SPEC_CODES_H
#define HANSE_PROVISIONING_SPEC_CODES_H

#include <stdbool.h>

/** A unit of UN/ECE Recommendation 20 that trade in goods and transport uses.
 */
bool spec_is_unit(const char *code);

/** The code somebody probably meant who wrote e.g. "kg" or "PCE"; or NULL. */
const char *spec_unit_meant(const char *word);

/** An active currency of ISO 4217. */
bool spec_is_currency(const char *code);

/** A country of ISO 3166-1, alpha-2. */
bool spec_is_country(const char *code);

/** A time zone of the IANA database, as far as this host can tell. */
bool spec_is_time_zone(const char *name);

#endif
