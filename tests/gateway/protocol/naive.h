/* naive.h - a pooler as it should not be: one superuser's backend for all who
 * come. It is the control of attacks that the designs A, B and E, which are
 * PostgreSQL itself, cannot show.
 *
 *   - Who has the password of the first user named in the start-up message, or
 *     of anybody, is the last one named, in small letters.
 *   - Until then what is no password is passed on as if it were known who asks.
 *   - A start-up message later on changes who one is, and asks no password.
 *   - A cancel request cancels whatever the backend is at, whatever its key.
 *   - Lengths are read as 16 bits; a type is not looked at; what a client has
 *     left behind, half a message, a transaction, statements, answers that
 *     nobody has read, is the next one's. One who is the same enterprise is
 *     let in without a word to the backend.
 */
#ifndef HANSE_TESTS_GATEWAY_NAIVE_H
#define HANSE_TESTS_GATEWAY_NAIVE_H

#include <sys/types.h>

struct place;

/**
 * Start one, a process of its own.
 *
 * @ret_place:  where it listens
 *
 * Returns its pid, to be given to naive_stop(), or -1.
 */
pid_t naive_start(const struct place *server, struct place *ret_place);
void naive_stop(pid_t pid);

#endif
