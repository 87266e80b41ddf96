/* step_config.c - the files a domain finds in /etc/hanse. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "dom-templates/dom_template.h"
#include "gen/prov_forms.h"
#include "provisioning/db_size.h"
#include "provisioning/form.h"
#include "provisioning/step.h"

#define PEM_MAX 65536

/** Where files go and whom they belong to. */
struct config {
	struct plat *plat;
	const struct object *domain;
	char *dir;
	uid_t base;    /* host id of the domain's root; 0 for a machine */
	uid_t service; /* of the service inside */
};

/* A file for everybody inside, or (not root's) for one user alone. */
static int put_for(const struct config *c, const char *name, const char *text,
    uid_t user, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = hs_printf("%s/%s", c->dir, name);
	uid_t owner = c->base + user;
	unsigned mode = user != 0 ? 0600 : 0644;

	if (hs_fault("file.write", err) < 0 ||
	    hs_file_write(path, text, strlen(text), mode, err) < 0)
		return -1;
	if (chown(path, owner, owner) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "chown '%s'", path);
	return 0;
}

static int put(const struct config *c, const char *name, const char *text,
    bool secret, struct hs_err *err)
{
	return put_for(c, name, text, secret ? c->service : 0, err);
}

static int put_copy_for(const struct config *c, const char *name,
    const char *source, uid_t user, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = plat_path(c->plat, "ca/%s", source);
	hs_auto(hs_freep) char *text = NULL;
	int failed;

	if (hs_file_read(path, PEM_MAX, &text, NULL, err) < 0)
		return -1;
	failed = put_for(c, name, text, user, err);
	hs_wipe(text, strlen(text));
	return failed;
}

static int put_copy(const struct config *c, const char *name,
    const char *source, bool secret, struct hs_err *err)
{
	return put_copy_for(c, name, source, secret ? c->service : 0, err);
}

static int put_pair(const struct config *c, const char *as, struct hs_err *err)
{
	const char *its = object_text(c->domain, "credential");
	hs_auto(hs_freep) char *cert = hs_printf("%s.crt", its);
	hs_auto(hs_freep) char *key = hs_printf("%s.key", its);
	hs_auto(hs_freep) char *as_cert = hs_printf("%s.crt", as);
	hs_auto(hs_freep) char *as_key = hs_printf("%s.key", as);

	if (put_copy(c, "ca.crt", "ca.crt", false, err) < 0 ||
	    put_copy(c, as_cert, cert, false, err) < 0)
		return -1;
	return put_copy(c, as_key, key, true, err);
}

/* One of several has etcd and Patroni, which starts PostgreSQL. */
static bool is_replicated(const struct object *d)
{
	return object_text(d, "peers")[0] != '\0';
}

/* As lines of domain.conf. */
static const char *services_of(const struct object *d)
{
	if (d->kind == OBJ_DOMAIN)
		return "app";
	return is_replicated(d) ? "etcd\nservice=patroni" : "db";
}

static int put_domain_conf(const struct config *c, struct hs_err *err)
{
	bool is_app = c->domain->kind == OBJ_DOMAIN;
	hs_auto(hs_freep) char *route =
	    is_app ? hs_printf("route=%s", c->plat->conf->platform_address)
		   : hs_strdup("");
	hs_auto(hs_freep) char *host =
	    hs_strdup(is_app ? c->domain->enterprise : c->domain->name);
	const struct form_value values[] = {
		{ "name", c->domain->name },
		{ "hostname", host },
		{ "service", services_of(c->domain) },
		{ "address", object_text(c->domain, "address") },
		{ "prefix", "24" },
		{ "gateway", object_text(c->domain, "gateway") },
		{ "route", route },
	};
	hs_auto(hs_freep) char *text = NULL;

	for (char *p = host; *p != '\0'; p++)
		if (*p == '.')
			*p = '-';
	text = form_fill(prov_forms_domain, values, ARRAY_LEN(values));
	return put(c, "domain.conf", text, false, err);
}

