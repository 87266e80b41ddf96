/* route_file.h - one file of the routes folder as a value. */
#ifndef HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H
#define HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H

#define GW_PLATFORM "platform"

struct hs_err;
struct gw_route;
struct gw_routes;
struct gw_server;

/** gw_routes_read() of any path. */
int gw_routes_parse(
    const char *path, struct gw_routes **ret_routes, struct hs_err *err);

/** Whether the gateway would serve them. Errors: HS_EINVAL. */
int gw_routes_check(const struct gw_routes *routes, struct hs_err *err);

/** The file's text, owned by the caller. */
char *gw_routes_print(const struct gw_routes *routes);

/** Free what they own, not themselves. */
void gw_route_done(struct gw_route *route);
void gw_server_done(struct gw_server *server);

#endif
