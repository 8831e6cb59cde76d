/* b_hcl.c: the module hcl: documents, their blocks and attributes. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "../core/hcl.h"
#include "bind.h"

#define DOCUMENT_META "ifx.hcl.document"

static IfxHclDoc *check_document(lua_State *L) {
  IfxHclDoc *d = luaL_testudata(L, 1, DOCUMENT_META);
  if (!d)
    ifx_raise_argument(L, 1, "hcl document expected, got %s; call its methods with a colon",
                       luaL_typename(L, 1));
  return d;
}

static int document_close(lua_State *L) {
  ifx_hcl_close(check_document(L));
  return 0;
}

/* The document, which close() has not emptied. */
static IfxHclDoc *open_document(lua_State *L) {
  IfxHclDoc *d = check_document(L);
  if (!d->text) ifx_raise_argument(L, 1, "the document is closed");
  return d;
}

static int raise_from(lua_State *L, IfxErr *err, const char *op) {
  snprintf(err->op, sizeof err->op, "%s", op);
  return ifx_raise(L, err);
}

static int hcl_document(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", NULL, NULL);
  IfxHclDoc *d = lua_newuserdatauv(L, sizeof *d, 0);
  memset(d, 0, sizeof *d);
  luaL_setmetatable(L, DOCUMENT_META);
  return ifx_hcl_open(d, text, len, file, &err) ? 1 : raise_from(L, &err, "hcl.document");
}

/* ---- arguments ---- */

/* The id that an integer, or the field `name` of a table, at `arg` gives; nil: 0, the file. */
static uint32_t check_id(lua_State *L, IfxHclDoc *d, int arg, const char *name) {
  if (lua_isnoneornil(L, arg)) return 0;
  bool table = lua_istable(L, arg);
  if (table)
    lua_getfield(L, arg, name);
  else
    lua_pushvalue(L, arg);
  if (table && lua_isnil(L, -1) && strcmp(name, "block") == 0) {
    lua_pop(L, 1);
    return 0;
  }
  lua_Integer id = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
  lua_pop(L, 1);
  if (id < 1 || id > UINT32_MAX) ifx_raise_argument(L, arg, "a block or its id expected");
  if (!ifx_hcl_block(d, (uint32_t)id)) {
    IfxErr err;
    ifx_err_set(&err, IFX_E_NOT_FOUND, "the block (id %lld) is no longer in the document",
                (long long)id);
    ifx_raise(L, &err);
  }
  return (uint32_t)id;
}

/* The attribute that the table at `arg` is about, by its block and its name. */
static uint32_t check_attribute(lua_State *L, IfxHclDoc *d, int arg) {
  size_t len;
  IfxErr err;
  ifx_check_table(L, arg);
  uint32_t id = check_id(L, d, arg, "block");
  const char *name = ifx_field_string(L, arg, "name", NULL, &len); /* a metamethod may close it */
  if (!name) ifx_raise_argument(L, arg, "an attribute expected");
  uint32_t n = ifx_hcl_attribute(d, ifx_hcl_block(d, id), name, len);
  if (n) return n;
  ifx_err_set(&err, IFX_E_NOT_FOUND, "the attribute %.60s is no longer in the document", name);
  return (uint32_t)ifx_raise(L, &err);
}

/* ---- questions ---- */

static void set_integer(lua_State *L, const char *name, size_t n) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_setfield(L, -2, name);
}

static void set_bytes(lua_State *L, const char *name, const IfxHclDoc *d, size_t start,
                      size_t end) {
  lua_pushlstring(L, d->text + start, end - start);
  lua_setfield(L, -2, name);
}

static void set_span(lua_State *L, IfxHclDoc *d, const IfxHclNode *n) {
  uint32_t line, column;
  set_integer(L, "start", n->start + 1u);
  set_integer(L, "stop", n->end);
  ifx_hcl_place(&d->tree, n->start, &line, &column);
  set_integer(L, "line", line);
  set_integer(L, "column", column);
}

