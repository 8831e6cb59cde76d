/* main.c: arguments and exit code. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

int main(void) {
  puts("ifx " IFX_VERSION);
  return 0;
}
