/* wall.c - what a domain may say and hear: rules of nftables that judge every
 * frame at its bridge port, before the host or another port sees it.
 *
 * One table, "bridge hanse". Its two base chains look an interface up in a map
 * and jump to the two chains of its own; an interface called hi... that is in
 * no map says and hears nothing, so a domain that starts without its wall is
 * alone. All rules of a domain are one transaction.
 *
 * The rules keep no state: a connection is known by who may send its first
 * segment (RFC 9293: SYN without ACK), so the portal's port as a source opens
 * nothing, and there is no table that can be filled.
 *
 * How the kernel shows what we gave it is kept in run/walls, to tell later
 * whether somebody else has changed it.
 */

#include "hv/wall.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/text.h"
#include "hv/run.h"

#define TOOL_MS   10000
#define TABLE     "bridge hanse"
#define KEPT_DIR  "/run/hanse/walls"
#define KEPT_BASE KEPT_DIR "/base"
#define KEPT_MAX  65536
#define LIST_MAX  128
#define SYN_ONLY  "tcp flags & (syn | ack) == syn"

/* clang-format off */
static const char *const wall_names[HV_WALL_COUNT] = {
	[HV_WALL_UP]     = "up",
	[HV_WALL_GONE]   = "gone",
	[HV_WALL_EDITED] = "edited",
	[HV_WALL_OPEN]   = "open",
};

static const char base[] =
	"add table " TABLE "\n"
	"add map " TABLE " from { type ifname : verdict; }\n"
	"add map " TABLE " to { type ifname : verdict; }\n"
	"add chain " TABLE " prerouting { type filter hook prerouting priority 0; policy accept; }\n"
	"add chain " TABLE " postrouting { type filter hook postrouting priority 0; policy accept; }\n";

static const char judges[] =
	"flush chain " TABLE " prerouting\n"
	"add rule " TABLE " prerouting iifname vmap @from\n"
	"add rule " TABLE " prerouting iifname \"hi*\" drop\n"
	"flush chain " TABLE " postrouting\n"
	"add rule " TABLE " postrouting oifname vmap @to\n"
	"add rule " TABLE " postrouting oifname \"hi*\" drop\n";
/* clang-format on */

const char *hv_wall_name(enum hv_wall wall)
{
	return wall_names[wall];
}

/* -- What a definition may ask for ----------------------------------------- */

static bool is_address(const char *text)
{
	struct in_addr address;

	return text != NULL && inet_pton(AF_INET, text, &address) == 1;
}

static bool is_port(const char *text)
{
	size_t len = strspn(text, "0123456789");
	unsigned long port = strtoul(text, NULL, 10);

	return len > 0 && len < 6 && text[len] == '\0' && port > 0 &&
	       port < 65536;
}

/* With spaces between, e.g. "6432 1636": every one of them. */
static bool are_all(const char *text, bool (*is_good)(const char *one))
{
	hs_auto(hs_freep) char *list = NULL;
	char *rest, *one;

	if (text == NULL || strlen(text) > LIST_MAX)
		return false;
	list = hs_strdup(text);
	rest = list;
	while ((one = strsep(&rest, " ")) != NULL)
		if (!is_good(one))
			return false;
	return true;
}

static bool is_mac(const char *text)
{
	return text != NULL && strlen(text) == 17 &&
	       text[strspn(text, "0123456789abcdefABCDEF:")] == '\0';
}

static bool is_interface(const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len < 3 || len > 15 || strncmp(text, "hi", 2) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]))
			return false;
	return true;
}

static int check(const struct hv_object *d, struct hs_err *err)
{
	const struct hv_wall_plan *w = &d->wall;

	if (!is_interface(d->ifname) || !is_mac(d->mac) ||
	    !is_address(d->address) || !is_address(w->host) ||
	    !are_all(w->ports, is_port))
		return hs_fail(err, HS_EINVAL,
		    "domain '%s' has no wall that can be raised: interface %s, "
		    "MAC %s, address %s, host %s, ports %s",
		    d->name, d->ifname, d->mac, d->address, w->host, w->ports);
	if (w->platform != NULL &&
	    (!is_address(w->platform) || !are_all(w->calls, is_port)))
		return hs_fail(err, HS_EINVAL,
		    "domain '%s' may call nobody at '%s', ports '%s'", d->name,
		    w->platform, w->calls);
	if (w->peers != NULL && (!are_all(w->peers, is_address) ||
				    !are_all(w->peer_ports, is_port)))
		return hs_fail(err, HS_EINVAL,
		    "domain '%s' may have no peers '%s', ports '%s'", d->name,
		    w->peers, w->peer_ports);
	return 0;
}

