/* spec.c - read a virtual enterprise's YAML: schema, defaults, names. */

#include "provisioning/spec.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "provisioning/spec_check.h"

#define CONNECTIONS_DEFAULT    20
#define SESSIONS_EACH          8u /* connection, in transaction pooling */
#define STATEMENT_MS_DEFAULT   60000u
#define TRANSACTION_MS_DEFAULT 300000u
#define IDLE_MS_DEFAULT        60000u
#define DISK_GIB_DEFAULT       8

#define NEED CYAML_FLAG_DEFAULT
#define MAY  CYAML_FLAG_OPTIONAL
#define TEXT CYAML_FLAG_POINTER

/* clang-format off */
static const cyaml_strval_t drivers[] = {
	{ "auto", SPEC_DRIVER_AUTO },
	{ "lxc",  SPEC_DRIVER_LXC  },
	{ "qemu", SPEC_DRIVER_QEMU },
	{ "xen",  SPEC_DRIVER_XEN  },
};

static const cyaml_strval_t isolations[] = {
	{ "any",       SPEC_ISOLATION_ANY       },
	{ "container", SPEC_ISOLATION_CONTAINER },
	{ "vm",        SPEC_ISOLATION_VM        },
};

static const cyaml_strval_t classes[] = {
	{ "shared",    SPEC_CLASS_SHARED    },
	{ "dedicated", SPEC_CLASS_DEDICATED },
};

static const cyaml_strval_t poolings[] = {
	{ "transaction", SPEC_POOLING_TRANSACTION },
	{ "session",     SPEC_POOLING_SESSION     },
};

static const cyaml_strval_t places[] = {
	{ "oem",       SPEC_OEM       },
	{ "supplier",  SPEC_SUPPLIER  },
	{ "dealer",    SPEC_DEALER    },
	{ "logistics", SPEC_LOGISTICS },
};

static const cyaml_strval_t languages[] = {
	{ "en", SPEC_LANGUAGE_EN },
	{ "de", SPEC_LANGUAGE_DE },
	{ "zh", SPEC_LANGUAGE_ZH },
};

static const cyaml_strval_t roles[SPEC_ROLE_COUNT] = {
	{ "buyer",   SPEC_BUYER   },
	{ "seller",  SPEC_SELLER  },
	{ "quality", SPEC_QUALITY },
	{ "finance", SPEC_FINANCE },
	{ "admin",   SPEC_ADMIN   },
};

#define STRING(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, TEXT, struct type, member, 1, 1024)
#define WORD(key, flags, type, member, list) \
	CYAML_FIELD_ENUM(key, flags, struct type, member, list, ARRAY_LEN(list))

static const cyaml_schema_field_t database_fields[] = {
	WORD("class", MAY, spec_database, class, classes),
	CYAML_FIELD_UINT("connections", MAY, struct spec_database, connections),
	CYAML_FIELD_UINT("memory_mib",  MAY, struct spec_database, memory_mib),
	CYAML_FIELD_UINT("disk_gib",    MAY, struct spec_database, disk_gib),
	CYAML_FIELD_UINT("replicas",    MAY, struct spec_database, replicas),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t limit_fields[] = {
	CYAML_FIELD_UINT("sessions",            MAY, struct spec_limits, sessions),
	CYAML_FIELD_UINT("transactions_per_s",  MAY, struct spec_limits, transactions_per_s),
	CYAML_FIELD_UINT("bytes_per_s",         MAY, struct spec_limits, bytes_per_s),
	CYAML_FIELD_UINT("statement_ms",        MAY, struct spec_limits, statement_ms),
	CYAML_FIELD_UINT("transaction_ms",      MAY, struct spec_limits, transaction_ms),
	CYAML_FIELD_UINT("idle_transaction_ms", MAY, struct spec_limits, idle_transaction_ms),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t site_fields[] = {
	STRING("id",        spec_site, id),
	STRING("name",      spec_site, name),
	STRING("city",      spec_site, city),
	STRING("country",   spec_site, country),
	STRING("time_zone", spec_site, time_zone),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t site_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct spec_site, site_fields),
};

static const cyaml_schema_field_t person_fields[] = {
	STRING("login", spec_person, login),
	STRING("name",  spec_person, name),
	STRING("mail",  spec_person, mail),
	WORD("language", MAY, spec_person, language, languages),
	CYAML_FIELD_FLAGS("roles", NEED, struct spec_person, roles, roles,
	    ARRAY_LEN(roles)),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t person_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct spec_person,
	    person_fields),
};

