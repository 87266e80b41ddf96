/* judge.h - the verdicts on attacks: none may succeed on the gateway, and each
 * must where it is weak on purpose.
 */
#ifndef HANSE_TESTS_GATEWAY_JUDGE_H
#define HANSE_TESTS_GATEWAY_JUDGE_H

#include <stdbool.h>

/** Where the attack has succeeded; prints what should not be. */
void judge(const char *name, const char *how, bool on_gateway, bool on_weak);

/** Print the count; the exit status. */
int judged(void);

#endif
