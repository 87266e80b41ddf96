/* ground.c - what the programs of run.sh stand on. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/spec.h"
#include "tests/provisioning/ground.h"

#define EXAMPLE "etc/examples/automotive.yaml"

struct plat ground_plat;
struct hs_db *ground_store;
static struct plat_conf conf;

int ground_open(int argc, char **argv)
{
	struct hs_conf *keep = NULL;
	struct hs_err err = { 0 };

	if (argc != 4 || plat_conf_load("/nonexistent", &keep, &conf, &err) < 0)
		return 64;
	if (hv_init(&err) < 0)
		return 1;
	conf.hypervisors = hv_hosts_new();
	conf.state = argv[1];
	conf.run = argv[2];
	conf.share = argv[3];
	conf.gateway_port = 1; /* nobody's */
	plat_init(&ground_plat, &conf);
	if (plat_store(&ground_plat, &ground_store, &err) == 0 &&
	    store_migrate(ground_store, &err) == 0)
		return 0;
	(void)fprintf(stderr, "%s\n", err.msg);
	return 1;
}

void ground_close(void)
{
	plat_done(&ground_plat);
	hv_hosts_free(conf.hypervisors);
}

char *ground_example(void)
{
	char *text = NULL;

	assert_int_equal(hs_file_read(EXAMPLE, 1 << 20, &text, NULL, NULL), 0);
	return text;
}

char *ground_with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("no '%s' in the example", from);
	return hs_printf(
	    "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

void ground_specs(
    struct store_ves *ret_ves, const char *const *texts, size_t count)
{
	*ret_ves = (struct store_ves) {
		.list = hs_alloc((count + 1) * sizeof(struct store_ve)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		struct hs_err err = { 0 };

		if (spec_load("spec", texts[i], &ret_ves->list[i].spec, NULL,
			&err) < 0)
			fail_msg("%s", err.msg);
		ret_ves->list[i].name = hs_strdup(ret_ves->list[i].spec->ve);
	}
}

int ground_want(const char *const *texts, size_t count,
    struct objects *ret_objects, struct hs_err *err)
{
	hs_auto(store_ves_done) struct store_ves ves = { 0 };

	ground_specs(&ves, texts, count);
	return want_objects(&ground_plat, &ves, ret_objects, err);
}

void ground_wanted(
    const char *const *texts, size_t count, struct objects *ret_objects)
{
	struct hs_err err = { 0 };

	if (ground_want(texts, count, ret_objects, &err) < 0)
		fail_msg("%s", err.msg);
}

void ground_release(void)
{
	const struct store_ves none = { 0 };

	assert_int_equal(want_release(&ground_plat, &none, NULL), 0);
}
