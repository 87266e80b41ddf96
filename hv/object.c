/* object.c - read what hanse owns out of libvirt's XML, by one table. */

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#include "hv/hv.h"
#include "hv/rest.h"

#define NAMESPACE "https://hanse.example/ns/1"

/* clang-format off */
static const char *const kind_names[HV_KIND_COUNT] = {
	[HV_DOMAIN]  = "domain",
	[HV_NETWORK] = "network",
};

/* QEMU's and Xen's disk of that letter. */
#define DISK(letter) "//disk[target/@dev='vd" letter "' or " \
		     "target/@dev='xvd" letter "']/source/@file"

#define WALL "/*/metadata/h:object/h:wall/"

#define TEXT(f)   offsetof(struct hv_object, f), AS_TEXT
#define NUMBER(f) offsetof(struct hv_object, f), AS_UNSIGNED
#define D (1U << HV_DOMAIN)
#define N (1U << HV_NETWORK)

static const struct attribute {
	unsigned kinds;
	size_t offset;
	enum { AS_TEXT, AS_UNSIGNED, AS_UINT64, AS_BOOL } type;
	const char *xpath;
} attributes[] = {
	{ D|N,   TEXT(uuid),         "/*/uuid" },
	{ N|D,   TEXT(name),         "/*/name" },
	{ D,     TEXT(role),         "/*/metadata/h:object/@template" },
	{ D|N,   TEXT(ve),           "/*/metadata/h:object/@ve" },
	{ D|N,   TEXT(enterprise),   "/*/metadata/h:object/@enterprise" },
	{ D|N,   NUMBER(generation), "/*/metadata/h:object/@generation" },
	{ D,     NUMBER(vcpus), "/*/vcpu/@current|/*/vcpu[not(@current)]" },
	{ D,     NUMBER(vcpus_max),  "/*/vcpu" },
	{ D,     offsetof(struct hv_object, memory_kib), AS_UINT64,
	              "/*/currentMemory[not(@unit) or @unit='KiB']"
	              "|/*[not(currentMemory)]/memory[not(@unit) or @unit='KiB']" },
	{ D,     offsetof(struct hv_object, memory_max_kib), AS_UINT64,
	                             "/*/memory[not(@unit) or @unit='KiB']" },
	{ D,     offsetof(struct hv_object, hard_limit_kib), AS_UINT64,
	                             "/*/memtune/hard_limit" },
	{ D,     NUMBER(cpu_quota),  "/*/cputune/quota" },
	{ D,     TEXT(root),         "//filesystem[target/@dir='/']/source/@dir"
	                             "|" DISK("a") },
	{ D,     TEXT(config),
	                  "//filesystem[target/@dir='/etc/hanse']/source/@dir"
	                  "|" DISK("b") },
	{ D,     TEXT(data),  "//filesystem[target/@dir='/data']/source/@dir"
	                      "|" DISK("c") },
	{ D,     TEXT(kernel),       "/*/os/kernel" },
	{ D,     TEXT(initrd),       "/*/os/initrd" },
	{ D,     TEXT(network),      "//interface[1]/source/@network"
	                    "|/*/metadata/h:object/@network" },
	{ D,     TEXT(bridge),       "//interface[1]/source/@bridge" },
	{ D,     TEXT(mac),          "//interface[1]/mac/@address" },
	{ D,     TEXT(ifname),       "//interface[1]/target/@dev" },
	{ D,     TEXT(filter),       WALL "@filter"
	                             "|//interface[1]/script/@path" },
	{ D,     TEXT(address),      WALL "@address"
	                         "|//interface[1][script]/ip/@address" },
	{ D,     TEXT(wall.host),     WALL "@host" },
	{ D,     TEXT(wall.ports),    WALL "@port" },
	{ D,     TEXT(wall.platform), WALL "@platform" },
	{ D,     TEXT(wall.calls),    WALL "@calls" },
	{ D,     TEXT(wall.peers),    WALL "@peers" },
	{ D,     TEXT(wall.peer_ports), WALL "@peer-ports" },
	{ D,     offsetof(struct hv_object, isolated), AS_BOOL,
	                             "//interface[1]/port[@isolated='yes']" },
	{ D,     NUMBER(idmap_base), "/*/idmap/uid[@start='0']/@target" },
	{ D,     NUMBER(idmap_count), "/*/idmap/uid[@start='0']/@count" },
	{ N,     TEXT(bridge),       "/*/bridge/@name" },
	{ N,     TEXT(mac),          "/*/mac/@address" },
	{ N,     TEXT(host_address), "/*/ip[1]/@address" },
	{ N,     NUMBER(prefix),     "/*/ip[1]/@prefix" },
	{ N,     offsetof(struct hv_object, forwards), AS_BOOL, "/*/forward" },
};

