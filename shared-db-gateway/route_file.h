/* route_file.h - read one file of the routes folder. */
#ifndef HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H
#define HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H

struct hs_err;
struct gw_routes;

/** gw_routes_read() of any path. */
int gw_routes_parse(
    const char *path, struct gw_routes **ret_routes, struct hs_err *err);

#endif
