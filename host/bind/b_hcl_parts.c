/* b_hcl_parts.c: what stands in the expressions of an HCL document. SPDX-License-Identifier:
 * Apache-2.0 */
#include <math.h>
#include <string.h>

#include "../core/hcl.h"
#include "bind.h"

static void set_integer(lua_State *L, const char *name, size_t n) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, bool v) {
  lua_pushboolean(L, v);
  lua_setfield(L, -2, name);
}

static void set_bytes(lua_State *L, const char *name, const IfxHclDoc *d, size_t start,
                      size_t end) {
  lua_pushlstring(L, d->text + start, end - start);
  lua_setfield(L, -2, name);
}

static void set_span(lua_State *L, const IfxHclNode *n) {
  set_integer(L, "start", n->start + 1u);
  set_integer(L, "stop", n->end);
}

static void new_list(lua_State *L) {
  lua_newtable(L);
  ifx_mark_list(L);
}

/* Span, line, column, attribute and block of an expression. */
static void set_place(lua_State *L, IfxHclDoc *d, uint32_t n) {
  uint32_t line, column, a = ifx_hcl_around(&d->tree, n, IFX_HCL_ATTRIBUTE);
  const IfxHclNode *attribute = &d->tree.nodes[a];
  set_span(L, &d->tree.nodes[n]);
  ifx_hcl_place(&d->tree, d->tree.nodes[n].start, &line, &column);
  set_integer(L, "line", line);
  set_integer(L, "column", column);
  if (!a) return;
  set_bytes(L, "attribute", d, attribute->name, attribute->name_end);
  if (attribute->up) set_integer(L, "block", ifx_hcl_id(d, attribute->up));
}

/* ---- traversals ---- */

static bool is_traversal(const IfxHclTree *t, uint32_t n) {
  const IfxHclNode *node = &t->nodes[n];
  if (node->kind == IFX_HCL_TRAVERSAL) return t->nodes[node->first].kind == IFX_HCL_VARIABLE;
  return node->kind == IFX_HCL_VARIABLE && t->nodes[node->up].kind != IFX_HCL_TRAVERSAL &&
         !ifx_hcl_bare_key(t, n);
}

static void set_names(lua_State *L, const IfxHclDoc *d, uint32_t root) {
  const IfxHclTree *t = &d->tree;
  bool alone = t->nodes[t->nodes[root].up].kind != IFX_HCL_TRAVERSAL;
  lua_Integer count = 0;
  new_list(L);
  for (uint32_t n = root; n; n = alone ? 0 : t->nodes[n].next) {
    const IfxHclNode *step = &t->nodes[n];
    if (n != root && step->kind != IFX_HCL_STEP) break;
    if (n != root && d->text[step->name] >= '0' && d->text[step->name] <= '9') break;
    lua_pushlstring(L, d->text + step->name, step->name_end - step->name);
    lua_rawseti(L, -2, ++count);
  }
  lua_setfield(L, -2, "names");
}

static void push_traversal(lua_State *L, IfxHclDoc *d, uint32_t n) {
  const IfxHclNode *node = &d->tree.nodes[n];
  uint32_t root = node->kind == IFX_HCL_TRAVERSAL ? node->first : n;
  lua_createtable(L, 0, 10);
  set_place(L, d, n);
  set_bytes(L, "root", d, d->tree.nodes[root].name, d->tree.nodes[root].name_end);
  set_names(L, d, root);
  set_bytes(L, "text", d, node->start, node->end);
  set_boolean(L, "bound", ifx_hcl_bound(&d->tree, root));
}

void ifx_push_hcl_traversals(lua_State *L, IfxHclDoc *d) {
  lua_Integer count = 0;
  new_list(L);
  for (uint32_t n = d->tree.nodes[0].first; n; n = ifx_hcl_next(&d->tree, n)) {
    if (!is_traversal(&d->tree, n)) continue;
    push_traversal(L, d, n);
    lua_rawseti(L, -2, ++count);
  }
}

