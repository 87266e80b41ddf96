/* conf_tree.h - a YAML text as a tree that knows its lines; private to base. */
#ifndef HANSE_BASE_CONF_TREE_H
#define HANSE_BASE_CONF_TREE_H

#include <cyaml/cyaml.h>
#include <stddef.h>

struct hs_arena;
struct hs_faults;

#define CONF_DEPTH_MAX 32 /* mappings and sequences within one another */

enum conf_kind {
	CONF_SCALAR,
	CONF_SEQUENCE,
	CONF_MAPPING,
	CONF_ALIAS, /* a fault already */
};

struct conf_node {
	enum conf_kind kind;
	unsigned line;
	const char *text;         /* of a scalar */
	struct conf_node **parts; /* a mapping's: key, value, key, value ... */
	size_t count, size;       /* of parts */
};

/**
 * Read a text into a tree. Everything is owned by the arena.
 *
 * Returns the root; NULL if it is not YAML or not one document, which is then
 * among the faults. Anchors, aliases and tags are faults too.
 */
struct conf_node *conf_tree_read(const char *text, size_t len,
    struct hs_arena *arena, struct hs_faults *faults);

/** The part of a mapping, or NULL. */
const struct conf_node *conf_tree_member(
    const struct conf_node *map, const char *key, size_t key_len);

/** Add everything in which the tree differs from the schema. */
void conf_judge(const struct conf_node *root,
    const cyaml_schema_value_t *schema, struct hs_faults *faults);

#endif
