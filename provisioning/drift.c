/* drift.c - the names of what people change behind our back: the table. */

#include "provisioning/drift.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "provisioning/difference.h"

/* clang-format off */
static const char *const severity_names[DRIFT_SEVERITY_COUNT] = {
	[DRIFT_NOTICE]   = "notice",
	[DRIFT_WARNING]  = "warning",
	[DRIFT_CRITICAL] = "critical",
};

static const char *const class_names[DRIFT_CLASS_COUNT] = {
	[DRIFT_RESTART] = "restart",
	[DRIFT_FILTERS] = "filters",
	[DRIFT_OTHERS]  = "others",
};

#define K(kind)   (1U << OBJ_##kind)
#define DOMAINS   (K(DOMAIN) | K(DB_DOMAIN))
#define ANYTHING  (~0U)
#define MISSING   .action = PLAN_CREATE
#define UNKNOWN   .action = PLAN_DELETE
#define CHANGED(f) .action = PLAN_UPDATE, .field = f
#define WAS(f, v) CHANGED(f), .from = v
#define NOTICE    .severity = DRIFT_NOTICE, .class = DRIFT_OTHERS
#define WARNING   .severity = DRIFT_WARNING, .class = DRIFT_OTHERS
#define CRITICAL  .severity = DRIFT_CRITICAL, .class = DRIFT_OTHERS
#define RESTART   .severity = DRIFT_CRITICAL, .class = DRIFT_RESTART
#define FILTER    .severity = DRIFT_CRITICAL, .class = DRIFT_FILTERS
#define INTO_SPEC   .adopt = DRIFT_ADOPT_SPEC
#define INTO_RECORD .adopt = DRIFT_ADOPT_RECORD
#define ALONE     .alone = true

