/* tidy.c - what a write leaves that was killed half-way: a temporary file
 * beside the one it was to become, a kept copy of what nginx might refuse.
 */

#include "provisioning/tidy.h"

#include <glob.h>
#include <unistd.h>

#include "base/log.h"

/* clang-format off */
static const struct {
	bool is_state; /* below state, else below config */
	const char *pattern;
} litter[] = {
	{ true,  "*.new.??????" },
	{ true,  "ca/*.new.??????" },
	{ true,  "ca/backend/*.new.??????" },
	{ true,  "ca/hosts/*.new.??????" },
	{ true,  "domains/*/.pack-??????" },
	{ true,  "hosts/*.new.??????" },
	{ true,  "domains/*/*.new.??????" },
	{ true,  "domains/*/config/*.new.??????" },
	{ true,  "domains/*/config.squashfs.new" },
	{ true,  "gateway/routes/*.new.??????" },
	{ true,  "initial-passwords/*.new.??????" },
	{ false, "edge/*.new.??????" },
	{ false, "edge/*.old" },
};
/* clang-format on */

void tidy(const struct plat_conf *conf)
{
	for (size_t i = 0; i < ARRAY_LEN(litter); i++) {
		hs_auto(hs_freep) char *pattern = hs_printf("%s/%s",
		    litter[i].is_state ? conf->state : conf->config,
		    litter[i].pattern);
		glob_t found = { 0 };

		if (glob(pattern, 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				if (unlink(found.gl_pathv[k]) < 0)
					hs_warn("tidy", "file=%s",
					    found.gl_pathv[k]);
		globfree(&found);
	}
}