#undef D
#undef N
/* clang-format on */

const char *hv_kind_name(enum hv_kind kind)
{
	return kind_names[kind];
}

/* The first node's text; NULL if there is none. */
static char *evaluate(xmlXPathContextPtr xpath, const char *expression)
{
	xmlXPathObjectPtr found =
	    xmlXPathEval((const xmlChar *)expression, xpath);
	xmlChar *content = NULL;
	char *text = NULL;

	if (found != NULL && found->nodesetval != NULL &&
	    found->nodesetval->nodeNr > 0)
		content = xmlNodeGetContent(found->nodesetval->nodeTab[0]);
	if (content != NULL)
		text = hs_strdup((const char *)content);
	xmlFree(content);
	xmlXPathFreeObject(found);
	return text;
}

static void fill(
    struct hv_object *object, const struct attribute *a, char *text)
{
	hs_auto(hs_freep) char *value = text;
	char *field = (char *)object + a->offset;

	if (value == NULL)
		return;
	switch (a->type) {
	case AS_TEXT:
		*(char **)(void *)field = hs_steal(&value);
		break;
	case AS_UNSIGNED:
		*(unsigned *)(void *)field = (unsigned)strtoul(value, NULL, 10);
		break;
	case AS_UINT64:
		*(uint64_t *)(void *)field = strtoull(value, NULL, 10);
		break;
	case AS_BOOL:
		*(bool *)(void *)field = true;
		break;
	}
}

static bool is_ours(const struct hv_object *object, xmlXPathContextPtr xpath)
{
	hs_auto(hs_freep) char *tag = NULL;

	if (object->uuid == NULL || object->name == NULL)
		return false;
	tag = evaluate(xpath, "/*/metadata/h:object/@kind");
	return tag != NULL && strcmp(tag, kind_names[object->kind]) == 0;
}

bool hv_object_parse(
    enum hv_kind kind, const char *xml, struct hv_object *ret_object)
{
	struct hv_object object = { .kind = kind, .state = HV_UNKNOWN };
	xmlDocPtr doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	bool ours;
	xmlXPathContextPtr xpath = doc != NULL ? xmlXPathNewContext(doc) : NULL;

	if (xpath != NULL) {
		(void)xmlXPathRegisterNs(
		    xpath, (const xmlChar *)"h", (const xmlChar *)NAMESPACE);
		for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
			if ((attributes[i].kinds & (1U << kind)) != 0)
				fill(&object, &attributes[i],
				    evaluate(xpath, attributes[i].xpath));
	}
	ours = xpath != NULL && is_ours(&object, xpath);
	if (ours) {
		object.rest = hv_rest_digest(kind, xpath);
		*ret_object = object;
	} else
		hv_object_done(&object);
	xmlXPathFreeContext(xpath);
	xmlFreeDoc(doc);
	return ours;
}

void hv_object_copy(const struct hv_object *from, struct hv_object *ret_to)
{
	*ret_to = *from;
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		const void *text = (const char *)from + attributes[i].offset;
		void *copy = (char *)ret_to + attributes[i].offset;

		if (attributes[i].type == AS_TEXT &&
		    (attributes[i].kinds & (1U << from->kind)) != 0)
			*(char **)copy = hs_strdup(*(char *const *)text);
	}
	ret_to->rest = hs_strdup(from->rest);
	ret_to->live = NULL;
	if (from->live != NULL) {
		ret_to->live = hs_alloc(sizeof(*ret_to->live));
		hv_object_copy(from->live, ret_to->live);
	}
}

void hv_object_done(struct hv_object *object)
{
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		void *field = (char *)object + attributes[i].offset;

		if (attributes[i].type == AS_TEXT)
			hs_freep(field);
	}
	if (object->live != NULL)
		hv_object_done(object->live);
	free(object->live);
	free(object->rest);
	*object = (struct hv_object) { 0 };
}

void hv_objects_done(struct hv_objects *objects)
{
	for (size_t i = 0; i < objects->count; i++)
		hv_object_done(&objects->list[i]);
	free(objects->list);
	*objects = (struct hv_objects) { 0 };
}
