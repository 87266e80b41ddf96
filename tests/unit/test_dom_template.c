/* test_dom_template.c - the XML of domains and networks: golden files
 * in tests/golden/dom (UPDATE=1 writes them), and what is refused.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"

#define GOLDEN "tests/golden/dom/"

static const struct dom_params app = {
	.name = "automotive.adler-motors",
	.uuid = "11111111-2222-5333-8444-555555555555",
	.kind = "app",
	.ve = "automotive",
	.enterprise = "adler-motors",
	.generation = 7,
	.memory_kib = 262144,
	.vcpus = 2,
	.network = "hanse-automotive",
	.bridge = "hv-11111111",
	.ifname = "hi111111112222",
	.mac = "52:54:00:11:11:11",
	.address = "10.90.2.10",
	.prefix = 24,
	.gateway = "10.90.2.1",
	.route = "10.90.0.1",
	.filter = "hanse-app",
	.calls = "6432 1636",
	.root_dir = "/run/hanse/mnt/domain/automotive.adler-motors/root",
	.config_dir = "/var/lib/hanse/domains/automotive.adler-motors/config",
	.idmap_base = 1000000,
	.accel = "tcg",
	.kernel = "/var/lib/hanse/images/kernel-1",
	.initrd = "/var/lib/hanse/images/initrd-1",
	.image = "/var/lib/hanse/images/app-1.squashfs",
	.config_disk =
	    "/var/lib/hanse/domains/automotive.adler-motors/config.squashfs",
	.console_log = "/var/log/hanse/domains/automotive.adler-motors.log",
};

/* The platform's database domain: no VE, a data volume, no filter, no route. */
static struct dom_params db(void)
{
	struct dom_params p = app;

	p.name = "db.shared";
	p.kind = "db";
	p.ve = p.enterprise = p.route = p.filter = NULL;
	p.network = p.bridge = "hanse-data";
	p.image = "/var/lib/hanse/images/db-1.squashfs";
	p.data_dir = "/run/hanse/mnt/domain/db.shared/data";
	p.data_disk = "/var/lib/hanse/volumes/db.shared.raw";
	p.accel = "kvm";
	return p;
}

static void golden(const char *name, const char *xml)
{
	hs_auto(hs_freep) char *path = hs_printf(GOLDEN "%s.xml", name);
	hs_auto(hs_freep) char *wanted = NULL;
	xmlDocPtr doc =
	    xmlReadMemory(xml, (int)strlen(xml), name, NULL, XML_PARSE_NONET);
	struct hs_err err = { 0 };

	assert_non_null(doc);
	xmlFreeDoc(doc);
	assert_null(strstr(xml, "{{"));
	if (getenv("UPDATE") != NULL)
		assert_int_equal(
		    hs_file_write(path, xml, strlen(xml), 0644, &err), 0);
	assert_int_equal(hs_file_read(path, 65536, &wanted, NULL, &err), 0);
	assert_string_equal(xml, wanted);
}

static void golden_domain(
    const char *name, enum dom_driver driver, const struct dom_params *p)
{
	hs_auto(hs_freep) char *xml = NULL;
	struct hs_err err = { 0 };

	assert_int_equal(dom_template_domain(driver, p, &xml, &err), 0);
	golden(name, xml);
}

static void test_domains(void **state)
{
	const struct dom_params shared = db();

	(void)state;
	golden_domain("lxc-app", DOM_LXC, &app);
	golden_domain("lxc-db", DOM_LXC, &shared);
	golden_domain("qemu-app", DOM_QEMU, &app);
	golden_domain("qemu-db", DOM_QEMU, &shared);
	golden_domain("xen-app", DOM_XEN, &app);
	golden_domain("xen-db", DOM_XEN, &shared);
}

static void test_network(void **state)
{
	struct dom_network_params params = {
		.name = "hanse-automotive",
		.uuid = "11111111-2222-5333-8444-666666666666",
		.ve = "automotive",
		.generation = 7,
		.bridge = "hv-11111111",
		.mac = "52:54:00:22:22:22",
		.address = "10.90.2.1",
		.prefix = 24,
	};
	hs_auto(hs_freep) char *xml = NULL;
	hs_auto(hs_freep) char *far = NULL;
	struct hs_err err = { 0 };

	(void)state;
	assert_int_equal(dom_template_network(&params, &xml, &err), 0);
	golden("network", xml);
	params.address = NULL;
	assert_int_equal(dom_template_network(&params, &far, &err), 0);
	golden("network-far", far);
}

static void test_escaped(void **state)
{
	struct dom_params p = app;
	hs_auto(hs_freep) char *xml = NULL;
	struct hs_err err = { 0 };

	(void)state;
	p.root_dir = "/a'/><evil/>&";
	assert_int_equal(dom_template_domain(DOM_LXC, &p, &xml, &err), 0);
	assert_non_null(strstr(xml, "'/a&#39;/&gt;&lt;evil/&gt;&amp;'"));
	assert_null(strstr(xml, "<evil"));
}

