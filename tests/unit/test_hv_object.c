/* test_hv_object.c - what is ours in libvirt's XML; the XML comes from the
 * real templates. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/err.h"
#include "dom-templates/dom_template.h"
#include "hv/hv.h"

static const struct dom_params domain = {
	.name = "automotive.adler-motors",
	.uuid = "72546244-4b1a-554a-b610-8b361f8cbeff",
	.kind = "app",
	.ve = "automotive",
	.enterprise = "adler-motors",
	.generation = 7,
	.memory_kib = 262144,
	.vcpus = 2,
	.network = "hanse-automotive",
	.bridge = "hv-8f0a3c9e",
	.ifname = "hi725462444b1a",
	.mac = "52:54:00:72:54:62",
	.address = "10.90.2.10",
	.prefix = 24,
	.gateway = "10.90.2.1",
	.route = "10.90.0.1",
	.filter = "hanse-app",
	.calls = "6432 1636",
	.root_dir = "/run/hanse/mnt/domain/automotive.adler-motors/root",
	.config_dir = "/etc/x",
	.data_dir = "/run/hanse/mnt/domain/automotive.adler-motors/data",
	.idmap_base = 1000000,
	.accel = "tcg",
	.kernel = "/k",
	.initrd = "/i",
	.image = "/image.squashfs",
	.config_disk = "/config.squashfs",
	.data_disk = "/data.raw",
	.console_log = "/c",
};

static void parse_domain(enum dom_driver driver, struct hv_object *object)
{
	hs_auto(hs_freep) char *xml = NULL;

	assert_int_equal(dom_template_domain(driver, &domain, &xml, NULL), 0);
	assert_true(hv_object_parse(HV_DOMAIN, xml, object));
	assert_string_equal(object->name, domain.name);
	assert_string_equal(object->uuid, domain.uuid);
	assert_string_equal(object->role, "app");
	assert_string_equal(object->ve, domain.ve);
	assert_string_equal(object->enterprise, domain.enterprise);
	assert_int_equal(object->generation, 7);
	assert_int_equal(object->vcpus, 2);
	assert_int_equal(object->memory_kib, 262144);
	assert_string_equal(object->network, domain.network);
	assert_string_equal(object->ifname, domain.ifname);
	assert_string_equal(object->mac, domain.mac);
	assert_string_equal(object->filter, domain.filter);
	assert_string_equal(object->address, domain.address);
	assert_true(object->isolated);
}

static void test_lxc(void **state)
{
	struct hv_object object;

	(void)state;
	parse_domain(DOM_LXC, &object);
	assert_string_equal(object.wall.host, domain.gateway);
	assert_string_equal(object.wall.ports, "9000");
	assert_string_equal(object.wall.platform, domain.route);
	assert_string_equal(object.wall.calls, domain.calls);
	assert_string_equal(object.root, domain.root_dir);
	assert_string_equal(object.config, domain.config_dir);
	assert_string_equal(object.data, domain.data_dir);
	assert_int_equal(object.idmap_base, 1000000);
	assert_int_equal(object.idmap_count, HV_IDMAP_COUNT);
	assert_null(object.kernel);
	hv_object_done(&object);
	assert_null(object.name);
}

static void test_qemu(void **state)
{
	struct hv_object object;

	(void)state;
	parse_domain(DOM_QEMU, &object);
	assert_string_equal(object.root, domain.image);
	assert_string_equal(object.config, domain.config_disk);
	assert_string_equal(object.data, domain.data_disk);
	assert_string_equal(object.kernel, domain.kernel);
	assert_string_equal(object.initrd, domain.initrd);
	assert_int_equal(object.idmap_base, 0);
	hv_object_done(&object);
}

/* Its script is its filter; the network stands in the tag. */
static void test_xen(void **state)
{
	struct hv_object object;

	(void)state;
	parse_domain(DOM_XEN, &object);
	assert_string_equal(object.root, domain.image);
	assert_string_equal(object.config, domain.config_disk);
	assert_string_equal(object.data, domain.data_disk);
	assert_string_equal(object.kernel, domain.kernel);
	assert_string_equal(object.initrd, domain.initrd);
	assert_string_equal(object.bridge, domain.bridge);
	assert_int_equal(object.idmap_base, 0);
	hv_object_done(&object);
	assert_null(object.bridge);
}

static void test_network(void **state)
{
	const struct dom_network_params params = { .name = "hanse-automotive",
		.uuid = "8f0a3c9e-2d61-5d6e-9f4b-0d1c2b3a4f5e",
		.ve = "automotive",
		.bridge = "hv-8f0a3c9e",
		.mac = "52:54:00:8f:0a:3c",
		.address = "10.90.2.1",
		.prefix = 24 };
	hs_auto(hs_freep) char *xml = NULL;
	struct hv_object object;

	(void)state;
	assert_int_equal(dom_template_network(&params, &xml, NULL), 0);
	assert_true(hv_object_parse(HV_NETWORK, xml, &object));
	assert_string_equal(object.name, params.name);
	assert_string_equal(object.bridge, params.bridge);
	assert_string_equal(object.host_address, params.address);
	assert_int_equal(object.prefix, 24);
	assert_false(object.forwards);
	hv_object_done(&object);
}

/* Not ours: no tag, another's tag, a tag of another kind, no XML at all. */
static void test_strangers(void **state)
{
	static const struct {
		enum hv_kind kind;
		const char *xml;
	} strangers[] = {
		{ HV_DOMAIN, "<domain><name>x</name><uuid>u</uuid></domain>" },
		{ HV_DOMAIN, "<domain><name>x</name><uuid>u</uuid><metadata>"
			     "<object kind='domain'/></metadata></domain>" },
		{ HV_DOMAIN, "<domain xmlns:h='https://hanse.example/ns/1'>"
			     "<name>x</name><uuid>u</uuid><metadata>"
			     "<h:object kind='network'/></metadata></domain>" },
		{ HV_NETWORK, "<network><name>x</name>" },
		{ HV_NETWORK, "" },
	};
	struct hv_object object;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		assert_false(hv_object_parse(
		    strangers[i].kind, strangers[i].xml, &object));
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < HV_KIND_COUNT; i++)
		assert_non_null(hv_kind_name((enum hv_kind)i));
	for (int i = 0; i < HV_STATE_COUNT; i++)
		assert_non_null(hv_state_name((enum hv_state)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lxc),
		cmocka_unit_test(test_qemu),
		cmocka_unit_test(test_xen),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
