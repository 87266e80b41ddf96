/* audit_file.c - blocks and records: made, read, checked. */

#include "shared-db-gateway/audit_file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define MAGIC   "HGA1"
#define SEG_MAX (256u << 20)

const char *gw_audit_verdict_name(unsigned verdict)
{
	static const char *const names[GW_AUDIT_VERDICTS] = { "done", "failed",
		"refused", "skipped", "cut", "unknown" };

	return verdict < GW_AUDIT_VERDICTS ? names[verdict] : "?";
}

/* -- Numbers and records --------------------------------------------------- */

void gw_audit_put_u64(uint8_t *out, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

uint64_t gw_audit_get_u64(const uint8_t *in)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | in[i];
	return value;
}

static void put_u32(uint8_t *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_u32(const uint8_t *in)
{
	return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
	       (uint32_t)in[3] << 24;
}

void gw_audit_statement_put(
    const struct gw_audit_statement *st, uint8_t out[GW_AUDIT_FIXED])
{
	gw_audit_put_u64(out, st->time_us);
	gw_audit_put_u64(out + 8, st->session);
	gw_audit_put_u64(out + 16, st->shape);
	gw_audit_put_u64(out + 24, st->rows);
	gw_audit_put_u64(out + 32, st->bytes);
	put_u32(out + 40, st->duration_us);
	out[44] = st->verdict;
	memcpy(out + 45, st->sqlstate, sizeof(st->sqlstate));
	memcpy(out + 50, st->tag, sizeof(st->tag));
}

void gw_audit_statement_get(
    const uint8_t in[GW_AUDIT_FIXED], struct gw_audit_statement *ret_statement)
{
	struct gw_audit_statement *st = ret_statement;

	st->time_us = gw_audit_get_u64(in);
	st->session = gw_audit_get_u64(in + 8);
	st->shape = gw_audit_get_u64(in + 16);
	st->rows = gw_audit_get_u64(in + 24);
	st->bytes = gw_audit_get_u64(in + 32);
	st->duration_us = get_u32(in + 40);
	st->verdict = in[44];
	memcpy(st->sqlstate, in + 45, sizeof(st->sqlstate));
	memcpy(st->tag, in + 50, sizeof(st->tag));
}

/* -- Blocks ---------------------------------------------------------------- */

void gw_audit_seal(uint8_t *block, size_t records, uint64_t number,
    uint64_t time_ms, uint8_t hash[GW_AUDIT_HASH])
{
	memcpy(block, MAGIC, 4);
	put_u32(block + 4, (uint32_t)records);
	gw_audit_put_u64(block + 8, number);
	gw_audit_put_u64(block + 16, time_ms);
	memcpy(block + 24, hash, GW_AUDIT_HASH);
	(void)SHA256(block, GW_AUDIT_HEAD + records, hash);
	memcpy(block + GW_AUDIT_HEAD + records, hash, GW_AUDIT_HASH);
}

/* A reading of one folder. */
struct reading {
	gw_audit_fn *fn;
	void *arg;
	struct gw_audit_report *report;
	bool stopped;
};

static bool take_records(struct reading *r, const uint8_t *at, size_t left)
{
	while (left > 0) {
		size_t len = left >= 3 ? (size_t)at[0] | (size_t)at[1] << 8 : 0;
		unsigned kind = left >= 3 ? at[2] : 0;

		if (len < 3 || len > left ||
		    (kind == GW_AUDIT_STATEMENT && len != 3 + GW_AUDIT_FIXED) ||
		    (kind != GW_AUDIT_STATEMENT && len < 3 + 8))
			return false;
		if (kind == GW_AUDIT_STATEMENT)
			r->report->statements++;
		else if (kind == GW_AUDIT_GAP)
			r->report->lost += gw_audit_get_u64(at + 3);
		if (r->fn != NULL && !r->stopped)
			r->stopped = !r->fn(
			    r->arg, (enum gw_audit_kind)kind, at + 3, len - 3);
		at += len;
		left -= len;
	}
	return true;
}

/* Whether all of a block is there. */
static bool is_whole(const uint8_t *at, size_t left, size_t *ret_size)
{
	size_t records;

	if (left < GW_AUDIT_HEAD + GW_AUDIT_HASH)
		return false;
	records = get_u32(at + 4);
	*ret_size = GW_AUDIT_HEAD + records + GW_AUDIT_HASH;
	return records <= GW_AUDIT_BLOCK_MAX && *ret_size <= left;
}

static int take_block(struct reading *r, const uint8_t *at, size_t size,
    const char *path, struct hs_err *err)
{
	struct gw_audit_report *report = r->report;
	size_t records = size - GW_AUDIT_HEAD - GW_AUDIT_HASH;
	uint64_t number = gw_audit_get_u64(at + 8);
	uint8_t hash[GW_AUDIT_HASH];

	(void)SHA256(at, GW_AUDIT_HEAD + records, hash);
	if (memcmp(at, MAGIC, 4) != 0 ||
	    memcmp(hash, at + GW_AUDIT_HEAD + records, GW_AUDIT_HASH) != 0)
		return hs_fail(err, HS_EINVAL,
		    "%s: block %llu has been changed", path,
		    (unsigned long long)number);
	/* The first that is kept begins the chain: older ones are removed
	 * when their time has come. */
	if (report->blocks > 0 &&
	    (number != report->last_number + 1 ||
		memcmp(at + 24, report->hash, GW_AUDIT_HASH) != 0))
		return hs_fail(err, HS_EINVAL,
		    "%s: block %llu does not follow block %llu: something is "
		    "missing or has been put in",
		    path, (unsigned long long)number,
		    (unsigned long long)report->last_number);
	if (!take_records(r, at + GW_AUDIT_HEAD, records))
		return hs_fail(err, HS_EINVAL, "%s: block %llu is malformed",
		    path, (unsigned long long)number);
	if (report->blocks++ == 0)
		report->first_number = number;
	report->last_number = number;
	memcpy(report->hash, hash, GW_AUDIT_HASH);
	return 0;
}

/* What was being written when the gateway was killed begins as the next block
 * would have. */
static bool is_torn(
    const struct gw_audit_report *report, const uint8_t *at, size_t left)
{
	if (memcmp(at, MAGIC, left < 4 ? left : 4) != 0)
		return false;
	if (report->blocks == 0 || left < 24)
		return true;
	return gw_audit_get_u64(at + 8) == report->last_number + 1 &&
	       memcmp(at + 24, report->hash,
		   left - 24 < GW_AUDIT_HASH ? left - 24 : GW_AUDIT_HASH) == 0;
}

static int read_segment(struct reading *r, const char *path, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = NULL;
	const uint8_t *at;
	size_t len = 0, size = 0;

	if (hs_file_read(path, SEG_MAX, &text, &len, err) < 0)
		return -1;
	at = (const uint8_t *)text;
	r->report->segments++;
	while (len > 0 && !r->stopped) {
		if (!is_whole(at, len, &size)) {
			if (!is_torn(r->report, at, len))
				return hs_fail(err, HS_EINVAL,
				    "%s: has been changed behind block %llu",
				    path,
				    (unsigned long long)r->report->last_number);
			r->report->torn++;
			return 0;
		}
		if (take_block(r, at, size, path, err) < 0)
			return -1;
		at += size;
		len -= size;
	}
	return 0;
}

static int is_segment(const struct dirent *item)
{
	size_t len = strlen(item->d_name), tail = strlen(GW_AUDIT_SUFFIX);

	return len > tail &&
	       strcmp(item->d_name + len - tail, GW_AUDIT_SUFFIX) == 0;
}

static int list_segments(
    const char *folder, struct dirent ***ret_list, struct hs_err *err)
{
	int count = scandir(folder, ret_list, is_segment, alphasort);

	if (count < 0)
		return hs_fail_errno(
		    err, HS_ESYSTEM, "read folder '%s'", folder);
	return count;
}

int gw_audit_read(const char *folder, gw_audit_fn *fn, void *arg,
    struct gw_audit_report *ret_report, struct hs_err *err)
{
	struct reading r = { .fn = fn, .arg = arg, .report = ret_report };
	struct dirent **list = NULL;
	int count = list_segments(folder, &list, err), rc = count < 0 ? -1 : 0;

	*ret_report = (struct gw_audit_report) { 0 };
	for (int i = 0; i < count; i++) {
		hs_auto(hs_freep) char *path =
		    hs_printf("%s/%s", folder, list[i]->d_name);

		if (rc == 0 && !r.stopped)
			rc = read_segment(&r, path, err);
		free(list[i]);
	}
	free(list);
	return rc;
}

int gw_audit_last(
    const char *folder, struct gw_audit_report *ret_report, struct hs_err *err)
{
	struct dirent **list = NULL;
	int count = list_segments(folder, &list, err), rc = count < 0 ? -1 : 0;

	*ret_report = (struct gw_audit_report) { 0 };
	for (int i = count - 1; i >= 0; i--) {
		struct reading r = { .report = ret_report };
		hs_auto(hs_freep) char *path =
		    hs_printf("%s/%s", folder, list[i]->d_name);

		if (rc == 0 && ret_report->blocks == 0)
			rc = read_segment(&r, path, err);
		free(list[i]);
	}
	free(list);
	return rc;
}
