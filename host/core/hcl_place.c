/* hcl_place.c: lines and columns; the way through the nodes. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hcl_impl.h"

size_t ifx_hcl_bom(const char *text, size_t len) {
  return len >= 3 && memcmp(text, IFX_HCL_BOM, 3) == 0 ? 3 : 0;
}

static uint32_t characters(const char *text, size_t from, size_t to) {
  uint32_t n = 0;
  for (size_t i = from; i < to; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80;
  return n;
}

void ifx_hcl_locate(const char *text, size_t at, uint32_t *line, uint32_t *column) {
  size_t start = ifx_hcl_bom(text, at);
  *line = 1;
  for (size_t i = start; i < at; i++) {
    if (text[i] != '\n') continue;
    ++*line;
    start = i + 1;
  }
  *column = characters(text, start, at) + 1;
}

bool ifx_hcl_index_lines(IfxHclTree *t) {
  uint32_t n = 1;
  for (const char *p = t->text; t->len && (p = memchr(p, '\n', t->len - (size_t)(p - t->text)));
       p++)
    n++;
  t->lines = malloc(n * sizeof *t->lines);
  if (!t->lines) return false;
  t->lines[0] = (uint32_t)ifx_hcl_bom(t->text, t->len);
  t->nlines = 1;
  for (size_t i = 0; i < t->len; i++)
    if (t->text[i] == '\n') t->lines[t->nlines++] = (uint32_t)i + 1;
  t->seen = t->lines[0];
  t->seen_line = t->seen_column = 1;
  return true;
}

static uint32_t line_of(const IfxHclTree *t, uint32_t at) {
  uint32_t low = 0, high = t->nlines; /* the last line that starts at or before `at` */
  while (high - low > 1) {
    uint32_t mid = low + (high - low) / 2;
    if (t->lines[mid] <= at)
      low = mid;
    else
      high = mid;
  }
  return low;
}

/* Going forward on one long line costs what lies between two questions only. */
void ifx_hcl_place(IfxHclTree *t, uint32_t at, uint32_t *line, uint32_t *column) {
  uint32_t number = line_of(t, at);
  if (at < t->lines[number]) at = t->lines[number]; /* the mark */
  bool ahead = t->seen_line == number + 1 && t->seen <= at;
  uint32_t from = ahead ? t->seen : t->lines[number];
  *line = number + 1;
  *column = (ahead ? t->seen_column : 1) + characters(t->text, from, at);
  t->seen = at;
  t->seen_line = *line;
  t->seen_column = *column;
}

uint32_t ifx_hcl_next(const IfxHclTree *t, uint32_t n) {
  if (t->nodes[n].first) return t->nodes[n].first;
  while (n && !t->nodes[n].next) n = t->nodes[n].up;
  return n ? t->nodes[n].next : 0;
}

uint32_t ifx_hcl_around(const IfxHclTree *t, uint32_t n, IfxHclKind kind) {
  while (n) {
    n = t->nodes[n].up;
    if (n && t->nodes[n].kind == kind) return n;
  }
  return 0;
}

bool ifx_hcl_named(const IfxHclTree *t, uint32_t n, const char *name, size_t len) {
  const IfxHclNode *node = &t->nodes[n];
  return node->name_end - node->name == len && memcmp(t->text + node->name, name, len) == 0;
}

bool ifx_hcl_bare_key(const IfxHclTree *t, uint32_t n) {
  const IfxHclNode *node = &t->nodes[n];
  bool word = node->kind == IFX_HCL_VARIABLE || node->kind == IFX_HCL_KEYWORD;
  return word && t->nodes[node->up].kind == IFX_HCL_ITEM && node->index == 0;
}

/* ---- variables of loops ---- */

static bool makes(const IfxHclTree *t, uint32_t loop, const IfxHclNode *name) {
  for (uint32_t c = t->nodes[loop].first; c && t->nodes[c].kind == IFX_HCL_NAME;
       c = t->nodes[c].next)
    if (ifx_hcl_named(t, c, t->text + name->name, name->name_end - name->name)) return true;
  return false;
}

/* The directives before `part` in its template, those that are closed again left out. */
static bool bound_in_template(const IfxHclTree *t, uint32_t part, const IfxHclNode *name) {
  uint32_t open[256], count = 0;
  for (uint32_t c = t->nodes[t->nodes[part].up].first; c != part; c = t->nodes[c].next) {
    if (t->nodes[c].kind != IFX_HCL_DIRECTIVE) continue;
    if (ifx_hcl_named(t, c, "for", 3)) open[count++] = c;
    if (ifx_hcl_named(t, c, "endfor", 6)) count--;
  }
  while (count)
    if (makes(t, open[--count], name)) return true;
  return false;
}

bool ifx_hcl_bound(const IfxHclTree *t, uint32_t n) {
  const IfxHclNode *name = &t->nodes[n];
  for (uint32_t c = n, up = name->up; up; c = up, up = t->nodes[up].up) {
    const IfxHclNode *around = &t->nodes[up];
    if (around->kind == IFX_HCL_FOR) {
      uint32_t names = 0; /* the collection behind them does not see them */
      for (uint32_t k = around->first; t->nodes[k].kind == IFX_HCL_NAME; k = t->nodes[k].next)
        names++;
      if (t->nodes[c].index > names && makes(t, up, name)) return true;
    }
    if ((around->flags & IFX_HCL_LOOPS) && bound_in_template(t, c, name)) return true;
  }
  return false;
}