/* -- Its rules ------------------------------------------------------------- */

/* "6432 1636" as nftables has it: "6432, 1636". */
static char *set_of(const char *list)
{
	struct hs_text text = { 0 };

	for (const char *p = list; *p != '\0';) {
		size_t len = strcspn(p, " ");

		if (len > 0)
			hs_text_addf(&text, "%s%.*s", text.len > 0 ? ", " : "",
			    (int)len, p);
		p += len + (p[len] != '\0');
	}
	return hs_text_take(&text);
}

/** The lists of a plan, as sets; NULL: it has none. */
struct sets {
	const char *ports, *calls, *peers, *peer_ports;
};

static void begin_chain(
    struct hs_text *text, const char *way, const char *ifname)
{
	hs_text_addf(text,
	    "add chain " TABLE " %s-%s\nflush chain " TABLE " %s-%s\n", way,
	    ifname, way, ifname);
}

static void add_rule(
    struct hs_text *text, const char *way, const char *ifname, const char *rule)
{
	hs_text_addf(text, "add rule " TABLE " %s-%s %s\n", way, ifname, rule);
}

#define RULE(way, ...)                                                  \
	do {                                                            \
		hs_auto(hs_freep) char *rule_ = hs_printf(__VA_ARGS__); \
		add_rule(text, way, d->ifname, rule_);                  \
	} while (0)

/* It asks who the host end is, calls the platform, and answers its callers. */
static void add_from(
    struct hs_text *text, const struct hv_object *d, const struct sets *s)
{
	const struct hv_wall_plan *w = &d->wall;

	begin_chain(text, "from", d->ifname);
	RULE("from", "ether saddr != %s drop", d->mac);
	RULE("from",
	    "arp saddr ether %s arp saddr ip %s arp daddr ip %s accept", d->mac,
	    d->address, w->host);
	if (w->platform != NULL)
		RULE("from", "ip saddr %s ip daddr %s tcp dport { %s } accept",
		    d->address, w->platform, s->calls);
	if (w->peers != NULL) {
		RULE("from",
		    "arp saddr ether %s arp saddr ip %s arp daddr ip { %s } "
		    "accept",
		    d->mac, d->address, s->peers);
		RULE("from",
		    "ip saddr %s ip daddr { %s } tcp dport { %s } accept",
		    d->address, s->peers, s->peer_ports);
	}
	RULE("from", SYN_ONLY " drop");
	RULE("from", "ip saddr %s ip daddr %s tcp sport { %s } accept",
	    d->address, w->host, s->ports);
	if (w->peers != NULL)
		RULE("from",
		    "ip saddr %s ip daddr { %s } tcp sport { %s } accept",
		    d->address, s->peers, s->peer_ports);
	RULE("from", "drop");
}

static void add_to(
    struct hs_text *text, const struct hv_object *d, const struct sets *s)
{
	const struct hv_wall_plan *w = &d->wall;

	begin_chain(text, "to", d->ifname);
	RULE("to", "arp saddr ip %s arp daddr ip %s accept", w->host,
	    d->address);
	RULE("to", "ip saddr %s ip daddr %s tcp dport { %s } accept", w->host,
	    d->address, s->ports);
	if (w->peers != NULL) {
		RULE("to", "arp saddr ip { %s } arp daddr ip %s accept",
		    s->peers, d->address);
		RULE("to",
		    "ip saddr { %s } ip daddr %s tcp dport { %s } accept",
		    s->peers, d->address, s->peer_ports);
	}
	RULE("to", SYN_ONLY " drop");
	if (w->platform != NULL)
		RULE("to", "ip saddr %s ip daddr %s tcp sport { %s } accept",
		    w->platform, d->address, s->calls);
	if (w->peers != NULL)
		RULE("to",
		    "ip saddr { %s } ip daddr %s tcp sport { %s } accept",
		    s->peers, d->address, s->peer_ports);
	RULE("to", "drop");
}

