/* metric_process.c - the process's own figures, as /proc has them. Names are
 * those of Prometheus's own client libraries where they have one.
 */

#include "provisioning/metric_process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

/** Fields of /proc/self/stat, see proc(5). */
struct stat_fields {
	unsigned long long user, system, start, virtual_bytes; /* clock ticks */
	long threads, resident_pages;
};

static int read_stat(struct stat_fields *f)
{
	hs_auto(hs_freep) char *text = NULL;
	const char *after;

	if (hs_file_read("/proc/self/stat", 4096, &text, NULL, NULL) < 0)
		return -1;
	after = strrchr(text, ')');
	if (after == NULL ||
	    sscanf(after,
		") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d "
		"%*d %*d %*d %ld %*d %llu %llu %ld",
		&f->user, &f->system, &f->threads, &f->start, &f->virtual_bytes,
		&f->resident_pages) != 6)
		return -1;
	return 0;
}

/* Without the one the count itself needs. */
static long count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	long count = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	(void)closedir(dir);
	return count - 1;
}

/* Seconds since 1970 at which the host started. */
static double boot_time(void)
{
	struct timespec real, boot;

	(void)clock_gettime(CLOCK_REALTIME, &real);
	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	return (double)(real.tv_sec - boot.tv_sec) +
	       (double)(real.tv_nsec - boot.tv_nsec) / 1e9;
}

static void add(struct hs_text *text, const char *name, const char *type,
    const char *help, double value)
{
	hs_text_addf(text, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", name, help,
	    name, type, name, value);
}

void metric_process_write(struct hs_text *text)
{
	double ticks = (double)sysconf(_SC_CLK_TCK);
	struct rlimit files = { 0 };
	struct stat_fields f = { 0 };

	hs_text_addf(text,
	    "# HELP hanse_build_info What this is; always 1.\n"
	    "# TYPE hanse_build_info gauge\n"
	    "hanse_build_info{version=\"%s\",compiler=\"%s\"} 1\n",
	    HANSE_VERSION, __VERSION__);
	if (read_stat(&f) < 0)
		return;
	(void)getrlimit(RLIMIT_NOFILE, &files);
	add(text, "process_cpu_seconds_total", "counter", "CPU time used.",
	    (double)(f.user + f.system) / ticks);
	add(text, "process_resident_memory_bytes", "gauge", "Memory in use.",
	    (double)f.resident_pages * (double)sysconf(_SC_PAGESIZE));
	add(text, "process_virtual_memory_bytes", "gauge", "Address space.",
	    (double)f.virtual_bytes);
	add(text, "process_open_fds", "gauge", "Open descriptors.",
	    (double)count_descriptors());
	add(text, "process_max_fds", "gauge", "Descriptors allowed.",
	    (double)files.rlim_cur);
	add(text, "process_threads", "gauge", "Threads.", (double)f.threads);
	add(text, "process_start_time_seconds", "gauge",
	    "When it started, since 1970.",
	    boot_time() + (double)f.start / ticks);
}
