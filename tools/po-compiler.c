/* po-compiler.c - turn PO catalogues into C tables.
 *
 *   po-compiler [-p PREFIX] OUT.c OUT.h en.po de.po ...
 *
 * A msgid is a key such as "order.title"; it becomes MSG_ORDER_TITLE. With
 * "-p tco" all names begin with it: TCO_MSG_ORDER_TITLE, tco_msg_texts. The
 * first catalogue says which keys there are. A key without translation, one too
 * many, a fuzzy one, a wrong number of plural forms, and arguments (%1, %2)
 * that differ between languages are errors of the build.
 */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_MAX 6

static const char *prefix = ""; /* of every name: "tco_" */

struct message {
	char *key;
	char *forms[FORM_MAX];
	unsigned form_count;
	bool plural;
	unsigned line;
};

struct catalogue {
	const char *path;
	char code[16]; /* "en" */
	char *plural;  /* the C expression over n */
	unsigned form_count;
	struct message *messages;
	size_t count;
	unsigned line;
};

static _Noreturn void fail(const struct catalogue *cat, unsigned line,
    const char *what, const char *of)
{
	(void)fprintf(stderr, "%s:%u: %s%s%s\n", cat->path, line, what,
	    of[0] != '\0' ? ": " : "", of);
	exit(1);
}

/* Append the quoted text of a line, with PO's escapes. */
static void add_quoted(struct catalogue *cat, char **to, const char *line)
{
	const char *p = strchr(line, '"');
	size_t len = *to != NULL ? strlen(*to) : 0;

	if (p == NULL)
		fail(cat, cat->line, "a quoted text is missing", "");
	*to = realloc(*to, len + strlen(p) + 1);
	if (*to == NULL)
		abort();
	for (p++; *p != '"'; p++) {
		if (*p == '\0')
			fail(cat, cat->line, "the text has no end", "");
		if (*p == '\\' && p[1] == 'n') {
			(*to)[len++] = '\n';
			p++;
		} else {
			if (*p == '\\' && p[1] != '\0')
				p++;
			(*to)[len++] = *p;
		}
	}
	(*to)[len] = '\0';
}

static struct message *add_message(struct catalogue *cat)
{
	struct message *m;

	cat->messages =
	    realloc(cat->messages, (cat->count + 1) * sizeof(*cat->messages));
	if (cat->messages == NULL)
		abort();
	m = &cat->messages[cat->count++];
	*m = (struct message) { .line = cat->line };
	return m;
}

