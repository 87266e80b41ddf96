/* page_reports.c - the report of the case: its verdict on the first page, all
 * of it in every format; and the months that are closed.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "portal/console/study.h"
#include "portal/site/bill.h"
#include "tco-report/doc/write.h"
#include "tco-report/focus/charges.h"
#include "tco-report/xlsx/xlsx.h"

#define REPORT_MAX (64 * 1024 * 1024) /* bytes of a workbook */

/* -- Formats ------------------------------------------------------------- */

static int write_html(
    const struct study *study, struct hs_text *out, struct hs_err *err)
{
	(void)err;
	doc_write_html(study->doc, out);
	return 0;
}

static int write_text(
    const struct study *study, struct hs_text *out, struct hs_err *err)
{
	const struct doc_terminal terminal = { .width = 100 };

	(void)err;
	doc_write_terminal(study->doc, &terminal, out);
	return 0;
}

static int write_json(
    const struct study *study, struct hs_text *out, struct hs_err *err)
{
	(void)err;
	doc_write_json(study->doc, out);
	return 0;
}

static int write_pdf(
    const struct study *study, struct hs_text *out, struct hs_err *err)
{
	return doc_write_pdf(study->doc, out, err);
}

/* The writer wants a file of its own. */
static int write_xlsx(
    const struct study *study, struct hs_text *out, struct hs_err *err)
{
	const struct tco_xlsx_options options = {
		.language = study->doc->head.language,
	};
	char path[] = "/tmp/hanse-console.XXXXXX";
	hs_auto(hs_freep) char *data = NULL;
	size_t len = 0;
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make '%s'", path);
	(void)close(fd);
	failed = tco_xlsx_write(path, study->result, &options, err);
	if (failed == 0)
		failed = hs_file_read(path, REPORT_MAX, &data, &len, err);
	(void)unlink(path);
	if (failed == 0)
		hs_text_add_len(out, data, len);
	return failed;
}

/* Idle capacity as each uses the rest: the rule bills go by unless another
 * was agreed. */
static int write_focus(
    const struct study *study, struct hs_text *out, struct hs_err *err)
{
	hs_auto(hs_freep) char *data = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&data, &len);
	int failed;

	if (file == NULL)
		return hs_fail_errno(err, HS_ESYSTEM, "write FOCUS");
	failed = focus_write_bills(
	    file, study->result, "hanse", TCO_IDLE_PROPORTIONAL, err);
	if (fclose(file) != 0 && failed == 0)
		failed = hs_fail_errno(err, HS_ESYSTEM, "write FOCUS");
	if (failed == 0)
		hs_text_add_len(out, data, len);
	return failed;
}

/* clang-format off */
static const struct format {
	const char *name, *label, *type, *file;
	enum msg help;
	int (*write)(
	    const struct study *study, struct hs_text *out, struct hs_err *err);
} formats[] = {
	{ "html",  "HTML",  "text/html; charset=utf-8",  NULL,             MSG_FORMAT_HTML,  write_html  },
	{ "pdf",   "PDF",   "application/pdf",           "report.pdf",     MSG_FORMAT_PDF,   write_pdf   },
	{ "xlsx",  "XLSX",  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	                                                 "report.xlsx",    MSG_FORMAT_XLSX,  write_xlsx  },
	{ "json",  "JSON",  "application/json",          "report.json",    MSG_FORMAT_JSON,  write_json  },
	{ "focus", "FOCUS", "text/csv; charset=utf-8",   "bills-focus.csv", MSG_FORMAT_FOCUS, write_focus },
	{ "text",  "Text",  "text/plain; charset=utf-8", "report.txt",     MSG_FORMAT_TEXT,  write_text  },
};
/* clang-format on */

static int send_table(
    struct page *page, const struct study *study, struct hs_err *err)
{
	const char *id = web_params_text(&page->request->query, "table");
	const struct doc_table *table = doc_find_table(study->doc, id);
	struct hs_text out = { 0 };

	if (table == NULL)
		return hs_fail(err, HS_ENOTFOUND, "no such table");
	doc_write_csv(table, &out);
	web_respond_file(page->response, "text/csv; charset=utf-8",
	    hs_arena_printf(page->arena, "%s.csv", table->id), &out);
	return 0;
}

static int send_format(struct page *page, const struct study *study,
    const struct format *format, struct hs_err *err)
{
	struct hs_text out = { 0 };

	if (format->write(study, &out, err) < 0) {
		hs_text_done(&out);
		return hs_wrap(err, "write the report as %s", format->name);
	}
	web_respond_file(page->response, format->type, format->file, &out);
	if (format->file == NULL)
		page->response->policy = WEB_POLICY_DOCUMENT;
	return 0;
}

