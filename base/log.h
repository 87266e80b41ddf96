/* log.h - one line an event on standard error; the supervisor adds the time. */
#ifndef HANSE_BASE_LOG_H
#define HANSE_BASE_LOG_H

enum hs_level {
	HS_LOG_ERR,   /* someone must act */
	HS_LOG_WARN,  /* we went on */
	HS_LOG_INFO,  /* one per job, login, refused request */
	HS_LOG_DEBUG, /* the rest */
};

/**
 * Name the program in every line ("comp=...") and set the least level shown.
 * @comp:  a static string
 */
void hs_log_open(const char *comp, enum hs_level level);

/**
 * Write "level=... comp=... event=EVENT " and then the formatted pairs.
 */
void hs_log(enum hs_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define hs_err_log(event, ...) hs_log(HS_LOG_ERR, event, __VA_ARGS__)
#define hs_warn(event, ...)    hs_log(HS_LOG_WARN, event, __VA_ARGS__)
#define hs_info(event, ...)    hs_log(HS_LOG_INFO, event, __VA_ARGS__)
#define hs_debug(event, ...)   hs_log(HS_LOG_DEBUG, event, __VA_ARGS__)

#endif