/* The first row that fits is it. */
const struct drift_row drift_rows[] = {
	{ K(IMAGE), MISSING, .name = "image-missing", CRITICAL, .repair = "copy it from the cache it was built in" },
	{ K(IMAGE), WAS("content", "edited"), .name = "image-damaged", CRITICAL, .repair = "copy it from the cache it was built in" },
	{ K(IMAGE), CHANGED("content"), .name = "image-unrecorded", NOTICE, .repair = "remember its digest" },

	{ K(NETWORK), MISSING, .name = "network-undefined", CRITICAL, .repair = "define and start it, plug its domains in again" },
	{ K(NETWORK), WAS("state", "stopped"), .name = "network-stopped", RESTART, .repair = "start it, plug its domains in again", .hides = " link " },
	{ K(NETWORK), CHANGED("bridge"), .name = "network-edited", WARNING, .repair = "define it again", .hides = " definition " },
	{ K(NETWORK), CHANGED("address"), .name = "network-edited", WARNING, .repair = "define it again", .hides = " prefix definition " },
	{ K(NETWORK), CHANGED("prefix"), .name = "network-edited", WARNING, .repair = "define it again", .hides = " definition " },
	{ K(NETWORK), CHANGED("forwards"), .name = "network-forwards", CRITICAL, .repair = "define it again, without a way out", .hides = " definition " },
	{ K(NETWORK), CHANGED("autostart"), .name = "network-autostart", NOTICE, .repair = "switch it off" },
	{ K(NETWORK), CHANGED("link"), .name = "network-bridge-gone", CRITICAL, .repair = "start it anew, plug its domains in again" },
	{ K(NETWORK), WAS("definition", "unrecorded"), .name = "network-unrecorded", NOTICE, .repair = "define it again" },
	{ K(NETWORK), CHANGED("definition"), .name = "network-edited", WARNING, .repair = "define it again" },
	{ K(NETWORK), UNKNOWN, .name = "network-unknown", WARNING, .repair = "remove it" },

	{ K(VOLUME), MISSING, .name = "volume-missing", CRITICAL, .repair = "none while its domain is defined: put the file back", ALONE },
	{ K(VOLUME), CHANGED("size_gib"), .name = "volume-resized", CRITICAL, .repair = "grow it; if it is larger or has lost its end none: set the size in the spec, or the file back" },
	{ K(VOLUME), UNKNOWN, .name = "volume-unknown", WARNING, .repair = "delete it with all that is in it", ALONE },

	{ K(CREDENTIAL), MISSING, .name = "certificate-missing", CRITICAL, .repair = "issue a new one" },
	{ K(CREDENTIAL), WAS("state", "expired"), .name = "certificate-expired", CRITICAL, .repair = "issue a new one" },
	{ K(CREDENTIAL), WAS("state", "expiring"), .name = "certificate-expiring", WARNING, .repair = "issue a new one" },
	{ K(CREDENTIAL), WAS("state", "replaced"), .name = "certificate-replaced", CRITICAL, .repair = "issue a new one", INTO_RECORD },
	{ K(CREDENTIAL), WAS("state", "foreign"), .name = "certificate-foreign", CRITICAL, .repair = "issue a new one" },
	{ K(CREDENTIAL), WAS("state", "unreadable"), .name = "certificate-unreadable", CRITICAL, .repair = "issue a new one" },
	{ K(CREDENTIAL), WAS("state", "no key"), .name = "key-missing", CRITICAL, .repair = "issue a new pair" },
	{ K(CREDENTIAL), WAS("state", "mismatched"), .name = "key-replaced", CRITICAL, .repair = "issue a new pair" },
	{ K(CREDENTIAL), WAS("state", "key open"), .name = "key-readable", CRITICAL, .repair = "issue a new pair: others may have read this one" },
	{ K(CREDENTIAL), UNKNOWN, .name = "certificate-unknown", NOTICE, .repair = "remove it" },

	{ K(VE), MISSING, .name = "directory-ve-missing", CRITICAL, .repair = "add it" },
	{ K(VE), CHANGED("title"), .name = "directory-ve-changed", NOTICE, .repair = "write it again" },
	{ K(VE), UNKNOWN, .name = "directory-ve-unknown", WARNING, .repair = "remove it with all that is in it", ALONE },

	{ K(ENTERPRISE), MISSING, .name = "directory-enterprise-missing", CRITICAL, .repair = "add it" },
	{ K(ENTERPRISE), CHANGED("suspended"), .name = "enterprise-suspended", CRITICAL, .repair = "write it again" },
	{ K(ENTERPRISE), CHANGED("legal_name"), .name = "directory-enterprise-changed", WARNING, .repair = "write it again" },
	{ K(ENTERPRISE), CHANGED("role"), .name = "directory-enterprise-changed", WARNING, .repair = "write it again" },
	{ K(ENTERPRISE), CHANGED(NULL), .name = "entitlements-changed", WARNING, .repair = "write them again" },
	{ K(ENTERPRISE), UNKNOWN, .name = "directory-enterprise-unknown", WARNING, .repair = "remove it with all that is in it", ALONE },

	{ K(SERVICE), MISSING, .name = "service-account-missing", CRITICAL, .repair = "add it" },
	{ K(SERVICE), WAS("password", "unrecorded"), .name = "service-account-unrecorded", NOTICE, .repair = "write its password again" },
	{ K(SERVICE), CHANGED(NULL), .name = "service-account-changed", CRITICAL, .repair = "write its password again" },
	{ K(SERVICE), UNKNOWN, .name = "service-account-unknown", WARNING, .repair = "remove it" },

	{ K(PERSON), MISSING, .name = "person-missing", WARNING, .repair = "add the person, with a new first password" },
	{ K(PERSON), CHANGED("roles"), .name = "person-roles-changed", WARNING, .repair = "give the roles of the spec" },
	{ K(PERSON), CHANGED(NULL), .name = "person-changed", WARNING, .repair = "write the entry again" },
	{ K(PERSON), UNKNOWN, .name = "person-unknown", WARNING, .repair = "remove the person" },

	{ DOMAINS, MISSING, .name = "domain-undefined", RESTART, .repair = "define and start it" },
	{ DOMAINS, WAS("state", "stopped (crashed)"), .name = "domain-crashed", RESTART, .repair = "start it" },
	{ DOMAINS, WAS("state", "stopped (failed)"), .name = "domain-crashed", RESTART, .repair = "start it" },
	{ DOMAINS, WAS("state", "stopped"), .name = "domain-stopped", RESTART, .repair = "start it" },
	{ DOMAINS, WAS("state", "paused"), .name = "domain-paused", CRITICAL, .repair = "let it run on" },
	{ DOMAINS, CHANGED("driver"), .name = "domain-driver-changed", WARNING, .repair = "make it anew" },
	{ DOMAINS, WAS("network", "null"), .name = "domain-interface-removed", CRITICAL, .repair = "define it again", .hides = " mac filter address calls peers isolated definition live link wall " },
	{ DOMAINS, CHANGED("network"), .name = "domain-network-changed", CRITICAL, .repair = "define it again" },
	{ DOMAINS, CHANGED("mac"), .name = "domain-mac-changed", WARNING, .repair = "define it again" },
	{ DOMAINS, CHANGED("filter"), .name = "domain-filter-changed", FILTER, .repair = "define it again", .hides = " address calls peers definition " },
	{ DOMAINS, CHANGED("calls"), .name = "domain-filter-changed", FILTER, .repair = "define it again" },
	{ DOMAINS, CHANGED("peers"), .name = "domain-filter-changed", FILTER, .repair = "define it again" },
	{ DOMAINS, CHANGED("address"), .name = "domain-address-changed", CRITICAL, .repair = "define it again" },
	{ DOMAINS, CHANGED("isolated"), .name = "domain-isolation-changed", CRITICAL, .repair = "define it again" },
	{ K(DOMAIN), CHANGED("vcpus"), .name = "domain-vcpus-edited", WARNING, .repair = "define it again", INTO_SPEC, .hides = " limits " },
	{ K(DB_DOMAIN), CHANGED("vcpus"), .name = "domain-vcpus-edited", WARNING, .repair = "define it again", .hides = " limits " },
	{ K(DOMAIN), CHANGED("memory_mib"), .name = "domain-memory-edited", WARNING, .repair = "define it again", INTO_SPEC, .hides = " limits " },
	{ K(DB_DOMAIN), CHANGED("memory_mib"), .name = "domain-memory-edited", WARNING, .repair = "define it again", .hides = " limits " },
	{ DOMAINS, CHANGED("limits"), .name = "domain-limits-edited", WARNING, .repair = "define it again" },
	{ DOMAINS, WAS("source", "edited"), .name = "domain-source-changed", CRITICAL, .repair = "define it again" },
	{ DOMAINS, WAS("definition", "edited"), .name = "domain-definition-edited", WARNING, .repair = "define it again" },
	{ DOMAINS, CHANGED("autostart"), .name = "domain-autostart", NOTICE, .repair = "switch it off" },
	{ DOMAINS, CHANGED("live"), .name = "domain-runs-otherwise", CRITICAL, .repair = "restart it", .hides = " link " },
	{ DOMAINS, WAS("link", "gone"), .name = "domain-link-gone", CRITICAL, .repair = "restart it" },
	{ DOMAINS, WAS("link", "unplugged"), .name = "domain-link-unplugged", CRITICAL, .repair = "plug it in again" },
	{ DOMAINS, CHANGED("link"), .name = "domain-link-open", CRITICAL, .repair = "isolate its port again" },
	{ DOMAINS, WAS("wall", "gone"), .name = "domain-wall-missing", FILTER, .repair = "raise it again" },
	{ DOMAINS, WAS("wall", "open"), .name = "domain-wall-open", FILTER, .repair = "lead all frames to the walls again" },
	{ DOMAINS, CHANGED("wall"), .name = "domain-wall-edited", FILTER, .repair = "raise it again" },
	{ DOMAINS, CHANGED("mounts"), .name = "domain-mount-missing", WARNING, .repair = "mount it again" },
	{ K(DB_DOMAIN), WAS("disk_gib", "null"), .name = "domain-disk-unreadable", CRITICAL, .repair = "none: put its volume back from a backup" },
	{ K(DB_DOMAIN), CHANGED("disk_gib"), .name = "domain-disk-smaller", WARNING, .repair = "grow its file system, with a restart where the kernel wants one" },
	{ DOMAINS, WAS("files", "edited"), .name = "domain-files-edited", CRITICAL, .repair = "write them again and restart it" },
	{ DOMAINS, CHANGED("certificate"), .name = "domain-certificate-stale", WARNING, .repair = "give it the current one and restart it" },
	{ DOMAINS, CHANGED("image"), .name = "domain-image-outdated", NOTICE, .repair = "start it from the current image" },
	{ DOMAINS, CHANGED("kernel"), .name = "domain-image-outdated", NOTICE, .repair = "start it from the current image" },
	{ DOMAINS, CHANGED("initrd"), .name = "domain-image-outdated", NOTICE, .repair = "start it from the current image" },
	{ DOMAINS, WAS("definition", "unrecorded"), .name = "domain-unrecorded", NOTICE, .repair = "define it again", .hides = " source files " },
	{ DOMAINS, CHANGED(NULL), .name = "domain-outdated", NOTICE, .repair = "restart it as the spec says" },
	{ DOMAINS, UNKNOWN, .name = "domain-unknown", WARNING, .repair = "remove it" },

	{ K(SERVERS), MISSING, .name = "gateway-servers-missing", CRITICAL, .repair = "write the file again" },
	{ K(SERVERS), CHANGED("mode"), .name = "gateway-servers-open", WARNING, .repair = "write the file again" },
	{ K(SERVERS), CHANGED("serves"), .name = "gateway-servers-not-served", CRITICAL, .repair = "let the gateway read it again" },
	{ K(SERVERS), CHANGED(NULL), .name = "gateway-servers-edited", CRITICAL, .repair = "write the file again", .hides = " serves " },
	{ K(SERVERS), UNKNOWN, .name = "gateway-servers-unknown", NOTICE, .repair = "empty the file" },

	{ K(DATABASE), MISSING, .name = "database-missing", CRITICAL, .repair = "make an empty one", ALONE },
	{ K(DATABASE), CHANGED("owner"), .name = "database-owner-changed", CRITICAL, .repair = "give it back" },
	{ K(DATABASE), CHANGED("others"), .name = "database-connect-changed", CRITICAL, .repair = "turn out who is no member" },
	{ K(DATABASE), WAS("facts", ": security of "), .name = "database-rls-changed", CRITICAL, .repair = "switch row level security on again", INTO_RECORD },
	{ K(DATABASE), WAS("facts", ": policy "), .name = "database-policy-changed", CRITICAL, .repair = "make the policy again", INTO_RECORD },
	{ K(DATABASE), WAS("facts", ": grant "), .name = "database-grants-changed", CRITICAL, .repair = "grant what was granted, and no more", INTO_RECORD },
	{ K(DATABASE), WAS("facts", "unrecorded"), .name = "database-unrecorded", NOTICE, .repair = "remember its schema" },
	{ K(DATABASE), CHANGED("facts"), .name = "database-schema-edited", CRITICAL, .repair = "make again what the migrations made", INTO_RECORD },
	{ K(DATABASE), CHANGED("schema"), .name = "database-schema-outdated", WARNING, .repair = "run the missing migrations" },
	{ K(DATABASE), CHANGED(NULL), .name = "database-elsewhere", WARNING, .repair = "none" },
	{ K(DATABASE), UNKNOWN, .name = "database-unknown", WARNING, .repair = "drop it with all that is in it", ALONE },

	{ K(ROLE), MISSING, .name = "role-missing", CRITICAL, .repair = "make it" },
	{ K(ROLE), CHANGED("attributes"), .name = "role-attributes-changed", CRITICAL, .repair = "take them away (superuser: only by hand)" },
	{ K(ROLE), CHANGED("memberships"), .name = "role-memberships-changed", CRITICAL, .repair = "take it out of the other roles" },
	{ K(ROLE), CHANGED("settings"), .name = "role-settings-changed", WARNING, .repair = "reset them" },
	{ K(ROLE), CHANGED("connect"), .name = "role-connect-changed", CRITICAL, .repair = "grant CONNECT, and no more" },
	{ K(ROLE), CHANGED(NULL), .name = "role-limit-changed", WARNING, .repair = "set the limit of the spec" },
	{ K(ROLE), UNKNOWN, .name = "role-unknown", CRITICAL, .repair = "drop it" },

	{ K(MEMBERS), MISSING, .name = "members-missing", CRITICAL, .repair = "write the members of the spec" },
	{ K(MEMBERS), CHANGED(NULL), .name = "members-changed", CRITICAL, .repair = "write the members of the spec" },
	{ K(MEMBERS), UNKNOWN, .name = "members-unknown", NOTICE, .repair = "none" },

	{ K(ROUTE), MISSING, .name = "route-missing", CRITICAL, .repair = "write the file again" },
	{ K(ROUTE), WAS("routes", "null"), .name = "route-unreadable", CRITICAL, .repair = "write the file again", .hides = " identities limits mode replicas serves " },
	{ K(ROUTE), CHANGED("routes"), .name = "route-edited", CRITICAL, .repair = "write the file again", .hides = " serves " },
	{ K(ROUTE), CHANGED("limits"), .name = "route-edited", CRITICAL, .repair = "write the file again", .hides = " serves " },
	{ K(ROUTE), CHANGED("replicas"), .name = "route-edited", CRITICAL, .repair = "write the file again", .hides = " serves " },
	{ K(ROUTE), CHANGED("identities"), .name = "route-edited", CRITICAL, .repair = "write the file again", .hides = " serves " },
	{ K(ROUTE), CHANGED("mode"), .name = "route-file-open", CRITICAL, .repair = "write the file again" },
	{ K(ROUTE), CHANGED("serves"), .name = "route-not-served", CRITICAL, .repair = "let the gateway read it again" },
	{ K(ROUTE), UNKNOWN, .name = "route-unknown", CRITICAL, .repair = "remove it" },

	{ K(EDGE), MISSING, .name = "edge-missing", CRITICAL, .repair = "write the file again" },
	{ K(EDGE), CHANGED("content"), .name = "edge-edited", CRITICAL, .repair = "write the file again", .hides = " nginx " },
	{ K(EDGE), CHANGED("nginx"), .name = "edge-not-loaded", WARNING, .repair = "let nginx read it again" },
	{ K(EDGE), UNKNOWN, .name = "edge-unknown", WARNING, .repair = "remove it" },

	{ K(PORTAL), MISSING, .name = "portal-missing", CRITICAL, .repair = "wait for it" },
	{ K(PORTAL), CHANGED(NULL), .name = "portal-silent", CRITICAL, .repair = "wait for it" },
	{ K(PORTAL), UNKNOWN, .name = "portal-unknown", NOTICE, .repair = "none" },

	{ K(DOCUMENTS), UNKNOWN, .name = "documents-unarchived", WARNING, .repair = "archive and remove them", ALONE },

	/* What has no name yet is told all the same. */
	{ ANYTHING, MISSING, .name = "missing-otherwise", WARNING, .repair = "make it" },
	{ ANYTHING, CHANGED(NULL), .name = "changed-otherwise", WARNING, .repair = "make it as wanted" },
	{ ANYTHING, UNKNOWN, .name = "unknown-otherwise", WARNING, .repair = "remove it" },
};

