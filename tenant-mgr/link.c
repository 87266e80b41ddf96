/* link.c - one connection to slapd: TLS, bind, and what its answers mean. */

#include "tenant-mgr/link.h"

#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "tenant-mgr/patience.h"

#define TIMEOUT_MS 3000

/* clang-format off */
static const struct {
	int rc;
	enum hs_code code;
} meanings[] = {
	{ LDAP_NO_SUCH_OBJECT,           HS_ENOTFOUND },
	{ LDAP_NO_SUCH_ATTRIBUTE,        HS_ENOTFOUND },
	{ LDAP_ALREADY_EXISTS,           HS_EEXISTS   },
	{ LDAP_TYPE_OR_VALUE_EXISTS,     HS_EEXISTS   },
	{ LDAP_INVALID_CREDENTIALS,      HS_EDENIED   },
	{ LDAP_INSUFFICIENT_ACCESS,      HS_EDENIED   },
	{ LDAP_INAPPROPRIATE_AUTH,       HS_EDENIED   },
	{ LDAP_STRONG_AUTH_REQUIRED,     HS_EDENIED   },
	{ LDAP_CONFIDENTIALITY_REQUIRED, HS_EDENIED   },
	{ LDAP_INVALID_SYNTAX,           HS_EINVAL    },
	{ LDAP_INVALID_DN_SYNTAX,        HS_EINVAL    },
	{ LDAP_CONSTRAINT_VIOLATION,     HS_EINVAL    },
	{ LDAP_OBJECT_CLASS_VIOLATION,   HS_EINVAL    },
	{ LDAP_NAMING_VIOLATION,         HS_EINVAL    },
	{ LDAP_NOT_ALLOWED_ON_NONLEAF,   HS_ECONFLICT },
	{ LDAP_SIZELIMIT_EXCEEDED,       HS_ELIMIT    },
	{ LDAP_TIMELIMIT_EXCEEDED,       HS_ELIMIT    },
	{ LDAP_ADMINLIMIT_EXCEEDED,      HS_ELIMIT    },
	{ LDAP_SERVER_DOWN,              HS_EREMOTE   },
	{ LDAP_CONNECT_ERROR,            HS_EREMOTE   },
	{ LDAP_TIMEOUT,                  HS_EREMOTE   },
	{ LDAP_UNAVAILABLE,              HS_EREMOTE   },
	{ LDAP_BUSY,                     HS_EREMOTE   },
	{ LDAP_UNWILLING_TO_PERFORM,     HS_EREMOTE   },
	{ LDAP_OTHER,                    HS_EREMOTE   },
};
/* clang-format on */

int tenant_link_fail(int rc, const char *doing, struct hs_err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (meanings[i].rc == rc)
			return hs_fail(err, meanings[i].code,
			    "the directory, asked to %s: %s", doing,
			    ldap_err2string(rc));
	return hs_fail(err, HS_ESYSTEM, "the directory, asked to %s: %s", doing,
	    ldap_err2string(rc));
}

int64_t tenant_link_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool begins_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static int check_conf(const struct tenant_conf *conf, struct hs_err *err)
{
	bool external = conf->password == NULL;

	if (conf->uri == NULL || (!begins_with(conf->uri, "ldaps://") &&
				     !begins_with(conf->uri, "ldapi://")))
		return hs_fail(err, HS_EINVAL,
		    "the directory's URI must be ldaps:// or ldapi://");
	if (external && !begins_with(conf->uri, "ldapi://"))
		return hs_fail(err, HS_EINVAL,
		    "the directory needs a password but over ldapi://");
	if (begins_with(conf->uri, "ldaps://") && conf->ca == NULL)
		return hs_fail(
		    err, HS_EINVAL, "ldaps:// needs the platform's CA file");
	if (!external && (conf->bind_dn == NULL || conf->password[0] == '\0'))
		return hs_fail(err, HS_EINVAL,
		    "the directory needs a service account with a password");
	return 0;
}

int tenant_open(const struct tenant_conf *conf, struct tenant **ret_tenant,
    struct hs_err *err)
{
	struct tenant *tenant;

	if (check_conf(conf, err) < 0)
		return -1;
	tenant = hs_alloc(sizeof(*tenant));
	tenant->uri = hs_strdup(conf->uri);
	tenant->ca = hs_strdup(conf->ca);
	tenant->bind_dn = hs_strdup(conf->bind_dn);
	tenant->password = hs_strdup(conf->password);
	tenant->base = hs_strdup(conf->base != NULL ? conf->base : "dc=hanse");
	tenant->timeout_ms =
	    conf->timeout_ms > 0 ? conf->timeout_ms : TIMEOUT_MS;
	(void)pthread_mutex_init(&tenant->lock, NULL);
	*ret_tenant = tenant;
	return 0;
}

