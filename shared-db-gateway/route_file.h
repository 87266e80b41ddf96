/* route_file.h - one file of the routes folder as a value. */
#ifndef HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H
#define HANSE_SHARED_DB_GATEWAY_ROUTE_FILE_H

struct hs_err;
struct gw_route;
struct gw_routes;
struct gw_server;
struct json_t;

/** The file as JSON, owned by the caller. Errors: HS_EINVAL, HS_ESYSTEM. */
int gw_routes_load(
    const char *path, struct json_t **ret_json, struct hs_err *err);

/** Of that. @path: for messages. Errors: HS_EINVAL. */
int gw_routes_take(const struct json_t *json, const char *path,
    struct gw_routes **ret_routes, struct hs_err *err);

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
