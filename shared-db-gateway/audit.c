/* audit.c - a ring of bytes with one who puts in and one who takes out, and the
 * thread that makes blocks of it.
 */

#include "shared-db-gateway/audit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

#define RING     (1u << 20)
#define ROOM     (RING / 8) /* kept free where the audit is required */
#define PAUSE_MS 20         /* a block of what has come by then */
#define SYNC_MS  1000
#define AGAIN_MS 500 /* after a write that failed */
#define DAY_S    86400

struct gw_audit {
	struct gw_audit_config config; /* folder is a copy */
	uint8_t *ring;
	_Atomic uint64_t head, tail; /* bytes put in, and taken out, ever */
	atomic_bool sleeps, ends, fails;
	int wake;
	pthread_t thread;
	/* The loop's. */
	unsigned generation;
	uint64_t records, lost, lost_untold, segment_bytes, segment_began_s;
	/* The writer's. */
	int fd;
	uint64_t number; /* of the next block */
	uint8_t hash[GW_AUDIT_HASH];
	uint8_t *block;
	size_t filled;
	int64_t synced_ms;
	bool is_dirty, said_fails;
};

static uint64_t now_s(void)
{
	return (uint64_t)time(NULL);
}

/* -- The loop's end -------------------------------------------------------- */

static size_t room(const struct gw_audit *a)
{
	uint64_t head = atomic_load_explicit(&a->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&a->tail, memory_order_acquire);

	return RING - (size_t)(head - tail);
}

bool gw_audit_is_ready(const struct gw_audit *a)
{
	return a == NULL || !a->config.required ||
	       (!atomic_load_explicit(&a->fails, memory_order_relaxed) &&
		   room(a) >= ROOM);
}

unsigned gw_audit_generation(const struct gw_audit *a)
{
	return a != NULL ? a->generation : 0;
}

static void copy_in(struct gw_audit *a, uint64_t at, const void *data, size_t n)
{
	size_t from = (size_t)(at % RING);
	size_t first = n < RING - from ? n : RING - from;

	memcpy(a->ring + from, data, first);
	memcpy(a->ring, (const uint8_t *)data + first, n - first);
}

/* A record in two parts; false: there is no room. */
static bool put(struct gw_audit *a, enum gw_audit_kind kind, const void *front,
    size_t front_len, const void *text, size_t len)
{
	size_t size = 3 + front_len + len;
	const uint8_t head[3] = { (uint8_t)size, (uint8_t)(size >> 8),
		(uint8_t)kind };
	uint64_t at = atomic_load_explicit(&a->head, memory_order_relaxed);

	if (size > room(a))
		return false;
	copy_in(a, at, head, sizeof(head));
	copy_in(a, at + 3, front, front_len);
	copy_in(a, at + 3 + front_len, text, len);
	atomic_store_explicit(&a->head, at + size, memory_order_release);
	a->records++;
	a->segment_bytes += size;
	if (atomic_exchange(&a->sleeps, false))
		(void)eventfd_write(a->wake, 1);
	return true;
}

static void put_number(struct gw_audit *a, enum gw_audit_kind kind, uint64_t n)
{
	uint8_t raw[8];

	gw_audit_put_u64(raw, n);
	(void)put(a, kind, raw, sizeof(raw), "", 0);
}

/* What could not be kept is owned up to, and segments end in time: what names
 * sessions and shapes is told again in the next. */
static void before(struct gw_audit *a)
{
	if (a->lost_untold > 0 && room(a) >= ROOM) {
		put_number(a, GW_AUDIT_GAP, a->lost_untold);
		a->lost_untold = 0;
		a->generation++;
	}
	if (a->segment_bytes < (uint64_t)a->config.segment_mib << 20 &&
	    now_s() < a->segment_began_s + DAY_S)
		return;
	put_number(a, GW_AUDIT_ROTATE, 0);
	a->segment_bytes = 0;
	a->segment_began_s = now_s();
	a->generation++;
}

static void count_lost(struct gw_audit *a)
{
	a->lost++;
	a->lost_untold++;
}