int page_report(struct page *page, struct hs_err *err)
{
	struct study study;
	int failed = study_open(page, NULL, 0, &study, err);
	const char *name = page->args[0];
	size_t i = 0;

	while (i < ARRAY_LEN(formats) && strcmp(formats[i].name, name) != 0)
		i++;
	if (failed < 0)
		failed = hs_fail(err, HS_ENOTFOUND, "there is no report");
	else if (strcmp(name, "csv") == 0)
		failed = send_table(page, &study, err);
	else if (i == ARRAY_LEN(formats))
		failed = hs_fail(err, HS_ENOTFOUND, "no such format");
	else
		failed = send_format(page, &study, &formats[i], err);
	study_done(&study);
	return failed;
}

/* -- The page ------------------------------------------------------------ */

static void fill_formats(struct page *page, struct view_reports *v)
{
	struct view_reports_formats *list =
	    PAGE_NEW(page, struct view_reports_formats, ARRAY_LEN(formats));

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		list[i] = (struct view_reports_formats) {
			.href =
			    h_path(page->arena, "/report/*", formats[i].name),
			.label = h_text(formats[i].label),
			.help = page_text(page, formats[i].help),
			.keep = formats[i].file != NULL,
		};
	v->formats = list;
	v->formats_count = ARRAY_LEN(formats);
}

static void fill_tables(
    struct page *page, const struct study *study, struct view_reports *v)
{
	struct view_reports_tables *list;
	size_t count = 0;

	for (const struct doc_table *t = study->doc->tables; t; t = t->next)
		count++;
	list = PAGE_NEW(page, struct view_reports_tables, count);
	for (const struct doc_table *t = study->doc->tables; t; t = t->next)
		list[v->tables_count++] = (struct view_reports_tables) {
			.href = h_query(page->arena,
			    h_path(page->arena, "/report/csv"), "table", t->id),
			.label = h_text(hs_arena_strdup(
			    page->arena, t->title != NULL ? t->title : t->id)),
		};
	v->tables = list;
}

static void fill_faults(struct page *page, const struct study *study,
    const struct hs_err *err, struct view_reports *v)
{
	size_t count = study->faults.count;
	struct view_reports_faults *list =
	    PAGE_NEW(page, struct view_reports_faults, count);

	for (size_t i = 0; i < count; i++) {
		const struct hs_fault *fault = &study->faults.list[i];

		list[i].text =
		    h_text(hs_arena_printf(page->arena, "line %u: %s: %s",
			fault->line, fault->field, fault->message));
	}
	v->faults = list;
	v->faults_count = count;
	/* Where the file is, is nobody's matter here. */
	if (count == 0 && err->code == HS_EINVAL)
		v->problem = h_text(hs_arena_strdup(page->arena, err->msg));
}

static void fill_report(struct page *page, struct view_reports *v)
{
	struct hs_err err = { 0 };
	struct study study;

	if (study_open(page, NULL, 0, &study, &err) < 0) {
		fill_faults(page, &study, &err, v);
	} else {
		v->ready = true;
		v->title =
		    h_text(hs_arena_strdup(page->arena, study.tcase->title));
		v->verdict =
		    study_view(page, study_section(&study, "verdict"), NULL);
		fill_formats(page, v);
		fill_tables(page, &study, v);
	}
	study_done(&study);
}

static int fill_months(
    struct page *page, struct view_reports *v, struct hs_err *err)
{
	const struct hs_rows *rows = NULL;
	struct view_reports_months *list;
	size_t count;

	if (page_query(page, console_sql_bill_closed, 0, NULL, &rows, err) < 0)
		return -1;
	count = hs_rows_count(rows);
	list = PAGE_NEW(page, struct view_reports_months, count);
	for (size_t i = 0; i < count; i++) {
		const char *month = hs_rows_get(rows, i, "month");

		list[i] = (struct view_reports_months) {
			.href =
			    console_month_url(page, "/closing/month", month),
			.month = page_month(page, month),
			.closed =
			    page_date(page, hs_rows_get(rows, i, "closed_at")),
			.amount =
			    page_money(page, hs_rows_get(rows, i, "amount")),
			.currency = h_text(hs_rows_get(rows, i, "currency")),
		};
	}
	v->months = list;
	v->months_count = count;
	return 0;
}

int page_reports(struct page *page, struct hs_err *err)
{
	struct html out = { .lang = page->lang };
	struct view_reports v = { 0 };

	if (fill_months(page, &v, err) < 0)
		return hs_wrap(err, "list the months");
	fill_report(page, &v);
	view_reports(&out, &v);
	page_send(page, 200, MSG_REPORTS_TITLE, &out);
	return 0;
}
