/* conf_tree.c - YAML events into a tree that knows its lines.
 *
 * libyaml's own document forgets anchors and resolves aliases, which are what
 * must be refused here; so the tree is built from the events.
 */

#include "base/conf_tree.h"

#include <string.h>
#include <yaml.h>

#include "base/conf.h"
#include "base/mem.h"
#include "base/text.h"

struct reader {
	yaml_parser_t parser;
	const char *text; /* all of it */
	struct hs_arena *arena;
	struct hs_faults *faults;
	struct conf_node *open[CONF_DEPTH_MAX]; /* from the root down */
	size_t depth;
	struct conf_node *root;
	unsigned documents;
};

static unsigned line_of(yaml_mark_t mark)
{
	return (unsigned)mark.line + 1;
}

/* Parts are kept in arena blocks twice as large each time; old ones are few. */
static void add_part(
    struct reader *r, struct conf_node *node, struct conf_node *part)
{
	if (node->count == node->size) {
		size_t size = node->size > 0 ? node->size * 2 : 4;
		struct conf_node **parts =
		    hs_arena_alloc(r->arena, size * sizeof(struct conf_node *));

		if (node->count > 0)
			memcpy(parts, node->parts,
			    node->count * sizeof(struct conf_node *));
		node->parts = parts;
		node->size = size;
	}
	node->parts[node->count++] = part;
}

static struct conf_node *add_node(
    struct reader *r, enum conf_kind kind, const yaml_event_t *event)
{
	struct conf_node *node = hs_arena_alloc(r->arena, sizeof(*node));

	node->kind = kind;
	node->line = line_of(event->start_mark);
	if (r->depth > 0)
		add_part(r, r->open[r->depth - 1], node);
	else if (r->root == NULL)
		r->root = node;
	return node;
}

/*
 * Where the newest node stands: of each open node, its last part. A key that
 * has no value yet stands for itself.
 */
static char *field_of(const struct reader *r)
{
	struct hs_text text = { 0 };

	for (size_t i = 0; i < r->depth && r->open[i]->count > 0; i++) {
		const struct conf_node *node = r->open[i];
		size_t last = node->count - 1;
		const char *key;

		if (node->kind == CONF_SEQUENCE) {
			hs_text_addf(&text, "[%zu]", last);
			continue;
		}
		key = node->parts[last - last % 2]->text;
		hs_text_addf(&text, "%s%.40s", text.len > 0 ? "." : "",
		    key != NULL ? key : "?");
	}
	return hs_text_take(&text);
}

/* Of the newest node. */
static void refuse(struct reader *r, const yaml_event_t *event,
    const char *what, const yaml_char_t *name, const char *remedy)
{
	hs_auto(hs_freep) char *field = field_of(r);

	if (name != NULL)
		hs_faults_add(r->faults, line_of(event->start_mark), field,
		    "%s%s') are not allowed: %s", what, (const char *)name,
		    remedy);
}

static void refuse_marks(struct reader *r, const yaml_event_t *event,
    const yaml_char_t *anchor, const yaml_char_t *tag)
{
	refuse(r, event, "anchors ('&", anchor, "write the value out");
	refuse(r, event, "tags ('", tag, "leave it out");
}

static void on_scalar(struct reader *r, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	struct conf_node *node = add_node(r, CONF_SCALAR, event);
	hs_auto(hs_freep) char *field = NULL;

	node->text = hs_arena_strndup(r->arena, value, len);
	if (strlen(node->text) == len && hs_is_text(node->text)) {
		refuse_marks(r, event, event->data.scalar.anchor,
		    event->data.scalar.tag);
		return;
	}
	node->text = "?";
	field = field_of(r);
	hs_faults_add(r->faults, node->line, field,
	    "the text has a control character in it");
}

static void on_alias(struct reader *r, const yaml_event_t *event)
{
	(void)add_node(r, CONF_ALIAS, event);
	refuse(r, event, "aliases ('*", event->data.alias.anchor,
	    "write the value out");
}

