/* setup_console.c - the edge's part of hanse-console: it is on this host, so
 * no object of a spec stands for it.
 */

#include "provisioning/setup_console.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/ca.h"
#include "provisioning/form.h"

#define FORM_MAX 65536
#define NAME     "console"

static int make_certificate(struct plat *plat, const char *host, unsigned days,
    long renew_s, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = plat_path(plat, "ca");
	hs_auto(hs_freep) char *alt = hs_printf("DNS:%s", host);
	const struct ca_request request = {
		.name = NAME,
		.cn = host,
		.alt = alt,
		.usage = CA_SERVER,
		.days = days,
	};

	if (ca_is_good(dir, NAME, renew_s) && ca_is_for(dir, NAME, host))
		return 0;
	return ca_issue(dir, &request, err);
}

/* NULL: no form is installed, so there is no console. */
static int render(const struct plat *plat, const char *host, char **ret_text,
    struct hs_err *err)
{
	const struct plat_conf *c = plat->conf;
	hs_auto(hs_freep) char *path =
	    hs_printf("%s/edge/%s.conf", c->share, NAME);
	hs_auto(hs_freep) char *cert = plat_path(plat, "ca/%s.crt", NAME);
	hs_auto(hs_freep) char *key = plat_path(plat, "ca/%s.key", NAME);
	hs_auto(hs_freep) char *root = hs_printf("%s/static", c->share);
	hs_auto(hs_freep) char *socket =
	    hs_printf("unix:%s/console/console.sock", c->run);
	const struct form_value values[] = {
		{ "server_name", host },
		{ "listen", c->edge.listen },
		{ "console", socket },
		{ "certificate", cert },
		{ "certificate_key", key },
		{ "static_root", root },
	};
	hs_auto(hs_freep) char *form = NULL;
	struct hs_err read_err = { 0 };

	*ret_text = NULL;
	if (hs_file_read(path, FORM_MAX, &form, NULL, &read_err) < 0)
		return read_err.code == HS_ENOTFOUND
			   ? 0
			   : hs_fail(err, read_err.code, "%s", read_err.msg);
	*ret_text = form_fill(form, values, ARRAY_LEN(values));
	return 0;
}

static int write_file(
    const struct plat *plat, const char *text, struct hs_err *err)
{
	hs_auto(hs_freep) char *dir = hs_printf("%s/edge", plat->conf->config);
	hs_auto(hs_freep) char *path = hs_printf("%s/%s.conf", dir, NAME);
	hs_auto(hs_freep) char *old = NULL;

	if (hs_file_read(path, FORM_MAX, &old, NULL, NULL) == 0 &&
	    strcmp(old, text) == 0)
		return 0;
	if (hs_dir_make(dir, 0755, err) < 0)
		return -1;
	return hs_file_write(path, text, strlen(text), 0644, err);
}

int setup_console(
    struct plat *plat, unsigned days, long renew_s, struct hs_err *err)
{
	hs_auto(hs_freep) char *host =
	    hs_printf("%s.%s", NAME, plat->conf->edge.domain);
	hs_auto(hs_freep) char *text = NULL;

	if (render(plat, host, &text, err) < 0)
		return -1;
	if (text == NULL)
		return 0;
	if (make_certificate(plat, host, days, renew_s, err) < 0)
		return -1;
	return write_file(plat, text, err);
}
