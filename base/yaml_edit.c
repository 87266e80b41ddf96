/* yaml_edit.c - the smallest edit of a YAML text, where libyaml says that the
 * value stands. Its marks count characters, so columns are looked up as bytes.
 */

#include "base/yaml_edit.h"

#include <string.h>
#include <yaml.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

/** A part of the text; of an insertion it is empty. */
struct place {
	size_t from, to;
	const char *before; /* what an insertion puts before the key */
	size_t indent;
	bool found;
};

static const char *scalar(const yaml_node_t *node)
{
	return node != NULL && node->type == YAML_SCALAR_NODE
		   ? (const char *)node->data.scalar.value
		   : "";
}

static yaml_node_t *value_of(
    yaml_document_t *doc, const yaml_node_t *map, const char *key)
{
	if (map == NULL || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++)
		if (strcmp(scalar(yaml_document_get_node(doc, p->key)), key) ==
		    0)
			return yaml_document_get_node(doc, p->value);
	return NULL;
}

static yaml_node_t *mapping_of(
    yaml_document_t *doc, const char *key, const char *name)
{
	yaml_node_t *list =
	    value_of(doc, yaml_document_get_root_node(doc), key);

	if (list == NULL || list->type != YAML_SEQUENCE_NODE)
		return NULL;
	for (yaml_node_item_t *i = list->data.sequence.items.start;
	     i < list->data.sequence.items.top; i++) {
		yaml_node_t *one = yaml_document_get_node(doc, *i);

		if (strcmp(scalar(value_of(doc, one, "name")), name) == 0)
			return one;
	}
	return NULL;
}

/* A character in UTF-8 begins with no byte 10xxxxxx. */
static size_t byte_of(const char *text, const yaml_mark_t *mark)
{
	const char *p = text;
	size_t column = mark->column;

	for (size_t line = mark->line; line > 0 && p != NULL; line--) {
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
	if (p == NULL)
		return strlen(text);
	for (; *p != '\0' && (column > 0 || (*p & 0xc0) == 0x80); p++)
		if ((p[1] & 0xc0) != 0x80 && column > 0)
			column--;
	return (size_t)(p - text);
}

static void find(yaml_document_t *doc, const char *text,
    const struct hs_yaml_number *n, struct place *ret_place)
{
	yaml_node_t *one = mapping_of(doc, n->list, n->name);
	yaml_node_t *value = value_of(doc, one, n->key);
	yaml_node_t *name = value_of(doc, one, "name");

	if (value != NULL) {
		*ret_place = (struct place) {
			.from = byte_of(text, &value->start_mark),
			.to = byte_of(text, &value->end_mark),
			.found = true,
		};
		return;
	}
	if (name == NULL)
		return;
	ret_place->found = true;
	ret_place->from = ret_place->to = byte_of(text, &name->end_mark);
	/* In braces, behind the name; else on a line of its own. */
	ret_place->before =
	    one->data.mapping.style == YAML_FLOW_MAPPING_STYLE ? ", " : "\n";
	ret_place->indent =
	    ret_place->before[0] == '\n' ? one->start_mark.column : 0;
}

static char *edit(
    const char *text, const struct place *p, const struct hs_yaml_number *n)
{
	struct hs_text out = { 0 };

	hs_text_add_len(&out, text, p->from);
	if (p->before != NULL) {
		hs_text_add(&out, p->before);
		for (size_t i = 0; i < p->indent; i++)
			hs_text_add_char(&out, ' ');
		hs_text_addf(&out, "%s: ", n->key);
	}
	hs_text_addf(&out, "%u", n->value);
	hs_text_add(&out, text + p->to);
	return hs_text_take(&out);
}

int hs_yaml_set_number(const char *text, const struct hs_yaml_number *number,
    char **ret_text, struct hs_err *err)
{
	struct place place = { 0 };
	yaml_document_t doc;
	yaml_parser_t parser;
	bool good;

	if (yaml_parser_initialize(&parser) == 0)
		return hs_fail(err, HS_ESYSTEM, "libyaml");
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)text, strlen(text));
	good = yaml_parser_load(&parser, &doc) == 1;
	if (good) {
		find(&doc, text, number, &place);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	if (!good)
		return hs_fail(err, HS_EINVAL, "the text is no YAML");
	if (!place.found)
		return hs_fail(err, HS_ENOTFOUND, "there is no '%s' in '%s'",
		    number->name, number->list);
	*ret_text = edit(text, &place, number);
	return 0;
}
