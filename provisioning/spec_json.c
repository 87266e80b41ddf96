/* spec_json.c - a spec as JSON: the form that is stored and handed to SQL. */

#include <assert.h>

#include "provisioning/spec.h"

/* A list of what one() makes of count elements of that size. */
static json_t *list_of(const void *base, size_t count, size_t size,
    json_t *(*one)(const void *element))
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
		    list, one((const char *)base + i * size));
	return list;
}

#define LIST_OF(base, count, one) list_of(base, count, sizeof(*(base)), one)

static json_t *site_json(const void *element)
{
	const struct spec_site *s = element;

	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", s->id, "name",
	    s->name, "city", s->city, "country", s->country, "time_zone",
	    s->time_zone);
}

static json_t *roles_json(unsigned roles)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < SPEC_ROLE_COUNT; bit++)
		if ((roles & (1U << bit)) != 0)
			(void)json_array_append_new(
			    list, json_string(spec_role_name(bit)));
	return list;
}

static json_t *person_json(const void *element)
{
	const struct spec_person *p = element;

	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "login", p->login, "name",
	    p->name, "mail", p->mail, "language",
	    spec_language_name(p->language), "roles", roles_json(p->roles));
}

static json_t *name_json(const void *element)
{
	return json_string(*(char *const *)element);
}

static json_t *placement_json(const struct spec_placement *p)
{
	if (p->host == NULL && p->avoid_count == 0)
		return NULL;
	return json_pack("{s:s*, s:o*}", "host", p->host, "avoid",
	    p->avoid_count > 0 ? LIST_OF(p->avoid, p->avoid_count, name_json)
			       : NULL);
}

/* Those that are said; NULL: none. */
static json_t *limits_json(const struct spec_limits *l)
{
	const struct {
		const char *name;
		unsigned value;
	} list[] = {
		{ "sessions", l->sessions },
		{ "transactions_per_s", l->transactions_per_s },
		{ "bytes_per_s", l->bytes_per_s },
		{ "statement_ms", l->statement_ms },
		{ "transaction_ms", l->transaction_ms },
		{ "idle_transaction_ms", l->idle_transaction_ms },
	};
	json_t *json = NULL;

	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		if (list[i].value == 0)
			continue;
		if (json == NULL)
			json = json_object();
		(void)json_object_set_new(json, list[i].name,
		    json_integer((json_int_t)list[i].value));
	}
	return json;
}

static json_t *enterprise_json(const void *element)
{
	const struct spec_enterprise *e = element;

	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:o*, s:s, s:o*, s:o*, "
	    "s:o, s:o}",
	    "name", e->name, "legal_name", e->legal_name, "role",
	    spec_place_name(e->role), "template", e->template, "vcpus",
	    (json_int_t)e->vcpus, "memory_mib", (json_int_t)e->memory_mib,
	    "driver", spec_driver_name(e->driver), "isolation",
	    spec_isolation_name(e->isolation), "placement",
	    placement_json(&e->placement), "pooling",
	    spec_pooling_name(e->pooling), "database_log_in",
	    e->database_log_in ? json_true() : NULL, "limits",
	    limits_json(&e->limits), "sites",
	    LIST_OF(e->sites, e->sites_count, site_json), "people",
	    LIST_OF(e->people, e->people_count, person_json));
}

static json_t *item_json(const void *element)
{
	const struct spec_item *i = element;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}",
	    "buyers_item_id", i->buyers_item_id, "sellers_item_id",
	    i->sellers_item_id, "description", i->description, "unit", i->unit,
	    "price", i->price, "currency", i->currency, "pack_quantity",
	    (json_int_t)i->pack_quantity, "lead_time_days",
	    (json_int_t)i->lead_time_days);
}

static json_t *relation_json(const void *element)
{
	const struct spec_relation *r = element;

	return json_pack("{s:s, s:s, s:o}", "buyer", r->buyer, "seller",
	    r->seller, "items", LIST_OF(r->items, r->items_count, item_json));
}

static json_t *database_json(const struct spec_database *db)
{
	json_t *json =
	    json_pack("{s:s, s:I}", "class", spec_class_name(db->class),
		"connections", (json_int_t)db->connections);

	if (db->memory_mib > 0)
		(void)json_object_set_new(json, "memory_mib",
		    json_integer((json_int_t)db->memory_mib));
	if (db->replicas > 0)
		(void)json_object_set_new(
		    json, "replicas", json_integer((json_int_t)db->replicas));
	if (db->disk_gib > 0)
		(void)json_object_set_new(
		    json, "disk_gib", json_integer((json_int_t)db->disk_gib));
	return json;
}

json_t *spec_json(const struct spec *spec)
{
	json_t *json = json_pack("{s:s, s:s, s:o, s:o*, s:s, s:s, s:o, s:o}",
	    "ve", spec->ve, "title", spec->title, "database",
	    database_json(&spec->database), "limits",
	    limits_json(&spec->limits), "driver",
	    spec_driver_name(spec->driver), "isolation",
	    spec_isolation_name(spec->isolation), "enterprises",
	    LIST_OF(
		spec->enterprises, spec->enterprises_count, enterprise_json),
	    "relations",
	    LIST_OF(spec->relations, spec->relations_count, relation_json));

	/* Texts were checked to be UTF-8, and memory is never out. */
	assert(json != NULL);
	return json;
}
