/* bind.h: what every binding shares: raising errors, marks of lists, null. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_BIND_H
#define IFX_BIND_H

#include <lauxlib.h>
#include <lua.h>

#include "../core/err.h"

/* Raise `e` as the structured Lua error (a table with metatable "ifx.err"). Never returns.
 * The table holds exactly the fields that are set: kind, op, message, hint, file, line, column,
 * status, retry. */
int ifx_raise(lua_State *L, const IfxErr *e);
int ifx_raise_memory(lua_State *L);

/* Push `e` as the structured error without raising it. */
void ifx_push_err(lua_State *L, const IfxErr *e);

/* Raise kind "argument": "bad argument #N to 'NAME' (WHY)". Never returns. */
int ifx_raise_argument(lua_State *L, int arg, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Argument readers that raise kind "argument". ifx_check_* want the value, ifx_opt_* take nil or
 * none as the default. */
const char *ifx_check_string(lua_State *L, int arg,
                             size_t *len); /* a string only: numbers are not converted */
lua_Integer ifx_check_integer(lua_State *L, int arg, lua_Integer min, lua_Integer max);
double ifx_check_number(lua_State *L, int arg, double min, double max);
void ifx_check_table(lua_State *L, int arg);

/* Field readers of an options table at index `opts` (nil or none: all defaults); raise kind
 * "argument" naming the field when its type is wrong. Strings stay anchored by the table. */
const char *ifx_field_string(lua_State *L, int opts, const char *name, const char *dflt,
                             size_t *len);
lua_Integer ifx_field_integer(lua_State *L, int opts, const char *name, lua_Integer dflt);
double ifx_field_number(lua_State *L, int opts, const char *name, double dflt);
bool ifx_field_boolean(lua_State *L, int opts, const char *name, bool dflt);

/* Mark the table on top of the stack as a list (metatable "ifx.list"): `{}` is never ambiguous. */
void ifx_mark_list(lua_State *L);
bool ifx_is_list(lua_State *L, int idx); /* marked, or unmarked with #t > 0 and t[1] ~= nil */
void ifx_push_null(lua_State *L);        /* ifx.null: light userdata NULL */
bool ifx_is_null(lua_State *L, int idx);

/* A map that keeps the order of its keys: the order is remembered beside the table (weakly), not in
 * it. */
void ifx_set_order(lua_State *L, int map,
                   int keys); /* map keeps `keys` (a list at that index) as its order */
bool ifx_push_order(lua_State *L,
                    int map); /* push that list; false (nothing pushed) when there is none */

/* Walk the value at `value` and hand it to a sink in the order in which it is written: maps that
 * keep an order in it, others by `keys` (stack index of a list, 0: none), then by the bytes of the
 * keys. A sink that returns false has filled the error; it is raised with `op` and the place ("… at
 * $.items[3].name"), as is what no text can hold: functions, keys that are not strings, lists with
 * holes, tables that hold themselves (kind argument), and more than IFX_MAX_DEPTH levels (limit).
 * The sink must be owned by a userdata: the walk may raise. */
#define IFX_MAX_DEPTH 200
typedef struct IfxSink {
  bool (*begin)(void *self, bool list, size_t count, IfxErr *err);
  bool (*end)(void *self, bool list, size_t count, IfxErr *err);
  bool (*key)(void *self, const char *text, size_t len, IfxErr *err);
  bool (*string)(void *self, const char *text, size_t len, IfxErr *err);
  bool (*integer)(void *self, int64_t v, IfxErr *err);
  bool (*real)(void *self, double v, IfxErr *err);
  bool (*boolean)(void *self, bool v, IfxErr *err);
  bool (*null)(void *self, IfxErr *err);
} IfxSink;
void ifx_walk(lua_State *L, int value, int keys, const char *op, const IfxSink *sink, void *self);
/* The option `keys` of a table at `opts`: pushes the list and returns its index; 0: there is none.
 */
int ifx_field_keys(lua_State *L, int opts);

/* Pushed once by the runtime when a state is made: metatables of errors and lists, the table of
 * orders. */
void ifx_open_values(lua_State *L);

/* Modules that are linked into the program: opened by the loader at first require. */
int luaopen_err(lua_State *L);
int luaopen_fs(lua_State *L);
int luaopen_hcl(lua_State *L);
int luaopen_json(lua_State *L);
int luaopen_node(lua_State *L);
__attribute__((weak)) int luaopen_proc(lua_State *L);
int luaopen_scan(lua_State *L);
int luaopen_subst(lua_State *L);
int luaopen_term(lua_State *L);
int luaopen_yaml(lua_State *L);

/* Parts of modules: functions that another file adds to the module table on top of the stack. */
void ifx_open_yaml_document(lua_State *L);

/* Push the value of a YAML node (NULL: an empty document, which is null): aliases and merge keys
 * followed, lists marked, key order kept when asked. Raises kind parse with `op`, `file` (may be
 * NULL), line and column for what has no value under the schema. The node's stream must be owned by
 * a userdata. */
typedef struct IfxYamlReading {
  int schema; /* IfxYamlSchema */
  bool order;
  const char *op, *file;
} IfxYamlReading;
struct IfxYamlNode;
void ifx_push_yaml(lua_State *L, const struct IfxYamlNode *node, const IfxYamlReading *how);
/* The option `schema` of a table at `opts`: an IfxYamlSchema, kubernetes by default. */
int ifx_field_yaml_schema(lua_State *L, int opts);

/* Nodes in Lua: each keeps its tree. `ifx_check_node` raises. A tree that `ifx_push_tree` makes is
 * released with the call (of which it takes a slot that is closed) unless nodes of it are pushed.
 */
struct IfxTree;
struct IfxNode;
typedef struct IfxNodeHandle {
  const char *type; /* says that it is one: private, as no other userdata begins with it */
  struct IfxTree *tree;
  const struct IfxNode *node;
} IfxNodeHandle;
const IfxNodeHandle *ifx_check_node(lua_State *L, int arg);
const IfxNodeHandle *ifx_test_node(lua_State *L, int arg); /* NULL: no node */
void ifx_push_node(lua_State *L, struct IfxTree *tree, const struct IfxNode *node);
struct IfxTree *ifx_push_tree(lua_State *L);
/* Parts of node: node.merge_keys and node:merge. */
int ifx_node_merge_keys(lua_State *L);
int ifx_node_merge_with(lua_State *L);
/* The node at index `at` (positive), which `t` then uses, or one of `t` made of the Lua value
 * there. Raises. */
const struct IfxNode *ifx_node_of(lua_State *L, struct IfxTree *t, int at);
void ifx_open_node_fields(lua_State *L); /* adds to the module table on top of the stack */
void ifx_open_node_path(lua_State *L);   /* so does this */

/* Parts of hcl.document. The document is owned by a userdata on the stack. */
struct IfxHclDoc;
struct IfxHclTree;
/* What a label, a text or a constant string stands for; the name of a call. */
void ifx_push_hcl_string(lua_State *L, const struct IfxHclTree *t, uint32_t node);
void ifx_push_hcl_strings(lua_State *L, struct IfxHclDoc *d);
void ifx_push_hcl_traversals(lua_State *L, struct IfxHclDoc *d);
void ifx_push_hcl_calls(lua_State *L, struct IfxHclDoc *d, const char *name,
                        size_t len); /* name NULL: all */
/* The value of an expression, or nil and the reason; returns how many. */
int ifx_push_hcl_value(lua_State *L, struct IfxHclDoc *d, uint32_t node);

void ifx_open_fs_match(lua_State *L);
void ifx_open_fs_write(lua_State *L);

/* The object of proc.spawn, which proc.run uses too. */
#define IFX_CHILD_META "ifx.proc"
typedef struct IfxChild IfxChild;
typedef struct IfxChildRun IfxChildRun;
struct IfxProc;
struct IfxProcSpec;
void ifx_open_proc_run(lua_State *L);
IfxChild *ifx_new_child(lua_State *L); /* not started, on top of the stack */
struct IfxProc *ifx_child_start(lua_State *L, IfxChild *c, struct IfxProcSpec *spec,
                                IfxChildRun *run); /* or raises */
void ifx_child_options(lua_State *L,
                       struct IfxProcSpec *spec); /* argv is argument 1, the options argument 2 */
double ifx_child_timeout(lua_State *L, double dflt);
void ifx_child_run_changed(IfxChildRun *r);

/* A path argument: a string without NUL. Raises kind "argument". */
const char *ifx_fs_check_path(lua_State *L, int arg);

#endif
