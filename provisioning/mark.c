/* mark.c - what things were like right after we made them. */

#include "provisioning/mark.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/text.h"
#include "gen/prov_sql.h"
#include "provisioning/digest.h"
#include "provisioning/host.h"

int mark_put(struct plat *plat, enum object_kind kind, const char *name,
    json_t *marks, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = json_dumps(marks, JSON_COMPACT);
	struct hs_db *store;

	json_decref(marks);
	if (plat_store(plat, &store, err) < 0 ||
	    HS_DB_QUERY(store, prov_sql_made_put, NULL, err,
		object_kind_name(kind), name, text) < 0)
		return hs_wrap(
		    err, "remember %s '%s'", object_kind_name(kind), name);
	return 0;
}

json_t *mark_list(struct plat *plat, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct hs_db *store;
	json_t *marks;

	if (plat_store(plat, &store, err) < 0 ||
	    hs_db_query(store, prov_sql_made_list, 0, NULL, &rows, err) < 0)
		return NULL;
	marks = json_object();
	for (size_t i = 0; i < hs_rows_count(rows); i++) {
		hs_auto(hs_freep) char *key = hs_printf("%s/%s",
		    hs_rows_get(rows, i, "kind"), hs_rows_get(rows, i, "name"));

		(void)json_object_set_new(marks, key,
		    json_loads(hs_rows_get(rows, i, "marks"), 0, NULL));
	}
	return marks;
}

const json_t *mark_of(
    const json_t *marks, enum object_kind kind, const char *name)
{
	hs_auto(hs_freep) char *key =
	    hs_printf("%s/%s", object_kind_name(kind), name);

	return json_object_get(marks, key);
}

const char *mark_compare(const json_t *mark, const char *key, const char *now)
{
	const char *then = json_string_value(json_object_get(mark, key));

	if (then == NULL)
		return "unrecorded";
	return now != NULL && strcmp(then, now) == 0 ? "as made" : "edited";
}

/* -- Digests --------------------------------------------------------------- */

static int is_visible(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

static void add_file(struct hs_text *text, const char *path, const char *name)
{
	hs_auto(hs_freep) char *digest = digest_file(path);
	struct stat st = { 0 };

	(void)lstat(path, &st);
	hs_text_addf(text, "%s %o %u %u %s\n", name, st.st_mode, st.st_uid,
	    st.st_gid, digest != NULL ? digest : "-");
}

char *mark_folder(const char *path)
{
	hs_auto(hs_text_done) struct hs_text text = { 0 };
	struct dirent **list = NULL;
	int count = scandir(path, &list, is_visible, alphasort);

	if (count < 0)
		return NULL;
	add_file(&text, path, ".");
	for (int i = 0; i < count; i++) {
		hs_auto(hs_freep) char *file =
		    hs_printf("%s/%s", path, list[i]->d_name);

		add_file(&text, file, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return digest_text(text.data);
}

char *mark_source(const struct hv_object *d)
{
	const char *const parts[] = { d->root, d->config, d->data, d->kernel,
		d->initrd };
	hs_auto(hs_text_done) struct hs_text text = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		hs_text_addf(&text, "%s\n", parts[i] != NULL ? parts[i] : "-");
	return digest_text(text.data);
}

/* -- Definitions ----------------------------------------------------------- */

static enum hv_kind hv_kind_of(enum object_kind kind)
{
	return kind == OBJ_NETWORK ? HV_NETWORK : HV_DOMAIN;
}

int mark_defined(struct plat *plat, struct hv_conn *hv,
    const struct object *object, json_t *extra, struct hs_err *err)
{
	hs_auto(hs_freep) char *bare = object_bare(object);
	json_t *marks = extra != NULL ? extra : json_object();
	hs_auto(hs_freep) char *source = NULL;
	struct hv_object now;

	if (hv_find(hv, hv_kind_of(object->kind), bare, &now, err) < 0) {
		json_decref(marks);
		return -1;
	}
	(void)json_object_set_new(marks, "rest", json_string(now.rest));
	if (now.kind == HV_DOMAIN) {
		source = mark_source(&now);
		(void)json_object_set_new(marks, "source", json_string(source));
	}
	hv_object_done(&now);
	return mark_put(plat, object->kind, object->name, marks, err);
}