/* ---- calls ---- */

static void set_call_name(lua_State *L, const IfxHclDoc *d, const char *field, uint32_t n) {
  ifx_push_hcl_string(L, &d->tree, n);
  lua_setfield(L, -2, field);
}

static void push_call(lua_State *L, IfxHclDoc *d, uint32_t n) {
  const IfxHclNode *node = &d->tree.nodes[n];
  lua_createtable(L, 0, 9);
  set_place(L, d, n);
  set_call_name(L, d, "name", n);
  set_boolean(L, "expand", node->flags & IFX_HCL_EXPAND);
  new_list(L);
  for (uint32_t arg = node->first; arg; arg = d->tree.nodes[arg].next) {
    lua_createtable(L, 0, 2);
    set_span(L, &d->tree.nodes[arg]);
    lua_rawseti(L, -2, d->tree.nodes[arg].index + 1);
  }
  lua_setfield(L, -2, "args");
}

void ifx_push_hcl_calls(lua_State *L, IfxHclDoc *d, const char *name, size_t len) {
  lua_Integer count = 0;
  new_list(L);
  for (uint32_t n = d->tree.nodes[0].first; n; n = ifx_hcl_next(&d->tree, n)) {
    if (d->tree.nodes[n].kind != IFX_HCL_CALL) continue;
    ifx_push_hcl_string(L, &d->tree, n);
    size_t is_len;
    const char *is = lua_tolstring(L, -1, &is_len);
    bool wanted = !name || (is_len == len && memcmp(is, name, len) == 0);
    lua_pop(L, 1);
    if (!wanted) continue;
    push_call(L, d, n);
    lua_rawseti(L, -2, ++count);
  }
}

/* ---- strings ---- */

static bool constant(const IfxHclTree *t, uint32_t string) {
  for (uint32_t c = t->nodes[string].first; c; c = t->nodes[c].next)
    if (t->nodes[c].kind != IFX_HCL_TEXT) return false;
  return true;
}

static void push_part(lua_State *L, IfxHclDoc *d, uint32_t n) {
  const IfxHclTree *t = &d->tree;
  const IfxHclNode *part = &t->nodes[n], *last = &t->nodes[part->last];
  lua_createtable(L, 0, 5);
  set_span(L, part);
  if (part->kind == IFX_HCL_TEXT) {
    ifx_push_hcl_string(L, t, n);
    lua_setfield(L, -2, "text");
    set_bytes(L, "raw", d, part->start, part->end);
    return;
  }
  if (part->kind == IFX_HCL_DIRECTIVE) set_bytes(L, "directive", d, part->name, part->name_end);
  if (!part->first) return; /* else, endif, endfor */
  set_bytes(L, "expr", d, last->start, last->end);
  if (is_traversal(t, part->last)) set_bytes(L, "traversal", d, last->start, last->end);
}

static void set_parts(lua_State *L, IfxHclDoc *d, uint32_t n) {
  lua_Integer count = 0;
  new_list(L);
  for (uint32_t c = d->tree.nodes[n].first; c; c = d->tree.nodes[c].next) {
    push_part(L, d, c);
    lua_rawseti(L, -2, ++count);
  }
  lua_setfield(L, -2, "parts");
}

/* The innermost call around `n`, and in which argument; parentheses are looked through. */
static void set_call(lua_State *L, const IfxHclDoc *d, uint32_t n) {
  const IfxHclTree *t = &d->tree;
  bool direct = true;
  uint32_t c = n, up = t->nodes[n].up;
  for (; up && t->nodes[up].kind != IFX_HCL_CALL; c = up, up = t->nodes[up].up)
    direct = direct && t->nodes[up].kind == IFX_HCL_PAREN;
  set_boolean(L, "direct", up && direct);
  if (!up) return;
  set_call_name(L, d, "call", up);
  set_integer(L, "arg", t->nodes[c].index + 1u);
}

