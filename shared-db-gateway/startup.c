/* startup.c - the start-up message: what is not listed is refused. */

#include "shared-db-gateway/startup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "shared-db-gateway/options.h"

#define VALUE_MAX 1024u

/* clang-format off */
static const struct rule {
	const char *name;      /* compared as PostgreSQL does, without case */
	enum gw_refusal answer; /* GW_OK: forwarded to the backend */
} rules[] = {
	{ "application_name",      GW_OK },
	{ "client_encoding",       GW_OK },
	{ "DateStyle",             GW_OK },
	{ "TimeZone",              GW_OK },
	{ "IntervalStyle",         GW_OK },
	{ "extra_float_digits",    GW_OK },
	{ "replication",           GW_REFUSE_REPLICATION },
	{ "role",                  GW_REFUSE_PARAMETER },
	{ "session_authorization", GW_REFUSE_PARAMETER },
	{ "search_path",           GW_REFUSE_PARAMETER },
};
/* clang-format on */

static enum gw_refusal judge(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strcasecmp(rules[i].name, name) == 0)
			return rules[i].answer;
	return GW_REFUSE_UNKNOWN_PARAMETER;
}

static bool has(const struct gw_startup *s, const char *name)
{
	for (size_t i = 0; i < s->forward_count; i++)
		if (strcasecmp(s->forward[i].name, name) == 0)
			return true;
	return false;
}

static enum gw_refusal forward(
    struct gw_startup *s, const char *name, const char *value)
{
	if (has(s, name) || s->forward_count == GW_FORWARD_MAX)
		return GW_REFUSE_MALFORMED;
	s->forward[s->forward_count++] =
	    (struct gw_parameter) { hs_strdup(name), hs_strdup(value) };
	return GW_OK;
}

/* Of several the last counts, as for PostgreSQL. */
static enum gw_refusal set_option(
    struct gw_startup *s, const char *name, const char *value)
{
	gw_startup_drop(s, name);
	return forward(s, name, value);
}

/* A parameter of its own name counts more than one in "options". */
static enum gw_refusal take_options(struct gw_startup *s, const char *options)
{
	hs_auto(gw_startup_done) struct gw_startup said = { 0 };
	enum gw_refusal refusal = GW_OK;
	enum gw_option what;

	do {
		hs_auto(hs_freep) char *name = NULL;
		hs_auto(hs_freep) char *value = NULL;

		what = gw_option_next(&options, &name, &value);
		if (what == GW_OPTION_OTHER ||
		    (what == GW_OPTION_SETTING && judge(name) != GW_OK)) {
			s->refused = hs_steal(&name);
			return GW_REFUSE_OPTIONS;
		}
		if (what == GW_OPTION_SETTING)
			refusal = set_option(&said, name, value);
	} while (what != GW_OPTION_NONE && refusal == GW_OK);
	for (size_t i = 0; i < said.forward_count && refusal == GW_OK; i++)
		if (!has(s, said.forward[i].name))
			refusal = forward(
			    s, said.forward[i].name, said.forward[i].value);
	return refusal;
}

static enum gw_refusal set_once(char **at, const char *value)
{
	if (*at != NULL)
		return GW_REFUSE_MALFORMED;
	*at = hs_strdup(value);
	return GW_OK;
}

/* @options: where the text of "options" goes, which is read when all else is */
static enum gw_refusal take(
    struct gw_startup *s, const char *name, const char *value, char **options)
{
	enum gw_refusal refusal;

	if (strlen(value) > VALUE_MAX)
		return GW_REFUSE_MALFORMED;
	if (strcmp(name, "user") == 0)
		return set_once(&s->user, value);
	if (strcmp(name, "database") == 0)
		return set_once(&s->database, value);
	if (strcmp(name, "options") == 0)
		return set_once(options, value);
	if (strncmp(name, "_pq_.", 5) == 0) {
		if (s->option_count == GW_FORWARD_MAX)
			return GW_REFUSE_MALFORMED;
		s->options[s->option_count++] = hs_strdup(name);
		return GW_OK;
	}
	refusal = judge(name);
	return refusal == GW_OK ? forward(s, name, value) : refusal;
}

