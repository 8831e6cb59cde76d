/* compile_library.c: compile the library and the plugins into one file. SPDX-License-Identifier:
 * Apache-2.0 */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../host/library.h"

typedef struct Code {
  char *bytes;
  size_t size;
} Code;

static int append(lua_State *L, const void *bytes, size_t size, void *to) {
  Code *c = to;
  char *grown = realloc(c->bytes, c->size + size);
  (void)L;
  if (!grown) return 1;
  memcpy(grown + c->size, bytes, size);
  c->bytes = grown;
  c->size += size;
  return 0;
}

static int failed(const char *file, const char *why) {
  fprintf(stderr, "compile_library: %s: %s\n", file, why);
  return 1;
}

/* The time is taken before the text is read: text that changes meanwhile is newer than its code. */
static int compile(lua_State *L, const char *root, const char *file, IfxLibraryEntry *e,
                   Code *code) {
  char path[4400], chunk[300];
  struct stat st;
  snprintf(path, sizeof path, "%s/%s", root, file);
  snprintf(chunk, sizeof chunk, "@%s", file);
  if (strlen(file) >= sizeof e->name) return failed(file, "its name is too long");
  FILE *f = stat(path, &st) == 0 ? fopen(path, "rb") : NULL;
  char *text = f ? malloc((size_t)st.st_size + 1) : NULL;
  size_t size = text ? fread(text, 1, (size_t)st.st_size, f) : 0;
  if (f) fclose(f);
  if (!text || size != (size_t)st.st_size) {
    free(text);
    return failed(path, "cannot be read");
  }
  int status = luaL_loadbufferx(L, text, size, chunk, "t");
  free(text);
  if (status != LUA_OK) return failed(path, lua_tostring(L, -1));
  memcpy(e->name, file, strlen(file));
  e->mtime = st.st_mtime;
  e->text_size = size;
  e->offset = code->size;
  if (lua_dump(L, append, code, 0) != 0) return failed(path, "out of memory");
  e->size = code->size - e->offset;
  lua_pop(L, 1);
  return 0;
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
  if (argc < 4) {
    fprintf(stderr, "usage: compile_library OUT FOLDER FILE…\n");
    return 64;
  }
  size_t count = (size_t)argc - 3;
  IfxLibraryEntry *all = calloc(count, sizeof *all);
  Code code = {0};
  lua_State *L = luaL_newstate();
  int status = all && L ? 0 : failed(argv[1], "out of memory");
  for (size_t i = 0; status == 0 && i < count; i++)
    status = compile(L, argv[2], argv[i + 3], &all[i], &code);
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
