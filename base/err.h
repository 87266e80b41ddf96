/* err.h - the one error object: recorded at the source, wrapped on the way. */
#ifndef HANSE_BASE_ERR_H
#define HANSE_BASE_ERR_H

/** What went wrong, as far as a caller can act on it. */
enum hs_code {
	HS_OK,
	HS_EINVAL,    /* what was asked for is malformed */
	HS_ENOTFOUND, /* it does not exist, or not for the one who asks */
	HS_EEXISTS,   /* it exists already */
	HS_EDENIED,   /* the one who asks may not */
	HS_ECONFLICT, /* not in this state; somebody else was faster */
	HS_ELIMIT,    /* too big, too many, too long */
	HS_EREMOTE,   /* a service we depend on failed or did not answer */
	HS_ESYSTEM,   /* the operating system refused, or a bug of ours */
};
#define HS_CODE_COUNT (HS_ESYSTEM + 1)

struct hs_err {
	enum hs_code code;
	char msg[1024]; /* one sentence for people, UTF-8; cut if longer */
};

/**
 * Record a failure at its source.
 *
 * @err:  where to; NULL if nobody cares
 *
 * Returns -1, so that a function can end with "return hs_fail(...)".
 */
int hs_fail(struct hs_err *err, enum hs_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** The same with ": " and the text of errno behind it. */
int hs_fail_errno(struct hs_err *err, enum hs_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Put what one was doing, and ": ", before the recorded failure. Returns -1.
 */
int hs_wrap(struct hs_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** The code's name in lower case, e.g. "not-found"; a static string. */
const char *hs_code_name(enum hs_code code);
/** The code of that name; HS_ESYSTEM for NULL and what is none. */
enum hs_code hs_code_find(const char *name);

#endif