void gw_audit_put(struct gw_audit *a, enum gw_audit_kind kind, uint64_t id,
    const char *text, size_t len)
{
	uint8_t raw[8];

	gw_audit_put_u64(raw, id);
	if (len > GW_AUDIT_BLOCK_MAX / 2)
		len = GW_AUDIT_BLOCK_MAX / 2;
	if (!put(a, kind, raw, sizeof(raw), text, len))
		count_lost(a);
}

void gw_audit_put_statement(
    struct gw_audit *a, const struct gw_audit_statement *statement)
{
	uint8_t raw[GW_AUDIT_FIXED];

	gw_audit_statement_put(statement, raw);
	if (!put(a, GW_AUDIT_STATEMENT, raw, sizeof(raw), "", 0))
		count_lost(a);
	before(a);
}

struct gw_audit_stat gw_audit_stat(const struct gw_audit *a)
{
	return (struct gw_audit_stat) {
		.records = a->records,
		.bytes = atomic_load(&a->head),
		.lost = a->lost,
		.is_failing = atomic_load(&a->fails),
	};
}

/* -- The writer ------------------------------------------------------------ */

static void copy_out(struct gw_audit *a, uint64_t at, uint8_t *out, size_t n)
{
	size_t from = (size_t)(at % RING);
	size_t first = n < RING - from ? n : RING - from;

	memcpy(out, a->ring + from, first);
	memcpy(out + first, a->ring, n - first);
}

/* Named by their first block, so that their names sort. */
static int open_segment(struct gw_audit *a)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%016llx" GW_AUDIT_SUFFIX,
	    a->config.folder, (unsigned long long)a->number);

	if (a->fd >= 0)
		(void)close(a->fd);
	a->fd = open(
	    path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return a->fd;
}

static void remove_old(const struct gw_audit *a)
{
	DIR *folder = opendir(a->config.folder);
	const struct dirent *item;
	struct stat st;

	while (folder != NULL && (item = readdir(folder)) != NULL) {
		hs_auto(hs_freep) char *path =
		    hs_printf("%s/%s", a->config.folder, item->d_name);

		if (strstr(item->d_name, GW_AUDIT_SUFFIX) == NULL ||
		    stat(path, &st) < 0 ||
		    now_s() < (uint64_t)st.st_mtime +
				  (uint64_t)a->config.keep_days * DAY_S)
			continue;
		hs_info("audit.removed", "segment=%s", item->d_name);
		(void)unlink(path);
	}
	if (folder != NULL)
		(void)closedir(folder);
}

/* All of a block or nothing of it. */
static bool write_all(struct gw_audit *a, const uint8_t *data, size_t len)
{
	off_t begin = lseek(a->fd, 0, SEEK_END);
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(a->fd, data + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int saved = errno;

			/* Or the next segment begins, and this end is torn. */
			if (ftruncate(a->fd, begin) < 0) {
				(void)close(a->fd);
				a->fd = -1;
			}
			errno = saved;
			return false;
		}
		done += (size_t)n;
	}
	return true;
}

