/* embed.h - text files built into a program (tools/embed makes the tables).
 *
 * A module.mk line "EMBEDS += portal_sql" with portal_sql_FILES gives
 * gen/portal_sql.h: the table portal_sql[], ended by a NULL name, and one
 * "extern const char portal_sql_NAME[]" a file (the file's name without folder
 * and ending, other characters than letters and digits as '_'), so that a
 * missing file is an error of the build.
 */
#ifndef HANSE_BASE_EMBED_H
#define HANSE_BASE_EMBED_H

#include <stddef.h>

struct hs_embed {
	const char *name; /* file name without its folder, e.g. "app.xml" */
	const char *data; /* NUL-terminated behind len bytes */
	size_t len;
};

#endif
