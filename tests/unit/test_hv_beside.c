/* test_hv_beside.c - what a host tells of its domains, as lines from there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "hv/hv.h"

static void test_every_value_comes_back(void **state)
{
	(void)state;
	for (int i = 0; i < HV_LINK_COUNT * HV_WALL_COUNT * HV_MOUNTS_COUNT;
	     i++) {
		const struct hv_beside sent = {
			.link = (enum hv_link)(i % HV_LINK_COUNT),
			.wall =
			    (enum hv_wall)(i / HV_LINK_COUNT % HV_WALL_COUNT),
			.mounts =
			    (enum hv_mounts)(i / HV_LINK_COUNT / HV_WALL_COUNT),
		};
		hs_auto(hs_freep) char *line = hv_beside_text("v.e", &sent);
		hs_auto(hs_freep) char *text =
		    hs_printf("v.e.2\tgone\tgone\tthere\n%s", line);
		struct hv_beside came;

		assert_true(hv_beside_find(text, "v.e", &came));
		assert_int_equal(came.link, sent.link);
		assert_int_equal(came.wall, sent.wall);
		assert_int_equal(came.mounts, sent.mounts);
	}
}

/* Another host's output may be cut off, or an ssh's greeting. */
static void test_what_is_no_line(void **state)
{
	static const char *const texts[] = { "", "\n\n", "v.e", "v.e\t",
		"v.e\tup", "v.e\tup\tup", "v.e\tup\tup\t", "v.e\tup\tup\ther",
		"v.e\tdown\tup\tthere\n", "v.e\tup\tup\tup\n",
		"v.e2\tup\tup\tthere\n", "Welcome\nto v.e\n" };
	struct hv_beside beside;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		memset(&beside, 0xff, sizeof(beside));
		assert_false(hv_beside_find(texts[i], "v.e", &beside));
		assert_int_equal(beside.link, HV_LINK_UP);
		assert_int_equal(beside.wall, HV_WALL_UP);
		assert_int_equal(beside.mounts, HV_MOUNTS_THERE);
	}
}

/* Nothing of it is asked: there is nothing that runs. */
static void test_stopped(void **state)
{
	char name[] = "v.e";
	const struct hv_object stopped = { .kind = HV_DOMAIN, .name = name };
	const struct hv_objects none = { 0 };
	struct hv_beside beside;

	(void)state;
	memset(&beside, 0xff, sizeof(beside));
	hv_beside_look(&stopped, HV_LXC, &none, "", &beside);
	assert_int_equal(beside.link, HV_LINK_UP);
	assert_int_equal(beside.wall, HV_WALL_UP);
	assert_int_equal(beside.mounts, HV_MOUNTS_THERE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_value_comes_back),
		cmocka_unit_test(test_what_is_no_line),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
