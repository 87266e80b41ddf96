/* people.c - a short queue of questions, a few threads that ask them, and an
 * eventfd that calls the loop.
 */

#include "shared-db-gateway/people.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "tenant-mgr/tenant.h"

#define THREADS    2  /* a log-in costs slapd 25 ms of a processor */
#define QUEUE_MAX  64 /* that wait or are being asked */
#define OF_ONE_MAX 16 /* of an enterprise, lest it keep out the others */
#define STACK      (512u << 10)

/* Nobody can be called so. */
#define NOBODY  "?"
#define NOWHERE "nobody"

struct gw_ask {
	struct gw_ask *next; /* in the queue or among the answers */
	/* The loop's. */
	void (*fn)(void *owner, enum gw_person answer, const char *login);
	void *owner;
	/* The asking thread's, between the queue and the answers. */
	atomic_bool is_forgotten;
	int64_t asked_ms;
	char *ve, *enterprise, *login, *password;
	enum gw_person answer;
};

struct gw_people {
	struct tenant *tenant;
	struct hs_watch watch;     /* of the eventfd */
	_Atomic int64_t failed_ms; /* when it last did not answer; 0: never */
	pthread_t threads[THREADS];
	unsigned thread_count;
	unsigned waiting; /* the loop's: not yet told */
	struct gw_ask *all[QUEUE_MAX];
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t more;
	bool ends;
	struct gw_ask *queue, **queue_end, *answers, **answers_end;
};

static void ask_free(struct gw_ask *ask)
{
	hs_wipe(ask->password, strlen(ask->password));
	free(ask->password);
	free(ask->ve);
	free(ask->enterprise);
	free(ask->login);
	free(ask);
}

static void append(struct gw_ask ***end, struct gw_ask *ask)
{
	ask->next = NULL;
	**end = ask;
	*end = &ask->next;
}

/* NULL: none. */
static struct gw_ask *take_first(struct gw_ask **list, struct gw_ask ***end)
{
	struct gw_ask *first = *list;

	if (first == NULL)
		return NULL;
	*list = first->next;
	if (*list == NULL)
		*end = list;
	return first;
}

/* -- The threads ----------------------------------------------------------- */

static void ask_directory(struct gw_people *p, struct gw_ask *ask)
{
	const struct tenant_place place = { ask->ve, ask->enterprise };
	hs_auto(hs_arena_freep) struct hs_arena *arena = hs_arena_new();
	struct tenant_person person = { 0 };
	struct hs_err err = { 0 };

	if (tenant_login(p->tenant, &place, ask->login, ask->password, arena,
		&person, &err) == 0) {
		free(ask->login);
		ask->login = hs_strdup(person.login);
		ask->answer = GW_PERSON_PROVEN;
		return;
	}
	if (err.code == HS_EDENIED) {
		ask->answer = GW_PERSON_REFUSED;
		return;
	}
	atomic_store(&p->failed_ms, hs_now_ms());
	hs_warn("directory.away", "msg=\"%s\"", err.msg);
}

/* The next question; NULL: it is the end. */
static struct gw_ask *next_question(struct gw_people *p)
{
	struct gw_ask *ask = NULL;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->ends && (ask = take_first(&p->queue, &p->queue_end)) == NULL)
		(void)pthread_cond_wait(&p->more, &p->lock);
	(void)pthread_mutex_unlock(&p->lock);
	return ask;
}

static void give_answer(struct gw_people *p, struct gw_ask *ask)
{
	(void)pthread_mutex_lock(&p->lock);
	append(&p->answers_end, ask);
	(void)pthread_mutex_unlock(&p->lock);
	(void)eventfd_write(p->watch.fd, 1);
}

static void *run(void *arg)
{
	struct gw_people *p = arg;
	struct gw_ask *ask;

	while ((ask = next_question(p)) != NULL) {
		/* Whoever waited while it did not answer has waited for that.
		 */
		if (!atomic_load(&ask->is_forgotten) &&
		    ask->asked_ms > atomic_load(&p->failed_ms))
			ask_directory(p, ask);
		give_answer(p, ask);
	}
	return NULL;
}

/* -- The loop's end -------------------------------------------------------- */

static void drop(struct gw_people *p, struct gw_ask *ask)
{
	for (size_t i = 0; i < ARRAY_LEN(p->all); i++)
		if (p->all[i] == ask)
			p->all[i] = NULL;
	p->waiting--;
	ask_free(ask);
}

static void on_answers(void *owner, unsigned events)
{
	struct gw_people *p = owner;
	struct gw_ask *ask;
	eventfd_t count;

	(void)events;
	(void)eventfd_read(p->watch.fd, &count);
	do {
		(void)pthread_mutex_lock(&p->lock);
		ask = take_first(&p->answers, &p->answers_end);
		(void)pthread_mutex_unlock(&p->lock);
		if (ask == NULL)
			return;
		if (ask->fn != NULL)
			ask->fn(ask->owner, ask->answer,
			    ask->answer == GW_PERSON_PROVEN ? ask->login
							    : NULL);
		drop(p, ask);
	} while (true);
}

