/* test_buf.c: the growing buffer. SPDX-License-Identifier: Apache-2.0 */
#include "core/buf.h"

#include "check.h"

#include <stdint.h>

static void grows_and_terminates(void) {
  IfxBuf b = {0};
  for (int i = 0; i < 1000; i++) ifx_buf_byte(&b, 'x');
  ifx_buf_fmt(&b, "%d-%s", 7, "seven");
  ifx_buf_fill(&b, '.', 3);
  CHECK_INT(b.len, 1010);
  CHECK_STR(b.data + 1000, "7-seven...");
  ifx_buf_free(&b);
  ifx_buf_free(&b);
  CHECK(b.data == NULL);
}

static void refuses_impossible_sizes(void) {
  IfxBuf b = {0};
  ifx_buf_str(&b, "kept");
  CHECK(ifx_buf_room(&b, SIZE_MAX - 2) == NULL);
  CHECK(b.failed);
  ifx_buf_str(&b, "dropped");
  CHECK_STR(b.data, "kept");
  ifx_buf_free(&b);
}

int main(void) {
  grows_and_terminates();
  refuses_impossible_sizes();
  return CHECK_END();
}
