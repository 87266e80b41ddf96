/* conf.c - YAML into C structs: read, judge, fill. */

#include "base/conf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_tree.h"
#include "base/err.h"
#include "base/text.h"

#define SHOWN_MAX 72 /* bytes of a wrong value that are repeated */

struct hs_conf {
	struct hs_arena *arena;
	struct conf_node *root;
	char *text;
	size_t len;
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

char *hs_fault_shown(const char *text)
{
	size_t len = SHOWN_MAX;

	if (strnlen(text, SHOWN_MAX + 1) <= SHOWN_MAX)
		return hs_strdup(text);
	while (len > 0 && (text[len] & 0xc0) == 0x80)
		len--;
	return hs_printf("%.*s...", (int)len, text);
}

void hs_faults_drop(struct hs_faults *faults, unsigned line, const char *field)
{
	size_t kept = 0;

	for (size_t i = 0; i < faults->count; i++) {
		if (faults->list[i].line != line ||
		    strcmp(faults->list[i].field, field) != 0) {
			faults->list[kept++] = faults->list[i];
			continue;
		}
		free(faults->list[i].field);
		free(faults->list[i].message);
	}
	faults->count = kept;
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

static int open_text(struct hs_conf *conf, const char *name, const char *text,
    struct hs_faults *faults, struct hs_err *err)
{
	if (read_text(name, text, &conf->text, &conf->len, err) < 0)
		return -1;
	conf->root = conf_tree_read(conf->text, conf->len, conf->arena, faults);
	if (conf->root == NULL)
		return hs_faults_fail(faults, err);
	conf_judge(conf->root, conf->schema, faults);
	return 0;
}

int hs_conf_open(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = hs_alloc(sizeof(*conf));

	hs_faults_done(faults);
	faults->file = hs_strdup(name);
	conf->arena = hs_arena_new();
	conf->schema = schema;
	if (open_text(conf, name, text, faults, err) < 0)
		return -1;
	*ret_conf = hs_steal(&conf);
	return 0;
}

int hs_conf_fill(struct hs_conf *conf, struct hs_faults *faults,
    void **ret_data, struct hs_err *err)
{
	cyaml_data_t *data = NULL;
	cyaml_err_t status;

	if (hs_faults_fail(faults, err) < 0)
		return -1;
	status = cyaml_load_data((const uint8_t *)conf->text, conf->len, &quiet,
	    conf->schema, &data, NULL);
	conf->data = data;
	if (status != CYAML_OK)
		hs_faults_add(faults, 0, "", "%s", cyaml_strerror(status));
	*ret_data = data;
	return hs_faults_fail(faults, err);
}

static int load(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    void **ret_data, struct hs_faults *faults, struct hs_err *err)
{
	hs_auto(hs_conf_freep) struct hs_conf *conf = NULL;

	if (hs_conf_open(name, text, schema, &conf, faults, err) < 0 ||
	    hs_conf_fill(conf, faults, ret_data, err) < 0)
		return -1;
	*ret_conf = hs_steal(&conf);
	return 0;
}

int hs_conf_load(const char *name, const char *text,
    const cyaml_schema_value_t *schema, struct hs_conf **ret_conf,
    void **ret_data, struct hs_faults *faults, struct hs_err *err)
{
	struct hs_faults own = { 0 };
	int ret = load(name, text, schema, ret_conf, ret_data,
	    faults != NULL ? faults : &own, err);

	hs_faults_done(&own);
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

static const struct conf_node *find(
    const struct hs_conf *conf, const char *field)
{
	const struct conf_node *node = conf->root;

	while (node != NULL && *field != '\0')
		node = follow(node, &field);
	return node;
}

unsigned hs_conf_line(const struct hs_conf *conf, const char *field)
{
	const struct conf_node *node = find(conf, field);

	return node != NULL ? node->line : 0;
}

const char *hs_conf_text(const struct hs_conf *conf, const char *field)
{
	const struct conf_node *node = find(conf, field);

	return node != NULL ? node->text : NULL;
}

struct visitor {
	void (*visit)(void *arg, const struct hs_conf_value *value);
	void *arg;
};

static void each(const struct visitor *v, const struct conf_node *node,
    const char *pattern, const char *path);

static void each_entry(const struct visitor *v, const struct conf_node *node,
    const char *pattern, const char *path)
{
	for (size_t i = 0; node->kind == CONF_SEQUENCE && i < node->count;
	     i++) {
		hs_auto(hs_freep) char *here = hs_printf("%s[%zu]", path, i);

		each(v, node->parts[i], pattern, here);
	}
}

static void each(const struct visitor *v, const struct conf_node *node,
    const char *pattern, const char *path)
{
	const char *key = *pattern == '.' ? pattern + 1 : pattern;
	size_t len = strcspn(key, ".[");
	hs_auto(hs_freep) char *here = NULL;

	if (*pattern == '\0') {
		v->visit(v->arg,
		    &(struct hs_conf_value) { .line = node->line,
			.field = path,
			.text = node->text,
			.count =
			    node->kind == CONF_SEQUENCE ? node->count : 0 });
		return;
	}
	if (*pattern == '[') {
		each_entry(v, node, pattern + 2, path);
		return;
	}
	here = hs_printf(
	    "%s%s%.*s", path, path[0] != '\0' ? "." : "", (int)len, key);
	node = node->kind == CONF_MAPPING ? conf_tree_member(node, key, len)
					  : NULL;
	if (node != NULL)
		each(v, node, key + len, here);
}

void hs_conf_each(const struct hs_conf *conf, const char *pattern,
    void (*visit)(void *arg, const struct hs_conf_value *value), void *arg)
{
	const struct visitor v = { .visit = visit, .arg = arg };

	each(&v, conf->root, pattern, "");
}

void hs_conf_free(struct hs_conf *conf)
{
	if (conf == NULL)
		return;
	if (conf->data != NULL)
		(void)cyaml_free(&quiet, conf->schema, conf->data, 0);
	hs_arena_free(conf->arena);
	free(conf->text);
	free(conf);
}
