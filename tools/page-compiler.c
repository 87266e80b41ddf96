/* page-compiler.c - turn HTML templates into C functions with typed values.
 *
 *   page-compiler OUT.c OUT.h PO-FILE STATIC-FOLDER [--with OTHER.h]
 * PAGE.html...
 *
 * --with names the header of pages compiled apart that these may {{put}}.
 * order.html becomes "struct view_order" and view_order(). The file begins
 * with what it is given:
 *
 *   {{params
 *   text title          escaped wherever it is written
 *   url  back           only as a whole href, src, action or formaction
 *   flag mine           only for conditions
 *   number count        written with the language's grouping
 *   html content        what another view has made
 *   view pager pages    another template's struct; written by {{put pages}}
 *   views field fields  an array of them
 *   list lines          an array of
 *     text item
 *   end
 *   }}
 *
 * and then uses {{name}}, {{t message.key [text...]}}, {{n message.key number
 * [text...]}}, {{asset file}}, {{put view}}, {{if [not] name}} ... {{else}} ...
 * {{end}}, {{each list}} ... {{end}}. Where a value stands decides how it is
 * escaped; a value in a place where it could change the page's structure, an
 * inline script or style, a message without translation and an element left
 * open are errors of the build.
 */

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE  64
#define DEPTH_MAX  64
#define PARAM_MAX  64
#define WORD_MAX   8
#define LEN(array) (sizeof(array) / sizeof((array)[0]))

enum kind {
	KIND_TEXT,
	KIND_URL,
	KIND_FLAG,
	KIND_NUMBER,
	KIND_HTML,
	KIND_VIEW,
	KIND_VIEWS,
	KIND_LIST,
};

/* clang-format off */
static const struct {
	const char *name;
	const char *member; /* of the struct; %s is the parameter's name */
} kinds[] = {
	[KIND_TEXT]   = { "text",   "struct h_text %s;"  },
	[KIND_URL]    = { "url",    "struct h_url %s;"   },
	[KIND_FLAG]   = { "flag",   "bool %s;"           },
	[KIND_NUMBER] = { "number", "long %s;"           },
	[KIND_HTML]   = { "html",   "struct h_html %s;"  },
	[KIND_VIEW]   = { "view",   "const struct view_%2$s *%1$s;" },
	[KIND_VIEWS]  = { "views",  "const struct view_%2$s *%1$s; size_t %1$s_count;" },
	[KIND_LIST]   = { "list",   "const struct %2$s *%1$s; size_t %1$s_count;" },
};
/* clang-format on */

struct param {
	enum kind kind;
	char name[NAME_SIZE];
	char of[2 * NAME_SIZE]; /* the view's name, or the list's struct */
	struct param *items;    /* of a list */
	size_t item_count;
};

/* Where in a page a byte stands. */
enum state {
	IN_TEXT,
	IN_TAG_NAME,
	IN_TAG, /* between attributes */
	IN_ATTR_NAME,
	IN_ATTR_EQUALS,
	IN_VALUE,
	IN_CLOSE_TAG,
	IN_COMMENT,
};

struct place {
	enum state state;
	char tag[NAME_SIZE];
	char attr[NAME_SIZE];
	size_t value_len; /* literal bytes so far in the attribute's value */
	bool value_whole; /* a URL has been written: nothing may follow */
	char open[DEPTH_MAX][NAME_SIZE];
	size_t depth;
};

struct block {
	bool is_each;
	struct place begin;
	const struct param *list;
};

struct page {
	const char *path;
	char name[NAME_SIZE];
	char *text, *at;
	unsigned line;
	FILE *out;
	const char *po;
	const char *static_folder;
	struct param params; /* a list that holds the top level */
	struct place place;
	struct block blocks[DEPTH_MAX];
	size_t block_count;
};

static void fail(const struct page *page, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

static void fail(const struct page *page, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "%s:%u: ", page->path, page->line);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(1);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t len = 0, got;
	char buffer[4096];

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0) {
		text = realloc(text, len + got + 1);
		if (text == NULL)
			abort();
		memcpy(text + len, buffer, got);
		len += got;
	}
	(void)fclose(file);
	if (text == NULL)
		text = calloc(1, 1);
	else
		text[len] = '\0';
	return text;
}

static void set_name(
    const struct page *page, char *to, size_t size, const char *from)
{
	if (snprintf(to, size, "%s", from) >= (int)size)
		fail(page, "'%s' is too long a name", from);
}

