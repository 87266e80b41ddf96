/* routes.c - the portal's pages, its menu, and who may see what. */

#include "portal/portal.h"

enum {
	NEED_BUYER = NEED_OWN,
	NEED_PARTY, /* a role that acts: buyer or seller */
	NEED_ADMIN,
};

/* clang-format off */
static const struct web_route routes[] = {
	SITE_ROUTES,
	{ WEB_GET,  "/",                            NEED_SESSION, page_inbox               },
	{ WEB_GET,  "/orders",                      NEED_SESSION, page_orders              },
	{ WEB_GET,  "/orders/new",                  NEED_BUYER,   page_order_new           },
	{ WEB_POST, "/orders/new",                  NEED_BUYER,   page_order_new_post      },
	{ WEB_GET,  "/orders/{uid}",                NEED_SESSION, page_order               },
	{ WEB_GET,  "/orders/{uid}/edit",           NEED_BUYER,   page_order_edit          },
	{ WEB_POST, "/orders/{uid}/edit",           NEED_BUYER,   page_order_edit_post     },
	{ WEB_POST, "/orders/{uid}/delete",         NEED_BUYER,   page_order_delete_post   },
	{ WEB_GET,  "/orders/{uid}/act/{action}",   NEED_PARTY,   page_act                 },
	{ WEB_POST, "/orders/{uid}/act/{action}",   NEED_PARTY,   page_act_post            },
	{ WEB_GET,  "/members",                     NEED_SESSION, page_members             },
	{ WEB_GET,  "/bill",                        NEED_ADMIN,   page_bill                },
	{ WEB_GET,  "/bill/csv",                    NEED_ADMIN,   page_bill_csv            },
};

static const struct site_nav nav[] = {
	{ "/",        MSG_NAV_INBOX,   NEED_SESSION },
	{ "/orders",  MSG_NAV_ORDERS,  NEED_SESSION },
	{ "/members", MSG_NAV_MEMBERS, NEED_SESSION },
	{ "/bill",    MSG_NAV_BILL,    NEED_ADMIN   },
};
/* clang-format on */

static bool may(const struct session *session, unsigned need)
{
	bool buyer = session_has_role(session->roles, "buyer");

	switch (need) {
	case NEED_BUYER:
		return buyer;
	case NEED_PARTY:
		return buyer || session_has_role(session->roles, "seller");
	case NEED_ADMIN:
		return session_has_role(session->roles, "admin");
	default:
		return false;
	}
}

const struct site portal_site = {
	.name = "portal",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.nav = nav,
	.nav_count = ARRAY_LEN(nav),
	.may = may,
	.login_intro = MSG_LOGIN_INTRO,
	.login_help = MSG_LOGIN_HELP,
	.health_sql = portal_sql_health,
};