static void set_labels(lua_State *L, const IfxHclDoc *d, const IfxHclNode *block) {
  const IfxHclTree *t = &d->tree;
  lua_Integer count = 0;
  lua_newtable(L);
  ifx_mark_list(L);
  lua_newtable(L);
  ifx_mark_list(L);
  for (uint32_t n = block->first; n && t->nodes[n].kind == IFX_HCL_LABEL; n = t->nodes[n].next) {
    ifx_push_hcl_string(L, t, n);
    lua_rawseti(L, -3, ++count);
    lua_createtable(L, 0, 2);
    set_integer(L, "start", t->nodes[n].start + 1u);
    set_integer(L, "stop", t->nodes[n].end);
    lua_rawseti(L, -2, count);
  }
  lua_setfield(L, -3, "label_spans");
  lua_setfield(L, -2, "labels");
}

static void push_block(lua_State *L, IfxHclDoc *d, uint32_t i, size_t depth) {
  const IfxHclNode *n = &d->tree.nodes[d->blocks[i]];
  lua_createtable(L, 0, 12);
  set_integer(L, "id", d->ids[i]);
  set_bytes(L, "type", d, n->name, n->name_end);
  set_labels(L, d, n);
  if (n->up) set_integer(L, "parent", ifx_hcl_id(d, n->up));
  set_integer(L, "depth", depth);
  set_span(L, d, n);
  set_integer(L, "body_start", n->inner + 1u);
  set_integer(L, "body_stop", n->inner_end);
}