/* Words of a statement; the text is cut up. */
static size_t split(const struct page *page, char *text, char **words)
{
	size_t count = 0;

	for (char *w = strtok(text, " \t"); w != NULL;
	     w = strtok(NULL, " \t")) {
		if (count == WORD_MAX)
			fail(page, "too many words in a statement");
		words[count++] = w;
	}
	return count;
}

/* What a page is given. */

static struct param *add_param(const struct page *page, struct param *list,
    char *const *words, size_t count)
{
	struct param *p;

	if (list->item_count == PARAM_MAX)
		fail(page, "more than %d parameters", PARAM_MAX);
	list->items =
	    realloc(list->items, (list->item_count + 1) * sizeof(*list->items));
	if (list->items == NULL)
		abort();
	p = &list->items[list->item_count++];
	*p = (struct param) { 0 };
	for (; p->kind < LEN(kinds); p->kind++)
		if (strcmp(kinds[p->kind].name, words[0]) == 0)
			break;
	if (p->kind == LEN(kinds))
		fail(page, "'%s' is no type", words[0]);
	if (count != (p->kind == KIND_VIEW || p->kind == KIND_VIEWS ? 3U : 2U))
		fail(page, "a parameter is a type and a name");
	set_name(page, p->name, sizeof(p->name), words[count - 1]);
	if (count == 3)
		set_name(page, p->of, sizeof(p->of), words[1]);
	return p;
}

static void name_list(
    const struct page *page, const struct param *parent, struct param *list)
{
	int len = snprintf(
	    list->of, sizeof(list->of), "%s_%s", parent->of, list->name);

	if (len >= (int)sizeof(list->of))
		fail(page, "'%s' is too long a name", list->name);
}

/* Lines up to "end" or "}}" belong to the list. */
static void read_params(struct page *page, struct param *list)
{
	for (;;) {
		char *end = strchr(page->at, '\n');
		char *words[WORD_MAX];
		struct param *p;
		size_t count;

		if (end == NULL)
			fail(page, "the parameters have no end");
		*end = '\0';
		page->line++;
		count = split(page, page->at, words);
		page->at = end + 1;
		if (count == 0)
			continue;
		if (strcmp(words[0], "}}") == 0 || strcmp(words[0], "end") == 0)
			return;
		p = add_param(page, list, words, count);
		if (p->kind == KIND_LIST) {
			name_list(page, list, p);
			read_params(page, p);
		}
	}
}