const size_t drift_rows_count = ARRAY_LEN(drift_rows);

/* What a drift of one kind brings about in another: of the same name, of the
 * network a domain is on, or of anything of the same VE or the platform. */
static const struct consequence {
	const char *name;
	unsigned causes;
	enum { SAME, PREFIXED, NETWORK, ANY } how;
} consequences[] = {
	{ "domain-certificate-stale", K(CREDENTIAL), SAME },
	{ "edge-not-loaded",          K(CREDENTIAL), PREFIXED },
	{ "route-edited",             K(CREDENTIAL), ANY },
	{ "domain-link-unplugged",    K(NETWORK), NETWORK },
	{ "domain-link-gone",         K(NETWORK), NETWORK },
	{ "members-missing",          K(DATABASE), ANY },
	{ "role-connect-changed",     K(DATABASE), ANY },
	{ "person-missing",           K(ENTERPRISE) | K(VE), ANY },
	{ "service-account-missing",  K(ENTERPRISE) | K(VE), ANY },
	{ "directory-enterprise-missing", K(VE), ANY },
	{ "portal-missing",           ~K(PORTAL), ANY },
	{ "portal-silent",            ~K(PORTAL), ANY },
};
/* clang-format on */

const char *drift_severity_name(enum drift_severity severity)
{
	return severity_names[severity];
}