/* A free place for one more of this enterprise; NULL: there is none. */
static struct gw_ask **find_place(struct gw_people *p, const struct gw_ask *ask)
{
	struct gw_ask **place = NULL;
	unsigned of_one = 0;

	for (size_t i = 0; i < ARRAY_LEN(p->all); i++) {
		const struct gw_ask *other = p->all[i];

		if (other == NULL)
			place = &p->all[i];
		else if (strcmp(other->ve, ask->ve) == 0 &&
			 strcmp(other->enterprise, ask->enterprise) == 0)
			of_one++;
	}
	return of_one < OF_ONE_MAX ? place : NULL;
}

static struct gw_ask *ask_new(const struct gw_question *question)
{
	struct gw_ask *ask = hs_alloc(sizeof(*ask));
	bool is_somewhere = question->ve != NULL;

	ask->answer = GW_PERSON_UNASKED;
	ask->asked_ms = hs_now_ms();
	ask->fn = question->fn;
	ask->owner = question->owner;
	ask->ve = hs_strdup(is_somewhere ? question->ve : NOWHERE);
	ask->enterprise =
	    hs_strdup(is_somewhere ? question->enterprise : NOWHERE);
	ask->login = hs_strdup(is_somewhere ? question->login : NOBODY);
	ask->password = hs_strdup(question->password);
	return ask;
}

struct gw_ask *gw_people_ask(
    struct gw_people *p, const struct gw_question *question)
{
	struct gw_ask *ask = ask_new(question);
	struct gw_ask **place = find_place(p, ask);

	if (place == NULL) {
		ask_free(ask);
		return NULL;
	}
	*place = ask;
	p->waiting++;
	(void)pthread_mutex_lock(&p->lock);
	append(&p->queue_end, ask);
	(void)pthread_cond_signal(&p->more);
	(void)pthread_mutex_unlock(&p->lock);
	return ask;
}

void gw_people_forget(struct gw_ask *ask)
{
	ask->fn = NULL;
	atomic_store(&ask->is_forgotten, true);
}

unsigned gw_people_waiting(const struct gw_people *people)
{
	return people->waiting;
}

/* -- Its beginning and its end --------------------------------------------- */

static int start_threads(struct gw_people *p, struct hs_err *err)
{
	pthread_attr_t attr;
	int rc = pthread_attr_init(&attr);

	if (rc == 0)
		rc = pthread_attr_setstacksize(&attr, STACK);
	while (rc == 0 && p->thread_count < THREADS) {
		rc =
		    pthread_create(&p->threads[p->thread_count], &attr, run, p);
		p->thread_count += rc == 0;
	}
	(void)pthread_attr_destroy(&attr);
	return rc == 0
		   ? 0
		   : hs_fail(err, HS_ESYSTEM,
			 "no threads to ask the directory: %s", strerror(rc));
}

static int begin(struct gw_people *p, const struct gw_people_config *config,
    struct hs_loop *loop, struct hs_err *err)
{
	const struct tenant_conf conf = {
		.uri = config->uri,
		.timeout_ms = (int)config->timeout_s * 1000,
	};
	int fd;

	if (tenant_open(&conf, &p->tenant, err) < 0)
		return hs_wrap(err, "directory.uri");
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "make an eventfd");
	p->watch.fd = fd;
	p->watch.fn = on_answers;
	p->watch.owner = p;
	if (hs_watch_start(loop, &p->watch, fd, HS_LOOP_READ, err) < 0)
		return -1;
	return start_threads(p, err);
}

int gw_people_open(const struct gw_people_config *config, struct hs_loop *loop,
    struct gw_people **ret_people, struct hs_err *err)
{
	struct gw_people *p = hs_alloc(sizeof(*p));

	p->watch.fd = -1;
	p->queue_end = &p->queue;
	p->answers_end = &p->answers;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->more, NULL);
	if (begin(p, config, loop, err) < 0) {
		gw_people_close(p);
		return -1;
	}
	*ret_people = p;
	return 0;
}

void gw_people_close(struct gw_people *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->ends = true;
	(void)pthread_cond_broadcast(&p->more);
	(void)pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->thread_count; i++)
		(void)pthread_join(p->threads[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(p->all); i++)
		if (p->all[i] != NULL)
			ask_free(p->all[i]);
	hs_watch_stop(&p->watch);
	if (p->watch.fd >= 0)
		(void)close(p->watch.fd);
	tenant_close(p->tenant);
	(void)pthread_cond_destroy(&p->more);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}
