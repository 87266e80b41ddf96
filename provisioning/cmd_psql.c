/* cmd_psql.c - hanse psql: psql as an enterprise, or one of its people, through
 * the gateway.
 */

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "provisioning/cmd.h"
#include "provisioning/cmd_member.h"
#include "shared-db-gateway/gateway.h"

#define CA_DIR       "/var/lib/hanse/ca"
#define GATEWAY_PORT "6432"

static const char *ca_dir(void)
{
	const char *dir = getenv("HANSE_CA_DIR");

	return dir != NULL && dir[0] != '\0' ? dir : CA_DIR;
}

/* Of several, while they are rotated, the oldest: it is accepted until it
 * goes. */
static char *credential(const struct member *m)
{
	hs_auto(hs_freep) char *base =
	    hs_printf("%s/%s.%s", ca_dir(), m->ve, m->enterprise);
	hs_auto(hs_freep) char *pattern = hs_printf("%s.[0-9]*.crt", base);
	hs_auto(hs_freep) char *first = hs_printf("%s.crt", base);
	unsigned oldest = 0;
	glob_t found = { 0 };

	if (access(first, F_OK) != 0 && glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			unsigned n = (unsigned)strtoul(
			    found.gl_pathv[i] + strlen(base) + 1, NULL, 10);

			if (oldest == 0 || n < oldest)
				oldest = n;
		}
	globfree(&found);
	return oldest > 0 ? hs_printf("%s.%u", base, oldest) : hs_steal(&base);
}

static int check_file(const char *path, const char *ve, const char *enterprise,
    struct hs_err *err)
{
	if (access(path, R_OK) == 0)
		return 0;
	if (errno == EACCES)
		return hs_fail(err, HS_EDENIED,
		    "not permitted to use the certificate of %s/%s; run "
		    "hanse psql as root",
		    ve, enterprise);
	return hs_fail(err, HS_ENOTFOUND,
	    "there is no enterprise %s/%s here: it has no certificate (%s)", ve,
	    enterprise, path);
}

#define CONNINFO                                                             \
	"host=%s." GW_HOST " hostaddr=127.0.0.1 port=" GATEWAY_PORT          \
	" user=%s.%s%s%s dbname=ve_%s sslmode=verify-full "                  \
	"sslrootcert='%s/ca.crt' sslcert='%s' sslkey='%s' application_name=" \
	"hanse-psql"

/* Labels, logins and our own paths only: nothing that conninfo would need
 * quoted. */
static char *conninfo(const struct member *m, const char *person,
    const char *crt, const char *key)
{
	return hs_printf(CONNINFO, m->ve, m->ve, m->enterprise,
	    person != NULL ? "/" : "", person != NULL ? person : "", m->ve,
	    ca_dir(), crt, key);
}

static int run_psql(const struct call *call, char *dsn, struct hs_err *err)
{
	hs_auto(hs_freep) char **argv =
	    hs_realloc_array(NULL, call->count + 2, sizeof(char *));
	size_t n = 0;

	argv[n++] = "psql";
	argv[n++] = dsn;
	for (size_t i = 1; i < call->count; i++)
		argv[n++] = (char *)call->args[i];
	argv[n] = NULL;
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execvp("psql", argv);
	return hs_fail(err, HS_ESYSTEM, "cannot run psql: %s%s",
	    strerror(errno),
	    errno == ENOENT ? "; install the package postgresql-client-15"
			    : "");
}

static bool can_be_login(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0' && (isalnum((unsigned char)text[len]) ||
					strchr("._-@+", text[len]) != NULL))
		len++;
	return len > 0 && text[len] == '\0';
}

/* Neither the enterprise's certificate nor one of the user's own. */
static int as_person(const struct call *call, const struct member *m,
    const char *person, struct hs_err *err)
{
	hs_auto(hs_freep) char *dsn = NULL;

	if (!can_be_login(person)) {
		(void)hs_fail(
		    err, HS_EINVAL, "--person: '%s' is not a login", person);
		return EXIT_USAGE;
	}
	dsn = conninfo(m, person, "none", "none");
	(void)run_psql(call, dsn, err);
	return exit_status_of(err);
}

int cmd_psql(const struct call *call, struct hs_err *err)
{
	const char *person = call->value[OPT_PERSON];
	hs_auto(member_done) struct member m = { 0 };
	hs_auto(hs_freep) char *base = NULL;
	hs_auto(hs_freep) char *crt = NULL;
	hs_auto(hs_freep) char *key = NULL;
	hs_auto(hs_freep) char *dsn = NULL;

	if (member_parse(call->args[0], &m, err) < 0)
		return EXIT_USAGE;
	if (person != NULL)
		return as_person(call, &m, person, err);
	base = credential(&m);
	crt = hs_printf("%s.crt", base);
	key = hs_printf("%s.key", base);
	if (check_file(crt, m.ve, m.enterprise, err) < 0 ||
	    check_file(key, m.ve, m.enterprise, err) < 0)
		return exit_status_of(err);
	dsn = conninfo(&m, NULL, crt, key);
	(void)run_psql(call, dsn, err);
	return exit_status_of(err);
}