/* What a key stands for; false: it is no constant, and nothing is pushed. */
static bool push_key(lua_State *L, const IfxHclDoc *d, uint32_t key) {
  const IfxHclTree *t = &d->tree;
  while (t->nodes[key].kind == IFX_HCL_PAREN) key = t->nodes[key].first;
  const IfxHclNode *node = &t->nodes[key];
  if (ifx_hcl_bare_key(t, key) || node->kind == IFX_HCL_NUMBER)
    lua_pushlstring(L, d->text + node->start, node->end - node->start);
  else if ((node->kind == IFX_HCL_QUOTED || node->kind == IFX_HCL_HEREDOC) && constant(t, key))
    ifx_push_hcl_string(L, t, key);
  else
    return false;
  return true;
}

static void set_key(lua_State *L, const IfxHclDoc *d, uint32_t n) {
  const IfxHclTree *t = &d->tree;
  uint32_t c = n, up = t->nodes[n].up;
  set_boolean(L, "is_key", t->nodes[up].kind == IFX_HCL_ITEM && t->nodes[n].index == 0);
  for (; up; c = up, up = t->nodes[up].up)
    if (t->nodes[up].kind == IFX_HCL_ITEM && t->nodes[c].index == 1) break;
  if (up && push_key(L, d, t->nodes[up].first)) lua_setfield(L, -2, "key");
}

static void push_string(lua_State *L, IfxHclDoc *d, uint32_t n) {
  const IfxHclNode *node = &d->tree.nodes[n];
  lua_createtable(L, 0, 17);
  set_place(L, d, n);
  lua_pushstring(L, node->kind == IFX_HCL_QUOTED ? "quoted" : "heredoc");
  lua_setfield(L, -2, "style");
  set_integer(L, "inner_start", node->inner + 1u);
  set_integer(L, "inner_stop", node->inner_end);
  if (constant(&d->tree, n)) {
    ifx_push_hcl_string(L, &d->tree, n);
    lua_setfield(L, -2, "value");
  }
  set_parts(L, d, n);
  set_boolean(L, "whole", d->tree.nodes[node->up].kind == IFX_HCL_ATTRIBUTE);
  set_call(L, d, n);
  set_key(L, d, n);
}

void ifx_push_hcl_strings(lua_State *L, IfxHclDoc *d) {
  lua_Integer count = 0;
  new_list(L);
  for (uint32_t n = d->tree.nodes[0].first; n; n = ifx_hcl_next(&d->tree, n)) {
    if (d->tree.nodes[n].kind != IFX_HCL_QUOTED && d->tree.nodes[n].kind != IFX_HCL_HEREDOC)
      continue;
    push_string(L, d, n);
    lua_rawseti(L, -2, ++count);
  }
}

/* ---- values ---- */

/* Each pushes the value and returns true, or returns false with *bad the node that is no constant;
 * the stack is then as high as it happens to be. */
static bool push_value(lua_State *L, IfxHclDoc *d, uint32_t n, uint32_t *bad);

static bool push_number(lua_State *L, const IfxHclDoc *d, const IfxHclNode *n, bool minus) {
  lua_pushstring(L, minus ? "-" : "");
  lua_pushlstring(L, d->text + n->start, n->end - n->start);
  lua_concat(L, 2);
  const char *text = lua_tostring(L, -1);
  bool whole = !strpbrk(text, ".eE");
  if (!lua_stringtonumber(L, text)) return false;
  if (whole && !lua_isinteger(L, -1)) return false; /* more than 64 bits */
  if (isinf(lua_tonumber(L, -1))) return false;
  lua_remove(L, -2);
  return true;
}

