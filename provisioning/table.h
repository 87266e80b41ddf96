/* table.h - a table on its way to a client: {"columns","rows","items"}, rows
 * for people and items for programs.
 *
 * It is text from the start. One of twenty thousand rows has half a million
 * cells; as JSON values they would take a second and 100 MiB.
 */
#ifndef HANSE_PROVISIONING_TABLE_H
#define HANSE_PROVISIONING_TABLE_H

#include <jansson.h>

#include "base/text.h"

/** Start with the columns and zeroes; end with table_done(). */
struct table {
	const char *const *columns; /* keys of items; NULL ends */
	struct hs_text rows, items;
	size_t cell; /* the next one of a row that is put */
};

void table_done(struct table *table);

/** Add a row: the item as it is, and its cells as people see them. Taken. */
void table_add(struct table *table, json_t *item);

/**
 * Add a row cell by cell, in the order of the columns; then its item has these
 * and no others.
 * @text:  UTF-8
 */
void table_put_text(struct table *table, const char *text);
void table_put_number(struct table *table, unsigned number);

/** The item of the first row; NULL if there is none. */
json_t *table_first(const struct table *table);

#define TABLE_PARTS 2

/**
 * The whole of it as JSON, in parts, for nobody needs it in one piece. The
 * caller frees them.
 */
void table_take(struct table *table, char *ret_parts[TABLE_PARTS]);

#endif
