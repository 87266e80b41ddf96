/* agent.h - hanse-host's verbs; private to it. */
#ifndef HANSE_HV_AGENT_AGENT_H
#define HANSE_HV_AGENT_AGENT_H

struct hs_err;

#define AGENT_STATE    "/var/lib/hanse"
#define AGENT_PLATFORM "/usr/local/libexec/hanse/platform"

/** A verb; argv ends with NULL. What it prints is its answer. */
typedef int agent_verb(char **argv, struct hs_err *err);

/* What the host is. */
agent_verb agent_probe, agent_join, agent_leave, agent_clear;
/* What domains begin from. */
agent_verb agent_images, agent_image_put, agent_domain_put;
/* Their life, as far as libvirt does not lead it. */
agent_verb agent_domain_start, agent_domain_stop, agent_domain_plug,
    agent_domain_forget;
/* How they are, as far as libvirt does not say. */
agent_verb agent_look, agent_lives;

/**
 * Whether a word can be a file's name here, and no way out of a folder.
 * Errors: HS_EINVAL.
 */
int agent_check_name(const char *name, struct hs_err *err);

/**
 * Unpack the tar on standard input into a folder, owners kept as numbers.
 * Errors: HS_ESYSTEM.
 */
int agent_unpack(const char *dir, struct hs_err *err);

/** Run a program with our standard streams. Errors: HS_ESYSTEM. */
int agent_run(const char *const argv[], struct hs_err *err);

#endif
