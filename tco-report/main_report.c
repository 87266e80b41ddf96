/* main_report.c - a result, made a report and written where it was asked for.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "tco-report/doc/doc.h"
#include "tco-report/doc/write.h"
#include "tco-report/main.h"
#include "tco-report/report.h"
#include "tco-report/say.h"

#define WIDTH_ELSE 100 /* columns, where nobody says how many there are */

static unsigned terminal_width(void)
{
	struct winsize size = { 0 };
	const char *columns = getenv("COLUMNS");

	if (isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (columns != NULL && strtoul(columns, NULL, 10) > 0)
		return (unsigned)strtoul(columns, NULL, 10);
	return WIDTH_ELSE;
}

static bool takes_colour(const struct tco_call *call)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");

	return call->target == NULL && isatty(STDOUT_FILENO) &&
	       (none == NULL || *none == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static int write_table(const struct tco_call *call,
    const struct tco_result *result, const struct doc *doc, struct hs_text *out,
    struct hs_err *err)
{
	const struct doc_terminal terminal = { terminal_width(),
		takes_colour(call) };

	(void)result;
	(void)err;
	doc_write_terminal(doc, &terminal, out);
	return 0;
}

static int write_html(const struct tco_call *call,
    const struct tco_result *result, const struct doc *doc, struct hs_text *out,
    struct hs_err *err)
{
	(void)call;
	(void)result;
	(void)err;
	doc_write_html(doc, out);
	return 0;
}

static int write_pdf(const struct tco_call *call,
    const struct tco_result *result, const struct doc *doc, struct hs_text *out,
    struct hs_err *err)
{
	(void)call;
	(void)result;
	return doc_write_pdf(doc, out, err);
}

/* "no table 'x'; there are ...": nobody knows them by heart. */
static int which_table(
    const struct doc *doc, const char *name, struct hs_err *err)
{
	hs_auto(hs_text_done) struct hs_text names = { 0 };

	for (const struct doc_table *t = doc->tables; t != NULL; t = t->next)
		hs_text_addf(&names, "%s%s", names.len > 0 ? ", " : "", t->id);
	return name != NULL
		   ? hs_fail(err, HS_EINVAL, "no table '%s'; there are %s",
			 name, names.data)
		   : hs_fail(err, HS_EINVAL,
			 "csv: give a folder by -O, or --table, one of %s",
			 names.data);
}

static int write_csv(const struct tco_call *call,
    const struct tco_result *result, const struct doc *doc, struct hs_text *out,
    struct hs_err *err)
{
	const struct doc_table *table =
	    call->table != NULL ? doc_find_table(doc, call->table) : NULL;

	(void)result;
	if (table == NULL)
		return which_table(doc, call->table, err);
	doc_write_csv(table, out);
	return 0;
}

/* clang-format off */
const struct tco_writer tco_writers[] = {
	{ "table", write_table,    false },
	{ "html",  write_html,     false },
	{ "csv",   write_csv,      false },
	{ "json",  tco_write_json, false },
	{ "pdf",   write_pdf,      true  },
	{ "xlsx",  tco_write_xlsx, true  },
	{ "focus", tco_write_focus, false },
	{ NULL,    NULL,           false },
};
/* clang-format on */

const struct tco_writer *tco_writer_find(const char *name)
{
	for (const struct tco_writer *w = tco_writers; w->name != NULL; w++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

/* The environment's language, if it is ours; English if not. */
static const char *language_else(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	enum tco_lang lang;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return say_language(value, &lang) ? tco_lang_codes[lang]
							  : "en";
	}
	return "en";
}

static void today(char ret_date[TCO_DAY_TEXT])
{
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(ret_date, TCO_DAY_TEXT, "%Y-%m-%d", &tm);
}

static int make_doc(const struct tco_call *call,
    const struct tco_result *result, struct doc **ret_doc, struct hs_err *err)
{
	char date[TCO_DAY_TEXT] = "";
	struct tco_report_options options = {
		.language = call->language,
		.date = call->date,
		.author = "hanse-tco " HANSE_VERSION,
	};

	if (options.language == NULL)
		options.language = language_else();
	if (options.date == NULL) {
		today(date);
		options.date = date;
	}
	return tco_report(result, &options, ret_doc, err);
}

static int put_out(
    const struct tco_call *call, const struct hs_text *out, struct hs_err *err)
{
	if (call->target != NULL)
		return hs_file_write(
		    call->target, out->data, out->len, 0644, err);
	if (fwrite(out->data, 1, out->len, stdout) != out->len ||
	    fflush(stdout) != 0)
		return hs_fail_errno(err, HS_ESYSTEM, "write the report");
	return 0;
}

int tco_write(const struct tco_call *call, const struct tco_result *result,
    struct hs_err *err)
{
	const struct tco_writer *writer = tco_writer_find(call->output);
	hs_auto(hs_text_done) struct hs_text out = { 0 };
	hs_auto(doc_freep) struct doc *doc = NULL;

	if (writer->is_binary && call->target == NULL && isatty(STDOUT_FILENO))
		return hs_fail(err, HS_EINVAL,
		    "%s is nothing for a terminal: give a file by -O",
		    writer->name);
	if (make_doc(call, result, &doc, err) < 0)
		return -1;
	if (writer->write == write_csv && call->table == NULL &&
	    call->target != NULL)
		return doc_write_csv_folder(doc, call->target, err);
	if (writer->write(call, result, doc, &out, err) < 0)
		return -1;
	return put_out(call, &out, err);
}