static const cyaml_schema_value_t avoid_value = {
	CYAML_VALUE_STRING(TEXT, char *, 1, 1024),
};

static const cyaml_schema_field_t placement_fields[] = {
	CYAML_FIELD_STRING_PTR("host", TEXT | MAY, struct spec_placement, host,
	    1, 1024),
	CYAML_FIELD_SEQUENCE("avoid", TEXT | MAY, struct spec_placement, avoid,
	    &avoid_value, 1, SPEC_ENTERPRISES_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t enterprise_fields[] = {
	STRING("name",       spec_enterprise, name),
	STRING("legal_name", spec_enterprise, legal_name),
	WORD("role", NEED, spec_enterprise, role, places),
	STRING("template",   spec_enterprise, template),
	CYAML_FIELD_UINT("vcpus",      NEED, struct spec_enterprise, vcpus),
	CYAML_FIELD_UINT("memory_mib", NEED, struct spec_enterprise, memory_mib),
	WORD("driver",    MAY, spec_enterprise, driver,    drivers),
	WORD("isolation", MAY, spec_enterprise, isolation, isolations),
	CYAML_FIELD_MAPPING("placement", MAY, struct spec_enterprise, placement,
	    placement_fields),
	WORD("pooling",   MAY, spec_enterprise, pooling,   poolings),
	CYAML_FIELD_BOOL("database_log_in", MAY, struct spec_enterprise,
	    database_log_in),
	CYAML_FIELD_MAPPING("limits", MAY, struct spec_enterprise, limits,
	    limit_fields),
	CYAML_FIELD_SEQUENCE("sites", TEXT, struct spec_enterprise, sites,
	    &site_value, 1, 200),
	CYAML_FIELD_SEQUENCE("people", TEXT, struct spec_enterprise, people,
	    &person_value, 1, 1000),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t enterprise_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct spec_enterprise,
	    enterprise_fields),
};

static const cyaml_schema_field_t item_fields[] = {
	STRING("buyers_item_id",  spec_item, buyers_item_id),
	STRING("sellers_item_id", spec_item, sellers_item_id),
	STRING("description",     spec_item, description),
	STRING("unit",            spec_item, unit),
	STRING("price",           spec_item, price),
	STRING("currency",        spec_item, currency),
	CYAML_FIELD_UINT("pack_quantity",  NEED, struct spec_item, pack_quantity),
	CYAML_FIELD_UINT("lead_time_days", NEED, struct spec_item, lead_time_days),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t item_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct spec_item, item_fields),
};

static const cyaml_schema_field_t relation_fields[] = {
	STRING("buyer",  spec_relation, buyer),
	STRING("seller", spec_relation, seller),
	CYAML_FIELD_SEQUENCE("items", TEXT | MAY, struct spec_relation, items,
	    &item_value, 0, 5000),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t relation_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct spec_relation,
	    relation_fields),
};

static const cyaml_schema_field_t spec_fields[] = {
	STRING("ve",    spec, ve),
	STRING("title", spec, title),
	CYAML_FIELD_MAPPING("database", MAY, struct spec, database,
	    database_fields),
	CYAML_FIELD_MAPPING("limits", MAY, struct spec, limits, limit_fields),
	WORD("driver",    MAY, spec, driver,    drivers),
	WORD("isolation", MAY, spec, isolation, isolations),
	CYAML_FIELD_SEQUENCE("enterprises", TEXT, struct spec, enterprises,
	    &enterprise_value, 1, SPEC_ENTERPRISES_MAX),
	CYAML_FIELD_SEQUENCE("relations", TEXT | MAY, struct spec, relations,
	    &relation_value, 0, 10000),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t spec_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct spec, spec_fields),
};
/* clang-format on */