static int put_portal(const struct config *c, struct hs_err *err)
{
	const struct object *d = c->domain;
	const struct plat_conf *conf = c->plat->conf;
	hs_auto(hs_freep) char *path =
	    plat_path(c->plat, "%s", object_text(d, "password"));
	hs_auto(hs_freep) char *password = NULL;
	hs_auto(hs_freep) char *title = form_quoted(object_text(d, "title"));
	hs_auto(hs_freep) char *legal_name =
	    form_quoted(object_text(d, "legal_name"));
	hs_auto(hs_freep) char *dn =
	    tenant_service_dn(NULL, TENANT_AT(d->ve, d->enterprise));
	hs_auto(hs_freep) char *bind_dn = form_quoted(dn);
	hs_auto(hs_freep) char *gateway_port =
	    hs_printf("%u", conf->gateway_port);
	hs_auto(hs_freep) char *directory_port =
	    hs_printf("%u", conf->directory_port);
	hs_auto(hs_freep) char *threads =
	    hs_printf("%lld", (long long)object_number(d, "threads"));
	hs_auto(hs_freep) char *quoted = NULL;
	hs_auto(hs_freep) char *text = NULL;

	if (hs_file_read(path, 256, &password, NULL, err) < 0)
		return -1;
	quoted = form_quoted(password);
	text = form_fill(prov_forms_portal,
	    (const struct form_value[]) {
		{ "ve", d->ve },
		{ "enterprise", d->enterprise },
		{ "title", title },
		{ "legal_name", legal_name },
		{ "platform", conf->platform_address },
		{ "gateway_port", gateway_port },
		{ "directory_port", directory_port },
		{ "bind_dn", bind_dn },
		{ "password", quoted },
		{ "threads", threads },
	    },
	    10);
	return put(c, "portal.yaml", text, true, err);
}

/* -- One of a replicated database ------------------------------------------ */

/** What it is told of all of them, itself among them. */
struct members {
	struct hs_text etcd, clients, hba, ident;
};

static void members_done(struct members *m)
{
	hs_text_done(&m->etcd);
	hs_text_done(&m->clients);
	hs_text_done(&m->hba);
	hs_text_done(&m->ident);
}

static void members_list(const struct object *d, struct members *ret_members)
{
	struct members *m = ret_members;
	size_t i;
	json_t *one;

	json_array_foreach (json_object_get(d->params, "members"), i, one) {
		const char *name =
		    json_string_value(json_object_get(one, "name"));
		const char *address =
		    json_string_value(json_object_get(one, "address"));

		hs_text_addf(&m->etcd, "%s%s=https://%s:2380", i > 0 ? "," : "",
		    name, address);
		hs_text_addf(
		    &m->clients, "%s%s:2379", i > 0 ? ", " : "", address);
		hs_text_addf(&m->hba,
		    "hostssl replication hanse_replica %s/32 cert map=members\n"
		    "hostssl postgres    hanse_rewind  %s/32 cert "
		    "map=members\n",
		    address, address);
		hs_text_addf(&m->ident,
		    "members %s hanse_replica\nmembers %s hanse_rewind\n", name,
		    name);
	}
}

static int put_form(const struct config *c, const char *name, const char *form,
    const struct form_value *values, size_t count, struct hs_err *err)
{
	hs_auto(hs_freep) char *text = form_fill(form, values, count);

	return put(c, name, text, false, err);
}

/* libpq wants a key that is its user's alone, and etcd is another user. */
static int put_peer_pair(const struct config *c, struct hs_err *err)
{
	hs_auto(hs_freep) char *cert =
	    hs_printf("backend/peer.%s.crt", c->domain->name);
	hs_auto(hs_freep) char *key =
	    hs_printf("backend/peer.%s.key", c->domain->name);

	if (put_copy(c, "peer.crt", cert, false, err) < 0 ||
	    put_copy(c, "peer.key", key, true, err) < 0)
		return -1;
	return put_copy_for(c, "etcd.key", key, DOM_UID_ETCD, err);
}

