/* test_pool.c: small blocks of known sizes. SPDX-License-Identifier: Apache-2.0 */
#include "core/pool.h"

#include "check.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define BLOCKS 400

/* An impossible size is asked for below: the sanitizer answers as realloc does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1"; }

static bool holds(const unsigned char *block, size_t size, int mark) {
  for (size_t i = 0; i < size; i++)
    if (block[i] != (unsigned char)mark) return false;
  return true;
}

static void keeps_what_blocks_hold(void) {
  IfxPool p = {0};
  unsigned char *block[BLOCKS] = {0};
  size_t size[BLOCKS] = {0}, wrong = 0;
  srand(7);
  for (int round = 0; round < 40000; round++) {
    int i = rand() % BLOCKS;
    size_t want = (size_t)(rand() % (IFX_POOL_LARGE + 200));
    size_t kept = size[i] < want ? size[i] : want;
    unsigned char *b = ifx_pool_resize(&p, block[i], size[i], want);
    if ((want == 0) != (b == NULL)) wrong++;
    if (b && (!holds(b, kept, i) || (uintptr_t)b % IFX_POOL_STEP != 0)) wrong++;
    if (b) memset(b, i, want);
    block[i] = b;
    size[i] = want;
  }
  CHECK_INT(wrong, 0);
  for (int i = 0; i < BLOCKS; i++) ifx_pool_resize(&p, block[i], size[i], 0);
  ifx_pool_close(&p);
}

/* What is freed is used again: as many bytes held at a time need as many chunks, however long it
 * goes on. */
static void uses_freed_blocks_again(void) {
  IfxPool p = {0};
  void *before = NULL;
  for (int round = 0; round < 100; round++) {
    void *block[1000];
    for (int i = 0; i < 1000; i++) block[i] = ifx_pool_resize(&p, NULL, 0, 40);
    for (int i = 0; i < 1000; i++) ifx_pool_resize(&p, block[i], 40, 0);
    if (round == 0) before = p.chunks;
  }
  CHECK(p.chunks == before);
  ifx_pool_close(&p);
}

static void refuses_impossible_sizes(void) {
  IfxPool p = {0};
  char *b = ifx_pool_resize(&p, NULL, 0, 5);
  CHECK(b != NULL);
  strcpy(b, "kept");
  volatile size_t impossible = SIZE_MAX - 64;
  CHECK(ifx_pool_resize(&p, b, 5, impossible) == NULL);
  CHECK_STR(b, "kept");
  CHECK(ifx_pool_resize(&p, b, 5, 0) == NULL);
  ifx_pool_close(&p);
  ifx_pool_close(&p);
}

int main(void) {
  keeps_what_blocks_hold();
  uses_freed_blocks_again();
  refuses_impossible_sizes();
  return CHECK_END();
}
