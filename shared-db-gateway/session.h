/* session.h - one client's session from accept to close.
 *
 * The life is the table in session.c. Each state has one step function, in the
 * file of its subject; a step does what it can without blocking.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_SESSION_H
#define HANSE_SHARED_DB_GATEWAY_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "shared-db-gateway/account.h"
#include "shared-db-gateway/backend.h"
#include "shared-db-gateway/cancel.h"
#include "shared-db-gateway/naming.h"
#include "shared-db-gateway/people.h"
#include "shared-db-gateway/route.h"
#include "shared-db-gateway/scram.h"
#include "shared-db-gateway/sqlstate.h"
#include "shared-db-gateway/startup.h"
#include "shared-db-gateway/stream.h"

struct gw_core;

enum gw_state {
	GW_GREET,      /* plain bytes: TLS or a cancel request, no more */
	GW_TLS,        /* handshake with the client */
	GW_STARTUP,    /* waiting for the start-up message */
	GW_SASL_FIRST, /* waiting for SCRAM's client-first */
	GW_SASL_FINAL, /* waiting for SCRAM's client-final */
	GW_PASSWORD,   /* waiting for a person's password */
	GW_DIRECTORY,  /* waiting for the directory's word on it */
	GW_OPEN,       /* waiting for a backend, or what its pool knows of it */
	GW_CANCEL,     /* waiting for its errand to come back */
	GW_RELAY,
	GW_DRAIN,  /* the last words go out */
	GW_LINGER, /* they have gone; the client closes first */
	GW_CLOSED,
};
#define GW_STATE_COUNT (GW_CLOSED + 1)

enum gw_event {
	GW_TLS_ASKED,
	GW_TLS_DONE,
	GW_CANCEL_ASKED,
	GW_CHALLENGED,
	GW_ANSWERED,
	GW_PASSWORD_ASKED,
	GW_DIRECTORY_ASKED,
	GW_ADMITTED,
	GW_OPENED,
	GW_REFUSED,
	GW_DRAINED,
	GW_ENDED,
};
#define GW_EVENT_COUNT (GW_ENDED + 1)

/** Who a person says to be: "USER/LOGIN". */
struct gw_claim {
	char *user, *login;
	struct gw_ask *ask;    /* NULL: answered */
	enum gw_person answer; /* then */
};

/** What is needed until the relay begins. */
struct gw_login {
	struct gw_startup startup;
	struct gw_scram scram;
	struct gw_claim person;
	char *certificate_cn; /* NULL: no certificate */
	bool is_patient;      /* it waits for a primary */
};

/** What a message asks for, from when it is looked at until it is sent. */
struct gw_asked_for {
	uint64_t shape;
	uint32_t refused; /* kinds that make it refused */
};

struct gw_session {
	struct gw_core *core;
	struct gw_session *next, *prev;
	enum gw_state state;
	uint64_t id, began_ms;
	char peer[56];
	struct gw_stream client;
	struct hs_timer deadline, again, pace;
	bool pending; /* counted among those not yet admitted */
	bool tls_asked, direct_tls, client_done;

	struct gw_entry *entry; /* set once, when it is known who it is */
	struct gw_target target;
	struct gw_login *login;
	char *application_name;
	char *person;      /* who has proven to be it; NULL: it was none */
	char *certificate; /* SHA-256 of the client's; NULL: it has none */
	bool revoked;      /* it is not accepted any more */
	bool is_killed;    /* by the operator */

	struct gw_key key; /* what the client may cancel with */
	struct gw_session *key_next;
	struct gw_backend *errand; /* of a cancel request */

	struct gw_backend *backend; /* NULL: none now */
	struct gw_pool *pool;       /* NULL: the backend is its own */
	bool is_waiting;            /* for one of the pool's */
	struct gw_session *wait_next;
	struct gw_names names; /* of its prepared statements */
	struct gw_held *held;
	struct gw_asked_for asked;
	size_t discard;    /* of the client's bytes: what was refused */
	unsigned tries;    /* to have something done that was not, */
	uint64_t troubles; /* and its cluster's at the first of them */
	struct gw_marks marks;
	unsigned told; /* the audit's generation that knows this session */

	bool is_paid;      /* its next transaction has been taken */
	uint64_t begin_ms; /* and may begin then */
	uint64_t statements, bytes_in, bytes_out;
	const char *reason; /* of its end, for the log */
};

/** Whether a step has come further, so that the next one is worth a try. */
enum gw_progress { GW_WAIT, GW_AGAIN };

/**
 * Begin one on a connection, which has its options from the port it came to.
 *
 * @tls_asked:  the client has been told to begin TLS
 */
void gw_session_new(
    struct gw_core *core, int fd, const char *peer, bool tls_asked);

/** Do all that can be done now; frees the session when it is over. */
void gw_session_run(struct gw_session *s);

/** The one place where a state changes; asserts that the table allows it. */
void gw_session_change(struct gw_session *s, enum gw_event event);

/** Whether the table has a row for it. */
bool gw_state_allows(
    enum gw_state state, enum gw_event event, enum gw_state *ret_to);
const char *gw_state_name(enum gw_state state);

/** " person=LOGIN" for the log, or ""; owned by the caller. */
char *gw_session_person(const struct gw_session *s);

/** End with an ErrorResponse, if one still fits into the client's stream. */
enum gw_progress gw_session_refuse(
    struct gw_session *s, enum gw_refusal refusal, const char *detail);

/** End after what the client has still to get. */
enum gw_progress gw_session_finish(
    struct gw_session *s, enum gw_refusal reason);

/** End without a word. @reason: a static string */
enum gw_progress gw_session_end(struct gw_session *s, const char *reason);

/** Whether the backend is at work for the client. */
bool gw_session_is_busy(const struct gw_session *s);

/** The step functions, a state each. */
enum gw_progress gw_greet_step(struct gw_session *s);
enum gw_progress gw_tls_step(struct gw_session *s);
enum gw_progress gw_startup_step(struct gw_session *s);
enum gw_progress gw_sasl_first_step(struct gw_session *s);
enum gw_progress gw_sasl_final_step(struct gw_session *s);
enum gw_progress gw_password_step(struct gw_session *s);
enum gw_progress gw_directory_step(struct gw_session *s);
enum gw_progress gw_open_step(struct gw_session *s);
enum gw_progress gw_relay_step(struct gw_session *s);

/** Take a CancelRequest; the session waits until it has been passed on. */
enum gw_progress gw_cancel_begin(
    struct gw_session *s, const uint8_t *packet, size_t len);

/** Run it at the end of this round. */
void gw_session_wake(struct gw_session *s);

/** Its backend is there. */
void gw_session_backend_ready(struct gw_session *s);
/** It is not, and will not be; GW_OK: it was an errand. */
void gw_session_backend_failed(struct gw_session *s, enum gw_refusal refusal);

void gw_login_free(struct gw_login *login);

#endif