enum gw_refusal gw_startup_parse(
    const uint8_t *packet, size_t len, struct gw_startup *startup)
{
	struct gw_reader r = { .at = packet, .left = len };
	hs_auto(hs_freep) char *options = NULL;
	uint32_t version;

	(void)gw_get_u32(&r);
	version = gw_get_u32(&r);
	if (r.bad)
		return GW_REFUSE_MALFORMED;
	if (version >> 16 != GW_PROTOCOL_3_0 >> 16)
		return GW_REFUSE_VERSION;
	startup->minor = version & 0xffff;
	for (;;) {
		const char *name = gw_get_text(&r), *value;
		enum gw_refusal refusal;

		if (r.bad)
			return GW_REFUSE_MALFORMED;
		if (*name == '\0')
			break;
		value = gw_get_text(&r);
		if (r.bad)
			return GW_REFUSE_MALFORMED;
		refusal = take(startup, name, value, &options);
		if (refusal != GW_OK)
			return refusal;
	}
	if (r.left > 0)
		return GW_REFUSE_MALFORMED;
	if (startup->user == NULL || *startup->user == '\0')
		return GW_REFUSE_NO_USER;
	return options != NULL ? take_options(startup, options) : GW_OK;
}

const char *gw_startup_get(const struct gw_startup *startup, const char *name)
{
	for (size_t i = 0; i < startup->forward_count; i++)
		if (strcasecmp(startup->forward[i].name, name) == 0)
			return startup->forward[i].value;
	return "";
}

void gw_startup_copy(const struct gw_startup *from, struct gw_startup *ret_to)
{
	*ret_to = (struct gw_startup) { .forward_count = from->forward_count };
	for (size_t i = 0; i < from->forward_count; i++)
		ret_to->forward[i] = (struct gw_parameter) {
			hs_strdup(from->forward[i].name),
			hs_strdup(from->forward[i].value),
		};
}

void gw_startup_drop(struct gw_startup *startup, const char *name)
{
	for (size_t i = 0; i < startup->forward_count; i++) {
		struct gw_parameter *p = &startup->forward[i];

		if (strcasecmp(p->name, name) != 0)
			continue;
		free(p->name);
		free(p->value);
		*p = startup->forward[--startup->forward_count];
		return;
	}
}

static bool has_all(const struct gw_startup *a, const struct gw_startup *b)
{
	for (size_t i = 0; i < b->forward_count; i++) {
		const char *name = b->forward[i].name;

		if (strcasecmp(name, "application_name") != 0 &&
		    strcmp(gw_startup_get(a, name), b->forward[i].value) != 0)
			return false;
	}
	return true;
}

bool gw_startup_is_like(const struct gw_startup *a, const struct gw_startup *b)
{
	return has_all(a, b) && has_all(b, a);
}

bool gw_startup_negotiate(
    const struct gw_startup *startup, struct gw_bytes *out)
{
	struct gw_writer w;

	if (startup->minor == 0 && startup->option_count == 0)
		return true;
	w = gw_put_begin(out, 'v');
	gw_put_u32(&w, GW_PROTOCOL_3_0);
	gw_put_u32(&w, (uint32_t)startup->option_count);
	for (size_t i = 0; i < startup->option_count; i++)
		gw_put_text(&w, startup->options[i]);
	return gw_put_end(&w);
}

void gw_startup_done(struct gw_startup *startup)
{
	free(startup->user);
	free(startup->database);
	free(startup->refused);
	for (size_t i = 0; i < startup->forward_count; i++) {
		free(startup->forward[i].name);
		free(startup->forward[i].value);
	}
	for (size_t i = 0; i < startup->option_count; i++)
		free(startup->options[i]);
	*startup = (struct gw_startup) { 0 };
}
