/* test_shelf.c: bytes that threads share. SPDX-License-Identifier: Apache-2.0 */
#include "core/shelf.h"

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#define NAMES   20000
#define THREADS 4

static bool put(IfxShelf *s, const char *name, const char *bytes) {
  return ifx_shelf_put(s, name, strlen(name), bytes, strlen(bytes), SIZE_MAX);
}

static bool has(IfxShelf *s, const char *name, const char *bytes) {
  size_t len = 0;
  const char *found = ifx_shelf_get(s, name, strlen(name), &len);
  return bytes ? found && len == strlen(bytes) && memcmp(found, bytes, len) == 0 : !found;
}

static void keeps_the_first(void) {
  IfxShelf *s = ifx_shelf_open();
  CHECK(has(s, "a", NULL));
  CHECK(put(s, "a", "one") && put(s, "b", "") && put(s, "", "none"));
  CHECK(put(s, "a", "two"));
  CHECK(has(s, "a", "one") && has(s, "b", "") && has(s, "", "none") && has(s, "c", NULL));
  ifx_shelf_close(s);
  ifx_shelf_close(NULL);
}

static void takes_no_more_than_there_is_room_for(void) {
  IfxShelf *s = ifx_shelf_open();
  char big[4096] = {0};
  CHECK(!ifx_shelf_put(s, "big", 3, big, sizeof big, sizeof big));
  CHECK(ifx_shelf_put(s, "big", 3, big, sizeof big, 2 * sizeof big));
  CHECK(!ifx_shelf_put(s, "more", 4, big, sizeof big, 2 * sizeof big));
  CHECK(has(s, "more", NULL));
  CHECK(ifx_shelf_put(s, "big", 3, big, sizeof big, 0)); /* it is there */
  CHECK(!ifx_shelf_put(s, "small", 5, "", 0, 0));
  ifx_shelf_close(s);
}

static void is_cleared_when_nobody_has_it(void) {
  IfxShelf *s = ifx_shelf_open();
  put(s, "a", "one");
  ifx_shelf_lend(s);
  ifx_shelf_lend(s);
  ifx_shelf_return(s);
  ifx_shelf_clear(s);
  CHECK(has(s, "a", "one"));
  ifx_shelf_return(s);
  ifx_shelf_clear(s);
  CHECK(has(s, "a", NULL));
  CHECK(put(s, "a", "two") && has(s, "a", "two"));
  ifx_shelf_close(s);
}

/* All put and look for the same names, each from another one on. */
static void *fill(void *arg) {
  IfxShelf *s = arg;
  static atomic_int_fast32_t threads;
  int first = (int)(threads++) * (NAMES / THREADS);
  intptr_t wrong = 0;
  for (int i = 0; i < NAMES; i++) {
    char name[16];
    snprintf(name, sizeof name, "%d", (first + i) % NAMES);
    if (!put(s, name, name) || !has(s, name, name)) wrong++;
  }
  return (void *)wrong; /* NOLINT: a count */
}

static void is_filled_by_many_threads(void) {
  IfxShelf *s = ifx_shelf_open();
  pthread_t thread[THREADS];
  intptr_t wrong = 0;
  for (int i = 0; i < THREADS; i++) pthread_create(&thread[i], NULL, fill, s);
  for (int i = 0; i < THREADS; i++) {
    void *of_one = NULL;
    pthread_join(thread[i], &of_one);
    wrong += (intptr_t)of_one;
  }
  CHECK_INT(wrong, 0);
  ifx_shelf_close(s);
}

int main(void) {
  keeps_the_first();
  takes_no_more_than_there_is_room_for();
  is_cleared_when_nobody_has_it();
  is_filled_by_many_threads();
  return CHECK_END();
}
