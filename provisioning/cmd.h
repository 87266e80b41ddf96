/* cmd.h - the command line program's own parts; private to hanse. */
#ifndef HANSE_PROVISIONING_CMD_H
#define HANSE_PROVISIONING_CMD_H

#include <stdbool.h>
#include <stddef.h>

struct hs_err;
struct hs_faults;

/* -- Exit statuses ------------------------------------------------------ */

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_CHANGES = 2,
	EXIT_INVALID = 3,
	EXIT_NOT_FOUND = 4,
	EXIT_DENIED = 5,
	EXIT_CONFLICT = 6,
	EXIT_UNREACHABLE = 7,
	EXIT_USAGE = 64,
};

/** One row of the table that help, documents and the program share. */
struct exit_row {
	enum exit_status status;
	const char *meaning;
};
extern const struct exit_row exit_rows[]; /* ended by a NULL meaning */

/** The status of a failure; 0 for none. */
int exit_status_of(const struct hs_err *err);

/* -- Commands and options ----------------------------------------------- */

enum option_id {
	OPT_OUTPUT,
	OPT_SOCKET,
	OPT_QUIET,
	OPT_HELP,
	OPT_YES,
	OPT_GENERATE,
	OPT_STDIN,
	OPT_QUICK,
	OPT_ALL,
	OPT_DETACH,
	OPT_KEY,
	OPT_SINCE,
	OPT_FOLLOW,
	OPT_VE,
	OPT_AGAINST,
	OPT_RESTART,
	OPT_CONTINUED,
	OPT_EVENTS,
	OPT_SHELL,
	OPT_VCPUS,
	OPT_MEMORY,
	OPT_NOTE,
	OPT_LOST,
	OPT_DRY_RUN,
	OPT_PERSON,
	OPT_FROM,
	OPT_TO,
	OPT_BY,
	OPT_STATE,
	OPT_SOURCE,
	OPTION_LAST = OPT_SOURCE,
};
#define OPTION_COUNT (OPTION_LAST + 1)
#define OPT(name)    (1U << OPT_##name)
#define OPT_COMMON   (OPT(OUTPUT) | OPT(SOCKET) | OPT(QUIET) | OPT(HELP))

struct option_row {
	const char *name;  /* without "--" */
	char letter;       /* 0 if there is none */
	const char *value; /* its name in help; NULL if it takes none */
	const char *help;
};
extern const struct option_row option_rows[OPTION_COUNT];

/** What the command line says. Texts are argv's. */
struct call {
	const struct command *command; /* NULL: none was named */
	bool given[OPTION_COUNT];
	const char *value[OPTION_COUNT];
	const char **args; /* ended by NULL */
	size_t count;
	struct hs_faults *faults; /* of a spec; commands add, main prints */
};

/* Words an argument can be, for completion. */
enum arg_kind {
	ARG_NONE,
	ARG_FILE,
	ARG_VE,
	ARG_MEMBER,
	ARG_COMMAND,
	ARG_WHAT,
	ARG_KIND,
	ARG_SHELL,
	ARG_PASSWD,
	ARG_ARCHIVE,
	ARG_SCHEMA,
	ARG_JOB,
	ARG_AUDIT,
	ARG_QUOTA,
	ARG_GATEWAY,
	ARG_WEBHOOK,
	ARG_HOST,
	ARG_ROLL,
	ARG_TCO,
	ARG_PRICE,
	ARG_BILL,
};

struct command {
	const char *name;
	const char *args; /* in help, e.g. "FILE" */
	const char *summary;
	const char *about;
	const char *examples; /* lines "COMMAND\tWHAT IT DOES\n" */
	unsigned options;     /* OPT() bits */
	bool has_csv;         /* -o csv, too */
	size_t min, max;      /* arguments */
	bool passes_on;       /* options, too, are another program's */
	enum arg_kind arg;    /* of the first argument */
	/** Returns an exit status; EXIT_FAILED with *err set means "say it". */
	int (*run)(const struct call *call, struct hs_err *err);
};
extern const struct command commands[];
extern const size_t commands_count;

/** Words that commands take; ended by NULL. */
extern const char *const get_words[];
extern const char *const describe_words[];
extern const char *const archive_words[];
extern const char *const schema_words[];
extern const char *const shell_words[];
extern const char *const job_words[];
extern const char *const audit_words[];
extern const char *const quota_words[];
extern const char *const gateway_words[];
extern const char *const webhook_words[];
extern const char *const host_words[];
extern const char *const roll_words[];
extern const char *const tco_words[];
extern const char *const price_words[];
extern const char *const bill_words[];

const struct command *command_find(const char *name);

/**
 * Take the command line apart.
 *
 * Errors: HS_EINVAL (a usage error).
 */
int call_parse(
    int argc, char **argv, struct call *ret_call, struct hs_err *err);
void call_done(struct call *call);

void help_print_short(void);
void help_print_command(const struct command *command);

/** The name's nearest neighbour in a list ended by NULL; or NULL. */
const char *nearest_word(const char *name, const char *const *words);

/** 0 if the word is in the list. Errors: HS_EINVAL, with a suggestion. */
int check_word(const char *what, const char *word, const char *const *words,
    struct hs_err *err);

/** --since as a number; -1 without it. Errors: HS_EINVAL. */
int cmd_cursor(
    const struct call *call, long long *ret_cursor, struct hs_err *err);

/* clang-format off */
int cmd_adopt(const struct call *call, struct hs_err *err);
int cmd_apply(const struct call *call, struct hs_err *err);
int cmd_archive(const struct call *call, struct hs_err *err);
int cmd_audit(const struct call *call, struct hs_err *err);
int cmd_bill(const struct call *call, struct hs_err *err);
int cmd_burnin(const struct call *call, struct hs_err *err);
int cmd_completion(const struct call *call, struct hs_err *err);
int cmd_describe(const struct call *call, struct hs_err *err);
int cmd_destroy(const struct call *call, struct hs_err *err);
int cmd_doctor(const struct call *call, struct hs_err *err);
int cmd_events(const struct call *call, struct hs_err *err);
int cmd_gateway(const struct call *call, struct hs_err *err);
int cmd_get(const struct call *call, struct hs_err *err);
int cmd_job(const struct call *call, struct hs_err *err);
int cmd_help(const struct call *call, struct hs_err *err);
int cmd_host(const struct call *call, struct hs_err *err);
int cmd_plan(const struct call *call, struct hs_err *err);
int cmd_price(const struct call *call, struct hs_err *err);
int cmd_psql(const struct call *call, struct hs_err *err);
int cmd_schema(const struct call *call, struct hs_err *err);
int cmd_quota(const struct call *call, struct hs_err *err);
int cmd_restart(const struct call *call, struct hs_err *err);
int cmd_resume(const struct call *call, struct hs_err *err);
int cmd_roll(const struct call *call, struct hs_err *err);
int cmd_rotate(const struct call *call, struct hs_err *err);
int cmd_repair(const struct call *call, struct hs_err *err);
int cmd_start(const struct call *call, struct hs_err *err);
int cmd_status(const struct call *call, struct hs_err *err);
int cmd_stop(const struct call *call, struct hs_err *err);
int cmd_suspend(const struct call *call, struct hs_err *err);
int cmd_tco(const struct call *call, struct hs_err *err);
int cmd_usage(const struct call *call, struct hs_err *err);
int cmd_user(const struct call *call, struct hs_err *err);
int cmd_verify(const struct call *call, struct hs_err *err);
int cmd_version(const struct call *call, struct hs_err *err);
int cmd_webhook(const struct call *call, struct hs_err *err);
/* clang-format on */

#endif
