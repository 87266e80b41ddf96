/* options.h - the start-up's "options": switches for PostgreSQL's command line.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_OPTIONS_H
#define HANSE_SHARED_DB_GATEWAY_OPTIONS_H

enum gw_option {
	GW_OPTION_NONE,    /* no more */
	GW_OPTION_SETTING, /* -c NAME=VALUE, -cNAME=VALUE or --NAME=VALUE */
	GW_OPTION_OTHER,   /* another switch, or one that lacks something */
};

/**
 * Read the next one, by PostgreSQL's rules: words with white space between
 * them, a backslash before what is meant as it stands; '-' in a name is '_'.
 *
 * @at:         moved behind what was read
 * @ret_name:   of the setting, or the other word; NULL at the end
 * @ret_value:  of a setting, else NULL
 *
 * Both are owned by the caller.
 */
enum gw_option gw_option_next(
    const char **at, char **ret_name, char **ret_value);

#endif
