/* ve.c - virtual enterprises: folders of enterprises. */

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tenant-mgr/directory.h"
#include "tenant-mgr/dn.h"
#include "tenant-mgr/link.h"
#include "tenant-mgr/tenant.h"
#include "tenant-mgr/words.h"

#define LABEL_MAX 32

static int check_label(const char *ve, struct hs_err *err)
{
	if (ve == NULL || !hs_is_label(ve, LABEL_MAX))
		return hs_fail(err, HS_EINVAL,
		    "the name of a virtual enterprise must be a label");
	return 0;
}

int tenant_check(struct tenant *tenant, struct hs_err *err)
{
	static const char *const nothing[] = { "1.1", NULL };
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	const struct tenant_query query = {
		.base = "",
		.scope = SCOPE_BASE,
		.filter = "(objectClass=*)",
		.attributes = nothing,
	};
	struct tenant_entries entries;

	return tenant_dir_search(tenant, &query, arena, &entries, err);
}

int tenant_ve_put(
    struct tenant *tenant, const struct tenant_ve *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;
	const struct tenant_change changes[] = {
		{ "objectClass", "organizationalUnit", NULL, CHANGE_AT_BIRTH },
		{ "ou", ve->name, NULL, CHANGE_AT_BIRTH },
		{ "description", ve->title, NULL, CHANGE_REPLACE },
	};

	if (check_label(ve->name, err) < 0 ||
	    tenant_title_check("title", ve->title, err) < 0)
		return -1;
	dn = tenant_dn_ve(tenant->base, ve->name);
	if (tenant_dir_put(tenant, dn, CHANGES(changes), err) < 0)
		return hs_wrap(err, "put virtual enterprise '%s'", ve->name);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tenant_ve *)a)->name,
	    ((const struct tenant_ve *)b)->name);
}

static void read_ves(const struct tenant_entries *entries,
    struct hs_arena *arena, struct tenant_ves *ret_ves)
{
	struct tenant_ve *list =
	    hs_arena_alloc(arena, (entries->count + 1) * sizeof(*list));

	for (size_t i = 0; i < entries->count; i++) {
		list[i].name = tenant_entry_get(&entries->list[i], "ou");
		list[i].title =
		    tenant_entry_get(&entries->list[i], "description");
	}
	qsort(list, entries->count, sizeof(*list), by_name);
	*ret_ves = (struct tenant_ves) { list, entries->count };
}

int tenant_ve_list(struct tenant *tenant, struct hs_arena *arena,
    struct tenant_ves *ret_ves, struct hs_err *err)
{
	static const char *const attributes[] = { "ou", "description", NULL };
	hs_auto(hs_freep) char *base = tenant_dn_ves(tenant->base);
	const struct tenant_query query = {
		.base = base,
		.scope = SCOPE_ONE,
		.filter = "(&(objectClass=organizationalUnit)(ou=*)"
			  "(description=*))",
		.attributes = attributes,
	};
	struct tenant_entries entries;

	if (tenant_dir_search(tenant, &query, arena, &entries, err) < 0)
		return hs_wrap(err, "list virtual enterprises");
	read_ves(&entries, arena, ret_ves);
	return 0;
}

int tenant_ve_remove(struct tenant *tenant, const char *ve, struct hs_err *err)
{
	hs_auto(hs_freep) char *dn = NULL;

	if (check_label(ve, err) < 0)
		return -1;
	dn = tenant_dn_ve(tenant->base, ve);
	if (tenant_dir_remove(tenant, dn, err) < 0)
		return hs_wrap(err, "remove virtual enterprise '%s'", ve);
	return 0;
}