static void put_struct(FILE *header, const struct param *list)
{
	for (size_t i = 0; i < list->item_count; i++)
		if (list->items[i].kind == KIND_LIST)
			put_struct(header, &list->items[i]);
	(void)fprintf(header, "struct %s {\n", list->of);
	for (size_t i = 0; i < list->item_count; i++) {
		const struct param *p = &list->items[i];
		char line[512];

/* The format is ours, from the table above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
		(void)snprintf(
		    line, sizeof(line), kinds[p->kind].member, p->name, p->of);
#pragma GCC diagnostic pop
		(void)fprintf(header, "\t%s\n", line);
	}
	if (list->item_count == 0)
		(void)fputs("\tchar nothing;\n", header);
	(void)fputs("};\n", header);
}

/* The parameter of that name, innermost list first, and its C expression. */
static const struct param *find(
    const struct page *page, const char *name, char *expr, size_t size)
{
	for (size_t i = page->block_count + 1; i-- > 0;) {
		const struct param *list =
		    i == 0 ? &page->params : page->blocks[i - 1].list;

		if (list == NULL)
			continue;
		for (size_t k = 0; k < list->item_count; k++) {
			if (strcmp(list->items[k].name, name) != 0)
				continue;
			if (i == 0)
				(void)snprintf(expr, size, "v->%s", name);
			else
				(void)snprintf(
				    expr, size, "i%zu->%s", i - 1, name);
			return &list->items[k];
		}
	}
	fail(page, "'%s' is not among the parameters", name);
}

static const struct param *find_kind(const struct page *page, const char *name,
    enum kind kind, char *expr, size_t size)
{
	const struct param *p = find(page, name, expr, size);

	if (p->kind != kind)
		fail(page, "'%s' is a %s, a %s is needed here", name,
		    kinds[p->kind].name, kinds[kind].name);
	return p;
}

/* Follow the page's structure. */

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static const char *const void_tags[] = { "area", "br", "col", "hr", "img",
	"input", "link", "meta", "source", "wbr", "!doctype", NULL };
static const char *const url_attrs[] = { "href", "src", "action", "formaction",
	NULL };
static const char *const refused_tags[] = { "style", "iframe", "object",
	"embed", "base", NULL };

static void add_char(const struct page *page, char *word, char c)
{
	size_t len = strlen(word);

	if (len + 1 == NAME_SIZE)
		fail(page, "too long a name in the page: %s", word);
	word[len] = (char)tolower((unsigned char)c);
	word[len + 1] = '\0';
}

static void tag_begins(struct page *page)
{
	struct place *at = &page->place;

	if (is_one_of(at->tag, refused_tags))
		fail(page, "<%s> is not allowed", at->tag);
	if (is_one_of(at->tag, void_tags))
		return;
	if (at->depth == DEPTH_MAX)
		fail(page, "too deep");
	strcpy(at->open[at->depth++], at->tag);
}

static void tag_ends(struct page *page)
{
	struct place *at = &page->place;

	if (at->depth == 0 || strcmp(at->open[at->depth - 1], at->tag) != 0)
		fail(page, "</%s> closes <%s>", at->tag,
		    at->depth == 0 ? "nothing" : at->open[at->depth - 1]);
	at->depth--;
}

static void attr_begins(struct page *page)
{
	struct place *at = &page->place;

	if (strncmp(at->attr, "on", 2) == 0 || strcmp(at->attr, "style") == 0)
		fail(page, "the attribute %s is not allowed", at->attr);
	at->value_len = 0;
	at->value_whole = false;
}

static void text_char(struct page *page, char c, char next)
{
	struct place *at = &page->place;

	if (c != '<') {
		if (at->depth > 0 && !isspace((unsigned char)c) &&
		    strcmp(at->open[at->depth - 1], "script") == 0)
			fail(page, "inline script is not allowed");
		return;
	}
	at->tag[0] = at->attr[0] = '\0';
	if (next == '/')
		at->state = IN_CLOSE_TAG;
	else if (isalpha((unsigned char)next) || next == '!')
		at->state = IN_TAG_NAME;
	else
		fail(page, "a lone '<'; write &lt;");
}

static void tag_char(struct page *page, char c)
{
	struct place *at = &page->place;

	if (c == '>') {
		at->state = IN_TEXT;
	} else if (!isspace((unsigned char)c)) {
		at->attr[0] = '\0';
		add_char(page, at->attr, c);
		at->state = IN_ATTR_NAME;
	}
}

static void attr_name_char(struct page *page, char c)
{
	struct place *at = &page->place;

	if (c == '=') {
		attr_begins(page);
		at->state = IN_ATTR_EQUALS;
	} else if (c == '>' || isspace((unsigned char)c)) {
		attr_begins(page);
		at->state = c == '>' ? IN_TEXT : IN_TAG;
	} else {
		add_char(page, at->attr, c);
	}
}

/* One literal byte of the page. */
static void follow(struct page *page, char c, char next)
{
	struct place *at = &page->place;

	switch (at->state) {
	case IN_TEXT:
		text_char(page, c, next);
		break;
	case IN_TAG_NAME:
		if (c == '>' || isspace((unsigned char)c)) {
			tag_begins(page);
			at->state = c == '>' ? IN_TEXT : IN_TAG;
		} else {
			add_char(page, at->tag, c);
			if (strcmp(at->tag, "!--") == 0)
				at->state = IN_COMMENT;
		}
		break;
	case IN_TAG:
		tag_char(page, c);
		break;
	case IN_ATTR_NAME:
		attr_name_char(page, c);
		break;
	case IN_ATTR_EQUALS:
		if (c != '"')
			fail(page, "quote the value of %s", at->attr);
		at->state = IN_VALUE;
		break;
	case IN_VALUE:
		if (c == '"') {
			at->state = IN_TAG;
			at->value_whole = false;
		} else if (at->value_whole) {
			fail(
			    page, "nothing may follow the URL in %s", at->attr);
		} else {
			at->value_len++;
		}
		break;
	case IN_CLOSE_TAG:
		if (c == '>') {
			tag_ends(page);
			at->state = IN_TEXT;
		} else if (c != '/' && !isspace((unsigned char)c)) {
			add_char(page, at->tag, c);
		}
		break;
	case IN_COMMENT:
		fail(page, "comments are not sent; use {{# ... }}");
	}
}

/* Write what the page says itself, with runs of white space made one. */
static void put_literal(struct page *page, const char *text, size_t len)
{
	bool any = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\n')
			page->line++;
		follow(page, c, i + 1 < len ? text[i + 1] : ' ');
		if (page->place.state != IN_VALUE &&
		    isspace((unsigned char)c) && i > 0 &&
		    isspace((unsigned char)text[i - 1]))
			continue;
		if (!any)
			(void)fputs("\thtml_literal(out, \"", page->out);
		any = true;
		if (c == '\n')
			(void)fputs("\\n", page->out);
		else if (c == '"' || c == '\\')
			(void)fprintf(page->out, "\\%c", c);
		else
			(void)fputc(c, page->out);
	}
	if (any)
		(void)fputs("\");\n", page->out);
}

/* Statements. */

static bool in_url(const struct page *page)
{
	return page->place.state == IN_VALUE &&
	       is_one_of(page->place.attr, url_attrs);
}

static void check_writable(const struct page *page, const char *what)
{
	if (page->place.state != IN_TEXT && page->place.state != IN_VALUE)
		fail(page, "{{%s}} must stand in text or in a quoted value",
		    what);
	if (page->place.state == IN_TEXT && page->place.depth > 0 &&
	    strcmp(page->place.open[page->place.depth - 1], "script") == 0)
		fail(page, "{{%s}} must not stand in a script", what);
}

static void put_url(struct page *page, const char *name, const char *expr)
{
	if (page->place.value_len > 0 || page->place.value_whole)
		fail(page, "{{%s}} must be the whole URL", name);
	page->place.value_whole = true;
	(void)fprintf(page->out, "\thtml_put_url(out, %s);\n", expr);
}

static void put_value(struct page *page, const char *name)
{
	char expr[2 * NAME_SIZE];
	const struct param *p = find(page, name, expr, sizeof(expr));
	bool in_text = page->place.state == IN_TEXT;

	check_writable(page, name);
	if (in_url(page) != (p->kind == KIND_URL))
		fail(page, "a url, and nothing else, goes into a URL: {{%s}}",
		    name);
	if (p->kind == KIND_URL)
		put_url(page, name, expr);
	else if (p->kind == KIND_TEXT)
		(void)fprintf(page->out,
		    in_text ? "\thtml_put_text(out, %s);\n"
			    : "\thtml_put_attr(out, h_attr(%s));\n",
		    expr);
	else if (p->kind == KIND_NUMBER)
		(void)fprintf(page->out,
		    in_text ? "\thtml_put_number(out, %s);\n"
			    : "\thtml_put_digits(out, %s);\n",
		    expr);
	else if (p->kind == KIND_HTML && in_text)
		(void)fprintf(page->out, "\thtml_put_html(out, %s);\n", expr);
	else
		fail(page, "{{%s}} cannot be written here", name);
}

static void check_message(const struct page *page, const char *key)
{
	char line[2 * NAME_SIZE];

	(void)snprintf(line, sizeof(line), "\nmsgid \"%s\"\n", key);
	if (strstr(page->po, line) == NULL)
		fail(page, "no message '%s' in the catalogue", key);
}

static void put_message_name(struct page *page, const char *key)
{
	(void)fputs("MSG_", page->out);
	for (; *key != '\0'; key++)
		(void)fputc(isalnum((unsigned char)*key)
				? toupper((unsigned char)*key)
				: '_',
		    page->out);
}

/* {{t key text...}} and {{n key number text...}} */
static void put_message(struct page *page, char **words, size_t count)
{
	char expr[2 * NAME_SIZE];
	bool plural = strcmp(words[0], "n") == 0;
	size_t first = plural ? 3 : 2;

	check_writable(page, words[0]);
	if (in_url(page) || count < first)
		fail(page, "a message cannot be written here");
	check_message(page, words[1]);
	(void)fprintf(
	    page->out, "\thtml_put_%s(out, ", plural ? "plural" : "message");
	put_message_name(page, words[1]);
	if (plural) {
		(void)find_kind(
		    page, words[2], KIND_NUMBER, expr, sizeof(expr));
		(void)fprintf(page->out, ", %s", expr);
	}
	if (count == first) {
		(void)fputs(", NULL, 0);\n", page->out);
		return;
	}
	(void)fputs(", (const struct h_text[]) { ", page->out);
	for (size_t i = first; i < count; i++) {
		(void)find_kind(page, words[i], KIND_TEXT, expr, sizeof(expr));
		(void)fprintf(page->out, "%s, ", expr);
	}
	(void)fprintf(page->out, "}, %zu);\n", count - first);
}

/* A static file's URL carries the hash of its content. */
static void put_asset(struct page *page, const char *name)
{
	char path[512];
	uint64_t hash = 14695981039346656037U;
	char *text;

	if (!in_url(page) || page->place.value_len > 0)
		fail(page, "{{asset}} must be the whole URL");
	(void)snprintf(path, sizeof(path), "%s/%s", page->static_folder, name);
	text = read_file(path);
	for (const char *p = text; *p != '\0'; p++)
		hash = (hash ^ (unsigned char)*p) * 1099511628211U;
	free(text);
	page->place.value_whole = true;
	(void)fprintf(page->out,
	    "\thtml_literal(out, \"/static/%s?v=%08x\");\n", name,
	    (unsigned)(hash >> 32));
}

static void put_view(struct page *page, const char *name)
{
	char expr[2 * NAME_SIZE];
	const struct param *p = find(page, name, expr, sizeof(expr));

	if (page->place.state != IN_TEXT)
		fail(page, "a view can only stand in text");
	if (p->kind == KIND_VIEW)
		(void)fprintf(page->out,
		    "\tif (%s != NULL)\n\t\tview_%s(out, %s);\n", expr, p->of,
		    expr);
	else if (p->kind == KIND_VIEWS)
		(void)fprintf(page->out,
		    "\tfor (size_t k = 0; k < %s_count; k++)\n"
		    "\t\tview_%s(out, &%s[k]);\n",
		    expr, p->of, expr);
	else
		fail(page, "'%s' is no view", name);
}

static struct block *push_block(struct page *page)
{
	struct block *block = &page->blocks[page->block_count];

	if (page->block_count++ == DEPTH_MAX)
		fail(page, "too deep");
	*block = (struct block) { .begin = page->place };
	return block;
}

static void begin_if(struct page *page, char **words, size_t count)
{
	bool negated = count == 3 && strcmp(words[1], "not") == 0;
	char expr[2 * NAME_SIZE];
	const struct param *p;

	if (count != (negated ? 3U : 2U))
		fail(page, "{{if [not] NAME}}");
	p = find(page, words[count - 1], expr, sizeof(expr));
	(void)fprintf(page->out, "\tif (%s(%s%s%s)) {\n", negated ? "!" : "",
	    p->kind == KIND_TEXT || p->kind == KIND_URL ? "h_is_set(" : "",
	    expr,
	    p->kind == KIND_TEXT || p->kind == KIND_URL ? ".s)"
	    : p->kind == KIND_HTML                      ? ".len > 0"
	    : p->kind == KIND_VIEW                      ? " != NULL"
	    : p->kind >= KIND_VIEWS                     ? "_count > 0"
							: " != 0");
	(void)push_block(page);
}

static void begin_each(struct page *page, const char *name)
{
	char expr[2 * NAME_SIZE];
	const struct param *list =
	    find_kind(page, name, KIND_LIST, expr, sizeof(expr));
	size_t n = page->block_count;

	(void)fprintf(page->out,
	    "\tfor (size_t n%zu = 0; n%zu < %s_count; n%zu++) {\n"
	    "\tconst struct %s *i%zu = &%s[n%zu];\n",
	    n, n, expr, n, list->of, n, expr, n);
	*push_block(page) = (struct block) {
		.is_each = true, .begin = page->place, .list = list
	};
}

/* Whatever way is taken, the page must come out with the same structure. */
static void check_branch(const struct page *page)
{
	const struct place *begin, *now = &page->place;

	if (page->block_count == 0)
		fail(page, "nothing is open here");
	begin = &page->blocks[page->block_count - 1].begin;
	if (begin->state != now->state || begin->depth != now->depth ||
	    begin->value_whole != now->value_whole)
		fail(page, "a branch must end where it began");
}

/* A tag's name and an attribute without value end where a statement begins. */
static void end_name(struct page *page)
{
	if (page->place.state == IN_TAG_NAME)
		tag_begins(page);
	else if (page->place.state == IN_ATTR_NAME)
		attr_begins(page);
	else
		return;
	page->place.state = IN_TAG;
}

static void statement(struct page *page, char *text)
{
	char *words[WORD_MAX];
	size_t count = split(page, text, words);

	if (count == 0)
		fail(page, "an empty statement");
	end_name(page);
	if (strcmp(words[0], "if") == 0) {
		begin_if(page, words, count);
	} else if (strcmp(words[0], "each") == 0 && count == 2) {
		begin_each(page, words[1]);
	} else if (strcmp(words[0], "else") == 0) {
		check_branch(page);
		if (page->blocks[page->block_count - 1].is_each)
			fail(page, "{{else}} belongs to {{if}}");
		(void)fputs("\t} else {\n", page->out);
	} else if (strcmp(words[0], "end") == 0) {
		check_branch(page);
		page->block_count--;
		(void)fputs("\t}\n", page->out);
	} else if (strcmp(words[0], "t") == 0 || strcmp(words[0], "n") == 0) {
		put_message(page, words, count);
	} else if (strcmp(words[0], "asset") == 0 && count == 2) {
		put_asset(page, words[1]);
	} else if (strcmp(words[0], "put") == 0 && count == 2) {
		put_view(page, words[1]);
	} else if (count == 1) {
		put_value(page, words[0]);
	} else {
		fail(page, "'%s' is no statement", words[0]);
	}
}

static void put_body(struct page *page)
{
	for (;;) {
		char *open = strstr(page->at, "{{");
		char *close;

		if (open == NULL) {
			put_literal(page, page->at, strlen(page->at));
			return;
		}
		put_literal(page, page->at, (size_t)(open - page->at));
		close = strstr(open, "}}");
		if (close == NULL)
			fail(page, "'{{' without '}}'");
		*close = '\0';
		if (open[2] != '#')
			statement(page, open + 2);
		page->at = close + 2;
	}
}

static void page_name(struct page *page)
{
	const char *base = strrchr(page->path, '/');
	char *dot;

	base = base != NULL ? base + 1 : page->path;
	set_name(page, page->name, sizeof(page->name), base);
	dot = strrchr(page->name, '.');
	if (dot != NULL)
		*dot = '\0';
	for (char *p = page->name; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	(void)snprintf(
	    page->params.of, sizeof(page->params.of), "view_%.60s", page->name);
}

static void compile(struct page *page, FILE *header)
{
	page->line = 1;
	page->at = page->text = read_file(page->path);
	page_name(page);
	if (strncmp(page->at, "{{params\n", 9) == 0) {
		page->at += 9;
		page->line++;
		read_params(page, &page->params);
	}
	put_struct(header, &page->params);
	(void)fprintf(header,
	    "void view_%s(struct html *out, const struct view_%s *v);\n",
	    page->name, page->name);
	(void)fprintf(page->out,
	    "void view_%s(struct html *out, const struct view_%s *v)\n{\n"
	    "\t(void)v;\n",
	    page->name, page->name);
	put_body(page);
	if (page->block_count > 0 || page->place.depth > 0 ||
	    page->place.state != IN_TEXT)
		fail(page, "the page ends with something open%s%s",
		    page->place.depth > 0 ? ": " : "",
		    page->place.depth > 0
			? page->place.open[page->place.depth - 1]
			: "");
	(void)fputs("}\n\n", page->out);
	free(page->text);
}

static FILE *must_open(const char *path)
{
	FILE *file = fopen(path, "w");

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	return file;
}

int main(int argc, char **argv)
{
	FILE *code, *header;
	int first = argc > 7 && strcmp(argv[5], "--with") == 0 ? 7 : 5;
	char *po;

	if (argc < 6) {
		(void)fputs("usage: page-compiler OUT.c OUT.h PO STATIC "
			    "[--with OTHER.h] PAGE...\n",
		    stderr);
		return 2;
	}
	code = must_open(argv[1]);
	header = must_open(argv[2]);
	po = read_file(argv[3]);
	(void)fputs("/* Made by tools/page-compiler; do not edit. */\n"
		    "#pragma once\n#include \"portal/web/html.h\"\n",
	    header);
	if (first == 7)
		(void)fprintf(header, "#include \"%s\"\n", argv[6]);
	(void)fprintf(code,
	    "#include \"gen/%s\"\n#include \"portal/web/html_write.h\"\n",
	    strrchr(argv[2], '/') != NULL ? strrchr(argv[2], '/') + 1
					  : argv[2]);
	for (int i = first; i < argc; i++) {
		static struct page page;

		page = (struct page) { .path = argv[i],
			.out = code,
			.po = po,
			.static_folder = argv[4] };
		compile(&page, header);
	}
	free(po);
	if (fclose(code) != 0 || fclose(header) != 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
