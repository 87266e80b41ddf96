/* accepted.c - which certificates the gateway accepts from a member.
 *
 * A name is not enough: a certificate that was taken away bears the same one.
 * So a route lists digests, of the certificate that is wanted and of the copies
 * that the member's instances have. When the last one goes that has an old
 * copy, the old certificate is good for nothing.
 */

#include "provisioning/accepted.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provisioning/ca.h"

static void add(struct hs_text *list, const char *path)
{
	hs_auto(hs_freep) char *digest = ca_digest(path);

	if (digest == NULL ||
	    (list->len > 0 && strstr(list->data, digest) != NULL))
		return;
	hs_text_addf(list, "%s%s", list->len > 0 ? " " : "", digest);
}

/* "DIR/USER/config/..." or "DIR/USER.N/config/...": not another's whose name
 * begins with this one's. */
static bool is_instance(const char *path, const char *dir, const char *user)
{
	const char *rest = path + strlen(dir) + 1 + strlen(user);

	return *rest == '/' ||
	       (*rest == '.' && isdigit((unsigned char)rest[1]));
}

static void add_copies(
    struct hs_text *list, const struct plat *plat, const char *user)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "domains");
	hs_auto(hs_freep) char *pattern =
	    hs_printf("%s/%s*/config/client.crt", dir, user);
	glob_t found = { 0 };

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (is_instance(found.gl_pathv[i], dir, user))
				add(list, found.gl_pathv[i]);
	globfree(&found);
}

char *accepted_list(
    const struct plat *plat, const char *user, const char *credential)
{
	hs_auto(hs_freep) char *wanted =
	    plat_path(plat, "ca/%s.crt", credential);
	struct hs_text list = { 0 };

	add(&list, wanted);
	add_copies(&list, plat, user);
	return list.len > 0 ? hs_text_take(&list) : hs_strdup("");
}

/* The order in which they are found is no difference; each is there once. */
static bool are_same(const char *a, const char *b)
{
	hs_auto(hs_freep) char *copy = hs_strdup(a);
	char *rest = NULL;

	if (strlen(a) != strlen(b))
		return false;
	for (char *one = strtok_r(copy, " ", &rest); one != NULL;
	     one = strtok_r(NULL, " ", &rest))
		if (strstr(b, one) == NULL)
			return false;
	return true;
}

bool accepted_is_current(const struct plat *plat, const char *user,
    const char *credential, const char *list)
{
	hs_auto(hs_freep) char *wanted =
	    plat_path(plat, "ca/%s.crt", credential);
	hs_auto(hs_freep) char *digest = ca_digest(wanted);
	hs_auto(hs_freep) char *now = accepted_list(plat, user, credential);

	return digest != NULL && list != NULL && are_same(now, list);
}
