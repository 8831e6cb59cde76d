/* yaml_reread.c: what goyaml.v3 reads back of what it wrote. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_impl.h"

/* kyaml keeps an object as it was written, and writes and reads it once before it becomes JSON.
 * Some styles do not survive that: an empty value in flow style is written as '', which is a text;
 * a folded text gets a line break too many before a line that begins with white space (the look
 * ahead of the writer begins at the start of the text, not at the break); a block that begins with
 * a tab cannot be read. */

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* goyaml.v3's notion of it: no character beyond 16 bits. */
static bool is_printable(const unsigned char *s) {
  if (*s < ' ') return *s == '\n' || *s == '\t';
  if (*s == 0xC2) return s[1] >= 0xA0;
  if (*s == 0xEF && s[1] == 0xBB) return s[2] != 0xBF;
  if (*s == 0xEF && s[1] == 0xBF) return s[2] < 0xBE;
  return *s != 0x7F && *s < 0xF0;
}

/* What cannot stand in a block stands in double quotes. */
static bool can_be_block(const char *s, size_t len) {
  if (len == 0 || s[len - 1] == ' ') return false;
  for (size_t i = 0; i < len; i++)
    if ((s[i] == ' ' && s[i + 1] == '\n') || !is_printable((const unsigned char *)s + i))
      return false;
  return true;
}

/* The lines as they are written, without their indentation. */
static void write_folded(IfxBuf *out, const char *s, size_t len) {
  size_t first = strspn(s, "\n");
  bool breaks = true, leading = true, doubled = first < len && !is_blank(s[first]);
  for (size_t i = 0; i < len; i++) {
    if (s[i] == '\n') {
      if (!breaks && !leading && doubled) ifx_buf_byte(out, '\n');
      breaks = true;
    } else {
      if (breaks) leading = is_blank(s[i]);
      breaks = false;
    }
    ifx_buf_byte(out, s[i]);
  }
}

/* What a reader makes of these lines: one break between two lines that begin with no white space is
 * a space. */
static void read_folded(IfxBuf *out, const char *s, size_t len) {
  bool before = true; /* the line before begins with white space, or there is none */
  for (size_t i = 0; i < len;) {
    size_t end = i + strcspn(s + i, "\n"), next = end + strspn(s + end, "\n"), breaks = next - end;
    before = end > i ? is_blank(s[i]) : before;
    ifx_buf_add(out, s + i, end - i);
    bool folds = end > i && !before && next < len && !is_blank(s[next]);
    if (folds && breaks == 1) ifx_buf_byte(out, ' ');
    ifx_buf_fill(out, '\n', folds ? breaks - 1 : breaks);
    i = next;
  }
}

/* Of the breaks at the end as many stay as the first writer's indicator said: none, one or all. */
static void chomp(IfxBuf *out, const char *s, size_t len) {
  size_t had = 0, has = 0;
  while (had < len && s[len - 1 - had] == '\n') had++;
  while (has < out->len && out->data[out->len - 1 - has] == '\n') has++;
  if (had < 2) out->len -= has - (has < had ? has : had);
}

static const IfxNode *folded(IfxTree *t, const IfxNode *n) {
  IfxBuf lines = {0}, text = {0};
  write_folded(&lines, n->text, n->count);
  if (!lines.failed) read_folded(&text, lines.data, lines.len);
  chomp(&text, n->text, n->count);
  const IfxNode *out =
      lines.failed || text.failed ? NULL : ifx_node_scalar(t, IFX_NODE_STRING, text.data, text.len);
  ifx_buf_free(&lines);
  ifx_buf_free(&text);
  return out;
}

static bool is_empty_in_flow(const IfxNode *n) {
  return n->kind == IFX_NODE_NULL && n->quote == '\'' && n->count == 0;
}

/* Of a text that begins with a tab the reader takes that for indentation. */
static bool is_unreadable(const IfxNode *n) {
  return n->text[0] == '\t' &&
         (n->quote == '|' || (!ifx_node_quoted(n) && memchr(n->text, '\n', n->count)));
}

static bool is_special(const IfxNode *n) {
  if (n->kind != IFX_NODE_STRING) return is_empty_in_flow(n);
  return (n->quote == '>' || is_unreadable(n)) && can_be_block(n->text, n->count);
}

static bool changes(const IfxNode *n) {
  bool found = false;
  if (n->kind < IFX_NODE_LIST) return (n->quote || n->text[0] == '\t') && is_special(n);
  for (size_t i = 0; !found && n->kind == IFX_NODE_LIST && i < n->count; i++)
    found = changes(n->items[i]);
  for (size_t i = 0; !found && n->kind == IFX_NODE_MAP && i < n->count; i++)
    found = changes(n->fields[i].key) || changes(n->fields[i].value);
  return found;
}

typedef struct Rereading {
  IfxTree *tree;
  IfxErr *err;
} Rereading;

static const IfxNode *no_memory(const Rereading *r) {
  ifx_err_nomem(r->err);
  return NULL;
}

static const IfxNode *scalar(const Rereading *r, const IfxNode *n) {
  if (!is_special(n)) return n;
  if (n->kind == IFX_NODE_STRING && n->text[0] == '\t') {
    ifx_err_set(r->err, IFX_E_PARSE,
                "found a tab character where an indentation space is expected");
    ifx_err_hint(r->err,
                 "kustomize writes this text as a block, which no reader takes: write it in "
                 "double quotes");
    ifx_err_at(r->err, n->line, 0);
    return NULL;
  }
  const IfxNode *out = n->kind == IFX_NODE_STRING
                           ? folded(r->tree, n)
                           : ifx_node_scalar(r->tree, IFX_NODE_STRING, "", 0);
  if (!out) return no_memory(r);
  ((IfxNode *)(uintptr_t)out)->line = n->line; /* nobody else has seen it */
  return out;
}

static const IfxNode *reread(const Rereading *r, const IfxNode *n);

static const IfxNode *list(const Rereading *r, const IfxNode *n) {
  const IfxNode **items = ifx_tree_alloc(r->tree, (n->count + 1) * sizeof *items);
  bool same = true;
  if (!items) return no_memory(r);
  for (size_t i = 0; i < n->count; i++) {
    if (!(items[i] = reread(r, n->items[i]))) return NULL;
    same = same && items[i] == n->items[i];
  }
  const IfxNode *out = same ? n : ifx_node_list(r->tree, items, n->count);
  return out ? out : no_memory(r);
}

static const IfxNode *map(const Rereading *r, const IfxNode *n) {
  IfxField *fields = ifx_tree_alloc(r->tree, (n->count + 1) * sizeof *fields);
  bool same = true;
  if (!fields) return no_memory(r);
  for (size_t i = 0; i < n->count; i++) {
    const IfxField *f = &n->fields[i];
    fields[i] = (IfxField){scalar(r, f->key), reread(r, f->value)};
    if (!fields[i].key || !fields[i].value) return NULL;
    same = same && fields[i].key == f->key && fields[i].value == f->value;
  }
  const IfxNode *out = same ? n : ifx_node_map(r->tree, fields, n->count);
  return out ? out : no_memory(r);
}

static const IfxNode *reread(const Rereading *r, const IfxNode *n) {
  if (n->kind == IFX_NODE_LIST) return list(r, n);
  return n->kind == IFX_NODE_MAP ? map(r, n) : scalar(r, n);
}

const IfxNode *ifx_yaml_reread(IfxTree *t, const IfxNode *n, IfxErr *err) {
  Rereading r = {.tree = t, .err = err};
  if (!ifx_node_check(n, err)) return NULL;
  return changes(n) ? reread(&r, n) : n;
}
