/* metric_process.h - the process's own figures; private to metric.c. */
#ifndef HANSE_PROVISIONING_METRIC_PROCESS_H
#define HANSE_PROVISIONING_METRIC_PROCESS_H

struct hs_text;

/** Memory, descriptors, threads, CPU time, start; and what was built. */
void metric_process_write(struct hs_text *text);

#endif