const char *drift_class_name(enum drift_class class)
{
	return class_names[class];
}

/* -- One name -------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* A domain's state is told with the reason libvirt gives for it. */
static bool fits_state(
    const struct plan_change *change, const char *value, const char *from)
{
	hs_auto(hs_freep) char *text =
	    hs_printf("%s (%s)", value, object_text(change->actual, "reason"));

	return begins(text, from);
}

static bool fits_value(const struct drift_row *row,
    const struct plan_change *change, const json_t *from)
{
	size_t i;
	json_t *item;

	if (row->from == NULL)
		return true;
	if (from == NULL || json_is_null(from))
		return strcmp(row->from, "null") == 0;
	if (json_is_string(from))
		return strcmp(row->field, "state") == 0
			   ? fits_state(
				 change, json_string_value(from), row->from)
			   : begins(json_string_value(from), row->from);
	json_array_foreach (from, i, item)
		if (strstr(json_string_value(item), row->from) != NULL)
			return true;
	return false;
}

static bool fits(const struct drift_row *row, const struct plan_change *change,
    const json_t *d)
{
	const struct object *o = plan_object(change);

	if ((row->kinds & 1U << o->kind) == 0 || row->action != change->action)
		return false;
	if (d == NULL)
		return true;
	if (row->field != NULL &&
	    strcmp(row->field,
		json_string_value(json_object_get(d, "field"))) != 0)
		return false;
	return fits_value(row, change, json_object_get(d, "from"));
}

