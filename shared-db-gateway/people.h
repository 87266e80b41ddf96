/* people.h - whether somebody is who he says: asked of the directory by threads
 * of their own, for libldap waits. Answers come in the loop's thread, and all
 * functions are for that thread only.
 */
#ifndef HANSE_SHARED_DB_GATEWAY_PEOPLE_H
#define HANSE_SHARED_DB_GATEWAY_PEOPLE_H

struct gw_ask;
struct gw_people;
struct hs_err;
struct hs_loop;

struct gw_people_config {
	char *uri;          /* "ldapi://..."; NULL: people cannot log in */
	unsigned timeout_s; /* for each exchange with the directory */
};

enum gw_person {
	GW_PERSON_REFUSED, /* unknown, wrong password, locked: all the same */
	GW_PERSON_PROVEN,
	GW_PERSON_UNASKED, /* the directory does not answer */
};

/** What is asked; copied. */
struct gw_question {
	const char *ve, *enterprise; /* both NULL: nobody can be it, but it
				      * takes as long to say so */
	const char *login, *password;
	/** @login: as the directory writes it; NULL if it is not proven */
	void (*fn)(void *owner, enum gw_person answer, const char *login);
	void *owner;
};

/**
 * Start the threads; nothing is sent yet. Call after the signals are blocked
 * and before threads cannot be made any more. Errors: HS_EINVAL, HS_ESYSTEM.
 */
int gw_people_open(const struct gw_people_config *config, struct hs_loop *loop,
    struct gw_people **ret_people, struct hs_err *err);

/** End them; what is being asked is waited for, its answer not told. NULL is
 * fine. */
void gw_people_close(struct gw_people *people);

/**
 * Ask. fn is called once, in a later round of the loop, and the question is
 * over.
 *
 * Returns NULL when too many wait already, of all or of this enterprise.
 */
struct gw_ask *gw_people_ask(
    struct gw_people *people, const struct gw_question *question);

/** Its fn is not to be called any more. */
void gw_people_forget(struct gw_ask *ask);

/** How many wait for an answer now. */
unsigned gw_people_waiting(const struct gw_people *people);

#endif
