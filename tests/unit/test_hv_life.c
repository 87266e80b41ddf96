/* test_hv_life.c - which life it is, and what an LXC domain asks of its disks.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "hv/life.h"
#include "hv/lxc_disk.h"

static void test_boot(void **state)
{
	(void)state;
	assert_int_equal(strlen(hv_boot()), 32);
	assert_int_equal(strspn(hv_boot(), "0123456789abcdef"), 32);
}

#define STAT                                                              \
	" S 1 7 7 0 -1 4194560 94 0 0 0 1 2 3 4 20 0 1 0 987654 2883584 " \
	"231 18446744073709551615 1 1"

/* A name may say what it likes. */
static void test_began(void **state)
{
	(void)state;
	assert_int_equal(hv_began_of("7 (sh)" STAT), 987654);
	assert_int_equal(hv_began_of("7 (a ) b (c) 1 2)" STAT), 987654);
	assert_int_equal(hv_began_of("7 (sh) S 1 7"), HV_NOT_TOLD);
	assert_int_equal(hv_began_of(""), HV_NOT_TOLD);
	assert_in_range(
	    hv_domain_began(HV_LXC, "v.e", (int)getpid()), 1, INT64_MAX);
	assert_int_equal(hv_domain_began(HV_LXC, "v.e", 0), HV_NOT_TOLD);
	assert_int_equal(hv_domain_began(HV_XEN, "v.e", 1), HV_NOT_TOLD);
	assert_int_equal(
	    hv_domain_began(HV_QEMU, "there.is-none", 1), HV_NOT_TOLD);
}

/* The disk below hears of each request again. */
static void test_blkio(void **state)
{
	uint64_t reads = 1, writes = 2, none = 0;

	(void)state;
	hv_blkio_add("254:0 Read 9\n254:0 Write 9\n"
		     "7:3 Read 6\n7:3 Write 13\n7:3 Sync 19\n7:3 Async 0\n"
		     "7:3 Discard 5\n7:3 Total 24\n"
		     "7:12 Read 100000000000\n7:12 Write 1\n"
		     "Total 33\n",
	    HV_NO_LOOP, &reads, &writes);
	assert_int_equal(reads, 100000000007);
	assert_int_equal(writes, 16);
	hv_blkio_add("Total 0\n", HV_NO_LOOP, &reads, &writes);
	hv_blkio_add("", HV_NO_LOOP, &reads, &writes);
	hv_blkio_add("7:3 Read 6\n7:4 Write 5\n", 3, &none, &writes);
	assert_int_equal(none, 0);
	assert_int_equal(writes, 21);
	assert_int_equal(reads, 100000000007);
}

static void test_io_stat(void **state)
{
	struct hv_usage u = { 0 };

	(void)state;
	hv_io_stat_add(
	    "254:0 rbytes=9 wbytes=9 rios=9 wios=9 dbytes=0 dios=0\n"
	    "7:3 rbytes=24576 wbytes=8192 rios=6 wios=2 dbytes=0 dios=0\n"
	    "7:4 \n"
	    "7:5 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n",
	    5, &u);
	assert_int_equal(u.disk_read_bytes, 24576);
	assert_int_equal(u.disk_write_bytes, 8192);
	assert_int_equal(u.disk_reads, 6);
	assert_int_equal(u.disk_writes, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_began),
		cmocka_unit_test(test_blkio),
		cmocka_unit_test(test_io_stat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
