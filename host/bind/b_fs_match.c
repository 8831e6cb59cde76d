/* b_fs_match.c: module `fs`: globs, ignore rules, lists and walks. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "../core/fs.h"
#include "../core/glob.h"
#include "../core/glob_ignore.h"
#include "bind.h"

#define GLOB_META   "ifx.glob"
#define IGNORE_META "ifx.ignore"
#define LIST_META   "ifx.fs.list"
#define IGNORE_MAX  ((size_t)1 << 20)
#define FEW         16

/* ---- globs ---- */

static IfxGlob **glob_box(lua_State *L) { return luaL_checkudata(L, 1, GLOB_META); }

static int glob_gc(lua_State *L) {
  IfxGlob **box = glob_box(L);
  ifx_glob_free(*box);
  *box = NULL;
  return 0;
}

static int fs_glob(lua_State *L) {
  size_t len;
  const char *pattern = ifx_check_string(L, 1, &len);
  IfxErr err;
  IfxGlob **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, GLOB_META);
  *box = ifx_glob_compile(pattern, len, 0, &err);
  return *box ? 1 : ifx_raise(L, &err);
}

static int glob_match(lua_State *L) {
  const IfxGlob *g = *glob_box(L);
  size_t len;
  const char *path = ifx_check_string(L, 2, &len);
  IfxErr err;
  IfxGlobResult m = ifx_glob_match(g, path, len, NULL, &err);
  if (m == IFX_GLOB_FAILED) return ifx_raise(L, &err);
  lua_pushboolean(L, m == IFX_GLOB_YES);
  return 1;
}

