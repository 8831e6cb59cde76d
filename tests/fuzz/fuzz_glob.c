/* fuzz_glob.c: patterns and paths of any bytes. SPDX-License-Identifier: Apache-2.0 */
#include "core/glob.h"
#include "core/glob_ignore.h"

#include <stdlib.h>
#include <string.h>

static void check(bool ok) {
  if (!ok) abort();
}

/* Spans lie in order within the path, and asking for them changes no answer. */
static void try_pattern(const char *pattern, size_t n, const char *path, size_t len,
                        unsigned flags) {
  IfxErr err;
  IfxGlob *g = ifx_glob_compile(pattern, n, flags, &err);
  if (!g) return;
  size_t count = ifx_glob_captures(g), *spans = calloc(count + 1, 2 * sizeof *spans), last = 0;
  check(spans != NULL);
  IfxGlobResult plain = ifx_glob_match(g, path, len, NULL, &err);
  check(ifx_glob_match(g, path, len, spans, &err) == plain);
  for (size_t i = 0; plain == IFX_GLOB_YES && i < 2 * count; i++) {
    check(spans[i] >= last && spans[i] <= len);
    last = spans[i];
  }
  free(spans);
  ifx_glob_free(g);
}

static void try_rules(const char *text, size_t n, const char *path, size_t len) {
  IfxErr err;
  const IfxIgnoreRule *by = NULL;
  IfxIgnore *ig = ifx_ignore_new(&err);
  if (ig && ifx_ignore_add(ig, "", text, n, &err)) {
    int yes = ifx_ignore_check(ig, path, len, true, &by, &err);
    check(yes <= 0 || (by && !by->negative));
  }
  ifx_ignore_free(ig);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* The input is a pattern, a NUL, a path. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  const char *text = (const char *)data;
  const char *nul = size ? memchr(text, '\0', size) : NULL;
  if (!nul) return 0;
  size_t n = (size_t)(nul - text), len = size - n - 1;
  try_pattern(text, n, nul + 1, len, 0);
  try_pattern(text, n, nul + 1, len, IFX_GLOB_GIT);
  try_rules(text, n, nul + 1, len);
  return 0;
}
