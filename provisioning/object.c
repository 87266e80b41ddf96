/* object.c - everything hanse manages, in one shape. */

#include "provisioning/object.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const char *const kind_names[OBJECT_KIND_COUNT] = {
	[OBJ_IMAGE]      = "image",
	[OBJ_NETWORK]    = "network",
	[OBJ_VOLUME]     = "volume",
	[OBJ_CREDENTIAL] = "credential",
	[OBJ_VE]         = "ve",
	[OBJ_ENTERPRISE] = "enterprise",
	[OBJ_SERVICE]    = "service-account",
	[OBJ_PERSON]     = "person",
	[OBJ_DB_DOMAIN]  = "database-domain",
	[OBJ_SERVERS]    = "database-servers",
	[OBJ_DATABASE]   = "database",
	[OBJ_ROLE]       = "database-role",
	[OBJ_MEMBERS]    = "members",
	[OBJ_ROUTE]      = "route",
	[OBJ_DOMAIN]     = "domain",
	[OBJ_EDGE]       = "edge",
	[OBJ_PORTAL]     = "portal",
	[OBJ_DOCUMENTS]  = "documents",
};
/* clang-format on */

const char *object_kind_name(enum object_kind kind)
{
	assert(kind < OBJECT_KIND_COUNT);
	return kind_names[kind];
}

bool object_kind_find(const char *name, enum object_kind *ret_kind)
{
	for (size_t i = 0; name != NULL && i < OBJECT_KIND_COUNT; i++)
		if (strcmp(kind_names[i], name) == 0) {
			*ret_kind = (enum object_kind)i;
			return true;
		}
	return false;
}

struct object *objects_add(struct objects *objects, enum object_kind kind,
    const char *name, const char *ve, const char *enterprise, json_t *attrs,
    json_t *params)
{
	struct object *o;

	if (objects->count >= objects->size) {
		objects->size = objects->count + objects->count / 2 + 8;
		objects->list = hs_realloc_array(
		    objects->list, objects->size, sizeof(*objects->list));
	}
	o = &objects->list[objects->count++];
	*o = (struct object) {
		.kind = kind,
		.name = hs_strdup(name),
		.ve = hs_strdup(ve),
		.enterprise = hs_strdup(enterprise),
		.attrs = attrs != NULL ? attrs : json_object(),
		.params = params,
	};
	return o;
}

static int compare(const void *a, const void *b)
{
	const struct object *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

void objects_sort(struct objects *objects)
{
	if (objects->count > 0)
		qsort(objects->list, objects->count, sizeof(*objects->list),
		    compare);
}

const struct object *objects_find(
    const struct objects *objects, enum object_kind kind, const char *name)
{
	struct object key = { .kind = kind, .name = hs_strdup(name) };
	const struct object *found = NULL;

	if (objects->count > 0)
		found = bsearch(&key, objects->list, objects->count,
		    sizeof(*objects->list), compare);
	free(key.name);
	return found;
}

static void object_done(struct object *o)
{
	free(o->name);
	free(o->ve);
	free(o->enterprise);
	json_decref(o->attrs);
	json_decref(o->params);
}

void objects_keep(struct objects *objects, const char *ve)
{
	size_t kept = 0;

	for (size_t i = 0; i < objects->count; i++) {
		struct object *o = &objects->list[i];

		if (o->ve == NULL || strcmp(o->ve, ve) == 0)
			objects->list[kept++] = *o;
		else
			object_done(o);
	}
	objects->count = kept;
}

void objects_done(struct objects *objects)
{
	for (size_t i = 0; i < objects->count; i++)
		object_done(&objects->list[i]);
	free(objects->list);
	*objects = (struct objects) { 0 };
}

bool object_is_member(const struct object *object, enum object_kind kind,
    const char *ve, const char *enterprise)
{
	return object->kind == kind && object->ve != NULL &&
	       object->enterprise != NULL && strcmp(object->ve, ve) == 0 &&
	       strcmp(object->enterprise, enterprise) == 0;
}

static json_t *value_of(const struct object *object, const char *key)
{
	json_t *value = json_object_get(object->params, key);

	return value != NULL ? value : json_object_get(object->attrs, key);
}

const char *object_text(const struct object *object, const char *key)
{
	const char *text = json_string_value(value_of(object, key));

	return text != NULL ? text : "";
}

json_int_t object_number(const struct object *object, const char *key)
{
	return json_integer_value(value_of(object, key));
}