static int glob_captures(lua_State *L) {
  const IfxGlob *g = *glob_box(L);
  size_t len, n = ifx_glob_captures(g), few[2 * FEW];
  const char *path = ifx_check_string(L, 2, &len);
  size_t *spans = n <= FEW ? few : lua_newuserdatauv(L, 2 * n * sizeof *spans, 0);
  IfxErr err;
  IfxGlobResult m = ifx_glob_match(g, path, len, spans, &err);
  if (m == IFX_GLOB_FAILED) return ifx_raise(L, &err);
  if (m == IFX_GLOB_NO) return 0;
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lua_pushlstring(L, path + spans[2 * i], spans[2 * i + 1] - spans[2 * i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  ifx_mark_list(L);
  return 1;
}

/* ---- ignore rules ---- */

static IfxIgnore **new_ignore(lua_State *L) {
  IfxErr err;
  IfxIgnore **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, IGNORE_META);
  *box = ifx_ignore_new(&err);
  if (!*box) ifx_raise(L, &err);
  return box;
}

static int ignore_gc(lua_State *L) {
  IfxIgnore **box = luaL_checkudata(L, 1, IGNORE_META);
  ifx_ignore_free(*box);
  *box = NULL;
  return 0;
}

static int fs_ignore(lua_State *L) {
  ifx_check_table(L, 1);
  IfxIgnore *ig = *new_ignore(L);
  lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
  for (lua_Integer i = 1; i <= n; i++) {
    size_t len;
    IfxErr err;
    if (lua_rawgeti(L, 1, i) != LUA_TTABLE) {
      return ifx_raise_argument(L, 1, "item %d: table expected, got %s", (int)i,
                                luaL_typename(L, -1));
    }
    const char *dir = ifx_field_string(L, -1, "dir", "", NULL);
    const char *text = ifx_field_string(L, -1, "text", "", &len);
    if (!ifx_ignore_add(ig, dir, text, len, &err)) return ifx_raise(L, &err);
    lua_pop(L, 1);
  }
  return 1;
}

static int push_rule(lua_State *L, const IfxIgnoreRule *by) {
  lua_createtable(L, 0, 3);
  lua_pushstring(L, by->dir);
  lua_setfield(L, -2, "dir");
  lua_pushinteger(L, by->line);
  lua_setfield(L, -2, "line");
  lua_pushlstring(L, by->text, by->text_len);
  lua_setfield(L, -2, "pattern");
  return 2;
}

static int ignore_ignored(lua_State *L) {
  const IfxIgnore *ig = *(IfxIgnore **)luaL_checkudata(L, 1, IGNORE_META);
  size_t len;
  const char *path = ifx_check_string(L, 2, &len);
  const IfxIgnoreRule *by = NULL;
  IfxErr err;
  int ignored = ifx_ignore_check(ig, path, len, lua_toboolean(L, 3), &by, &err);
  if (ignored < 0) return ifx_raise(L, &err);
  lua_pushboolean(L, ignored);
  return by ? push_rule(L, by) : 1;
}

/* ---- lists and walks ---- */

static int list_gc(lua_State *L) {
  ifx_fs_list_free(luaL_checkudata(L, 1, LIST_META));
  return 0;
}

/* Owned by the Lua state: nothing is lost when pushing the entries raises. */
static IfxFsList *new_list(lua_State *L) {
  IfxFsList *list = lua_newuserdatauv(L, sizeof *list, 0);
  *list = (IfxFsList){0};
  luaL_setmetatable(L, LIST_META);
  return list;
}

static int push_entries(lua_State *L, IfxFsList *list, const char *name_field, bool sizes) {
  lua_createtable(L, (int)list->len, 0);
  for (size_t i = 0; i < list->len; i++) {
    const IfxFsEntry *e = &list->items[i];
    lua_createtable(L, 0, sizes ? 4 : 2);
    lua_pushstring(L, e->path);
    lua_setfield(L, -2, name_field);
    lua_pushstring(L, ifx_fs_type_name(e->type));
    lua_setfield(L, -2, "type");
    if (sizes) {
      lua_pushinteger(L, (lua_Integer)e->size);
      lua_setfield(L, -2, "size");
      lua_pushinteger(L, e->mode);
      lua_setfield(L, -2, "mode");
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  ifx_mark_list(L);
  ifx_fs_list_free(list);
  return 1;
}

static int fs_list(lua_State *L) {
  IfxErr err;
  const char *dir = ifx_fs_check_path(L, 1);
  IfxFsList *list = new_list(L);
  if (!ifx_fs_list(dir, list, &err)) return ifx_raise(L, &err);
  return push_entries(L, list, "name", false);
}

/* What a walk leaves out; `dir` when the rules are read from the .gitignore files on the way. */
typedef struct Rules {
  IfxIgnore *ig;
  const char *dir;
} Rules;

static int skip_ignored(void *ctx, const char *path, size_t len, bool is_dir, IfxErr *err) {
  return ifx_ignore_check_entry(((Rules *)ctx)->ig, path, len, is_dir, NULL, err);
}

static bool read_rules(void *ctx, const char *path, IfxErr *err) {
  Rules *r = ctx;
  IfxBuf file = {0}, text = {0};
  ifx_path_join(&file, r->dir, strlen(r->dir));
  ifx_path_join(&file, path, strlen(path));
  ifx_path_join(&file, ".gitignore", 10);
  IfxFsFound found = IFX_FS_FAILED;
  if (file.failed) {
    ifx_err_nomem(err);
  } else {
    found = ifx_fs_try_read(file.data, true, IGNORE_MAX, &text, err);
  }
  bool ok = found == IFX_FS_ABSENT;
  if (found == IFX_FS_FOUND) {
    ok = ifx_ignore_add(r->ig, path, text.data ? text.data : "", text.len, err);
  }
  ifx_buf_free(&file);
  ifx_buf_free(&text);
  return ok;
}

/* Field `ignore` of the options: a matcher, or 'git'. Leaves one value on the stack. */
static void read_ignore(lua_State *L, const char *dir, Rules *rules, IfxFsWalk *how) {
  if (lua_isnoneornil(L, 2) || lua_getfield(L, 2, "ignore") == LUA_TNIL) return;
  IfxIgnore **box = luaL_testudata(L, -1, IGNORE_META);
  if (!box) {
    bool git = lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "git") == 0;
    if (!git) ifx_raise_argument(L, 2, "field 'ignore': a matcher of fs.ignore or 'git' expected");
    box = new_ignore(L);
    rules->dir = dir;
    how->enter = read_rules;
  }
  rules->ig = *box;
  how->skip = skip_ignored;
  how->ctx = rules;
}

static int fs_walk(lua_State *L) {
  const char *dir = ifx_fs_check_path(L, 1);
  IfxErr err;
  Rules rules = {0};
  IfxFsWalk how = {.follow = ifx_field_boolean(L, 2, "follow", false),
                   .hidden = ifx_field_boolean(L, 2, "hidden", true)};
  lua_settop(L, 2);
  read_ignore(L, dir, &rules, &how);
  IfxFsList *list = new_list(L);
  if (!ifx_fs_walk(dir, &how, list, &err)) return ifx_raise(L, &err);
  return push_entries(L, list, "path", true);
}

static const luaL_Reg functions[] = {
    {"glob", fs_glob}, {"ignore", fs_ignore}, {"list", fs_list}, {"walk", fs_walk}, {NULL, NULL}};
static const luaL_Reg glob_methods[] = {
    {"match", glob_match}, {"captures", glob_captures}, {NULL, NULL}};
static const luaL_Reg ignore_methods[] = {{"ignored", ignore_ignored}, {NULL, NULL}};

static void make_meta(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction gc) {
  luaL_newmetatable(L, name);
  if (methods) {
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pushcfunction(L, gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

void ifx_open_fs_match(lua_State *L) {
  make_meta(L, GLOB_META, glob_methods, glob_gc);
  make_meta(L, IGNORE_META, ignore_methods, ignore_gc);
  make_meta(L, LIST_META, NULL, list_gc);
  luaL_setfuncs(L, functions, 0);
}
