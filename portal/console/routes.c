/* routes.c - the console's pages, its menu, and who may see what. */

#include "portal/console/console.h"

enum {
	NEED_FINANCE = NEED_OWN,
};

/* clang-format off */
static const struct web_route routes[] = {
	SITE_ROUTES,
	{ WEB_GET,  "/",                      NEED_FINANCE, page_reports              },
	{ WEB_GET,  "/report/{format}",       NEED_FINANCE, page_report               },
	{ WEB_GET,  "/prices",                NEED_FINANCE, page_prices               },
	{ WEB_POST, "/prices",                NEED_FINANCE, page_prices_post          },
	{ WEB_GET,  "/scenario",              NEED_FINANCE, page_scenario             },
	{ WEB_POST, "/scenario",              NEED_FINANCE, page_scenario_post        },
	{ WEB_POST, "/scenario/answer",       NEED_FINANCE, page_scenario_answer_post },
	{ WEB_GET,  "/closing",               NEED_FINANCE, page_closing              },
	{ WEB_POST, "/closing",               NEED_FINANCE, page_closing_post         },
	{ WEB_GET,  "/closing/preview",       NEED_FINANCE, page_closing_preview      },
	{ WEB_GET,  "/closing/month",         NEED_FINANCE, page_month_view           },
	{ WEB_GET,  "/closing/bill",          NEED_FINANCE, page_month_bill           },
	{ WEB_GET,  "/closing/file/{format}", NEED_FINANCE, page_month_file           },
};

static const struct site_nav nav[] = {
	{ "/",         MSG_NAV_REPORTS,  NEED_FINANCE },
	{ "/scenario", MSG_NAV_SCENARIO, NEED_FINANCE },
	{ "/prices",   MSG_NAV_PRICES,   NEED_FINANCE },
	{ "/closing",  MSG_NAV_CLOSING,  NEED_FINANCE },
};
/* clang-format on */

static bool may(const struct session *session, unsigned need)
{
	return need == NEED_FINANCE &&
	       session_has_role(session->roles, "finance");
}

const struct site console_site = {
	.name = "console",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.nav = nav,
	.nav_count = ARRAY_LEN(nav),
	.may = may,
	.login_intro = MSG_CONSOLE_LOGIN_INTRO,
	.login_help = MSG_CONSOLE_LOGIN_HELP,
	.health_sql = console_sql_health,
};
