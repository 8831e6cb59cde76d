/* yaml_json.c: what a way through JSON does to values. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

#define SMALL 6 /* digits, or a sign and digits */

typedef struct Way {
  IfxTree *tree;
  IfxErr *err;
} Way;

static const IfxNode *no_memory(const Way *w) {
  ifx_err_nomem(w->err);
  return NULL;
}

static const IfxNode *scalar(const Way *w, IfxNodeKind kind, const char *text, size_t len) {
  const IfxNode *n = ifx_node_scalar(w->tree, kind, text, len);
  return n ? n : no_memory(w);
}

/* ---- numbers ---- */

static bool is_plain_integer(const IfxNode *n) {
  const char *s = n->text + (n->text[0] == '-');
  return *s >= '1' && *s <= '9' && s[strspn(s, "0123456789")] == '\0';
}

/* The one spelling of a value, which is what is printed; dates are texts from then on. */
static const IfxNode *spelled(const Way *w, const IfxNode *n) {
  IfxBuf text = {0};
  const IfxNode *out = NULL;
  if (ifx_yaml_write_canonical(&text, n, w->err)) {
    bool date = n->kind == IFX_NODE_TIME; /* in quotes */
    size_t len = text.len - 1;            /* the line feed */
    out = date ? scalar(w, IFX_NODE_STRING, text.data + 1, len - 2)
               : scalar(w, (IfxNodeKind)n->kind, text.data, len);
  }
  ifx_buf_free(&text);
  return out;
}

/* As a double, as Go writes one: from a million on with an exponent. */
static const IfxNode *number(const Way *w, const IfxNode *n) {
  char text[IFX_YAML_NUMBER];
  if (is_plain_integer(n) && n->count <= SMALL && !n->quote) return n;
  n = spelled(w, n);
  if (!n) return NULL;
  ifx_yaml_shortest(text, strtod(n->text, NULL));
  return scalar(w, ifx_yaml_kind(text, strlen(text)), text, strlen(text));
}

/* ---- texts, lists and maps ---- */

/* The quotes that a text gets which would be something else without them, or no YAML; 0: none. */
static char quote_of(const IfxNode *n) {
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  IfxYamlText text;
  if (memchr(n->text, '\n', n->count) ||
      ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_KUBERNETES).type != IFX_YAML_STR)
    return '"';
  if (!ifx_yaml_text_look(&text, n->text, n->count) || text.next_line) return 0;
  if (text.style == IFX_YAML_PLAIN) return 0;
  return text.style == IFX_YAML_SINGLE ? '\'' : '"';
}

static const IfxNode *string(const Way *w, const IfxNode *n) {
  const IfxNode *out = ifx_node_quote(w->tree, n, quote_of(n));
  if (out == n && !n->line) /* what was put into several places is several nodes behind it */
    out = ifx_node_scalar(w->tree, IFX_NODE_STRING, n->text, n->count);
  return out ? out : no_memory(w);
}

static const IfxNode *value(const Way *w, const IfxNode *n);

static const IfxNode *list(const Way *w, const IfxNode *n) {
  const IfxNode **items = ifx_tree_alloc(w->tree, (n->count + 1) * sizeof *items);
  bool same = true;
  if (!items) return no_memory(w);
  for (size_t i = 0; i < n->count; i++) {
    if (!(items[i] = value(w, n->items[i]))) return NULL;
    same = same && items[i] == n->items[i];
  }
  if (same) return n;
  const IfxNode *out = ifx_node_list(w->tree, items, n->count);
  return out ? out : no_memory(w);
}

static const IfxNode *bad_key(const Way *w, const IfxNode *key) {
  char quoted[96];
  ifx_yaml_quote(quoted, sizeof quoted, key->text, key->count);
  ifx_err_set(w->err, IFX_E_PARSE, "%s is a key that is no string", quoted);
  ifx_err_at(w->err, key->line, 0);
  return NULL;
}

static const IfxNode *map(const Way *w, const IfxNode *n) {
  IfxField *fields = ifx_tree_alloc(w->tree, (n->count + 1) * sizeof *fields);
  bool same = true;
  if (!fields) return no_memory(w);
  for (size_t i = 0; i < n->count; i++) {
    const IfxNode *key = n->fields[i].key;
    if (key->kind != IFX_NODE_STRING) return bad_key(w, key);
    fields[i] = (IfxField){key->quote == '>' ? string(w, key) : key, value(w, n->fields[i].value)};
    if (!fields[i].key || !fields[i].value) return NULL;
    same = same && fields[i].key == key && fields[i].value == n->fields[i].value;
  }
  if (same) return n;
  const IfxNode *out = ifx_node_map(w->tree, fields, n->count);
  return out ? out : no_memory(w);
}

static const IfxNode *value(const Way *w, const IfxNode *n) {
  switch (n->kind) {
  case IFX_NODE_NULL: return ifx_node_is_text(n, "null") ? n : spelled(w, n);
  case IFX_NODE_INT:
  case IFX_NODE_REAL: return number(w, n);
  case IFX_NODE_LIST: return list(w, n);
  case IFX_NODE_MAP: return map(w, n);
  case IFX_NODE_STRING: return string(w, n);
  default: return spelled(w, n);
  }
}

const IfxNode *ifx_yaml_through_json(IfxTree *t, const IfxNode *n, IfxErr *err) {
  Way w = {.tree = t, .err = err};
  return ifx_node_check(n, err) ? value(&w, n) : NULL;
}