/* -- The names of a change ------------------------------------------------- */

/* One change has each name once. */
static void add(struct drifts *drifts, const struct drift_row *row,
    const struct plan_change *change, json_t *d)
{
	for (size_t i = drifts->count; i-- > 0;) {
		struct drift *old = &drifts->list[i];

		if (old->change != change)
			break;
		if (strcmp(old->row->name, row->name) == 0) {
			(void)json_array_append(old->detail, d);
			return;
		}
	}
	drifts->list = hs_realloc_array(
	    drifts->list, drifts->count + 1, sizeof(*drifts->list));
	drifts->list[drifts->count] = (struct drift) {
		.row = row,
		.change = change,
		.detail = json_array(),
	};
	if (d != NULL)
		(void)json_array_append(drifts->list[drifts->count].detail, d);
	drifts->count++;
}

static const struct drift_row *row_of(
    const struct plan_change *change, const json_t *d)
{
	for (size_t i = 0; i < drift_rows_count; i++)
		if (fits(&drift_rows[i], change, d))
			return &drift_rows[i];
	return NULL;
}

/* A list of facts may have several names: each fact the first that fits. */
static void add_facts(
    struct drifts *drifts, const struct plan_change *change, const json_t *d)
{
	size_t i;
	json_t *fact;

	json_array_foreach (json_object_get(d, "from"), i, fact) {
		json_t *one = json_pack("{s:O, s:[O], s:O}", "field",
		    json_object_get(d, "field"), "from", fact, "to",
		    json_object_get(d, "to"));
		const struct drift_row *row = row_of(change, one);

		if (row != NULL)
			add(drifts, row, change, one);
		json_decref(one);
	}
}

