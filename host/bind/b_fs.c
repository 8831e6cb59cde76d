/* b_fs.c: module `fs`: what does not wait. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/fs.h"
#include "bind.h"

#define DEFAULT_MAX ((lua_Integer)64 << 20)
#define KEEP_BUFFER ((size_t)1 << 20)
#define BUFFER_META "ifx.fs.buffer"

/* One buffer serves all functions of the module (upvalue 1): nothing is lost when pushing raises.
 */
static IfxBuf *scratch(lua_State *L) {
  IfxBuf *b = lua_touserdata(L, lua_upvalueindex(1));
  if (b->cap > KEEP_BUFFER || b->failed) ifx_buf_free(b);
  b->len = 0;
  return b;
}

static int buffer_gc(lua_State *L) {
  ifx_buf_free(luaL_checkudata(L, 1, BUFFER_META));
  return 0;
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

const char *ifx_fs_check_path(lua_State *L, int arg) {
  size_t len;
  const char *path = ifx_check_string(L, arg, &len);
  if (strlen(path) != len) ifx_raise_argument(L, arg, "the path holds a NUL byte");
  return path;
}

static int done(lua_State *L, bool ok, const IfxErr *err) { return ok ? 0 : ifx_raise(L, err); }

/* ---- reading ---- */

static IfxFsFound read_into(lua_State *L, IfxBuf **b, IfxErr *err) {
  const char *path = ifx_fs_check_path(L, 1);
  lua_Integer max = ifx_field_integer(L, 2, "max", DEFAULT_MAX);
  if (max < 0) ifx_raise_argument(L, 2, "field 'max': no negative number expected");
  bool follow = ifx_field_boolean(L, 2, "follow", true);
  *b = scratch(L);
  return ifx_fs_try_read(path, follow, (size_t)max, *b, err);
}

static int fs_read(lua_State *L) {
  IfxErr err;
  IfxBuf *b;
  return read_into(L, &b, &err) == IFX_FS_FOUND ? push_buffer(L, b) : ifx_raise(L, &err);
}

static int fs_try_read(lua_State *L) {
  IfxErr err;
  IfxBuf *b;
  IfxFsFound found = read_into(L, &b, &err);
  if (found == IFX_FS_ABSENT) return 0;
  return found == IFX_FS_FOUND ? push_buffer(L, b) : ifx_raise(L, &err);
}

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static int push_stat(lua_State *L, bool follow) {
  IfxErr err;
  IfxFsStat st;
  IfxFsFound found = ifx_fs_stat(ifx_fs_check_path(L, 1), follow, &st, &err);
  if (found == IFX_FS_ABSENT) return 0;
  if (found == IFX_FS_FAILED) return ifx_raise(L, &err);
  lua_createtable(L, 0, 9);
  lua_pushstring(L, ifx_fs_type_name(st.type));
  lua_setfield(L, -2, "type");
  set_integer(L, "size", st.size);
  set_integer(L, "mode", st.mode);
  set_integer(L, "ino", st.ino);
  set_integer(L, "dev", st.dev);
  set_integer(L, "uid", st.uid);
  set_integer(L, "gid", st.gid);
  set_integer(L, "mtime_ns", (uint64_t)st.mtime_ns);
  lua_pushnumber(L, (double)st.mtime_ns / 1e9);
  lua_setfield(L, -2, "mtime");
  return 1;
}

static int fs_stat(lua_State *L) { return push_stat(L, true); }

static int fs_lstat(lua_State *L) { return push_stat(L, false); }

static int fs_readlink(lua_State *L) {
  IfxErr err;
  const char *path = ifx_fs_check_path(L, 1);
  IfxBuf *b = scratch(L);
  return ifx_fs_readlink(path, b, &err) ? push_buffer(L, b) : ifx_raise(L, &err);
}

static int fs_realpath(lua_State *L) {
  IfxErr err;
  const char *path = ifx_fs_check_path(L, 1);
  IfxBuf *b = scratch(L);
  IfxFsFound found = ifx_fs_realpath(path, b, &err);
  if (found == IFX_FS_ABSENT) return 0;
  return found == IFX_FS_FOUND ? push_buffer(L, b) : ifx_raise(L, &err);
}

/* ---- changing ---- */

static int fs_symlink(lua_State *L) {
  IfxErr err;
  return done(L, ifx_fs_symlink(ifx_fs_check_path(L, 1), ifx_fs_check_path(L, 2), &err), &err);
}

static int fs_mkdir(lua_State *L) {
  IfxErr err;
  return done(L, ifx_fs_mkdir(ifx_fs_check_path(L, 1), &err), &err);
}

static int fs_remove(lua_State *L) {
  IfxErr err;
  return done(L, ifx_fs_remove(ifx_fs_check_path(L, 1), &err), &err);
}

static int fs_remove_tree(lua_State *L) {
  IfxErr err;
  return done(L, ifx_fs_remove_tree(ifx_fs_check_path(L, 1), &err), &err);
}

static int fs_rename(lua_State *L) {
  IfxErr err;
  return done(L, ifx_fs_rename(ifx_fs_check_path(L, 1), ifx_fs_check_path(L, 2), &err), &err);
}

static int fs_chmod(lua_State *L) {
  IfxErr err;
  const char *path = ifx_fs_check_path(L, 1);
  return done(L, ifx_fs_chmod(path, (uint32_t)ifx_check_integer(L, 2, 0, 07777), &err), &err);
}

static int fs_tempdir(lua_State *L) {
  IfxErr err;
  const char *prefix = lua_isnoneornil(L, 1) ? "ifx" : ifx_fs_check_path(L, 1);
  if (strchr(prefix, '/')) return ifx_raise_argument(L, 1, "a name without '/' expected");
  IfxBuf *b = scratch(L);
  return ifx_fs_tempdir(prefix, b, &err) ? push_buffer(L, b) : ifx_raise(L, &err);
}

/* ---- paths as text ---- */

static int fs_cwd(lua_State *L) {
  IfxErr err;
  IfxBuf *b = scratch(L);
  return ifx_fs_cwd(b, &err) ? push_buffer(L, b) : ifx_raise(L, &err);
}

static int fs_join(lua_State *L) {
  int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) ifx_check_string(L, i, NULL);
  IfxBuf *b = scratch(L);
  for (int i = 1; i <= n; i++) {
    size_t len;
    const char *part = lua_tolstring(L, i, &len);
    ifx_path_join(b, part, len);
  }
  return push_buffer(L, b);
}