static void say(struct gw_audit *a, bool fails)
{
	if (fails && !a->said_fails)
		hs_err_log("audit.failed", "folder=%s msg=\"%s\"",
		    a->config.folder, strerror(errno));
	else if (!fails && a->said_fails)
		hs_warn("audit.again", "folder=%s", a->config.folder);
	a->said_fails = fails;
	atomic_store(&a->fails, fails);
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* A block that does not go is tried again until it does, or all ends. */
static void write_block(struct gw_audit *a)
{
	uint8_t hash[GW_AUDIT_HASH];

	if (a->filled == 0)
		return;
	memcpy(hash, a->hash, sizeof(hash));
	gw_audit_seal(a->block, a->filled, a->number, now_s() * 1000, hash);
	while ((a->fd < 0 && open_segment(a) < 0) ||
	       !write_all(
		   a, a->block, GW_AUDIT_HEAD + a->filled + GW_AUDIT_HASH)) {
		say(a, true);
		if (atomic_load(&a->ends)) {
			a->filled = 0;
			return;
		}
		pause_ms(AGAIN_MS);
	}
	say(a, false);
	memcpy(a->hash, hash, sizeof(hash));
	a->number++;
	a->filled = 0;
	a->is_dirty = true;
}

static void sync_now_and_then(struct gw_audit *a, bool now)
{
	if (!a->is_dirty || a->fd < 0 ||
	    (!now && hs_now_ms() - a->synced_ms < SYNC_MS))
		return;
	(void)fdatasync(a->fd);
	a->synced_ms = hs_now_ms();
	a->is_dirty = false;
}

/* The records that are there, as blocks. */
static void drain(struct gw_audit *a)
{
	uint64_t tail = atomic_load_explicit(&a->tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&a->head, memory_order_acquire);

	while (tail < head) {
		uint8_t front[3];
		size_t size;

		copy_out(a, tail, front, sizeof(front));
		size = (size_t)front[0] | (size_t)front[1] << 8;
		if (a->filled + size > GW_AUDIT_BLOCK_MAX)
			write_block(a);
		if (front[2] == GW_AUDIT_ROTATE) {
			write_block(a);
			sync_now_and_then(a, true);
			if (a->fd >= 0)
				(void)close(a->fd);
			a->fd = -1;
			remove_old(a);
		} else {
			copy_out(a, tail, a->block + GW_AUDIT_HEAD + a->filled,
			    size);
			a->filled += size;
		}
		tail += size;
		atomic_store_explicit(&a->tail, tail, memory_order_release);
	}
	write_block(a);
}

static bool is_empty(struct gw_audit *a)
{
	return atomic_load(&a->head) == atomic_load(&a->tail);
}

static void *writer(void *arg)
{
	struct gw_audit *a = arg;
	eventfd_t count;

	while (!atomic_load(&a->ends) || !is_empty(a)) {
		drain(a);
		sync_now_and_then(a, false);
		atomic_store(&a->sleeps, !a->is_dirty);
		if (!a->is_dirty && is_empty(a) && !atomic_load(&a->ends))
			(void)eventfd_read(a->wake, &count);
		if (!atomic_load(&a->ends))
			pause_ms(PAUSE_MS);
	}
	sync_now_and_then(a, true);
	return NULL;
}

/* -- Its beginning and its end --------------------------------------------- */

static void audit_free(struct gw_audit *a)
{
	if (a->wake >= 0)
		(void)close(a->wake);
	if (a->fd >= 0)
		(void)close(a->fd);
	free(a->config.folder);
	free(a->ring);
	free(a->block);
	free(a);
}

static int begin(struct gw_audit *a, struct hs_err *err)
{
	struct gw_audit_report last;

	if (gw_audit_last(a->config.folder, &last, err) < 0)
		return hs_wrap(err, "the audit cannot go on");
	a->number = last.blocks > 0 ? last.last_number + 1 : 1;
	memcpy(a->hash, last.hash, sizeof(a->hash));
	if (open_segment(a) < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "write in folder '%s'", a->config.folder);
	a->wake = eventfd(0, EFD_CLOEXEC);
	if (a->wake < 0 || pthread_create(&a->thread, NULL, writer, a) != 0)
		return hs_fail(err, HS_ESYSTEM, "no thread for the audit");
	return 0;
}

int gw_audit_open(const struct gw_audit_config *config,
    struct gw_audit **ret_audit, struct hs_err *err)
{
	struct gw_audit *a = hs_alloc(sizeof(*a));

	a->config = *config;
	a->config.folder = hs_strdup(config->folder);
	a->ring = hs_realloc(NULL, RING);
	a->block = hs_realloc(
	    NULL, GW_AUDIT_HEAD + GW_AUDIT_BLOCK_MAX + GW_AUDIT_HASH);
	a->fd = a->wake = -1;
	a->generation = 1;
	a->segment_began_s = now_s();
	if (begin(a, err) < 0) {
		audit_free(a);
		return -1;
	}
	*ret_audit = a;
	return 0;
}

void gw_audit_close(struct gw_audit *a)
{
	if (a == NULL)
		return;
	atomic_store(&a->ends, true);
	(void)eventfd_write(a->wake, 1);
	(void)pthread_join(a->thread, NULL);
	audit_free(a);
}