static int document_blocks(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  size_t len = 0;
  const char *type = lua_isnoneornil(L, 2) ? NULL : ifx_check_string(L, 2, &len);
  lua_Integer count = 0;
  lua_newtable(L);
  ifx_mark_list(L);
  for (uint32_t i = 0; i < d->nblocks; i++) {
    size_t depth = 0;
    if (type && !ifx_hcl_named(&d->tree, d->blocks[i], type, len)) continue;
    for (uint32_t up = d->tree.nodes[d->blocks[i]].up; up; up = d->tree.nodes[up].up) depth++;
    push_block(L, d, i, depth);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

static void push_attribute(lua_State *L, IfxHclDoc *d, uint32_t n) {
  const IfxHclNode *a = &d->tree.nodes[n], *e = &d->tree.nodes[a->first];
  lua_createtable(L, 0, 9);
  set_bytes(L, "name", d, a->name, a->name_end);
  if (a->up) set_integer(L, "block", ifx_hcl_id(d, a->up));
  set_span(L, d, a);
  set_integer(L, "expr_start", e->start + 1u);
  set_integer(L, "expr_stop", e->end);
  set_bytes(L, "expr", d, e->start, e->end);
}

static int document_attributes(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  uint32_t body = ifx_hcl_block(d, check_id(L, d, 2, "id"));
  lua_Integer count = 0;
  lua_newtable(L);
  ifx_mark_list(L);
  for (uint32_t n = d->tree.nodes[body].first; n; n = d->tree.nodes[n].next) {
    if (d->tree.nodes[n].kind != IFX_HCL_ATTRIBUTE) continue;
    push_attribute(L, d, n);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

static int document_find(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  size_t len;
  uint32_t body = ifx_hcl_block(d, check_id(L, d, 2, "id"));
  const char *name = ifx_check_string(L, 3, &len);
  uint32_t n = ifx_hcl_attribute(d, body, name, len);
  if (n)
    push_attribute(L, d, n);
  else
    lua_pushnil(L);
  return 1;
}

static int document_strings(lua_State *L) {
  ifx_push_hcl_strings(L, open_document(L));
  return 1;
}

static int document_traversals(lua_State *L) {
  ifx_push_hcl_traversals(L, open_document(L));
  return 1;
}

static int document_calls(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  size_t len = 0;
  const char *name = lua_isnoneornil(L, 2) ? NULL : ifx_check_string(L, 2, &len);
  ifx_push_hcl_calls(L, d, name, len);
  return 1;
}

static int document_value(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  uint32_t n = check_attribute(L, d, 2);
  return ifx_push_hcl_value(L, d, d->tree.nodes[n].first);
}

static int document_text(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  lua_pushlstring(L, d->text, d->len);
  return 1;
}

/* ---- edits ---- */

/* What an edit returns: the document, or its error. */
static int edited(lua_State *L, bool done, IfxErr *err, const char *op) {
  if (!done) return raise_from(L, err, op);
  lua_pushvalue(L, 1);
  return 1;
}

static int document_set(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  size_t name_len, len;
  IfxErr err;
  uint32_t id = check_id(L, d, 2, "id");
  const char *name = ifx_check_string(L, 3, &name_len), *expr = ifx_check_string(L, 4, &len);
  return edited(L, ifx_hcl_set(d, id, name, name_len, expr, len, &err), &err, "hcl.document:set");
}

static int document_remove(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  IfxErr err;
  ifx_check_table(L, 2);
  bool block = lua_getfield(L, 2, "id") != LUA_TNIL;
  uint32_t n = block ? ifx_hcl_block(d, check_id(L, d, 2, "id")) : check_attribute(L, d, 2);
  return edited(L, ifx_hcl_remove(d, n, &err), &err, "hcl.document:remove");
}

static int document_append(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  size_t len;
  IfxErr err;
  uint32_t id = check_id(L, d, 2, "id");
  const char *text = ifx_check_string(L, 3, &len);
  return edited(L, ifx_hcl_append(d, id, text, len, &err), &err, "hcl.document:append");
}

static int document_replace(lua_State *L) {
  IfxHclDoc *d = open_document(L);
  size_t len;
  IfxErr err;
  lua_Integer start = ifx_check_integer(L, 2, 1, (lua_Integer)d->len + 1);
  lua_Integer stop = ifx_check_integer(L, 3, start - 1, (lua_Integer)d->len);
  const char *text = ifx_check_string(L, 4, &len);
  return edited(L, ifx_hcl_replace(d, (size_t)start - 1, (size_t)stop, text, len, &err), &err,
                "hcl.document:replace");
}

/* ---- texts ---- */

/* A buffer that the state owns: what is pushed from it may raise. */
static int free_buffer(lua_State *L) {
  ifx_buf_free(lua_touserdata(L, 1));
  return 0;
}

static IfxBuf *new_buffer(lua_State *L) {
  IfxBuf *b = lua_newuserdatauv(L, sizeof *b, 0);
  memset(b, 0, sizeof *b);
  if (luaL_newmetatable(L, "ifx.hcl.buffer")) {
    lua_pushcfunction(L, free_buffer);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return b;
}

static int push_buffer(lua_State *L, const IfxBuf *b) {
  IfxErr err;
  if (b->failed) {
    ifx_err_nomem(&err);
    return ifx_raise(L, &err);
  }
  lua_pushlstring(L, b->data ? b->data : "", b->len);
  return 1;
}

void ifx_push_hcl_string(lua_State *L, const IfxHclTree *t, uint32_t n) {
  IfxBuf *b = new_buffer(L);
  if (t->nodes[n].kind == IFX_HCL_TEXT)
    ifx_hcl_text(t, n, b);
  else if (t->nodes[n].kind == IFX_HCL_CALL)
    ifx_hcl_call_name(t, n, b);
  else if (!ifx_hcl_string(t, n, b))
    b->len = 0;
  push_buffer(L, b);
  ifx_buf_free(b);
  lua_remove(L, -2);
}

static int hcl_quote(lua_State *L) {
  size_t len;
  const char *text = ifx_check_string(L, 1, &len);
  if (!ifx_hcl_is_utf8(text, len)) ifx_raise_argument(L, 1, "text that is not UTF-8");
  IfxBuf *b = new_buffer(L);
  ifx_hcl_quote(b, text, len);
  return push_buffer(L, b);
}

static int hcl_format(lua_State *L) {
  size_t len;
  IfxErr err;
  const char *text = ifx_check_string(L, 1, &len);
  const char *file = ifx_field_string(L, 2, "file", NULL, NULL);
  IfxBuf *b = new_buffer(L);
  if (ifx_hcl_format(text, len, b, &err)) return push_buffer(L, b);
  snprintf(err.file, sizeof err.file, "%s", file ? file : "");
  return raise_from(L, &err, "hcl.format");
}

static const luaL_Reg functions[] = {
    {"document", hcl_document}, {"format", hcl_format}, {"quote", hcl_quote}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"append", document_append}, {"attributes", document_attributes},
                                   {"blocks", document_blocks}, {"calls", document_calls},
                                   {"close", document_close},   {"find", document_find},
                                   {"remove", document_remove}, {"replace", document_replace},
                                   {"set", document_set},       {"strings", document_strings},
                                   {"text", document_text},     {"traversals", document_traversals},
                                   {"value", document_value},   {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", document_close}, {"__close", document_close}, {NULL, NULL}};

int luaopen_hcl(lua_State *L) {
  luaL_newmetatable(L, DOCUMENT_META);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
