/* library.c: the Lua code under DATA, as text or compiled ahead. SPDX-License-Identifier:
 * Apache-2.0 */
#include "library.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/fs.h"

#define MAX_TEXT (4u << 20)

/* ---- the compiled file ---- */

static const IfxLibraryEntry *entries(const IfxLibrary *l, size_t *count) {
  const IfxLibraryHeader *h = (const void *)l->compiled;
  *count = h->count;
  return (const void *)(l->compiled + sizeof *h);
}

/* Everything that is read later lies inside the file. */
static bool is_sound(const IfxLibrary *l) {
  const IfxLibraryHeader *h = (const void *)l->compiled;
  if (l->size < sizeof *h || memcmp(h->magic, IFX_LIBRARY_MAGIC, sizeof h->magic) != 0)
    return false;
  if (h->count > (l->size - sizeof *h) / sizeof(IfxLibraryEntry)) return false;
  size_t count;
  const IfxLibraryEntry *e = entries(l, &count);
  for (size_t i = 0; i < count; i++)
    if (e[i].offset > l->size || e[i].size > l->size - e[i].offset) return false;
  return true;
}

void ifx_library_open(IfxLibrary *l, const char *data, const char *modules) {
  char path[4300];
  struct stat st;
  *l = (IfxLibrary){.data = data};
  snprintf(path, sizeof path, "%s/library.luac", modules);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *p = fstat(fd, &st) == 0 && st.st_size > 0
                ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                : MAP_FAILED;
  close(fd);
  if (p == MAP_FAILED) return;
  l->compiled = p;
  l->size = (size_t)st.st_size;
  if (!is_sound(l)) ifx_library_close(l);
}

void ifx_library_close(IfxLibrary *l) {
  if (l->compiled) munmap((void *)l->compiled, l->size);
  l->compiled = NULL;
}

static int compare(const void *key, const void *entry) {
  return strncmp(key, ((const IfxLibraryEntry *)entry)->name, sizeof((IfxLibraryEntry *)0)->name);
}

/* The entry for a file that has not changed since it was compiled, or NULL. */
static const IfxLibraryEntry *compiled(const IfxLibrary *l, const char *file,
                                       const struct stat *st) {
  size_t count;
  if (!l->compiled) return NULL;
  const IfxLibraryEntry *all = entries(l, &count);
  const IfxLibraryEntry *e = bsearch(file, all, count, sizeof *all, compare);
  return e && e->mtime == st->st_mtime && e->text_size == (uint64_t)st->st_size ? e : NULL;
}

/* ---- modules ---- */

/* `path` becomes the file of the module. */
static bool find(const IfxLibrary *l, const char *name, char *path, size_t size, struct stat *st) {
  char rel[200];
  size_t n = strlen(name);
  if (n >= sizeof rel || strstr(name, "..") || strchr(name, '/')) return false;
  for (size_t i = 0; i <= n; i++) rel[i] = name[i] == '.' ? '/' : name[i];
  snprintf(path, size, "%s/lua/%s.lua", l->data, rel);
  if (stat(path, st) == 0) return true;
  snprintf(path, size, "%s/lua/%s/init.lua", l->data, rel);
  return stat(path, st) == 0;
}

bool ifx_library_find(const IfxLibrary *l, const char *name, char *path, size_t size) {
  struct stat st;
  return find(l, name, path, size, &st);
}

static bool load_text(lua_State *L, const char *path, const char *chunk) {
  IfxBuf text = {0};
  IfxErr err;
  if (!ifx_fs_read(path, MAX_TEXT, &text, &err)) {
    lua_pushstring(L, err.message);
    return false;
  }
  int status = luaL_loadbufferx(L, text.data, text.len, chunk, "t");
  ifx_buf_free(&text);
  return status == LUA_OK;
}

/* The chunk of an existing file under the name that its code was compiled with, or why not. */
static bool load(lua_State *L, const IfxLibrary *l, const char *path, const struct stat *st) {
  char chunk[300];
  const char *file = path + strlen(l->data) + 1;
  snprintf(chunk, sizeof chunk, "@%s", file);
  const IfxLibraryEntry *e = compiled(l, file, st);
  if (e && luaL_loadbufferx(L, l->compiled + e->offset, e->size, chunk, "b") == LUA_OK) return true;
  return load_text(L, path, chunk);
}

bool ifx_library_load(lua_State *L, const IfxLibrary *l, const char *name) {
  char path[4400];
  struct stat st;
  if (find(l, name, path, sizeof path, &st)) return load(L, l, path, &st);
  lua_pushnil(L);
  return false;
}

/* Is `path` the file DATA/NAME? Then `own` becomes its path as the library has it. */
static bool is_own(const IfxLibrary *l, const char *path, const char *name, char *own, size_t size,
                   struct stat *st) {
  struct stat other;
  snprintf(own, size, "%s/%s", l->data, name);
  if (stat(own, st) != 0) return false;
  if (strcmp(own, path) == 0) return true;
  return stat(path, &other) == 0 && st->st_ino == other.st_ino && st->st_dev == other.st_dev;
}

bool ifx_library_load_file(lua_State *L, const IfxLibrary *l, const char *path, const char *name) {
  char own[4400];
  struct stat st;
  if (is_own(l, path, name, own, sizeof own, &st)) return load(L, l, own, &st);
  lua_pushnil(L);
  return false;
}

/* The part of `path` below DATA; NULL when it is not there. */
static const char *below(const IfxLibrary *l, const char *path) {
  size_t n = strlen(l->data);
  return strncmp(path, l->data, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

void ifx_library_load_ahead(lua_State *L, const IfxLibrary *l, const char *path, const char *word) {
  char chunk[300];
  struct stat st;
  const char *file = below(l, path);
  const IfxLibraryEntry *e = file && stat(path, &st) == 0 ? compiled(l, file, &st) : NULL;
  const char *code = e ? l->compiled + e->offset : NULL;
  if (e && word && !memmem(code, e->size, word, strlen(word))) {
    lua_pushboolean(L, false);
    return;
  }
  if (e) {
    snprintf(chunk, sizeof chunk, "@%s", file);
    if (luaL_loadbufferx(L, code, e->size, chunk, "b") == LUA_OK) return;
    lua_pop(L, 1);
  }
  lua_pushnil(L);
}
