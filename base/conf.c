/* conf.c - YAML into C structs: read, judge, fill. */

#include "base/conf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_tree.h"
#include "base/err.h"
#include "base/text.h"

struct hs_conf {
	struct hs_arena *arena;
	struct conf_node *root;
	const cyaml_schema_value_t *schema;
	void *data;
};

static const cyaml_config_t quiet = {
	.log_fn = NULL,
	.mem_fn = cyaml_mem,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_NO_ALIAS,
};

void hs_faults_done(struct hs_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		free(faults->list[i].field);
		free(faults->list[i].message);
	}
	free(faults->list);
	free(faults->file);
	*faults = (struct hs_faults) { 0 };
}

static void push(
    struct hs_faults *faults, unsigned line, const char *field, char *message)
{
	faults->list = hs_realloc_array(
	    faults->list, faults->count + 1, sizeof(*faults->list));
	faults->list[faults->count++] = (struct hs_fault) {
		.line = line,
		.field = hs_strdup(field != NULL ? field : ""),
		.message = message,
	};
}

void hs_faults_add(struct hs_faults *faults, unsigned line, const char *field,
    const char *fmt, ...)
{
	va_list ap;

	if (faults->count > HS_FAULTS_MAX)
		return;
	if (faults->count == HS_FAULTS_MAX) {
		push(faults, line, "",
		    hs_printf("more than %d faults; the rest is left out",
			HS_FAULTS_MAX));
		return;
	}
	va_start(ap, fmt);
	push(faults, line, field, hs_vprintf(fmt, ap));
	va_end(ap);
}

/* Stable: faults of one line stay in the order in which they were found. */
void hs_faults_sort(struct hs_faults *faults)
{
	for (size_t i = 1; i < faults->count; i++) {
		struct hs_fault moved = faults->list[i];
		size_t k = i;

		for (; k > 0 && faults->list[k - 1].line > moved.line; k--)
			faults->list[k] = faults->list[k - 1];
		faults->list[k] = moved;
	}
}

char *hs_fault_text(const char *file, const struct hs_fault *fault)
{
	struct hs_text text = { 0 };

	hs_text_add(&text, file);
	if (fault->line > 0)
		hs_text_addf(&text, ":%u", fault->line);
	if (fault->field[0] != '\0')
		hs_text_addf(&text, ": %s", fault->field);
	hs_text_addf(&text, ": %s", fault->message);
	return hs_text_take(&text);
}

int hs_faults_fail(struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(hs_freep) char *first = NULL;

	if (faults->count == 0)
		return 0;
	hs_faults_sort(faults);
	first = hs_fault_text(
	    faults->file != NULL ? faults->file : "?", &faults->list[0]);
	return hs_fail(err, HS_EINVAL, "%s", first);
}

static int read_text(const char *name, const char *text, char **ret_text,
    size_t *ret_len, struct hs_err *err)
{
	if (text == NULL)
		return hs_file_read(name, HS_CONF_MAX, ret_text, ret_len, err);
	if (strnlen(text, HS_CONF_MAX + 1) > HS_CONF_MAX)
		return hs_fail(err, HS_ELIMIT, "%s: larger than 1 MiB", name);
	*ret_text = hs_strdup(text);
	*ret_len = strlen(text);
	return 0;
}

/* The struct, from a text that has been judged. */
static void fill(struct hs_conf *conf, const char *text, size_t len,
    struct hs_faults *faults)
{
	cyaml_data_t *data = NULL;
	cyaml_err_t status = cyaml_load_data(
	    (const uint8_t *)text, len, &quiet, conf->schema, &data, NULL);

	if (status != CYAML_OK)
		hs_faults_add(faults, 0, "", "%s", cyaml_strerror(status));
	conf->data = data;
}

static int load(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = hs_alloc(sizeof(*conf));
	hs_auto(hs_freep) char *copy = NULL;
	size_t len = 0;

	conf->arena = hs_arena_new();
	conf->schema = schema;
	if (read_text(name, text, &copy, &len, err) < 0)
		return -1;
	conf->root = conf_tree_read(copy, len, conf->arena, faults);
	if (conf->root != NULL)
		conf_judge(conf->root, schema, faults);
	if (faults->count == 0)
		fill(conf, copy, len, faults);
	if (hs_faults_fail(faults, err) < 0)
		return -1;
	*ret_conf = hs_steal(&conf);
	return 0;
}

int hs_conf_load(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    void **ret_data, struct hs_faults *faults, struct hs_err *err)
{
	struct hs_faults own = { 0 };
	struct hs_faults *list = faults != NULL ? faults : &own;
	int ret;

	hs_faults_done(list);
	list->file = hs_strdup(name);
	ret = load(name, text, schema, ret_conf, list, err);
	hs_faults_done(&own);
	if (ret == 0)
		*ret_data = (*ret_conf)->data;
	return ret;
}

/* One step of a path: "[2]" or "name"; NULL if it leads nowhere. */
static const struct conf_node *follow(
    const struct conf_node *node, const char **path)
{
	size_t len;

	if (**path == '[') {
		char *end;
		unsigned long index = strtoul(*path + 1, &end, 10);

		*path = *end == ']' ? end + 1 : end;
		if (node->kind != CONF_SEQUENCE || index >= node->count)
			return NULL;
		return node->parts[index];
	}
	if (**path == '.')
		(*path)++;
	len = strcspn(*path, ".[");
	node = node->kind == CONF_MAPPING && len > 0
		   ? conf_tree_member(node, *path, len)
		   : NULL;
	*path += len;
	return node;
}

unsigned hs_conf_line(const struct hs_conf *conf, const char *field)
{
	const struct conf_node *node = conf->root;

	while (node != NULL && *field != '\0')
		node = follow(node, &field);
	return node != NULL ? node->line : 0;
}

void hs_conf_free(struct hs_conf *conf)
{
	if (conf == NULL)
		return;
	if (conf->data != NULL)
		(void)cyaml_free(&quiet, conf->schema, conf->data, 0);
	hs_arena_free(conf->arena);
	free(conf);
}