static char *rules_of(const struct hv_object *d)
{
	const struct hv_wall_plan *w = &d->wall;
	hs_auto(hs_freep) char *ports = set_of(w->ports);
	hs_auto(hs_freep) char *calls =
	    w->platform != NULL ? set_of(w->calls) : NULL;
	hs_auto(hs_freep) char *peers =
	    w->peers != NULL ? set_of(w->peers) : NULL;
	hs_auto(hs_freep) char *peer_ports =
	    w->peers != NULL ? set_of(w->peer_ports) : NULL;
	const struct sets sets = { ports, calls, peers, peer_ports };
	struct hs_text text = { 0 };

	hs_text_addf(&text, "%s%s", base, judges);
	add_from(&text, d, &sets);
	add_to(&text, d, &sets);
	hs_text_addf(&text,
	    "add element " TABLE " from { \"%s\" : jump from-%s }\n"
	    "add element " TABLE " to { \"%s\" : jump to-%s }\n",
	    d->ifname, d->ifname, d->ifname, d->ifname);
	return hs_text_take(&text);
}

/* -- The kernel ------------------------------------------------------------ */

static int nft(const char *script, struct hs_err *err)
{
	const char *const argv[] = { "nft", script, NULL };

	return hv_run(argv, TOOL_MS, err);
}

static int nft_read(const char *script, char **ret_text, struct hs_err *err)
{
	const char *const argv[] = { "nft", "-s", script, NULL };

	return hv_run_read(argv, TOOL_MS, ret_text, err);
}

int hv_walls_read(char **ret_text, struct hs_err *err)
{
	hs_auto(hs_freep) char *tables = NULL;

	if (nft_read("list tables bridge", &tables, err) < 0)
		return -1;
	if (strstr(tables, "table " TABLE "\n") == NULL) {
		*ret_text = hs_strdup("");
		return 0;
	}
	return nft_read("list table " TABLE, ret_text, err);
}

/* A chain of a listing, from its name to its bracket; "" if it is not there. */
static char *chain_of(const char *text, const char *way, const char *ifname)
{
	hs_auto(hs_freep) char *head = hs_printf(
	    "\tchain %s%s%s {\n", way, ifname[0] != '\0' ? "-" : "", ifname);
	const char *from = strstr(text, head);
	const char *to = from != NULL ? strstr(from, "\n\t}") : NULL;

	return to != NULL ? hs_strndup(from, (size_t)(to - from))
			  : hs_strdup("");
}

static char *chains_of(
    const char *text, const char *from, const char *to, const char *ifname)
{
	hs_auto(hs_freep) char *first = chain_of(text, from, ifname);
	hs_auto(hs_freep) char *second = chain_of(text, to, ifname);

	return hs_printf("%s\n%s\n", first, second);
}

static char *base_of(const char *text)
{
	return chains_of(text, "prerouting", "postrouting", "");
}

static char *kept_path(const char *ifname)
{
	return hs_printf(KEPT_DIR "/%s", ifname);
}

/* Two chains as the kernel shows them; nft 1.0 lists one a call. */
static int keep_two(const char *path, const char *from, const char *to,
    const char *ifname, struct hs_err *err)
{
	const char *dash = ifname[0] != '\0' ? "-" : "";
	const char *const ways[] = { from, to };
	hs_auto(hs_text_done) struct hs_text all = { 0 };
	hs_auto(hs_freep) char *chains = NULL;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		hs_auto(hs_freep) char *script = hs_printf(
		    "list chain " TABLE " %s%s%s", ways[i], dash, ifname);
		hs_auto(hs_freep) char *text = NULL;

		if (nft_read(script, &text, err) < 0)
			return -1;
		hs_text_addf(&all, "%s", text);
	}
	chains = chains_of(all.data, from, to, ifname);
	return hs_file_write(path, chains, strlen(chains), 0600, err);
}

static int keep(const char *ifname, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = kept_path(ifname);

	if (hs_dir_make(KEPT_DIR, 0700, err) < 0 ||
	    keep_two(path, "from", "to", ifname, err) < 0)
		return -1;
	return keep_two(KEPT_BASE, "prerouting", "postrouting", "", err);
}

