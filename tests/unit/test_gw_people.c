/* test_gw_people.c - the queue to the directory, with no directory there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/err.h"
#include "base/loop.h"
#include "shared-db-gateway/people.h"

static char nowhere[] = "ldapi://%2Ftmp%2Fthere%2Fis%2Fno%2Fsuch%2Fsocket";

struct told {
	unsigned count, unasked;
};

static void on_answer(void *owner, enum gw_person answer, const char *login)
{
	struct told *told = owner;

	told->count++;
	told->unasked += answer == GW_PERSON_UNASKED;
	assert_null(login);
}

static struct gw_ask *ask(
    struct gw_people *people, const char *enterprise, struct told *told)
{
	const struct gw_question question = {
		.ve = enterprise != NULL ? "alpha" : NULL,
		.enterprise = enterprise,
		.login = "li.wei",
		.password = "correct horse",
		.fn = on_answer,
		.owner = told,
	};

	return gw_people_ask(people, &question);
}

static struct gw_people *begin(struct hs_loop *loop)
{
	const struct gw_people_config config = { nowhere, 1 };
	struct gw_people *people = NULL;

	assert_int_equal(gw_people_open(&config, loop, &people, NULL), 0);
	return people;
}

/* Each is told once, and those that are forgotten are not. */
static void test_answers(void **state)
{
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct told told = { 0 }, never = { 0 };
	struct gw_people *people;

	(void)state;
	assert_int_equal(hs_loop_new(&loop, NULL), 0);
	people = begin(loop);
	for (int i = 0; i < 5; i++) {
		assert_non_null(ask(people, "anna", &told));
		gw_people_forget(ask(people, NULL, &never));
	}
	assert_int_equal(gw_people_waiting(people), 10);
	while (gw_people_waiting(people) > 0)
		assert_int_equal(hs_loop_step(loop, 5000, NULL), 0);
	assert_int_equal(told.count, 5);
	assert_int_equal(told.unasked, 5);
	assert_int_equal(never.count, 0);
	gw_people_close(people);
}

/* Of one enterprise a part, of all so many; the end does not wait for them. */
static void test_full(void **state)
{
	static const char *const enterprises[] = { "anna", "bert", "carl",
		"dora", "emil" };
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct told told = { 0 };
	struct gw_people *people;
	unsigned taken = 0;

	(void)state;
	assert_int_equal(hs_loop_new(&loop, NULL), 0);
	people = begin(loop);
	while (ask(people, "anna", &told) != NULL)
		taken++;
	assert_int_equal(taken, 16);
	for (size_t i = 1; i < ARRAY_LEN(enterprises); i++)
		while (ask(people, enterprises[i], &told) != NULL)
			taken++;
	assert_int_equal(taken, 64);
	gw_people_close(people);
	assert_int_equal(told.count, 0);
}

static void test_bad_uri(void **state)
{
	static char plain[] = "ldap://127.0.0.1", secured[] = "ldaps://x";
	hs_auto(hs_loop_freep) struct hs_loop *loop = NULL;
	struct gw_people *people = NULL;

	(void)state;
	assert_int_equal(hs_loop_new(&loop, NULL), 0);
	for (int i = 0; i < 2; i++) {
		const struct gw_people_config config = {
			i == 0 ? plain : secured, 1
		};
		struct hs_err err = { 0 };

		assert_int_equal(
		    gw_people_open(&config, loop, &people, &err), -1);
		assert_int_equal(err.code, HS_EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_bad_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
