/* status.c - failures as HTTP: one table. */

#include "portal/web/status.h"

#include "base/mem.h"

/* clang-format off */
static const int status_of[HS_CODE_COUNT] = {
	[HS_OK]        = 200,
	[HS_EINVAL]    = 400,
	[HS_ENOTFOUND] = 404,
	[HS_EEXISTS]   = 409,
	[HS_EDENIED]   = 403,
	[HS_ECONFLICT] = 409,
	[HS_ELIMIT]    = 503, /* connections, memory: of the database */
	[HS_EREMOTE]   = 503,
	[HS_ESYSTEM]   = 500,
};

static const struct {
	int status;
	const char *reason;
	enum msg title, advice;
} statuses[] = {
	{ 200, "OK",                    MSG_ERROR_500_TITLE, MSG_ERROR_500_ADVICE },
	{ 303, "See Other",             MSG_ERROR_500_TITLE, MSG_ERROR_500_ADVICE },
	{ 400, "Bad Request",           MSG_ERROR_400_TITLE, MSG_ERROR_400_ADVICE },
	{ 401, "Unauthorized",          MSG_ERROR_403_TITLE, MSG_ERROR_403_ADVICE },
	{ 403, "Forbidden",             MSG_ERROR_403_TITLE, MSG_ERROR_403_ADVICE },
	{ 404, "Not Found",             MSG_ERROR_404_TITLE, MSG_ERROR_404_ADVICE },
	{ 405, "Method Not Allowed",    MSG_ERROR_400_TITLE, MSG_ERROR_400_ADVICE },
	{ 409, "Conflict",              MSG_ERROR_409_TITLE, MSG_ERROR_409_ADVICE },
	{ 413, "Content Too Large",     MSG_ERROR_413_TITLE, MSG_ERROR_413_ADVICE },
	{ 422, "Unprocessable Content", MSG_ERROR_400_TITLE, MSG_ERROR_400_ADVICE },
	{ 429, "Too Many Requests",     MSG_ERROR_429_TITLE, MSG_ERROR_429_ADVICE },
	{ 500, "Internal Server Error", MSG_ERROR_500_TITLE, MSG_ERROR_500_ADVICE },
	{ 503, "Service Unavailable",   MSG_ERROR_503_TITLE, MSG_ERROR_503_ADVICE },
};
/* clang-format on */

static size_t find(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == status)
			return i;
	return ARRAY_LEN(statuses) - 2; /* 500 */
}

int web_status_of(enum hs_code code)
{
	return status_of[code];
}

const char *web_status_reason(int status)
{
	return statuses[find(status)].reason;
}

enum msg web_status_title(int status)
{
	return statuses[find(status)].title;
}

enum msg web_status_advice(int status)
{
	return statuses[find(status)].advice;
}