void tenant_close(struct tenant *tenant)
{
	if (tenant == NULL)
		return;
	tenant_link_end(tenant->ld);
	if (tenant->password != NULL)
		hs_wipe(tenant->password, strlen(tenant->password));
	(void)pthread_mutex_destroy(&tenant->lock);
	hs_freep(&tenant->uri);
	hs_freep(&tenant->ca);
	hs_freep(&tenant->bind_dn);
	hs_freep(&tenant->password);
	hs_freep(&tenant->base);
	free(tenant);
}

void tenant_link_end(LDAP *ld)
{
	if (ld != NULL)
		(void)ldap_unbind_ext(ld, NULL, NULL);
}

/* The TLS of this connection; the context must be made last. */
static int set_tls(LDAP *ld, const char *ca)
{
	int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
	int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;

	if (ca == NULL)
		return LDAP_OPT_SUCCESS;
	if (ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ca) != 0 ||
	    ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != 0 ||
	    ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least) != 0)
		return LDAP_OPT_ERROR;
	return ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
}

static int set_options(LDAP *ld, struct tenant *tenant)
{
	int version = LDAP_VERSION3;
	struct timeval timeout = { .tv_sec = tenant->timeout_ms / 1000,
		.tv_usec = tenant->timeout_ms % 1000 * 1000 };

	if (ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) != 0 ||
	    ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &timeout) != 0 ||
	    ldap_set_option(ld, LDAP_OPT_TIMEOUT, &timeout) != 0 ||
	    ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != 0 ||
	    ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON) != 0 ||
	    tenant_patience_set(ld, &tenant->callback, &tenant->timeout_ms) !=
		0)
		return LDAP_OPT_ERROR;
	return set_tls(ld, tenant->ca);
}

int tenant_link_start(struct tenant *tenant, LDAP **ret_ld, struct hs_err *err)
{
	hs_auto(tenant_link_endp) LDAP *ld = NULL;
	int rc;

	rc = ldap_initialize(&ld, tenant->uri);
	if (rc != LDAP_SUCCESS)
		return tenant_link_fail(rc, "connect", err);
	if (set_options(ld, tenant) != LDAP_OPT_SUCCESS)
		return hs_fail(err, HS_ESYSTEM,
		    "the directory's TLS cannot be set up; is the CA file "
		    "readable?");
	rc = ldap_connect(ld);
	if (rc != LDAP_SUCCESS)
		return tenant_link_fail(rc, "connect", err);
	*ret_ld = hs_steal(&ld);
	return 0;
}

int tenant_link_bind(LDAP *ld, const char *dn, const char *password)
{
	hs_auto(hs_freep) char *copy = hs_strdup(password);
	struct berval secret = { .bv_len = strlen(copy), .bv_val = copy };
	int rc;

	rc = ldap_sasl_bind_s(
	    ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
	hs_wipe(copy, secret.bv_len);
	return rc;
}

static int bind_external(LDAP *ld)
{
	struct berval none = { .bv_len = 0, .bv_val = (char[]) { "" } };

	return ldap_sasl_bind_s(ld, NULL, "EXTERNAL", &none, NULL, NULL, NULL);
}

static int connect_and_bind(struct tenant *tenant, struct hs_err *err)
{
	hs_auto(tenant_link_endp) LDAP *ld = NULL;
	int rc;

	if (tenant_link_start(tenant, &ld, err) < 0)
		return -1;
	rc = tenant->password == NULL
		 ? bind_external(ld)
		 : tenant_link_bind(ld, tenant->bind_dn, tenant->password);
	if (rc != LDAP_SUCCESS)
		return tenant_link_fail(rc, "let our own account in", err);
	tenant->ld = hs_steal(&ld);
	hs_debug("directory.connected", "uri=%s", tenant->uri);
	return 0;
}

int tenant_link_connect(
    struct tenant *tenant, int64_t since_ms, struct hs_err *err)
{
	if (tenant->ld != NULL)
		return 0;
	if (tenant->failed_ms > since_ms)
		return hs_fail(
		    err, HS_EREMOTE, "the directory does not answer");
	if (connect_and_bind(tenant, err) < 0) {
		tenant->failed_ms = tenant_link_now();
		return -1;
	}
	return 0;
}
