/* test_yaml_memory.c: each allocation of a parse fails once. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "core/yaml.h"
#include "failing_memory.h"

#ifndef FAILING_MEMORY

int main(void) { return CHECK_END(); }

#else

static bool parse_failing(const char *text, long number) {
  IfxYamlStream *s;
  IfxErr err = {0};
  long before = held;
  calls = 0;
  failing = number;
  bool ok = ifx_yaml_parse(text, strlen(text), NULL, &s, &err);
  failing = 0;
  if (!ok) {
    CHECK(s == NULL);
    CHECK_STR(err.kind, IFX_E_MEMORY);
  }
  ifx_yaml_free(s);
  CHECK_INT(held, before);
  return ok;
}

int main(void) {
  static const char text[] = "a: &x {b: [1, 2], c: !t 'x'}\nd: *x\n--- |\n text\n---\n"
                             "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\nh: 8\ni: &y 9\nj: *y\n";
  char big[6000]; /* buffers and arena grow */
  memset(big, ' ', sizeof big);
  for (size_t i = 0; i + 2 < sizeof big; i += 2) big[i] = 'x', big[i + 1] = ',';
  big[0] = '[';
  big[1] = 'x';
  memcpy(big + sizeof big - 4, "x]\n", 4);
  const char *texts[] = {text, big};
  for (size_t i = 0; i < 2; i++) {
    long number = 1;
    while (!parse_failing(texts[i], number) && number < 100000) number++;
    CHECK(number > 20 && number < 100000);
  }
  return CHECK_END();
}

#endif
