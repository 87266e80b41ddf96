/* watch.h - private: a watch, for those who have something to tell it. */
#ifndef HANSE_HV_WATCH_H
#define HANSE_HV_WATCH_H

#include "hv/hv.h"

/** Call its function, unless it was stopped. */
void hv_watch_tell(struct hv_watch *watch, const struct hv_event *event);

/** Who keeps a watch holds it. unref takes a struct hv_watch *. */
struct hv_watch *hv_watch_ref(struct hv_watch *watch);
void hv_watch_unref(void *watch);

/** See struct hv_ops. */
int hv_vir_watch(
    struct hv_conn *conn, struct hv_watch *watch, struct hs_err *err);
void hv_vir_unwatch(struct hv_conn *conn, struct hv_watch *watch);

#endif
