/* page_members.c - the people of the enterprise. */

#include "portal/portal.h"

static void fill_person(struct page *page, const struct tenant_person *person,
    struct view_members_people *v)
{
	struct view_members_people_roles *roles = PAGE_NEW(
	    page, struct view_members_people_roles, person->role_count);

	for (size_t i = 0; i < person->role_count; i++)
		roles[i].label =
		    h_text(i18n_named(page->lang, "role.", person->roles[i]));
	*v = (struct view_members_people) {
		.name = h_text(person->name),
		.login = h_text(person->login),
		.mail = h_text(person->mail),
		.language = h_text(
		    person->language != NULL
			? i18n_named(page->lang, "language.", person->language)
			: ""),
		.roles = roles,
		.roles_count = person->role_count,
	};
}

int page_members(struct page *page, struct hs_err *err)
{
	struct tenant_people people = { 0 };
	struct html out = { .lang = page->lang };
	struct view_members v = { 0 };
	struct view_members_people *list;

	if (tenant_person_list(page->site->tenant, &page->site->place,
		page->arena, &people, err) < 0)
		return hs_wrap(err, "list the people");
	list = PAGE_NEW(page, struct view_members_people, people.count);
	for (size_t i = 0; i < people.count; i++)
		fill_person(page, &people.list[i], &list[i]);
	v.legal_name = h_text(page->site->brand);
	v.count = (long)people.count;
	v.people = list;
	v.people_count = people.count;
	view_members(&out, &v);
	page_send(page, 200, MSG_MEMBERS_TITLE, &out);
	return 0;
}
