/* fuzz_hcl.c: spans nest, edits change what they say, the canonical style keeps the meaning.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/hcl_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(cond)                                                                                 \
  do {                                                                                             \
    if (!(cond)) {                                                                                 \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #cond);                         \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

/* ---- spans ---- */

static void check_refusal(const IfxErr *err) {
  MUST(err->kind && err->message[0]);
  MUST(strcmp(err->kind, IFX_E_PARSE) != 0 || (err->line >= 1 && err->column >= 1));
}

static void check_node(IfxHclTree *t, uint32_t n) {
  const IfxHclNode *node = &t->nodes[n], *up = &t->nodes[node->up];
  uint32_t line, column, want_line, want_column;
  MUST(node->start <= node->end && node->end <= t->len);
  MUST(node->name <= node->name_end && node->inner <= node->inner_end);
  if (n && node->up) MUST(up->start <= node->start && node->end <= up->end);
  if (n && node->next) MUST(node->end <= t->nodes[node->next].start);
  ifx_hcl_place(t, node->start, &line, &column);
  ifx_hcl_locate(t->text, node->start, &want_line, &want_column);
  MUST(line == want_line && column == want_column);
}

static void check_strings(const IfxHclTree *t, uint32_t n) {
  IfxBuf out = {0};
  uint8_t kind = t->nodes[n].kind;
  if (kind == IFX_HCL_QUOTED || kind == IFX_HCL_HEREDOC || kind == IFX_HCL_LABEL)
    MUST(!ifx_hcl_string(t, n, &out) || !out.len || ifx_hcl_is_utf8(out.data, out.len));
  if (kind == IFX_HCL_VARIABLE) ifx_hcl_bound(t, n);
  ifx_buf_free(&out);
}

/* A string as a literal stands for itself. */
static void check_quote(const char *text, size_t len) {
  IfxBuf line = {0}, back = {0};
  IfxHclTree t;
  IfxErr err;
  ifx_buf_str(&line, "a = ");
  ifx_hcl_quote(&line, text, len);
  MUST(ifx_hcl_parse(&t, line.data, line.len, &err));
  MUST(ifx_hcl_string(&t, t.nodes[t.nodes[0].first].first, &back));
  MUST(back.len == len && (len == 0 || memcmp(back.data, text, len) == 0));
  ifx_hcl_free(&t);
  ifx_buf_free(&line);
  ifx_buf_free(&back);
}

/* ---- format ---- */

static bool same_bytes(const IfxHclTree *a, uint32_t x, uint32_t x_end, const IfxHclTree *b,
                       uint32_t y, uint32_t y_end) {
  return x_end - x == y_end - y && memcmp(a->text + x, b->text + y, x_end - x) == 0;
}

static bool same_call(const IfxHclTree *a, uint32_t x, const IfxHclTree *b, uint32_t y) {
  IfxBuf m = {0}, n = {0};
  ifx_hcl_call_name(a, x, &m);
  ifx_hcl_call_name(b, y, &n);
  bool same = m.len == n.len && memcmp(m.data, n.data, n.len) == 0;
  ifx_buf_free(&m);
  ifx_buf_free(&n);
  return same;
}

/* The same nodes, names and texts; only places may differ. */
static bool same_tree(const IfxHclTree *a, const IfxHclTree *b) {
  uint32_t x = 0, y = 0;
  do {
    const IfxHclNode *m = &a->nodes[x], *n = &b->nodes[y];
    if (m->kind != n->kind || m->flags != n->flags || m->count != n->count) return false;
    if (m->kind == IFX_HCL_CALL ? !same_call(a, x, b, y)
                                : !same_bytes(a, m->name, m->name_end, b, n->name, n->name_end))
      return false;
    bool leaf = !m->first && (m->kind == IFX_HCL_TEXT || m->kind == IFX_HCL_NUMBER);
    if (leaf && !same_bytes(a, m->start, m->end, b, n->start, n->end)) return false;
    x = ifx_hcl_next(a, x);
    y = ifx_hcl_next(b, y);
  } while (x && y);
  return !x && !y;
}