/* False if it lies too deep. */
static bool on_open(struct reader *r, enum conf_kind kind,
    const yaml_event_t *event, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
	struct conf_node *node;

	if (r->depth == CONF_DEPTH_MAX) {
		hs_faults_add(r->faults, line_of(event->start_mark), "",
		    "nested deeper than %d levels", CONF_DEPTH_MAX);
		r->root = NULL;
		return false;
	}
	node = add_node(r, kind, event);
	refuse_marks(r, event, anchor, tag);
	r->open[r->depth++] = node;
	return true;
}

static bool on_document(struct reader *r, const yaml_event_t *event)
{
	if (++r->documents == 1)
		return true;
	hs_faults_add(r->faults, line_of(event->start_mark), "",
	    "a second document begins here; one file holds one");
	return false;
}

/* True as long as more may come. */
static bool on_event(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		on_scalar(r, event);
		return true;
	case YAML_ALIAS_EVENT:
		on_alias(r, event);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		return on_open(r, CONF_SEQUENCE, event,
		    event->data.sequence_start.anchor,
		    event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return on_open(r, CONF_MAPPING, event,
		    event->data.mapping_start.anchor,
		    event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return true;
	case YAML_DOCUMENT_START_EVENT:
		return on_document(r, event);
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return true;
	}
	return true;
}

/* Does the indentation of this line (from 1) have a tab in it? */
static bool has_tab(const char *text, unsigned line)
{
	while (--line > 0) {
		const char *end = strchr(text, '\n');

		if (end == NULL)
			return false;
		text = end + 1;
	}
	return text[strspn(text, " ")] == '\t';
}

static void syntax_fault(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	unsigned line = line_of(p->problem_mark);
	const char *what = p->problem != NULL ? p->problem : "unreadable";

	r->root = NULL;
	if (has_tab(r->text, line))
		hs_faults_add(r->faults, line, "",
		    "a tab in the indentation; indent with spaces");
	else if (p->context != NULL)
		hs_faults_add(r->faults, line, "",
		    "not YAML: %s, %s that begins in line %u", what, p->context,
		    line_of(p->context_mark));
	else
		hs_faults_add(r->faults, line, "", "not YAML: %s", what);
}

static void read_events(struct reader *r)
{
	bool more = true;

	while (more) {
		yaml_event_t event;

		if (yaml_parser_parse(&r->parser, &event) == 0) {
			syntax_fault(r);
			return;
		}
		more = on_event(r, &event);
		yaml_event_delete(&event);
	}
}

/* The length of the UTF-8 character at p; 0 if it is none, or a control. */
static size_t char_len(const unsigned char *p, size_t left)
{
	char one[5] = { 0 };
	size_t len = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

	if (*p == '\r')
		return 1;
	if (len > left || *p == '\0')
		return 0;
	memcpy(one, p, len);
	return hs_is_text(one) ? len : 0;
}

static bool check_bytes(const char *text, size_t len, struct hs_faults *faults)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned line = 1;

	for (size_t i = 0, step; i < len; i += step) {
		step = char_len(p + i, len - i);
		if (step == 0) {
			hs_faults_add(faults, line, "",
			    "byte 0x%02x is not UTF-8 text", p[i]);
			return false;
		}
		if (p[i] == '\n')
			line++;
	}
	return true;
}

struct conf_node *conf_tree_read(const char *text, size_t len,
    struct hs_arena *arena, struct hs_faults *faults)
{
	struct reader r = { .text = text, .arena = arena, .faults = faults };
	size_t before = faults->count;

	if (!check_bytes(text, len, faults))
		return NULL;
	if (yaml_parser_initialize(&r.parser) == 0) {
		hs_faults_add(faults, 0, "", "no memory for the YAML parser");
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &r.parser, (const unsigned char *)text, len);
	read_events(&r);
	yaml_parser_delete(&r.parser);
	if (r.documents == 0 && faults->count == before)
		hs_faults_add(faults, 1, "", "the file is empty");
	return r.root;
}

const struct conf_node *conf_tree_member(
    const struct conf_node *map, const char *key, size_t key_len)
{
	for (size_t i = 0; i + 1 < map->count; i += 2) {
		const char *text = map->parts[i]->text;

		if (text != NULL && strlen(text) == key_len &&
		    memcmp(text, key, key_len) == 0)
			return map->parts[i + 1];
	}
	return NULL;
}
