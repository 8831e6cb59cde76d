/* test_buf.c: the growing buffer. SPDX-License-Identifier: Apache-2.0 */
#include "core/buf.h"

#include "check.h"

#include <stdint.h>
#include <stdlib.h>

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

static void real_is(double value, const char *want) {
  IfxBuf b = {0};
  ifx_buf_real(&b, value);
  CHECK_STR(b.data, want);
  CHECK(strtod(b.data, NULL) == value);
  ifx_buf_free(&b);
}

static void writes_shortest_reals(void) {
  real_is(1, "1.0");
  real_is(-0.0, "-0.0");
  real_is(0.1, "0.1");
  real_is(0.1 + 0.2, "0.30000000000000004");
  real_is(1e300, "1e+300");
  real_is(123456789012345680.0, "1.2345678901234568e+17");
  real_is(5e-324, "5e-324"); /* below DBL_MIN a number has fewer digits than others */
  real_is(-2.5e-322, "-2.5e-322");
  real_is(1e-310, "1e-310");
  real_is(2.225073858507201e-308, "2.225073858507201e-308");
  real_is(2.2250738585072014e-308, "2.2250738585072014e-308");
  real_is(1.7976931348623157e308, "1.7976931348623157e+308");
  real_is(2.0 / 3, "0.6666666666666666");
}

int main(void) {
  grows_and_terminates();
  refuses_impossible_sizes();
  writes_shortest_reals();
  return CHECK_END();
}
