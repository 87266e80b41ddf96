/* burnin_spec.c - the chains that burn-in makes. */

#include "base/text.h"
#include "provisioning/burnin.h"

static void add_people(struct hs_text *t, unsigned count, const char *role)
{
	for (unsigned i = 1; i <= count; i++)
		hs_text_addf(t,
		    "      - {login: p%u, name: Person %u, mail: "
		    "p%u@example.org, language: en, roles: [%s, admin]}\n",
		    i, i, i, role);
}

static void add_enterprise(
    struct hs_text *t, const struct burnin_shape *s, bool first)
{
	hs_text_addf(t,
	    "  - name: %s\n"
	    "    legal_name: %s of %s\n"
	    "    role: %s\n"
	    "    template: %s\n"
	    "    vcpus: %u\n"
	    "    memory_mib: %u\n",
	    first ? BURNIN_FIRST : BURNIN_SECOND, first ? "Maker" : "Taker",
	    s->ve, first ? "supplier" : "oem",
	    first && s->template != NULL ? s->template : "app",
	    first ? s->vcpus : 1, first ? s->memory_mib : 256);
	if (first && s->host != NULL)
		hs_text_addf(t, "    placement: {host: %s}\n", s->host);
	hs_text_addf(t,
	    "    sites:\n"
	    "      - {id: site, name: Site, city: Mannheim, country: DE, "
	    "time_zone: Europe/Berlin}\n"
	    "    people:\n");
	add_people(t, first ? s->people : 1, first ? "seller" : "buyer");
}

char *burnin_spec(const struct burnin_shape *s)
{
	struct hs_text t = { 0 };

	hs_text_addf(&t,
	    "ve: %s\n"
	    "title: Burn-in\n"
	    "database: {class: shared, connections: 8}\n"
	    "enterprises:\n",
	    s->ve);
	add_enterprise(&t, s, true);
	if (!s->has_second)
		return hs_text_take(&t);
	add_enterprise(&t, s, false);
	hs_text_addf(&t,
	    "relations:\n"
	    "  - buyer: " BURNIN_SECOND "\n"
	    "    seller: " BURNIN_FIRST "\n"
	    "    items:\n"
	    "      - {buyers_item_id: A-1, sellers_item_id: B-1, description: "
	    "A part, unit: H87, price: \"1.00\", currency: EUR, "
	    "pack_quantity: 1, lead_time_days: 1}\n");
	return hs_text_take(&t);
}
