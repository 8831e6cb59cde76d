/* hcl_edit_commit.c: an edit is one span, and proves that it changed nothing else.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hcl_doc_impl.h"

bool ifx_hcl_refuse(const IfxHclDoc *d, size_t at, IfxErr *err, const char *fmt, ...) {
  char message[256];
  uint32_t line, column;
  va_list args;
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  ifx_err_set(err, IFX_E_ARGUMENT, "%s", message);
  snprintf(err->file, sizeof err->file, "%s", d->file);
  ifx_hcl_locate(d->text, at, &line, &column);
  return ifx_err_at(err, line, column);
}

/* The replaced span, in the old text and in the new one. */
typedef struct Cut {
  size_t start, end, new_end;
} Cut;

static bool is_item(const IfxHclTree *t, uint32_t n) {
  uint8_t kind = t->nodes[n].kind;
  return kind == IFX_HCL_BLOCK || kind == IFX_HCL_LABEL || kind == IFX_HCL_ATTRIBUTE;
}

/* The next block, label or attribute that is not inside of the span; 0: there is none. */
static uint32_t next_item(const IfxHclTree *t, uint32_t n, size_t start, size_t end) {
  while ((n = ifx_hcl_next(t, n))) {
    const IfxHclNode *node = &t->nodes[n];
    if (is_item(t, n) && !(node->start >= start && node->end <= end)) return n;
  }
  return 0;
}

/* Where a place of the old text stands in the new one. At the border of an empty span it may be
 * either side of what was put in. */
static bool moved_to(const Cut *c, size_t old, size_t now) {
  size_t behind = old - c->end + c->new_end;
  if (old <= c->start && old == now) return true;
  return old >= c->end && behind == now;
}

static bool same_name(const IfxHclTree *a, const IfxHclNode *x, const IfxHclTree *b, uint32_t y) {
  return x->kind == IFX_HCL_LABEL || ifx_hcl_named(b, y, a->text + x->name, x->name_end - x->name);
}

/* Is every item outside of the span there as before? */
static bool verify(const IfxHclDoc *old, const IfxHclDoc *now, const Cut *c, IfxErr *err) {
  uint32_t a = 0, b = 0;
  for (;;) {
    a = next_item(&old->tree, a, c->start, c->end);
    b = next_item(&now->tree, b, c->start, c->new_end);
    if (!a && !b) return true;
    const IfxHclNode *x = &old->tree.nodes[a], *y = &now->tree.nodes[b];
    bool same = a && b && x->kind == y->kind && moved_to(c, x->start, y->start) &&
                moved_to(c, x->end, y->end) && same_name(&old->tree, x, &now->tree, b);
    if (same) continue;
    ifx_hcl_refuse(old, c->start, err, "the new text would change more than what it replaces");
    return ifx_err_hint(err, "give whole expressions, or whole blocks and arguments");
  }
}

/* A block keeps its id when it begins where an old one began. */
static void give_ids(const IfxHclDoc *old, IfxHclDoc *now, const Cut *c) {
  uint32_t k = 0;
  now->next_id = old->next_id;
  for (uint32_t i = 0; i < now->nblocks; i++) {
    size_t start = now->tree.nodes[now->blocks[i]].start;
    if (start >= c->start && start < c->new_end) {
      now->ids[i] = now->next_id++;
      continue;
    }
    size_t before = start < c->start ? start : start - c->new_end + c->end;
    while (k < old->nblocks && old->tree.nodes[old->blocks[k]].start < before) k++;
    bool known = k < old->nblocks && old->tree.nodes[old->blocks[k]].start == before;
    now->ids[i] = known ? old->ids[k] : now->next_id++;
  }
}

bool ifx_hcl_commit(IfxHclDoc *d, size_t start, size_t end, IfxBuf *ins, IfxErr *err) {
  size_t len = d->len - (end - start) + ins->len;
  IfxHclDoc now = {0};
  char *text = ins->failed || len == SIZE_MAX ? NULL : malloc(len + 1);
  if (!text) {
    ifx_buf_free(ins);
    return ifx_err_nomem(err);
  }
  memcpy(text, d->text, start);
  if (ins->len) memcpy(text + start, ins->data, ins->len);
  memcpy(text + start + ins->len, d->text + end, d->len - end);
  text[len] = '\0';
  Cut c = {.start = start, .end = end, .new_end = start + ins->len};
  ifx_buf_free(ins);
  if (!ifx_hcl_read_doc(&now, text, len, d->file, err))
    return ifx_err_hint(err,
                        "this is about the text as the edit would make it; nothing was changed");
  if (!verify(d, &now, &c, err)) {
    ifx_hcl_close(&now);
    return false;
  }
  give_ids(d, &now, &c);
  ifx_hcl_close(d);
  *d = now;
  return true;
}
