/* audit_file.h - segments of the audit: blocks of records, each block with the
 * SHA-256 of the one before, from the first block of the first segment on.
 *
 * A block: "HGA1", length of its records (4 bytes), its number and the time in
 * milliseconds (8 each), the hash of the block before (32), the records, the
 * hash of all that (32). A record: its length (2), its kind (1), and what the
 * kind says. Numbers are little-endian.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_AUDIT_FILE_H
#define HANSE_SHARED_DB_GATEWAY_AUDIT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hs_err;

#define GW_AUDIT_HASH      32u
#define GW_AUDIT_HEAD      56u /* of a block, before its records */
#define GW_AUDIT_BLOCK_MAX 65536u
#define GW_AUDIT_SUFFIX    ".audit"

enum gw_audit_kind {
	GW_AUDIT_SESSION = 1, /* its id (8), who it is as JSON */
	GW_AUDIT_SHAPE,       /* its id (8), its text */
	GW_AUDIT_STATEMENT,   /* struct gw_audit_statement, GW_AUDIT_FIXED */
	GW_AUDIT_NAME,   /* session (8), its application_name from now on */
	GW_AUDIT_GAP,    /* how many records could not be kept (8) */
	GW_AUDIT_ROTATE, /* none in a file: what follows is in the next */
};

enum gw_audit_verdict {
	GW_WAS_DONE,
	GW_WAS_FAILED,  /* PostgreSQL said no */
	GW_WAS_REFUSED, /* the gateway did */
	GW_WAS_SKIPPED, /* after an error of what was sent before it */
	GW_WAS_CUT,     /* it took too long */
	GW_WAS_UNKNOWN, /* the connection ended before the answer */
};
#define GW_AUDIT_VERDICTS (GW_WAS_UNKNOWN + 1)

struct gw_audit_statement {
	uint64_t time_us; /* when it was sent, since 1970 */
	uint64_t session, shape, rows, bytes;
	uint32_t duration_us;
	uint8_t verdict;
	char sqlstate[5]; /* zeros: none */
	char tag[18];     /* zeros behind it */
};
#define GW_AUDIT_FIXED 68u

const char *gw_audit_verdict_name(unsigned verdict);

void gw_audit_statement_put(
    const struct gw_audit_statement *statement, uint8_t out[GW_AUDIT_FIXED]);
void gw_audit_statement_get(
    const uint8_t in[GW_AUDIT_FIXED], struct gw_audit_statement *ret_statement);

/** Numbers as the files have them. */
void gw_audit_put_u64(uint8_t *out, uint64_t value);
uint64_t gw_audit_get_u64(const uint8_t *in);

/**
 * Fill in a block's head and hash.
 *
 * @block:  GW_AUDIT_HEAD bytes of room, the records, GW_AUDIT_HASH of room
 * @hash:   of the block before; becomes this one's
 */
void gw_audit_seal(uint8_t *block, size_t records, uint64_t number,
    uint64_t time_ms, uint8_t hash[GW_AUDIT_HASH]);

/** What has been found in a folder of segments. */
struct gw_audit_report {
	uint64_t segments, blocks, statements, lost; /* lost: of gaps */
	uint64_t first_number, last_number;
	uint8_t hash[GW_AUDIT_HASH]; /* of the last block */
	unsigned torn; /* ends of segments that were being written at a crash */
};

/** Told of each record; false ends the reading. */
typedef bool gw_audit_fn(
    void *arg, enum gw_audit_kind kind, const uint8_t *record, size_t len);

/**
 * Read all segments in their order and check the chain.
 *
 * @fn:          NULL: only check
 *
 * Errors: HS_EINVAL (the chain is broken; the message names the file and the
 * block), HS_ESYSTEM. The report says how far it was good.
 */
int gw_audit_read(const char *folder, gw_audit_fn *fn, void *arg,
    struct gw_audit_report *ret_report, struct hs_err *err);

/** The same for the newest segment that has a block: where to go on. */
int gw_audit_last(
    const char *folder, struct gw_audit_report *ret_report, struct hs_err *err);

#endif