int hv_wall_raise(const struct hv_object *domain, struct hs_err *err)
{
	hs_auto(hs_freep) char *rules = NULL;

	if (domain->filter == NULL)
		return 0;
	if (hs_fault("hv.wall.raise", err) < 0 || check(domain, err) < 0)
		return -1;
	rules = rules_of(domain);
	if (nft(rules, err) < 0 || keep(domain->ifname, err) < 0)
		return hs_wrap(err, "wall of domain '%s'", domain->name);
	return 0;
}

int hv_wall_remove(const char *domain, struct hs_err *err)
{
	hs_auto(hs_freep) char *path = NULL;
	hs_auto(hs_freep) char *script = NULL;
	char uuid[HV_UUID_SIZE], ifname[HV_NAME_SIZE];

	hv_uuid5("domain", domain, uuid);
	hv_ifname(uuid, ifname);
	path = kept_path(ifname);
	/* What is added first can be deleted, whether it was there or not. */
	script =
	    hs_printf("%s"
		      "add chain " TABLE " from-%s\n"
		      "add chain " TABLE " to-%s\n"
		      "add element " TABLE " from { \"%s\" : jump from-%s }\n"
		      "add element " TABLE " to { \"%s\" : jump to-%s }\n"
		      "delete element " TABLE " from { \"%s\" }\n"
		      "delete element " TABLE " to { \"%s\" }\n"
		      "flush chain " TABLE " from-%s\n"
		      "flush chain " TABLE " to-%s\n"
		      "delete chain " TABLE " from-%s\n"
		      "delete chain " TABLE " to-%s\n",
		base, ifname, ifname, ifname, ifname, ifname, ifname, ifname,
		ifname, ifname, ifname, ifname, ifname);
	(void)unlink(path);
	if (hs_fault("hv.wall.remove", err) < 0 || nft(script, err) < 0)
		return hs_wrap(err, "wall of domain '%s'", domain);
	return 0;
}

int hv_walls_clear(struct hs_err *err)
{
	const char *const tidy[] = { "rm", "-rf", "--", KEPT_DIR, NULL };

	if (nft("add table " TABLE "\ndelete table " TABLE, err) < 0)
		return hs_wrap(err, "walls");
	return hv_run(tidy, TOOL_MS, err);
}

int hv_wall_try(struct hs_err *err)
{
	return nft("add table bridge hanse-probe\n"
		   "add map bridge hanse-probe m { type ifname : verdict; }\n"
		   "add chain bridge hanse-probe c { type filter hook "
		   "prerouting priority 0; policy accept; }\n"
		   "add rule bridge hanse-probe c iifname vmap @m\n"
		   "add rule bridge hanse-probe c arp saddr ip 192.0.2.1 drop\n"
		   "add rule bridge hanse-probe c ip saddr 192.0.2.1 " SYN_ONLY
		   " drop\n"
		   "delete table bridge hanse-probe",
	    err);
}

/* -- What stands ----------------------------------------------------------- */

static bool is_as_kept(const char *path, const char *now)
{
	hs_auto(hs_freep) char *kept = NULL;

	return hs_file_read(path, KEPT_MAX, &kept, NULL, NULL) == 0 &&
	       strcmp(kept, now) == 0;
}

static bool is_mapped(const char *text, const char *way, const char *ifname)
{
	hs_auto(hs_freep) char *element =
	    hs_printf("\"%s\" : jump %s-%s", ifname, way, ifname);

	return strstr(text, element) != NULL;
}

enum hv_wall hv_wall_look(const char *walls, const char *ifname)
{
	hs_auto(hs_freep) char *path = kept_path(ifname);
	hs_auto(hs_freep) char *own = chains_of(walls, "from", "to", ifname);
	hs_auto(hs_freep) char *common = base_of(walls);

	if (!is_as_kept(KEPT_BASE, common))
		return HV_WALL_OPEN;
	if (!is_mapped(walls, "from", ifname) ||
	    !is_mapped(walls, "to", ifname))
		return HV_WALL_GONE;
	return is_as_kept(path, own) ? HV_WALL_UP : HV_WALL_EDITED;
}