static void check_format(const char *text, size_t len) {
  IfxBuf modern = {0}, once = {0}, twice = {0};
  IfxHclTree a, b;
  IfxErr err;
  if (!ifx_hcl_format(text, len, &once, &err)) {
    MUST(strcmp(err.kind, IFX_E_LIMIT) == 0);
    ifx_buf_free(&once);
    return;
  }
  MUST(ifx_hcl_modernize(text, len, &modern, &err));
  MUST(ifx_hcl_parse(&a, modern.data, modern.len, &err));
  MUST(ifx_hcl_parse(&b, once.data, once.len, &err));
  MUST(same_tree(&a, &b));
  MUST(ifx_hcl_format(once.data, once.len, &twice, &err));
  MUST(once.len == twice.len && (!once.len || memcmp(once.data, twice.data, once.len) == 0));
  ifx_hcl_free(&a);
  ifx_hcl_free(&b);
  ifx_buf_free(&modern);
  ifx_buf_free(&once);
  ifx_buf_free(&twice);
}

/* ---- edits ---- */

static const char *const pieces[] = {"1",
                                     "\"x ${y} z\"",
                                     "[\n  1,\n]",
                                     "<<E\nx\nE",
                                     "<<-E\n    x\n  E\n",
                                     "a = 1",
                                     "b {\n  c = 2\n}",
                                     "b \"l\" {}\n\nc = <<E\n  x\nE",
                                     "",
                                     "1 # c",
                                     "}\n",
                                     "\"",
                                     "x\ny = 1",
                                     "${",
                                     "a /* b */ .c",
                                     "{ a = 1 }"};

/* The bytes that are no white space. */
static IfxBuf solid(const char *text, size_t len) {
  IfxBuf out = {0};
  ifx_buf_room(&out, len + 1);
  for (size_t i = 0; i < len; i++)
    if (!strchr(" \t\r\n", text[i]) || !text[i]) ifx_buf_byte(&out, text[i]);
  return out;
}

/* One text is the other with something put in at one place, white space aside. */
static void check_one_place(const char *more, size_t more_len, const char *less, size_t less_len) {
  IfxBuf a = solid(more, more_len), b = solid(less, less_len);
  size_t before = 0, behind = 0;
  MUST(a.len >= b.len);
  while (before < b.len && a.data[before] == b.data[before]) before++;
  while (behind < b.len && a.data[a.len - 1 - behind] == b.data[b.len - 1 - behind]) behind++;
  MUST(before + behind >= b.len);
  ifx_buf_free(&a);
  ifx_buf_free(&b);
}

typedef struct Choice {
  uint8_t what, which, piece, name;
  uint16_t from, size;
} Choice;

/* Exactly [start, end) was replaced. */
static void check_replaced(const IfxHclDoc *d, const char *old, size_t old_len, size_t start,
                           size_t end, const char *put, size_t put_len) {
  MUST(d->len == old_len - (end - start) + put_len);
  MUST(memcmp(d->text, old, start) == 0);
  MUST(memcmp(d->text + start, put, put_len) == 0);
  MUST(memcmp(d->text + start + put_len, old + end, old_len - end) == 0);
}

static uint32_t any_item(const IfxHclDoc *d, uint32_t which) {
  uint32_t count = 0;
  for (int round = 0; round < 2; round++) {
    for (uint32_t n = d->tree.nodes[0].first; n; n = ifx_hcl_next(&d->tree, n)) {
      uint8_t kind = d->tree.nodes[n].kind;
      if (kind != IFX_HCL_BLOCK && kind != IFX_HCL_ATTRIBUTE) continue;
      if (round && count-- == 0) return n;
      if (!round) count++;
    }
    count = count ? which % count : 0;
  }
  return 0;
}

static bool edit_set(IfxHclDoc *d, const Choice *c, const char *old, size_t old_len, IfxErr *err) {
  static const char *const names[] = {"a", "b", "longer_name", "1", "\xC3\xA4"};
  const char *piece = pieces[c->piece % (sizeof pieces / sizeof *pieces)],
             *name = names[c->name % 5];
  uint32_t item = any_item(d, c->which), id = 0;
  if (item && d->tree.nodes[item].kind == IFX_HCL_BLOCK) id = ifx_hcl_id(d, item);
  uint32_t there = ifx_hcl_attribute(d, ifx_hcl_block(d, id), name, strlen(name));
  size_t len = strlen(piece), start = 0, end = 0;
  if (there) start = d->tree.nodes[d->tree.nodes[there].first].start;
  if (there) end = d->tree.nodes[d->tree.nodes[there].first].end;
  if (!ifx_hcl_set(d, id, name, strlen(name), piece, len, err)) return false;
  while (len && piece[len - 1] == '\n') len--;
  uint32_t now = ifx_hcl_attribute(d, ifx_hcl_block(d, id), name, strlen(name));
  MUST(now);
  const IfxHclNode *value = &d->tree.nodes[d->tree.nodes[now].first];
  MUST(value->end - value->start == len && memcmp(d->text + value->start, piece, len) == 0);
  if (there)
    check_replaced(d, old, old_len, start, end, piece, len);
  else
    check_one_place(d->text, d->len, old, old_len);
  return true;
}