static void fill_database(struct spec_database *db)
{
	if (db->connections == 0)
		db->connections = CONNECTIONS_DEFAULT;
	if (db->class != SPEC_CLASS_DEDICATED)
		return;
	if (db->disk_gib == 0)
		db->disk_gib = DISK_GIB_DEFAULT;
}

/* What a portal needs is far below; what holds a lock for ever is above. */
static void fill_limits(struct spec_enterprise *e, unsigned connections)
{
	struct spec_limits *l = &e->limits;

	if (e->pooling == SPEC_POOLING_UNSET)
		e->pooling = SPEC_POOLING_TRANSACTION;
	if (l->sessions == 0)
		l->sessions = e->pooling == SPEC_POOLING_SESSION
				  ? connections
				  : connections * SESSIONS_EACH;
	if (l->statement_ms == 0)
		l->statement_ms = STATEMENT_MS_DEFAULT;
	if (l->transaction_ms == 0)
		l->transaction_ms = TRANSACTION_MS_DEFAULT;
	if (l->idle_transaction_ms == 0)
		l->idle_transaction_ms = IDLE_MS_DEFAULT;
}

/* No written value is 0 here: the check has refused it. */
static void fill_defaults(struct spec *spec)
{
	fill_database(&spec->database);
	if (spec->driver == SPEC_DRIVER_UNSET)
		spec->driver = SPEC_DRIVER_AUTO;
	if (spec->isolation == SPEC_ISOLATION_UNSET)
		spec->isolation = SPEC_ISOLATION_ANY;
	for (size_t i = 0; i < spec->enterprises_count; i++) {
		struct spec_enterprise *e = &spec->enterprises[i];

		if (e->driver == SPEC_DRIVER_UNSET)
			e->driver = spec->driver;
		if (e->isolation == SPEC_ISOLATION_UNSET)
			e->isolation = spec->isolation;
		fill_limits(e, spec->database.connections);
	}
}

static int load(const char *name, const char *text, struct spec **ret_spec,
    struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;
	void *data = NULL;

	if (hs_conf_open(name, text, &spec_schema, &conf, faults, err) < 0)
		return -1;
	spec_check(conf, faults);
	if (hs_conf_fill(conf, faults, &data, err) < 0)
		return -1;
	*ret_spec = data;
	(*ret_spec)->conf = hs_steal(&conf);
	fill_defaults(*ret_spec);
	return 0;
}

int spec_load(const char *name, const char *text, struct spec **ret_spec,
    struct hs_faults *faults, struct hs_err *err)
{
	struct hs_faults own = { 0 };
	int ret =
	    load(name, text, ret_spec, faults != NULL ? faults : &own, err);

	hs_faults_done(&own);
	return ret;
}

void spec_free(struct spec *spec)
{
	if (spec != NULL)
		hs_conf_free(spec->conf);
}

const struct spec_enterprise *spec_enterprise_find(
    const struct spec *spec, const char *name)
{
	for (size_t i = 0; i < spec->enterprises_count; i++)
		if (strcmp(spec->enterprises[i].name, name) == 0)
			return &spec->enterprises[i];
	return NULL;
}

static const char *name_of(
    const cyaml_strval_t *list, size_t count, int64_t value)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].val == value)
			return list[i].str;
	assert(false && "a value that no spec has");
	return "";
}

#define NAME_OF(list, value) name_of(list, ARRAY_LEN(list), (int64_t)(value))

const char *spec_driver_name(enum spec_driver driver)
{
	return NAME_OF(drivers, driver);
}

const char *spec_isolation_name(enum spec_isolation isolation)
{
	return NAME_OF(isolations, isolation);
}

const char *spec_class_name(enum spec_class class)
{
	return NAME_OF(classes, class);
}

const char *spec_pooling_name(enum spec_pooling pooling)
{
	return NAME_OF(poolings, pooling);
}

const char *spec_place_name(enum spec_place place)
{
	return NAME_OF(places, place);
}

const char *spec_language_name(enum spec_language language)
{
	return NAME_OF(languages, language);
}

const char *spec_role_name(unsigned bit)
{
	assert(bit < SPEC_ROLE_COUNT);
	return roles[bit].str;
}
