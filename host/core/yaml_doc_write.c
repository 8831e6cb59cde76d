/* yaml_doc_write.c: values as text in a given style. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

void ydoc_write_string(Pen *p, const char *s, size_t len, IfxYamlStyle style, bool flow) {
  if (style == IFX_YAML_SINGLE || style == IFX_YAML_DOUBLE)
    ifx_yaml_write_quoted(p->out, s, len, style);
  else
    ifx_yaml_write_string(p->out, s, len, p->quote, flow);
}

void ydoc_write_scalar(Pen *p, const IfxYval *v, bool flow) {
  switch (v->kind) {
  case IFX_YVAL_NULL: ifx_buf_str(p->out, "null"); break;
  case IFX_YVAL_BOOL: ifx_buf_str(p->out, v->boolean ? "true" : "false"); break;
  case IFX_YVAL_INT: ifx_buf_fmt(p->out, "%lld", (long long)v->integer); break;
  case IFX_YVAL_REAL: ifx_yaml_write_real(p->out, v->real); break;
  case IFX_YVAL_SEQ: ifx_buf_str(p->out, "[]"); break;
  case IFX_YVAL_MAP: ifx_buf_str(p->out, "{}"); break;
  case IFX_YVAL_STR: ydoc_write_string(p, v->str, v->len, p->style, flow); break;
  }
}

void ydoc_write_key(Pen *p, const IfxYval *key, bool flow) {
  if (key->kind == IFX_YVAL_STR)
    ydoc_write_string(p, key->str, key->len, p->key_style, flow);
  else
    ydoc_write_scalar(p, key, flow);
}

void ydoc_write_colon(Pen *p) {
  if (p->out->failed) return;
  bool plain = !strchr("'\"", p->out->data[p->out->len - 1]);
  ifx_buf_str(p->out,
              plain && !strchr(p->colon, ' ') ? ": " : p->colon); /* a:1 would be one scalar */
}

void ydoc_write_flow(Pen *p, const IfxYval *v) {
  if (!ydoc_is_block(v)) {
    ydoc_write_scalar(p, v, true);
    return;
  }
  bool map = v->kind == IFX_YVAL_MAP;
  ifx_buf_byte(p->out, map ? '{' : '[');
  for (const IfxYval *c = v->first; c; c = c->next) {
    if (c != v->first) ifx_buf_str(p->out, p->comma);
    if (map) {
      ydoc_write_key(p, c, true);
      ydoc_write_colon(p);
      c = c->next;
    }
    ydoc_write_flow(p, c);
  }
  ifx_buf_byte(p->out, map ? '}' : ']');
}

bool ydoc_is_block(const IfxYval *v) {
  return (v->kind == IFX_YVAL_SEQ || v->kind == IFX_YVAL_MAP) && v->first;
}

/* ---- block scalars ---- */

/* Characters that a block scalar cannot hold as they are: controls, and what some reader takes for
 * a line break. */
static bool needs_escape(const char *s, size_t len) {
  for (size_t i = 0, n; i < len; i += n) {
    uint32_t c = ifx_yaml_char(s + i, len - i, &n);
    if (c == '\n' || c == '\t') continue;
    if (c < 0x20 || !ifx_yaml_char_ok(c) || c == 0x85 || c == 0x2028 || c == 0x2029) return true;
  }
  return false;
}

bool ydoc_literal_ok(const char *s, size_t len, bool folded) {
  size_t start = 0;
  while (start < len && s[start] == '\n') start++;
  if (start == len || needs_escape(s, len)) return false;
  for (size_t i = 0; folded && i < len; i++)
    if ((s[i] == ' ' || s[i] == '\t') && (i == 0 || s[i - 1] == '\n')) return false;
  return true;
}

void ydoc_literal_head(Pen *p, const IfxYval *v, const BlockHead *head) {
  long outer = head->parent > 0 ? head->parent : 0;
  bool line = v->str[v->len - 1] == '\n', lines = line && v->len > 1 && v->str[v->len - 2] == '\n';
  ifx_buf_byte(p->out, head->mark);
  if (head->digit || strchr(" \t\n", v->str[0]))
    ifx_buf_fmt(p->out, "%ld", (long)head->column - outer);
  if (!line)
    ifx_buf_byte(p->out, '-');
  else if (lines || head->keep)
    ifx_buf_byte(p->out, '+');
}

void ydoc_literal_body(Pen *p, const IfxYval *v, bool folded, size_t column) {
  size_t len =
      v->len - (v->str[v->len - 1] == '\n'); /* the break that ends the line ends the value */
  size_t text = 0;                           /* where the first line with content begins */
  size_t tail = len;                         /* where the last one ends */
  while (v->str[text] == '\n') text++;
  while (tail > text && v->str[tail - 1] == '\n') tail--;
  for (size_t i = 0; i <= len;) {
    const char *nl = memchr(v->str + i, '\n', len - i);
    size_t n = nl ? (size_t)(nl - v->str) - i : len - i;
    ifx_buf_str(p->out, p->eol);
    if (n) ifx_buf_fill(p->out, ' ', column);
    ifx_buf_add(p->out, v->str + i, n);
    i += n + 1;
    if (folded && n && i - 1 > text && i - 1 < tail)
      ifx_buf_str(p->out, p->eol); /* folding takes one */
  }
}

bool ydoc_as_literal(const Pen *p, const IfxYval *v) {
  return v->kind == IFX_YVAL_STR && !p->one_line && p->style == IFX_YAML_PLAIN &&
         memchr(v->str, '\n', v->len) && ydoc_literal_ok(v->str, v->len, false);
}

/* ---- block collections ---- */

void ydoc_write_after(Pen *p, const IfxYval *v, size_t column, bool item) {
  size_t inside = column + (item ? 1 + p->pad : v->kind == IFX_YVAL_SEQ ? p->list : p->step);
  if (ydoc_is_block(v) && !item) {
    ifx_buf_str(p->out, p->eol);
    ifx_buf_fill(p->out, ' ', inside);
  } else {
    ifx_buf_fill(p->out, ' ', item ? p->pad : 1);
  }
  if (ydoc_is_block(v)) {
    ydoc_write_block(p, v, inside);
  } else if (ydoc_as_literal(p, v)) {
    BlockHead head = {.mark = '|', .column = inside, .parent = (long)column};
    ydoc_literal_head(p, v, &head);
    ydoc_literal_body(p, v, false, inside);
  } else {
    ydoc_write_scalar(p, v, false);
  }
}

void ydoc_write_block(Pen *p, const IfxYval *v, size_t column) {
  bool item = v->kind == IFX_YVAL_SEQ;
  for (const IfxYval *c = v->first; c; c = c->next) {
    if (c != v->first) {
      ifx_buf_str(p->out, p->eol);
      ifx_buf_fill(p->out, ' ', column);
    }
    if (item) {
      ifx_buf_byte(p->out, '-');
    } else {
      ydoc_write_key(p, c, false);
      ifx_buf_byte(p->out, ':');
      c = c->next;
    }
    ydoc_write_after(p, c, column, item);
  }
}
