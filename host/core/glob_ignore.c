/* glob_ignore.c: git's ignore rules. SPDX-License-Identifier: Apache-2.0 */
#include "glob_ignore.h"

#include "glob.h"

#include <stdlib.h>
#include <string.h>

typedef struct Rule {
  IfxIgnoreRule shown;
  const char *pattern; /* within shown.text, without '!', the slash at its start and at its end */
  size_t len;
  size_t plain;  /* leading bytes without a wildcard */
  IfxGlob *glob; /* of the rest; NULL: there is no rest */
  bool dir_only;
  bool name_only; /* no slash: compared with the last segment at any depth */
} Rule;

/* One ignore file: its text is copied, and the rules point into the copy. */
typedef struct Source {
  char *dir;
  char *text;
  size_t dir_len;
  Rule *rules;
  size_t len;
  size_t cap;
} Source;

struct IfxIgnore {
  Source *sources; /* parents before the folders in them */
  size_t len;
};

IfxIgnore *ifx_ignore_new(IfxErr *err) {
  IfxIgnore *ig = calloc(1, sizeof *ig);
  if (!ig) ifx_err_nomem(err);
  return ig;
}

static void free_source(Source *s) {
  for (size_t i = 0; i < s->len; i++) ifx_glob_free(s->rules[i].glob);
  free(s->rules);
  free(s->dir);
  free(s->text);
}

void ifx_ignore_free(IfxIgnore *ig) {
  if (!ig) return;
  for (size_t i = 0; i < ig->len; i++) free_source(&ig->sources[i]);
  free(ig->sources);
  free(ig);
}

/* Length without the spaces at the end; a space behind a backslash stays. */
static size_t trim(const char *line, size_t len) {
  size_t end = 0;
  for (size_t i = 0; i < len; i++) {
    if (line[i] == ' ') continue;
    if (line[i] == '\\' && ++i == len) return len;
    end = i + 1;
  }
  return end;
}

static size_t plain_length(const char *p, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (strchr("*?[\\", p[i])) return i;
  }
  return len;
}

static Rule read_rule(const char *line, size_t len) {
  Rule r = {.shown = {.text = line, .text_len = len}, .pattern = line, .len = len};
  if (r.len && r.pattern[0] == '!') {
    r.shown.negative = true;
    r.pattern++;
    r.len--;
  }
  r.dir_only = r.len && r.pattern[r.len - 1] == '/';
  r.len -= r.dir_only;
  r.name_only = !memchr(r.pattern, '/', r.len);
  if (r.len && r.pattern[0] == '/') {
    r.pattern++;
    r.len--;
  }
  r.plain = plain_length(r.pattern, r.len);
  return r;
}

/* Git compares the plain bytes of a name-only pattern as part of the wildcard match; of a path
 * pattern it strips them first, and what follows counts as the start of a segment. Both are kept.
 */
static bool compile(Rule *r, IfxErr *err) {
  if (r->plain == r->len) return true;
  if (r->name_only) r->plain = 0;
  r->glob = ifx_glob_compile(r->pattern + r->plain, r->len - r->plain, IFX_GLOB_GIT, err);
  return r->glob != NULL;
}

static bool add_rule(Source *s, Rule r, IfxErr *err) {
  if (!compile(&r, err)) return false;
  if (s->len == s->cap) {
    size_t cap = s->cap ? s->cap * 2 : 16;
    Rule *rules = realloc(s->rules, cap * sizeof *rules);
    if (!rules) {
      ifx_glob_free(r.glob);
      return ifx_err_nomem(err);
    }
    s->rules = rules;
    s->cap = cap;
  }
  s->rules[s->len++] = r;
  return true;
}

static bool read_lines(Source *s, size_t len, IfxErr *err) {
  size_t at = len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  for (uint32_t line = 1; at < len; line++) {
    const char *from = s->text + at;
    const char *end = memchr(from, '\n', len - at);
    size_t n = end ? (size_t)(end - from) : len - at;
    at += n + 1;
    if (n && from[n - 1] == '\r') n--;
    const char *nul = memchr(from, '\0', n); /* git sees the line end here */
    n = trim(from, nul ? (size_t)(nul - from) : n);
    if (!n || from[0] == '#') continue;
    Rule r = read_rule(from, n);
    r.shown.dir = s->dir;
    r.shown.line = line;
    if (r.len && !add_rule(s, r, err)) return false;
  }
  return true;
}

bool ifx_ignore_add(IfxIgnore *ig, const char *dir, const char *text, size_t len, IfxErr *err) {
  Source s = {.dir = strdup(dir), .text = malloc(len + 1), .dir_len = strlen(dir)};
  Source *sources = realloc(ig->sources, (ig->len + 1) * sizeof s);
  if (sources) ig->sources = sources;
  if (!s.dir || !s.text || !sources) {
    free_source(&s);
    return ifx_err_nomem(err);
  }
  memcpy(s.text, text, len);
  s.text[len] = '\0';
  if (!read_lines(&s, len, err)) {
    free_source(&s);
    return false;
  }
  size_t at = ig->len++;
  while (at && sources[at - 1].dir_len > s.dir_len) {
    sources[at] = sources[at - 1];
    at--;
  }
  sources[at] = s;
  return true;
}

static IfxGlobResult match_rest(const Rule *r, const char *name, size_t len, IfxErr *err) {
  if (len < r->plain || memcmp(name, r->pattern, r->plain) != 0) return IFX_GLOB_NO;
  if (!r->glob) return len == r->plain ? IFX_GLOB_YES : IFX_GLOB_NO;
  return ifx_glob_match(r->glob, name + r->plain, len - r->plain, NULL, err);
}

/* The last rule of the source that matches the path. */
static int match_source(const Source *s, const char *path, size_t len, bool is_dir,
                        const IfxIgnoreRule **by, IfxErr *err) {
  size_t skip = s->dir_len ? s->dir_len + 1 : 0;
  if (skip && (len <= skip || path[s->dir_len] != '/' || memcmp(path, s->dir, s->dir_len) != 0))
    return 0;
  const char *slash = memrchr(path, '/', len);
  size_t base = slash ? (size_t)(slash - path) + 1 : 0;
  for (size_t i = s->len; i-- > 0;) {
    const Rule *r = &s->rules[i];
    if (r->dir_only && !is_dir) continue;
    size_t from = r->name_only ? base : skip;
    IfxGlobResult m = match_rest(r, path + from, len - from, err);
    if (m == IFX_GLOB_NO) continue;
    *by = &r->shown;
    return m;
  }
  return 0;
}

int ifx_ignore_check_entry(const IfxIgnore *ig, const char *path, size_t len, bool is_dir,
                           const IfxIgnoreRule **by, IfxErr *err) {
  const IfxIgnoreRule *rule = NULL;
  int found = 0;
  for (size_t i = ig->len; i-- > 0 && !found;) {
    found = match_source(&ig->sources[i], path, len, is_dir, &rule, err);
  }
  if (by) *by = found > 0 ? rule : NULL;
  return found > 0 ? !rule->negative : found;
}

int ifx_ignore_check(const IfxIgnore *ig, const char *path, size_t len, bool is_dir,
                     const IfxIgnoreRule **by, IfxErr *err) {
  for (size_t i = 1; i < len; i++) {
    if (path[i] != '/') continue;
    int ignored = ifx_ignore_check_entry(ig, path, i, true, by, err);
    if (ignored) return ignored;
  }
  return ifx_ignore_check_entry(ig, path, len, is_dir, by, err);
}