static int fs_normalize(lua_State *L) {
  size_t len;
  const char *path = ifx_check_string(L, 1, &len);
  IfxBuf *b = scratch(L);
  return ifx_path_normalize(b, path, len) ? push_buffer(L, b) : 0;
}

static int fs_relative(lua_State *L) {
  size_t len, base_len;
  const char *path = ifx_check_string(L, 1, &len);
  const char *base = ifx_check_string(L, 2, &base_len);
  IfxBuf *b = scratch(L);
  if (ifx_path_relative(b, path, len, base, base_len)) return push_buffer(L, b);
  return ifx_raise_argument(L, 1, "two paths from the same root expected, got '%s' and '%s'", path,
                            base);
}

static int fs_dirname(lua_State *L) {
  size_t len;
  const char *path = ifx_check_string(L, 1, &len);
  lua_pushlstring(L, path, ifx_path_dirname(path, len));
  return 1;
}

static int fs_basename(lua_State *L) {
  size_t len;
  const char *path = ifx_check_string(L, 1, &len);
  size_t from = ifx_path_basename(path, &len);
  lua_pushlstring(L, path + from, len);
  return 1;
}

/* ---- environment ---- */

static int fs_env(lua_State *L) {
  const char *value = getenv(ifx_check_string(L, 1, NULL));
  if (!value) return 0;
  lua_pushstring(L, value);
  return 1;
}

static int fs_environ(lua_State *L) {
  lua_newtable(L);
  for (char **e = environ; e && *e; e++) {
    const char *eq = strchr(*e, '=');
    if (!eq) continue;
    lua_pushlstring(L, *e, (size_t)(eq - *e));
    lua_pushstring(L, eq + 1);
    lua_rawset(L, -3);
  }
  return 1;
}

static const luaL_Reg functions[] = {{"read", fs_read},
                                     {"try_read", fs_try_read},
                                     {"stat", fs_stat},
                                     {"lstat", fs_lstat},
                                     {"readlink", fs_readlink},
                                     {"realpath", fs_realpath},
                                     {"symlink", fs_symlink},
                                     {"mkdir", fs_mkdir},
                                     {"remove", fs_remove},
                                     {"rename", fs_rename},
                                     {"remove_tree", fs_remove_tree},
                                     {"chmod", fs_chmod},
                                     {"tempdir", fs_tempdir},
                                     {"cwd", fs_cwd},
                                     {"join", fs_join},
                                     {"normalize", fs_normalize},
                                     {"relative", fs_relative},
                                     {"dirname", fs_dirname},
                                     {"basename", fs_basename},
                                     {"env", fs_env},
                                     {"environ", fs_environ},
                                     {NULL, NULL}};

int luaopen_fs(lua_State *L) {
  luaL_newmetatable(L, BUFFER_META);
  lua_pushcfunction(L, buffer_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_newlibtable(L, functions);
  IfxBuf *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (IfxBuf){0};
  luaL_setmetatable(L, BUFFER_META);
  luaL_setfuncs(L, functions, 1);
  ifx_open_fs_write(L);
  ifx_open_fs_match(L);
  return 1;
}