static bool begins(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

static char **form_of(
    struct catalogue *cat, struct message *m, const char *line)
{
	unsigned n = line[6] == '[' ? (unsigned)(line[7] - '0') : 0;

	if (n >= FORM_MAX)
		fail(cat, cat->line, "too many plural forms", m->key);
	if (m->form_count < n + 1)
		m->form_count = n + 1;
	return &m->forms[n];
}

static void read_catalogue(struct catalogue *cat)
{
	FILE *file = fopen(cat->path, "r");
	char line[4096];
	char *ignored = NULL;
	char **to = &ignored;

	if (file == NULL) {
		perror(cat->path);
		exit(1);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		struct message *last =
		    cat->count > 0 ? &cat->messages[cat->count - 1] : NULL;

		cat->line++;
		if (begins(line, "#,") && strstr(line, "fuzzy") != NULL)
			fail(cat, cat->line, "a fuzzy translation", "");
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (begins(line, "msgid_plural ") && last != NULL) {
			last->plural = true;
			to = &ignored;
		} else if (begins(line, "msgid ")) {
			to = &add_message(cat)->key;
		} else if (begins(line, "msgstr") && last != NULL) {
			to = form_of(cat, last, line);
		} else if (line[0] != '"') {
			fail(cat, cat->line, "not understood", line);
		}
		add_quoted(cat, to, line);
	}
	free(ignored);
	(void)fclose(file);
}

/* The header is the translation of "": how many forms, and which when. */
static void read_header(struct catalogue *cat)
{
	const char *head, *forms, *rule;
	size_t len;

	if (cat->count == 0 || cat->messages[0].key[0] != '\0')
		fail(cat, 1, "the catalogue has no header", "");
	head = cat->messages[0].forms[0];
	forms = strstr(head, "nplurals=");
	rule = strstr(head, "plural=");
	while (rule != NULL && rule > head && rule[-1] == 'n')
		rule = strstr(rule + 1, "plural=");
	if (forms == NULL || rule == NULL)
		fail(cat, 1, "no Plural-Forms in the header", "");
	cat->form_count = (unsigned)atoi(forms + 9);
	len = strspn(rule + 7, "n0123456789 ()!=<>&|?:%+-");
	cat->plural = strndup(rule + 7, len);
	if (cat->plural == NULL || rule[7 + len] != ';')
		fail(cat, 1, "the plural rule is not understood", rule);
	cat->messages++;
	cat->count--;
}

static int by_key(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* The set of arguments in a text, as bits. */
static unsigned arguments(const char *text)
{
	unsigned set = 0;

	for (; *text != '\0'; text++)
		if (text[0] == '%' && text[1] >= '1' && text[1] <= '9')
			set |= 1U << (text[1] - '0');
	return set;
}

static void check_message(const struct catalogue *cat, const struct message *m,
    const struct message *model)
{
	unsigned want = model->plural ? cat->form_count : 1;
	unsigned set = arguments(model->forms[model->form_count - 1]);

	if (m->plural != model->plural || m->form_count != want)
		fail(cat, m->line, "wrong number of forms", m->key);
	for (unsigned i = 0; i < want; i++) {
		if (m->forms[i] == NULL || m->forms[i][0] == '\0')
			fail(cat, m->line, "no translation", m->key);
		/* One of several forms may say "one" instead of "%1". */
		if ((arguments(m->forms[i]) | (m->plural ? 2U : 0U)) !=
		    (set | (m->plural ? 2U : 0U)))
			fail(cat, m->line, "other arguments", m->key);
	}
}

static void check(struct catalogue *cat, const struct catalogue *model)
{
	size_t i = 0;

	qsort(cat->messages, cat->count, sizeof(*cat->messages), by_key);
	for (size_t k = 1; k < cat->count; k++)
		if (strcmp(cat->messages[k].key, cat->messages[k - 1].key) == 0)
			fail(cat, cat->messages[k].line, "twice",
			    cat->messages[k].key);
	for (; i < cat->count && i < model->count; i++) {
		int order =
		    strcmp(cat->messages[i].key, model->messages[i].key);

		if (order < 0)
			fail(cat, cat->messages[i].line, "nobody asks for it",
			    cat->messages[i].key);
		if (order > 0)
			fail(cat, 1, "missing", model->messages[i].key);
		check_message(cat, &cat->messages[i], &model->messages[i]);
	}
	if (i < model->count)
		fail(cat, 1, "missing", model->messages[i].key);
	if (i < cat->count)
		fail(cat, cat->messages[i].line, "nobody asks for it",
		    cat->messages[i].key);
}

static void put_upper(FILE *out, const char *s)
{
	for (; *s != '\0'; s++)
		(void)fputc(toupper((unsigned char)*s), out);
}

static void put_constant(FILE *out, const char *kind, const char *key)
{
	(void)fputc('\t', out);
	put_upper(out, prefix);
	(void)fputs(kind, out);
	for (; *key != '\0'; key++)
		(void)fputc(isalnum((unsigned char)*key)
				? toupper((unsigned char)*key)
				: '_',
		    out);
}

static void put_string(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			(void)fputs("\\n", out);
		else if (*text == '"' || *text == '\\')
			(void)fprintf(out, "\\%c", *text);
		else
			(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

static void put_count(FILE *out, const char *name, size_t count)
{
	(void)fputs("#define ", out);
	put_upper(out, prefix);
	(void)fprintf(out, "%s %zu\n", name, count);
}

static void put_header(FILE *out, const struct catalogue *cats, size_t count)
{
	(void)fprintf(out,
	    "/* Made by tools/po-compiler; do not edit. */\n"
	    "#pragma once\nenum %slang {\n",
	    prefix);
	for (size_t i = 0; i < count; i++) {
		put_constant(out, "LANG_", cats[i].code);
		(void)fputs(",\n", out);
	}
	(void)fprintf(out, "};\nenum %smsg {\n", prefix);
	for (size_t i = 0; i < cats[0].count; i++) {
		put_constant(out, "MSG_", cats[0].messages[i].key);
		(void)fputs(",\n", out);
	}
	(void)fputs("};\n", out);
	put_count(out, "LANG_COUNT", count);
	put_count(out, "MSG_COUNT", cats[0].count);
	put_count(out, "MSG_FORM_COUNT", FORM_MAX);
	(void)fprintf(out,
	    "extern const char *const %slang_codes[%zu];\n"
	    "extern const char *const %smsg_keys[%zu];\n"
	    "extern const char *const %smsg_texts[%zu][%zu][%d];\n"
	    "extern unsigned (*const %smsg_plural[%zu])(unsigned long n);\n",
	    prefix, count, prefix, cats[0].count, prefix, count, cats[0].count,
	    FORM_MAX, prefix, count);
}

static void put_texts(FILE *out, const struct catalogue *cat)
{
	(void)fputs("\t{\n", out);
	for (size_t i = 0; i < cat->count; i++) {
		(void)fputs("\t\t{ ", out);
		for (unsigned k = 0; k < cat->messages[i].form_count; k++) {
			put_string(out, cat->messages[i].forms[k]);
			(void)fputs(", ", out);
		}
		(void)fputs("},\n", out);
	}
	(void)fputs("\t},\n", out);
}

static void put_code(
    FILE *out, const char *header, const struct catalogue *cats, size_t count)
{
	const char *slash = strrchr(header, '/');

	(void)fprintf(
	    out, "#include \"gen/%s\"\n", slash != NULL ? slash + 1 : header);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out,
		    "static unsigned plural_%s(unsigned long n)\n{\n"
		    "\t(void)n;\n\treturn (unsigned)(%s);\n}\n",
		    cats[i].code, cats[i].plural);
	(void)fprintf(out,
	    "unsigned (*const %smsg_plural[])(unsigned long n) = {\n", prefix);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out, "\tplural_%s,\n", cats[i].code);
	(void)fprintf(
	    out, "};\nconst char *const %slang_codes[] = {\n", prefix);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out, "\t\"%s\",\n", cats[i].code);
	(void)fprintf(out, "};\nconst char *const %smsg_keys[] = {\n", prefix);
	for (size_t i = 0; i < cats[0].count; i++)
		(void)fprintf(out, "\t\"%s\",\n", cats[0].messages[i].key);
	(void)fprintf(out,
	    "};\nconst char *const %smsg_texts[%zu][%zu][%d] = {\n", prefix,
	    count, cats[0].count, FORM_MAX);
	for (size_t i = 0; i < count; i++)
		put_texts(out, &cats[i]);
	(void)fputs("};\n", out);
}

static void name_language(struct catalogue *cat)
{
	const char *slash = strrchr(cat->path, '/');
	const char *base = slash != NULL ? slash + 1 : cat->path;
	size_t len = strcspn(base, ".");

	if (len >= sizeof(cat->code))
		fail(cat, 1, "too long a language code", base);
	memcpy(cat->code, base, len);
}

int main(int argc, char **argv)
{
	struct catalogue cats[8] = { 0 };
	size_t count = 0;
	FILE *code, *header;

	if (argc > 3 && strcmp(argv[1], "-p") == 0) {
		static char name[32];

		(void)snprintf(name, sizeof(name), "%s_", argv[2]);
		prefix = name;
		argv += 2;
		argc -= 2;
	}
	if (argc < 4 || argc > 11) {
		(void)fputs(
		    "usage: po-compiler [-p PREFIX] OUT.c OUT.h PO...\n",
		    stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++, count++) {
		cats[count].path = argv[i];
		name_language(&cats[count]);
		read_catalogue(&cats[count]);
		read_header(&cats[count]);
		if (count == 0)
			qsort(cats[0].messages, cats[0].count,
			    sizeof(*cats[0].messages), by_key);
		check(&cats[count], &cats[0]);
	}
	code = fopen(argv[1], "w");
	header = fopen(argv[2], "w");
	if (code == NULL || header == NULL) {
		perror(argv[1]);
		return 1;
	}
	put_header(header, cats, count);
	put_code(code, argv[2], cats, count);
	if (fclose(code) != 0 || fclose(header) != 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