static bool is_hidden(const struct plan_change *change, const char *field)
{
	hs_auto(hs_freep) char *word = hs_printf(" %s ", field);
	size_t i;
	json_t *d;

	json_array_foreach (change->detail, i, d) {
		const struct drift_row *row = row_of(change, d);

		if (row != NULL && row->hides != NULL &&
		    strstr(row->hides, word) != NULL)
			return true;
	}
	return false;
}

static void add_change(struct drifts *drifts, const struct plan_change *change)
{
	const struct drift_row *row;
	size_t i;
	json_t *d;

	if (change->action != PLAN_UPDATE) {
		row = row_of(change, NULL);
		if (row != NULL)
			add(drifts, row, change, NULL);
		return;
	}
	json_array_foreach (change->detail, i, d) {
		if (is_hidden(
			change, json_string_value(json_object_get(d, "field"))))
			continue;
		if (json_is_array(json_object_get(d, "from")))
			add_facts(drifts, change, d);
		else if ((row = row_of(change, d)) != NULL)
			add(drifts, row, change, d);
	}
}

/* -- Consequences ---------------------------------------------------------- */

static bool is_cause(const struct consequence *c, const struct object *its,
    const struct object *cause)
{
	hs_auto(hs_freep) char *prefixed = hs_printf("edge.%s", its->name);

	if ((c->causes & 1U << cause->kind) == 0)
		return false;
	switch (c->how) {
	case SAME: /* an instance's name may have a number behind */
		return strcmp(cause->name, its->name) == 0 ||
		       (its->enterprise != NULL &&
			   object_is_member(
			       cause, cause->kind, its->ve, its->enterprise));
	case PREFIXED:
		return strcmp(cause->name, prefixed) == 0;
	case NETWORK:
		return strcmp(cause->name, object_text(its, "network")) == 0;
	case ANY:
		return cause->ve == NULL || its->ve == NULL ||
		       strcmp(cause->ve, its->ve) == 0;
	}
	return false;
}

