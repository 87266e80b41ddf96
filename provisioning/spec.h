/* spec.h - what a virtual enterprise should be: one YAML file, checked.
 *
 * A spec that was loaded is whole: every value is in its range, every name is
 * a good one, every default is filled in. Nobody behind spec_load() checks
 * again.
 */
#ifndef HANSE_PROVISIONING_SPEC_H
#define HANSE_PROVISIONING_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/conf.h"
#include "base/mem.h"

struct hs_err;

#define SPEC_ENTERPRISES_MAX 250 /* a VE's network has no more addresses */

enum spec_driver {
	SPEC_DRIVER_UNSET, /* never in a loaded spec */
	SPEC_DRIVER_AUTO,
	SPEC_DRIVER_LXC,
	SPEC_DRIVER_QEMU,
	SPEC_DRIVER_XEN,
};
#define SPEC_DRIVER_COUNT (SPEC_DRIVER_XEN + 1)

enum spec_isolation {
	SPEC_ISOLATION_UNSET, /* never in a loaded spec */
	SPEC_ISOLATION_ANY,
	SPEC_ISOLATION_CONTAINER,
	SPEC_ISOLATION_VM,
};
#define SPEC_ISOLATION_COUNT (SPEC_ISOLATION_VM + 1)

enum spec_class {
	SPEC_CLASS_SHARED,
	SPEC_CLASS_DEDICATED,
};
#define SPEC_CLASS_COUNT (SPEC_CLASS_DEDICATED + 1)

/** Where in the chain an enterprise stands. */
enum spec_place {
	SPEC_OEM,
	SPEC_SUPPLIER,
	SPEC_DEALER,
	SPEC_LOGISTICS,
};
#define SPEC_PLACE_COUNT (SPEC_LOGISTICS + 1)

enum spec_language {
	SPEC_LANGUAGE_EN,
	SPEC_LANGUAGE_DE,
	SPEC_LANGUAGE_ZH,
};
#define SPEC_LANGUAGE_COUNT (SPEC_LANGUAGE_ZH + 1)

/** What a person may do in the enterprise; several at once. */
enum spec_roles {
	SPEC_BUYER = 1 << 0,
	SPEC_SELLER = 1 << 1,
	SPEC_QUALITY = 1 << 2,
	SPEC_FINANCE = 1 << 3,
	SPEC_ADMIN = 1 << 4,
};
#define SPEC_ROLE_COUNT 5 /* bits */

struct spec_database {
	enum spec_class class;
	unsigned connections; /* at once, for each enterprise */
	unsigned memory_mib;  /* of a dedicated domain; 0: not said */
	unsigned disk_gib;    /* the same; 0 if shared */
	unsigned replicas;    /* domains beside the first: 0 or 2 */
};

/** At the gateway: of an enterprise, or of all of a VE together. 0: not said.
 */
struct spec_limits {
	unsigned sessions; /* at once; they share the database's connections */
	unsigned transactions_per_s, bytes_per_s;
	unsigned statement_ms, transaction_ms, idle_transaction_ms;
};

enum spec_pooling {
	SPEC_POOLING_UNSET,
	SPEC_POOLING_TRANSACTION, /* sessions share connections */
	SPEC_POOLING_SESSION,     /* each has one of its own */
};

struct spec_site {
	char *id; /* a label */
	char *name;
	char *city;
	char *country;   /* ISO 3166-1 alpha-2 */
	char *time_zone; /* IANA name */
};

struct spec_person {
	char *login;
	char *name;
	char *mail;
	enum spec_language language;
	unsigned roles; /* enum spec_roles, or-ed; at least one */
};

/** Where its domain goes; empty: wherever there is room. */
struct spec_placement {
	char *host;   /* that host and no other; NULL: any */
	char **avoid; /* enterprises not to share a host with; "db": database */
	size_t avoid_count;
};

struct spec_enterprise {
	char *name; /* a label */
	char *legal_name;
	enum spec_place role;
	char *template; /* "app" */
	unsigned vcpus;
	unsigned memory_mib;
	enum spec_driver driver;
	enum spec_isolation isolation;
	struct spec_placement placement;
	enum spec_pooling pooling;
	bool database_log_in; /* of its people, by their own names */
	struct spec_limits limits;
	struct spec_site *sites;
	size_t sites_count;
	struct spec_person *people;
	size_t people_count;
};

struct spec_item {
	char *buyers_item_id;
	char *sellers_item_id;
	char *description;
	char *unit;     /* UN/ECE Recommendation 20 code */
	char *price;    /* decimal text, at most 4 decimals, per unit */
	char *currency; /* ISO 4217 */
	unsigned pack_quantity;
	unsigned lead_time_days;
};

struct spec_relation {
	char *buyer; /* name of an enterprise of this spec */
	char *seller;
	struct spec_item *items;
	size_t items_count;
};

struct spec {
	char *ve; /* a label */
	char *title;
	struct spec_database database;
	struct spec_limits limits;
	enum spec_driver driver; /* what an enterprise gets that says nothing */
	enum spec_isolation isolation;
	struct spec_enterprise *enterprises;
	size_t enterprises_count;
	struct spec_relation *relations;
	size_t relations_count;
	struct hs_conf *conf; /* owns all of the above */
};

/**
 * Read and check a spec: structure first; if that is sound, the meaning.
 *
 * @name:      the file's name for messages
 * @text:      its content; NULL reads the file @name
 * @ret_spec:  ended by the caller with spec_free()
 * @faults:    every fault, in the order of lines; NULL if nobody cares
 *
 * Errors: HS_EINVAL (see faults; the message is the first one, whole),
 * HS_ENOTFOUND, HS_ELIMIT, HS_ESYSTEM.
 */
int spec_load(const char *name, const char *text, struct spec **ret_spec,
    struct hs_faults *faults, struct hs_err *err);
void spec_free(struct spec *spec);

/**
 * The spec as JSON: the keys of the YAML, defaults filled in, numbers as
 * numbers, prices as text, roles as a list of names.
 * The caller owns the reference.
 */
json_t *spec_json(const struct spec *spec);

/** The enterprise of that name, or NULL. */
const struct spec_enterprise *spec_enterprise_find(
    const struct spec *spec, const char *name);

/** Names as the YAML has them; static strings. @bit counts from 0. */
const char *spec_driver_name(enum spec_driver driver);
const char *spec_isolation_name(enum spec_isolation isolation);
const char *spec_class_name(enum spec_class class);
const char *spec_pooling_name(enum spec_pooling pooling);
const char *spec_place_name(enum spec_place place);
const char *spec_language_name(enum spec_language language);
const char *spec_role_name(unsigned bit);

HS_FREEP(spec_freep, struct spec *, spec_free)

#endif
