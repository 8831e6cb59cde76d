/* compile_library.c: compile the library and the plugins into one file. SPDX-License-Identifier:
 * Apache-2.0 */
#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../host/library.h"
#include "drop_names.h"

typedef struct Code {
  char *bytes;
  size_t size, cap;
} Code;

/* Lua writes a few bytes at a time, and with a sanitizer each larger block is a copy of the whole.
 */
static int append(lua_State *L, const void *bytes, size_t size, void *to) {
  Code *c = to;
  (void)L;
  if (c->cap - c->size < size) {
    size_t cap = 2 * (c->size + size);
    char *grown = realloc(c->bytes, cap);
    if (!grown) return 1;
    c->bytes = grown;
    c->cap = cap;
  }
  memcpy(c->bytes + c->size, bytes, size);
  c->size += size;
  return 0;
}

/* The code of the function on top, without names where that can be done. */
static int add_code(lua_State *L, Code *to) {
  Code whole = {0};
  char *small = lua_dump(L, append, &whole, 0) == 0 ? malloc(whole.size) : NULL;
  size_t size = small ? ifx_drop_names(whole.bytes, whole.size, small) : 0;
  int status = small ? append(L, size ? small : whole.bytes, size ? size : whole.size, to) : 1;
  free(small);
  free(whole.bytes);
  return status;
}

static int failed(const char *file, const char *why) {
  fprintf(stderr, "compile_library: %s: %s\n", file, why);
  return 1;
}

/* The time is taken before the text is read: text that changes meanwhile is newer than its code. */
static char *read_text(const char *path, IfxLibraryEntry *e) {
  struct stat st;
  FILE *f = stat(path, &st) == 0 ? fopen(path, "rb") : NULL;
  char *text = f ? calloc((size_t)st.st_size + 1, 1) : NULL;
  size_t size = text ? fread(text, 1, (size_t)st.st_size, f) : 0;
  if (f) fclose(f);
  e->mtime = f ? st.st_mtime : 0;
  e->text_size = size;
  if (text && size == (size_t)st.st_size) return text;
  free(text);
  return NULL;
}

static bool is_lua(const char *file) {
  size_t n = strlen(file);
  return n > 4 && strcmp(file + n - 4, ".lua") == 0;
}

/* A file that is no Lua has its chunk in AHEAD/FILE.lua, which says in its first line which text it
 * was made of: `-- TIME SIZE`. */
static int compile(lua_State *L, const char *root, const char *ahead, const char *file,
                   IfxLibraryEntry *e, Code *code) {
  char path[4400], chunk[300];
  bool own = is_lua(file);
  snprintf(path, sizeof path, "%s/%s%s", own ? root : ahead, file, own ? "" : ".lua");
  snprintf(chunk, sizeof chunk, "@%s", file);
  if (strlen(file) >= sizeof e->name) return failed(file, "its name is too long");
  char *text = read_text(path, e);
  if (!text) return failed(path, "cannot be read");
  int status = luaL_loadbufferx(L, text, e->text_size, chunk, "t");
  bool known = own || sscanf(text, "-- %" SCNd64 " %" SCNu64 "\n", &e->mtime, &e->text_size) == 2;
  free(text);
  if (status != LUA_OK) return failed(path, lua_tostring(L, -1));
  if (!known) return failed(path, "does not say which text it was made of");
  memcpy(e->name, file, strlen(file));
  e->offset = code->size;
  int broken = add_code(L, code);
  e->size = code->size - e->offset;
  lua_pop(L, 1);
  return broken ? failed(path, "out of memory") : 0;
}

/* Renamed into place: a program that runs keeps the file that it has mapped. */
static int write_all(const char *out, const IfxLibraryEntry *all, size_t count, const Code *code) {
  char temporary[4400];
  IfxLibraryHeader h = {.magic = IFX_LIBRARY_MAGIC, .count = count};
  snprintf(temporary, sizeof temporary, "%s.new", out);
  FILE *f = fopen(temporary, "wb");
  if (!f) return failed(temporary, "cannot be written");
  bool ok = fwrite(&h, sizeof h, 1, f) == 1 && fwrite(all, sizeof *all, count, f) == count &&
            fwrite(code->bytes, 1, code->size, f) == code->size;
  ok = fclose(f) == 0 && ok;
  return ok && rename(temporary, out) == 0 ? 0 : failed(out, "cannot be written");
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const IfxLibraryEntry *)a)->name, ((const IfxLibraryEntry *)b)->name);
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: compile_library OUT FOLDER AHEAD FILE…\n");
    return 64;
  }
  size_t count = (size_t)argc - 4;
  IfxLibraryEntry *all = calloc(count, sizeof *all);
  Code code = {0};
  lua_State *L = luaL_newstate();
  int status = all && L ? 0 : failed(argv[1], "out of memory");
  for (size_t i = 0; status == 0 && i < count; i++)
    status = compile(L, argv[2], argv[3], argv[i + 4], &all[i], &code);
  if (status == 0) {
    qsort(all, count, sizeof *all, by_name);
    for (size_t i = 0; i < count; i++)
      all[i].offset += sizeof(IfxLibraryHeader) + count * sizeof *all;
    status = write_all(argv[1], all, count, &code);
  }
  if (L) lua_close(L);
  free(all);
  free(code.bytes);
  return status;
}
