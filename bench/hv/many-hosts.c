/* many-hosts.c - how much a program takes that knows many hosts: memory,
 * threads, descriptors, and the time to list the domains of all.
 *
 *   many-hosts [HOSTS [DOMAINS_EACH [LATENCY_MS]]]      1250 16 0
 */

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "hv/hv.h"

#define THREADS   8
#define BORROW_MS 10000

static struct hv_hosts *hosts;
static unsigned count, domains, latency;
static atomic_uint next, failed;
static atomic_ulong seen;

static void visit(unsigned number)
{
	hs_auto(hs_freep) char *name = hs_printf("h%u", number);
	hs_auto(hs_freep) char *uri = hs_printf(
	    "sim:///%s?domains=%u&latency_ms=%u", name, domains, latency);
	struct hv_host_conf conf = { .name = name, .uris[HV_QEMU] = uri };
	hs_auto(hv_returnp) struct hv_conn *conn = NULL;
	hs_auto(hv_objects_done) struct hv_objects objects = { 0 };

	if (hv_hosts_borrow(hosts, &conf, HV_QEMU, BORROW_MS, &conn, NULL) <
		0 ||
	    hv_list(conn, HV_DOMAIN, &objects, NULL) < 0)
		atomic_fetch_add(&failed, 1);
	atomic_fetch_add(&seen, objects.count);
}

static void *work(void *arg)
{
	for (unsigned i; (i = atomic_fetch_add(&next, 1)) < count;)
		visit(i);
	return arg;
}

static void round_of_all(const char *what)
{
	pthread_t threads[THREADS];
	int64_t since = hs_now_ms();

	atomic_store(&next, 0);
	atomic_store(&seen, 0);
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, work, NULL);
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	printf("%-8s ms=%lld domains=%lu failed=%u\n", what,
	    (long long)(hs_now_ms() - since), atomic_load(&seen),
	    atomic_load(&failed));
}

static unsigned entries_of(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	if (d != NULL)
		(void)closedir(d);
	return n;
}

static void show_size(void)
{
	hs_auto(hs_freep) char *status = NULL;
	const char *rss = NULL;

	if (hs_file_read("/proc/self/status", 65536, &status, NULL, NULL) == 0)
		rss = strstr(status, "VmRSS:");
	printf("size     rss_kib=%ld threads=%u fds=%u\n",
	    rss != NULL ? strtol(rss + 6, NULL, 10) : -1,
	    entries_of("/proc/self/task"), entries_of("/proc/self/fd"));
}

static unsigned argument(int argc, char **argv, int i, unsigned usual)
{
	return argc > i ? (unsigned)strtoul(argv[i], NULL, 10) : usual;
}

int main(int argc, char **argv)
{
	count = argument(argc, argv, 1, 1250);
	domains = argument(argc, argv, 2, 16);
	latency = argument(argc, argv, 3, 0);
	if (hv_init(NULL) < 0)
		return 2;
	hosts = hv_hosts_new();
	round_of_all("first");
	round_of_all("again");
	hs_pause_ms(10000); /* with all probes at work */
	round_of_all("later");
	show_size();
	hv_hosts_free(hosts);
	return atomic_load(&failed) == 0 ? 0 : 1;
}
