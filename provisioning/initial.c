/* initial.c - the passwords people were given first. */

#include "provisioning/initial.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"

#define FILE_MAX (4 * 1024 * 1024)

static char *file_of(struct plat *plat, const char *ve)
{
	return plat_path(plat, "initial-passwords/%s.json", ve);
}

static json_t *read_all(struct plat *plat, const char *ve)
{
	hs_auto(hs_freep) char *path = file_of(plat, ve);
	hs_auto(hs_freep) char *text = NULL;
	json_t *all = NULL;

	if (hs_file_read(path, FILE_MAX, &text, NULL, NULL) == 0)
		all = json_loads(text, 0, NULL);
	return all != NULL ? all : json_object();
}

static int write_all(
    struct plat *plat, const char *ve, const json_t *all, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = file_of(plat, ve);
	hs_auto(hs_freep) char *dir = plat_path(plat, "initial-passwords");
	hs_auto(hs_freep) char *text = NULL;

	if (json_object_size(all) == 0) {
		if (unlink(path) < 0 && errno != ENOENT)
			return hs_fail_errno(
			    err, HS_ESYSTEM, "remove '%s'", path);
		return 0;
	}
	if (hs_fault("file.write", err) < 0 || hs_dir_make(dir, 0700, err) < 0)
		return -1;
	text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
	return hs_file_write(path, text, strlen(text), 0600, err);
}

/* Several hands may add people of one VE. */
static pthread_mutex_t one_file = PTHREAD_MUTEX_INITIALIZER;

int initial_put(struct plat *plat, const char *ve, const char *enterprise,
    const char *login, const char *password, struct hs_err *err)
{
	hs_auto(hs_freep) char *key = hs_printf("%s/%s", enterprise, login);
	json_t *all;
	int failed;

	(void)pthread_mutex_lock(&one_file);
	all = read_all(plat, ve);
	if (password != NULL)
		(void)json_object_set_new(all, key, json_string(password));
	else
		(void)json_object_del(all, key);
	failed = write_all(plat, ve, all, err);
	(void)pthread_mutex_unlock(&one_file);
	json_decref(all);
	return failed;
}

char *initial_get(struct plat *plat, const char *ve, const char *enterprise,
    const char *login)
{
	hs_auto(hs_freep) char *key = hs_printf("%s/%s", enterprise, login);
	json_t *all = read_all(plat, ve);
	char *password =
	    hs_strdup(json_string_value(json_object_get(all, key)));

	json_decref(all);
	return password;
}