static bool edit_remove(IfxHclDoc *d, const Choice *c, const char *old, size_t old_len,
                        IfxErr *err) {
  uint32_t item = any_item(d, c->which);
  uint32_t id = item && d->tree.nodes[item].kind == IFX_HCL_BLOCK ? ifx_hcl_id(d, item) : 0;
  if (!item) return true;
  if (!ifx_hcl_remove(d, item, err)) return false;
  MUST(!id || !ifx_hcl_block(d, id));
  check_one_place(old, old_len, d->text, d->len);
  return true;
}

static bool edit_append(IfxHclDoc *d, const Choice *c, const char *old, size_t old_len,
                        IfxErr *err) {
  const char *piece = pieces[c->piece % (sizeof pieces / sizeof *pieces)];
  uint32_t item = any_item(d, c->which), id = 0, before = d->tree.count;
  if (item && d->tree.nodes[item].kind == IFX_HCL_BLOCK) id = ifx_hcl_id(d, item);
  if (!ifx_hcl_append(d, id, piece, strlen(piece), err)) return false;
  MUST(d->tree.count > before);
  check_one_place(d->text, d->len, old, old_len);
  return true;
}

static bool edit_replace(IfxHclDoc *d, const Choice *c, const char *old, size_t old_len,
                         IfxErr *err) {
  const char *piece = pieces[c->piece % (sizeof pieces / sizeof *pieces)];
  size_t start = c->from % (d->len + 1), end = start + c->size % 16;
  if (end > d->len) end = d->len;
  if (!ifx_hcl_replace(d, start, end, piece, strlen(piece), err)) return false;
  check_replaced(d, old, old_len, start, end, piece, strlen(piece));
  return true;
}

static void check_edit(const Choice *c, const char *text, size_t len) {
  bool (*const edits[])(IfxHclDoc *, const Choice *, const char *, size_t,
                        IfxErr *) = {edit_set, edit_remove, edit_append, edit_replace};
  IfxHclDoc d = {0};
  IfxHclTree again;
  IfxErr err = {0};
  MUST(ifx_hcl_open(&d, text, len, "f", &err));
  if (!edits[c->what % 4](&d, c, text, len, &err)) {
    MUST(err.kind && err.message[0]);
    MUST(d.len == len && memcmp(d.text, text, len) == 0);
  }
  MUST(ifx_hcl_parse(&again, d.text, d.len, &err) && same_tree(&again, &d.tree));
  for (uint32_t i = 0; i < d.nblocks; i++) MUST(ifx_hcl_block(&d, d.ids[i]) == d.blocks[i]);
  for (uint32_t i = 0; i < d.nblocks; i++) MUST(ifx_hcl_id(&d, d.blocks[i]) == d.ids[i]);
  ifx_hcl_free(&again);
  ifx_hcl_close(&d);
}

/* The first eight bytes choose an edit, the rest is the text. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  IfxHclTree t;
  IfxErr err = {0};
  if (size < 8) return 0;
  const char *text = (const char *)data + 8;
  size_t len = size - 8;
  Choice c = {data[0], data[1], data[2], data[3], (uint16_t)(data[4] << 8 | data[5]), data[6]};
  if (len < 200 && ifx_hcl_is_utf8(text, len)) check_quote(text, len);
  if (!ifx_hcl_parse(&t, text, len, &err)) {
    MUST(!t.nodes);
    check_refusal(&err);
    return 0;
  }
  for (uint32_t n = 0;;) {
    check_node(&t, n);
    check_strings(&t, n);
    n = ifx_hcl_next(&t, n);
    if (!n) break;
  }
  ifx_hcl_free(&t);
  check_format(text, len);
  check_edit(&c, text, len);
  return 0;
}