static bool follows(const struct drifts *drifts, const struct drift *d)
{
	const struct object *its = plan_object(d->change);

	for (size_t k = 0; k < ARRAY_LEN(consequences); k++) {
		if (strcmp(consequences[k].name, d->row->name) != 0)
			continue;
		for (size_t i = 0; i < drifts->count; i++)
			if (is_cause(&consequences[k], its,
				plan_object(drifts->list[i].change)))
				return true;
	}
	return false;
}

void drift_list(const struct plan *plan, struct drifts *ret_drifts)
{
	struct drifts drifts = { 0 };

	for (size_t i = 0; i < plan->count; i++)
		add_change(&drifts, &plan->list[i]);
	for (size_t i = 0; i < drifts.count; i++)
		drifts.list[i].follows = follows(&drifts, &drifts.list[i]);
	*ret_drifts = drifts;
}

void drifts_done(struct drifts *drifts)
{
	for (size_t i = 0; i < drifts->count; i++)
		json_decref(drifts->list[i].detail);
	free(drifts->list);
	*drifts = (struct drifts) { 0 };
}

/* -- For people ------------------------------------------------------------ */

static void add_value(struct hs_text *text, const json_t *value)
{
	hs_auto(hs_freep) char *dump = NULL;
	size_t i;
	json_t *item;

	if (json_is_string(value)) {
		hs_text_add(text, json_string_value(value));
	} else if (json_is_array(value)) {
		json_array_foreach (value, i, item) {
			hs_text_add(text, i > 0 ? ", " : "");
			add_value(text, item);
		}
	} else {
		dump = value != NULL
			   ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
						   JSON_SORT_KEYS)
			   : NULL;
		hs_text_add(text, dump != NULL ? dump : "nothing");
	}
}

static void add_difference(
    void *arg, const char *path, const json_t *from, const json_t *to)
{
	struct hs_text *text = arg;

	hs_text_addf(text, "%s%s: ", text->len > 0 ? "; " : "", path);
	add_value(text, from);
	hs_text_add(text, " instead of ");
	add_value(text, to);
}

char *drift_detail(const struct drift *drift)
{
	struct hs_text text = { 0 };
	size_t i;
	json_t *d;

	json_array_foreach (drift->detail, i, d)
		difference_each(json_string_value(json_object_get(d, "field")),
		    json_object_get(d, "from"), json_object_get(d, "to"),
		    add_difference, &text);
	return text.len > 0 ? hs_text_take(&text) : hs_strdup("");
}
