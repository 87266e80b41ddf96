/* instance.c - which instance of its domain a member should have. */

#include "provisioning/instance.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/db.h"
#include "base/err.h"
#include "gen/prov_sql.h"
#include "provisioning/plat.h"

char *instance_name(const char *owner, unsigned generation)
{
	return generation > 1 ? hs_printf("%s.%u", owner, generation)
			      : hs_strdup(owner);
}

char *instance_owner(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && isdigit((unsigned char)dot[1])
		   ? hs_strndup(name, (size_t)(dot - name))
		   : hs_strdup(name);
}

char *instance_password(const char *ve, const char *enterprise, unsigned number)
{
	return number > 1
		   ? hs_printf("domains/%s.%s/portal.%u.password", ve,
			 enterprise, number)
		   : hs_printf("domains/%s.%s/portal.password", ve, enterprise);
}

/* -- Rows ------------------------------------------------------------------ */

static char *copy(const struct hs_rows *rows, size_t i, const char *column)
{
	const char *value = hs_rows_get(rows, i, column);

	return value != NULL ? hs_strdup(value) : NULL;
}

static int by_owner(const void *a, const void *b)
{
	const struct instance *x = a, *y = b;

	return strcmp(x->owner, y->owner);
}

int instance_list(
    struct hs_db *store, struct instances *ret_list, struct hs_err *err)
{
	hs_auto(hs_rows_freep) struct hs_rows *rows = NULL;
	struct instances list = { 0 };

	if (hs_db_query(store, prov_sql_instance_list, 0, NULL, &rows, err) < 0)
		return -1;
	list.list = hs_alloc((hs_rows_count(rows) + 1) * sizeof(*list.list));
	for (size_t i = 0; i < hs_rows_count(rows); i++)
		list.list[list.count++] = (struct instance) {
			.owner = copy(rows, i, "enterprise"),
			.generation = (unsigned)strtoul(
			    hs_rows_get(rows, i, "generation"), NULL, 10),
			.credential = (unsigned)strtoul(
			    hs_rows_get(rows, i, "credential"), NULL, 10),
			.suspended =
			    hs_rows_get(rows, i, "suspended")[0] == 't',
			.image = copy(rows, i, "image"),
			.kernel = copy(rows, i, "kernel"),
			.initrd = copy(rows, i, "initrd"),
		};
	/* The database may sort by another rule. */
	qsort(list.list, list.count, sizeof(*list.list), by_owner);
	*ret_list = list;
	return 0;
}

void instances_done(struct instances *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->list[i].owner);
		free(list->list[i].image);
		free(list->list[i].kernel);
		free(list->list[i].initrd);
	}
	free(list->list);
	*list = (struct instances) { 0 };
}

const struct instance *instance_find(
    const struct instances *list, const char *owner)
{
	static const struct instance first = { .generation = 1,
		.credential = 1 };
	const struct instance key = { .owner = (char *)(uintptr_t)owner };
	const struct instance *found =
	    list->count > 0
		? bsearch(&key, list->list, list->count, sizeof(key), by_owner)
		: NULL;

	return found != NULL ? found : &first;
}

int instance_raise(struct hs_db *store, const char *owner, struct hs_err *err)
{
	return HS_DB_QUERY(store, prov_sql_instance_raise, NULL, err, owner);
}

int instance_rotate(struct hs_db *store, const char *owner, struct hs_err *err)
{
	return HS_DB_QUERY(store, prov_sql_instance_rotate, NULL, err, owner);
}

int instance_suspend(
    struct hs_db *store, const char *owner, bool suspended, struct hs_err *err)
{
	return HS_DB_QUERY(store, prov_sql_instance_suspend, NULL, err, owner,
	    suspended ? "true" : "false");
}

int instance_pin(
    struct hs_db *store, const struct instance *row, struct hs_err *err)
{
	return HS_DB_QUERY(store, prov_sql_instance_pin, NULL, err, row->owner,
	    row->image, row->kernel, row->initrd);
}

int instance_unpin(struct hs_db *store, const char *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *members = hs_printf("%s.%%", ve);

	return HS_DB_QUERY(store, prov_sql_instance_unpin, NULL, err, members);
}

int instance_unpin_one(
    struct hs_db *store, const char *owner, struct hs_err *err)
{
	return HS_DB_QUERY(store, prov_sql_instance_unpin, NULL, err, owner);
}

bool instance_is_left(const struct plat *plat, const char *name)
{
	hs_auto(hs_freep) char *config =
	    plat_path(plat, "domains/%s/config", name);
	hs_auto(hs_freep) char *record =
	    plat_path(plat, "domains/%s/record.json", name);

	return access(config, F_OK) == 0 || access(record, F_OK) == 0;
}
