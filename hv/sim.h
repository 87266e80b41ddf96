/* sim.h - private: connections to hosts that are not there. */
#ifndef HANSE_HV_SIM_H
#define HANSE_HV_SIM_H

struct hs_err;
struct hv_conn;

#define HV_SIM_SCHEME "sim:///"

/**
 * Make a connection one to the simulated host a URI names, which comes into
 * being with it. Errors: HS_EINVAL.
 */
int hv_sim_attach(const char *uri, struct hv_conn *conn, struct hs_err *err);

#endif