/* What each driver cannot do without, one after the other. */
static void test_missing(void **state)
{
	static const struct {
		enum dom_driver driver;
		size_t offset;
		const char *message;
	} rows[] = {
		{ DOM_LXC, offsetof(struct dom_params, name),
		    "lxc domain: parameter 'name' is missing" },
		{ DOM_LXC, offsetof(struct dom_params, root_dir),
		    "lxc domain: parameter 'root_dir' is missing" },
		{ DOM_LXC, offsetof(struct dom_params, config_dir),
		    "lxc domain: parameter 'config_dir' is missing" },
		{ DOM_LXC, offsetof(struct dom_params, mac),
		    "lxc domain: parameter 'mac' is missing" },
		{ DOM_QEMU, offsetof(struct dom_params, accel),
		    "qemu domain: parameter 'accel' is missing" },
		{ DOM_QEMU, offsetof(struct dom_params, kernel),
		    "qemu domain: parameter 'kernel' is missing" },
		{ DOM_QEMU, offsetof(struct dom_params, image),
		    "qemu domain: parameter 'image' is missing" },
		{ DOM_QEMU, offsetof(struct dom_params, console_log),
		    "qemu domain: parameter 'console_log' is missing" },
		{ DOM_XEN, offsetof(struct dom_params, bridge),
		    "xen domain: parameter 'bridge' is missing" },
		{ DOM_XEN, offsetof(struct dom_params, address),
		    "xen domain: parameter 'address' is missing" },
		{ DOM_XEN, offsetof(struct dom_params, initrd),
		    "xen domain: parameter 'initrd' is missing" },
		{ DOM_XEN, offsetof(struct dom_params, config_disk),
		    "xen domain: parameter 'config_disk' is missing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dom_params p = app;
		struct hs_err err = { 0 };
		char *xml = NULL;

		*(const char **)(void *)((char *)&p + rows[i].offset) = NULL;
		assert_int_equal(
		    dom_template_domain(rows[i].driver, &p, &xml, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
		assert_string_equal(err.msg, rows[i].message);
		assert_null(xml);
	}
}

static void refused(enum dom_driver driver, const struct dom_params *p)
{
	struct hs_err err = { 0 };
	char *xml = NULL;

	assert_int_equal(dom_template_domain(driver, p, &xml, &err), -1);
	assert_int_equal(err.code, HS_EINVAL);
}

static void test_absurd(void **state)
{
	struct dom_params p;

	(void)state;
	p = app, p.memory_kib = 0, refused(DOM_LXC, &p);
	p = app, p.vcpus = 0, refused(DOM_QEMU, &p);
	p = app, p.prefix = 0, refused(DOM_LXC, &p);
	p = app, p.prefix = 33, refused(DOM_LXC, &p);
	p = app, p.idmap_base = 0, refused(DOM_LXC, &p);
	p = app, p.idmap_base = 65535, refused(DOM_LXC, &p);
	p = app, p.accel = "turbo", refused(DOM_QEMU, &p);
	p = app, p.memory_max_kib = p.memory_kib - 1, refused(DOM_QEMU, &p);
	p = app, p.vcpus_max = p.vcpus - 1, refused(DOM_QEMU, &p);
}

/* What a virtual machine may grow to, given or not. */
static void test_maxima(void **state)
{
	static const struct {
		unsigned vcpus, vcpus_max;
		const char *wanted;
	} rows[] = {
		{ 1, 0, "<vcpu current='1'>4</vcpu>" },
		{ 16, 0, "<vcpu current='16'>64</vcpu>" },
		{ 30, 0, "<vcpu current='30'>64</vcpu>" },
		{ 80, 0, "<vcpu current='80'>80</vcpu>" },
		{ 2, 3, "<vcpu current='2'>3</vcpu>" },
	};
	struct dom_params p = app;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hs_auto(hs_freep) char *xml = NULL;

		p.vcpus = rows[i].vcpus;
		p.vcpus_max = rows[i].vcpus_max;
		p.memory_max_kib = 300000 + i;
		assert_int_equal(
		    dom_template_domain(DOM_QEMU, &p, &xml, NULL), 0);
		assert_non_null(strstr(xml, rows[i].wanted));
		assert_non_null(strstr(xml, "<memory unit='KiB'>30000"));
	}
}

static void test_names(void **state)
{
	enum dom_driver found;

	(void)state;
	for (int i = 0; i < DOM_DRIVER_COUNT; i++) {
		assert_true(dom_driver_find(
		    dom_driver_name((enum dom_driver)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(dom_driver_find("vmware", &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_absurd),
		cmocka_unit_test(test_maxima),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