static bool push_items(lua_State *L, IfxHclDoc *d, const IfxHclNode *tuple, uint32_t *bad) {
  lua_Integer count = 0;
  new_list(L);
  for (uint32_t n = tuple->first; n; n = d->tree.nodes[n].next) {
    if (!push_value(L, d, n, bad)) return false;
    lua_rawseti(L, -2, ++count);
  }
  return true;
}

static bool push_pairs(lua_State *L, IfxHclDoc *d, const IfxHclNode *object, uint32_t *bad) {
  lua_Integer count = 0;
  lua_newtable(L);
  int map = lua_gettop(L);
  lua_newtable(L); /* the order of the keys */
  for (uint32_t n = object->first; n; n = d->tree.nodes[n].next) {
    uint32_t key = d->tree.nodes[n].first;
    *bad = key;
    if (!push_key(L, d, key)) return false;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, map) == LUA_TNIL) {
      lua_pushvalue(L, -2);
      lua_rawseti(L, map + 1, ++count);
    }
    lua_pop(L, 1);
    if (!push_value(L, d, d->tree.nodes[n].last, bad)) return false;
    lua_rawset(L, map);
  }
  ifx_set_order(L, map, map + 1);
  lua_settop(L, map);
  return true;
}

static bool push_keyword(lua_State *L, const IfxHclDoc *d, const IfxHclNode *n) {
  char c = d->text[n->start];
  if (c == 'n')
    ifx_push_null(L);
  else
    lua_pushboolean(L, c == 't');
  return true;
}

static bool push_value(lua_State *L, IfxHclDoc *d, uint32_t n, uint32_t *bad) {
  const IfxHclNode *node = &d->tree.nodes[n];
  *bad = n;
  luaL_checkstack(L, 8, "an HCL value");
  switch (node->kind) {
  case IFX_HCL_NUMBER: return push_number(L, d, node, false);
  case IFX_HCL_KEYWORD: return push_keyword(L, d, node);
  case IFX_HCL_PAREN: return push_value(L, d, node->first, bad);
  case IFX_HCL_TUPLE: return push_items(L, d, node, bad);
  case IFX_HCL_OBJECT: return push_pairs(L, d, node, bad);
  case IFX_HCL_UNARY:
    return d->text[node->start] == '-' && d->tree.nodes[node->first].kind == IFX_HCL_NUMBER &&
           push_number(L, d, &d->tree.nodes[node->first], true);
  case IFX_HCL_QUOTED:
  case IFX_HCL_HEREDOC:
    if (!constant(&d->tree, n)) return false;
    ifx_push_hcl_string(L, &d->tree, n);
    return true;
  default: return false;
  }
}

/* The beginning of its text: what of the first line 60 bytes hold. */
static void push_beginning(lua_State *L, const IfxHclDoc *d, const IfxHclNode *n) {
  const char *text = d->text + n->start;
  size_t len = n->end - n->start, most = len > 60 ? 60 : len;
  const char *eol = memchr(text, '\n', most);
  if (eol) most = (size_t)(eol - text) - (eol > text && eol[-1] == '\r');
  while (most && most < len && ((unsigned char)text[most] & 0xC0) == 0x80) most--;
  lua_pushlstring(L, text, most);
}

int ifx_push_hcl_value(lua_State *L, IfxHclDoc *d, uint32_t n) {
  uint32_t bad, line, column;
  if (push_value(L, d, n, &bad)) return 1;
  const IfxHclNode *node = &d->tree.nodes[bad];
  bool number = node->kind == IFX_HCL_NUMBER ||
                (node->kind == IFX_HCL_UNARY && d->tree.nodes[node->first].kind == IFX_HCL_NUMBER);
  ifx_hcl_place(&d->tree, node->start, &line, &column);
  lua_pushnil(L);
  push_beginning(L, d, node);
  lua_pushfstring(L, "line %d, column %d: %s %s", (int)line, (int)column, lua_tostring(L, -1),
                  number ? "is more than 64 bits hold" : "is not constant");
  lua_remove(L, -2);
  return 2;
}
