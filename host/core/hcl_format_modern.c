/* hcl_format_modern.c: spellings of older versions to those of the canonical style.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hcl_impl.h"

typedef struct Modern {
  const IfxHclTree *tree;
  const IfxHclTokens *tokens;
  uint32_t token;  /* all before it begin before the expression in question */
  uint32_t copied; /* up to here the text is in `out` */
  IfxBuf *out;
} Modern;

/* Copy up to `start`; what the caller adds stands in the place of [start, end). */
static void splice(Modern *m, uint32_t start, uint32_t end) {
  ifx_buf_add(m->out, m->tree->text + m->copied, start - m->copied);
  m->copied = end;
}

/* ---- labels: in quotes, nothing between them ---- */

static void modernize_labels(Modern *m, uint32_t block) {
  const IfxHclTree *t = m->tree;
  const IfxHclNode *b = &t->nodes[block];
  uint32_t last = 0;
  for (uint32_t n = b->first; n && t->nodes[n].kind == IFX_HCL_LABEL; n = t->nodes[n].next)
    last = n;
  if (!last) return;
  splice(m, b->name_end, t->nodes[last].end);
  for (uint32_t n = b->first; n; n = n == last ? 0 : t->nodes[n].next) {
    IfxBuf label = {0};
    ifx_hcl_string(t, n, &label);
    ifx_buf_byte(m->out, ' ');
    ifx_hcl_quote(m->out, label.data ? label.data : "", label.len);
    m->out->failed |= label.failed;
    ifx_buf_free(&label);
  }
}

/* ---- "${expression}": the expression ---- */

typedef struct Inside {
  uint32_t from, to; /* tokens, without the line breaks at both ends */
  bool lines;        /* a line break is left */
} Inside;

static bool newline(const IfxHclToken *t) { return t->type == IFX_HT_NEWLINE; }

/* Is the quoted template at m->token one interpolation, in which no other sequence stands outside
 * of quotes? Without a line break nothing is put around it: then no comment may end a line. */
static bool unwraps(const Modern *m, const IfxHclNode *quoted, Inside *in) {
  const IfxHclToken *t = m->tokens->items;
  const IfxHclNode *part = &m->tree->nodes[quoted->first];
  if (quoted->count != 1 || part->kind != IFX_HCL_INTERP) return false;
  in->from = m->token + 2;
  in->to = in->from;
  int quotes = 0;
  bool comment = false;
  for (; t[in->to + 1].end < quoted->end; in->to++) {
    const IfxHclToken *k = &t[in->to];
    quotes += (k->type == IFX_HT_OQUOTE) - (k->type == IFX_HT_CQUOTE);
    comment |= k->type == IFX_HT_COMMENT && m->tree->text[k->end - 1] == '\n';
    if (quotes == 0 && (k->type == IFX_HT_INTERP || k->type == IFX_HT_SEQ_END)) return false;
  }
  while (in->from < in->to && newline(&t[in->from])) in->from++;
  while (in->from < in->to && newline(&t[in->to - 1])) in->to--;
  in->lines = false;
  for (uint32_t i = in->from; i < in->to; i++) in->lines |= newline(&t[i]);
  return in->lines || !comment;
}

/* The closing marker of a heredoc must stay alone on its line. */
static bool fits(const Modern *m, const IfxHclNode *quoted, const Inside *in) {
  const char *text = m->tree->text;
  uint32_t at = quoted->end;
  if (m->tokens->items[in->to - 1].type != IFX_HT_CHEREDOC) return true;
  while (at < m->tree->len && ifx_hcl_is_blank(text[at])) at++;
  return ifx_hcl_break(text, m->tree->len, at) > 0;
}

/* One in another is unwrapped too: the result is what a second run would leave. */
static void unwrap(Modern *m, const IfxHclNode *quoted) {
  const IfxHclToken *t = m->tokens->items;
  const IfxHclNode *inner = quoted;
  Inside in, next;
  if (!unwraps(m, quoted, &in) || !fits(m, quoted, &in)) return;
  while (!in.lines) {
    inner = &m->tree->nodes[m->tree->nodes[inner->first].first];
    if (inner->kind != IFX_HCL_QUOTED || t[in.from].start != inner->start ||
        t[in.to - 1].end != inner->end)
      break;
    m->token = in.from;
    if (!unwraps(m, inner, &next) || !fits(m, quoted, &next)) break;
    in = next;
  }
  bool parens = t[in.from].type == IFX_HT_OPAREN && t[in.to - 1].type == IFX_HT_CPAREN;
  splice(m, quoted->start, quoted->end);
  if (in.lines && !parens) ifx_buf_byte(m->out, '(');
  ifx_buf_add(m->out, m->tree->text + t[in.from].start, t[in.to - 1].end - t[in.from].start);
  if (in.lines && !parens) ifx_buf_byte(m->out, ')');
}

/* ---- types of variables ---- */

/* "string" in quotes, and collections without what they hold. */
static void modernize_type(Modern *m, const IfxHclNode *value) {
  static const struct {
    const char *old, *now;
  } types[] = {{"\"string\"", "string"}, {"\"list\"", "list(string)"}, {"\"map\"", "map(string)"},
               {"list", "list(any)"},    {"map", "map(any)"},          {"set", "set(any)"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    size_t n = strlen(types[i].old);
    if (value->end - value->start != n) continue;
    if (memcmp(m->tree->text + value->start, types[i].old, n) != 0) continue;
    splice(m, value->start, value->end);
    ifx_buf_str(m->out, types[i].now);
  }
}

static bool is_type(const IfxHclTree *t, uint32_t attribute) {
  uint32_t block = t->nodes[attribute].up;
  return block && !t->nodes[block].up && ifx_hcl_named(t, block, "variable", 8) &&
         ifx_hcl_named(t, attribute, "type", 4);
}

static void modernize_attribute(Modern *m, uint32_t attribute) {
  const IfxHclNode *value = &m->tree->nodes[m->tree->nodes[attribute].first];
  while (m->tokens->items[m->token].start < value->start) m->token++;
  if (is_type(m->tree, attribute))
    modernize_type(m, value);
  else if (value->kind == IFX_HCL_QUOTED)
    unwrap(m, value);
}

bool ifx_hcl_modernize(const char *text, size_t len, IfxBuf *out, IfxErr *err) {
  IfxHclTokens tokens = {0};
  IfxHclTree t = {0};
  bool ok = ifx_hcl_parse_tokens(&t, text, len, &tokens, err);
  Modern m = {.tree = &t, .tokens = &tokens, .copied = t.lines ? t.lines[0] : 0, .out = out};
  for (uint32_t n = ok ? t.nodes[0].first : 0; n; n = ifx_hcl_next(&t, n)) {
    if (t.nodes[n].kind == IFX_HCL_BLOCK) modernize_labels(&m, n);
    if (t.nodes[n].kind == IFX_HCL_ATTRIBUTE) modernize_attribute(&m, n);
  }
  if (ok) splice(&m, (uint32_t)len, (uint32_t)len);
  if (ok && out->failed) ok = ifx_err_nomem(err);
  ifx_hcl_free(&t);
  free(tokens.items);
  return ok;
}