static int put_peer(
    const struct config *c, const char *max_connections, struct hs_err *err)
{
	const struct object *d = c->domain;
	hs_auto(members_done) struct members m = { 0 };
	struct form_value values[] = {
		{ "name", d->name },
		{ "server", object_text(d, "server") },
		{ "address", object_text(d, "address") },
		{ "gateway", object_text(d, "gateway") },
		{ "max_connections", max_connections },
		{ "etcd_members", NULL },
		{ "etcd_clients", NULL },
		{ "members_hba", NULL },
		{ "members_ident", NULL },
	};
	size_t count = ARRAY_LEN(values);

	members_list(d, &m);
	values[5].text = m.etcd.data;
	values[6].text = m.clients.data;
	values[7].text = m.hba.data;
	values[8].text = m.ident.data;
	if (put_peer_pair(c, err) < 0 ||
	    put_form(c, "etcd.conf", prov_forms_etcd, values, count, err) < 0 ||
	    put_form(c, "patroni.yml", prov_forms_patroni, values, count, err) <
		0 ||
	    put_form(c, "pg_ident.conf", prov_forms_pg_ident, values, count,
		err) < 0)
		return -1;
	return put_form(
	    c, "pg_hba.conf", prov_forms_pg_hba_replicated, values, count, err);
}

/* -- Any database ---------------------------------------------------------- */

static int put_postgres(const struct config *c, struct hs_err *err)
{
	const struct object *d = c->domain;
	hs_auto(hs_freep) char *connections =
	    hs_printf("%lld", (long long)object_number(d, "max_connections"));
	hs_auto(hs_freep) char *buffers = hs_printf("%u",
	    db_size_buffers_mib((unsigned)object_number(d, "memory_mib"),
		(unsigned)object_number(d, "connections"), is_replicated(d)));
	const struct form_value values[] = {
		{ "address", object_text(d, "address") },
		{ "gateway", object_text(d, "gateway") },
		{ "max_connections", connections },
		{ "shared_buffers_mib", buffers },
	};
	hs_auto(hs_freep) char *server =
	    form_fill(prov_forms_postgresql, values, ARRAY_LEN(values));
	hs_auto(hs_freep) char *hba =
	    form_fill(prov_forms_pg_hba, values, ARRAY_LEN(values));

	if (put(c, "postgresql.conf", server, false, err) < 0 ||
	    put_copy(c, "gateway-ca.crt", "backend/ca.crt", false, err) < 0)
		return -1;
	return is_replicated(d) ? put_peer(c, connections, err)
				: put(c, "pg_hba.conf", hba, false, err);
}

static int put_all(const struct config *c, struct hs_err *err)
{
	if (hs_dir_make(c->dir, 0755, err) < 0)
		return -1;
	if (chown(c->dir, c->base, c->base) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "chown '%s'", c->dir);
	if (put_domain_conf(c, err) < 0)
		return -1;
	if (c->domain->kind == OBJ_DB_DOMAIN)
		return put_pair(c, "server", err) < 0 ? -1
						      : put_postgres(c, err);
	return put_pair(c, "client", err) < 0 ? -1 : put_portal(c, err);
}

static int make_disk(const char *dir, const char *disk, struct hs_err *err)
{
	hs_auto(hs_freep) char *temp = hs_printf("%s.new", disk);
	const char *const argv[] = { "mksquashfs", dir, temp, "-quiet",
		"-no-progress", "-noappend", "-no-xattrs", NULL };

	(void)unlink(temp);
	if (plat_run(argv, err) < 0)
		return -1;
	if (chmod(temp, 0600) < 0 || rename(temp, disk) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "rename '%s'", temp);
	return 0;
}

int step_config_write(struct plat *plat, const struct object *domain,
    char **ret_dir, char **ret_disk, struct hs_err *err)
{
	bool machine = strcmp(object_text(domain, "driver"), "lxc") != 0;
	hs_auto(hs_freep) char *home =
	    plat_path(plat, "domains/%s", domain->name);
	hs_auto(hs_freep) char *dir = hs_printf("%s/config", home);
	hs_auto(hs_freep) char *disk = NULL;
	const struct config config = {
		.plat = plat,
		.domain = domain,
		.dir = dir,
		.base =
		    machine ? 0 : (uid_t)object_number(domain, "idmap_base"),
		.service = domain->kind == OBJ_DB_DOMAIN ? DOM_UID_POSTGRES
							 : DOM_UID_PORTAL,
	};

	if (hs_dir_make(home, 0711, err) < 0 || put_all(&config, err) < 0)
		return hs_wrap(err, "configuration of '%s'", domain->name);
	if (machine) {
		disk = hs_printf("%s/config.squashfs", home);
		if (make_disk(dir, disk, err) < 0)
			return -1;
	}
	*ret_dir = hs_steal(&dir);
	*ret_disk = hs_steal(&disk);
	return 0;
}
