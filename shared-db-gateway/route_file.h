/* route_file.h - read one file of the routes folder. */
#ifndef HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H
#define HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H

struct hs_err;
struct gw_route;
struct gw_routes;
struct gw_server;

/** gw_routes_read() of any path. */
int gw_routes_parse(
    const char *path, struct gw_routes **ret_routes, struct hs_err *err);

/** Free what they own, not themselves. */
void gw_route_done(struct gw_route *route);
void gw_server_done(struct gw_server *server);

#endif
