/* library.h: the Lua code under DATA, as text or compiled ahead. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_LIBRARY_H
#define IFX_LIBRARY_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* MODULES/library.luac: this header, `count` entries sorted by name, then their code. Written by
 * scripts/compile_library.c with the same compiler and the same Lua, so numbers stand as they are
 * in memory. */
#define IFX_LIBRARY_MAGIC "ifxlib1"
typedef struct IfxLibraryHeader {
  char magic[8];
  uint64_t count;
} IfxLibraryHeader;

/* Code counts only for the text that it was made of: of this size and this time, in whole seconds,
 * which is what archives and package managers keep. */
typedef struct IfxLibraryEntry {
  char name[64]; /* below DATA: "lua/ifx/cli/init.lua", "plugins/flux/init.lua" */
  int64_t mtime;
  uint64_t text_size;
  uint64_t offset, size; /* of the code in this file */
} IfxLibraryEntry;

typedef struct IfxLibrary {
  const char *data;     /* the folder that holds lua/ and plugins/ */
  const char *compiled; /* the mapped file, or NULL */
  size_t size;
} IfxLibrary;

/* The library below `data`, with what is compiled of it in the folder `modules`. A compiled file
 * that is absent or damaged is as good as none. */
void ifx_library_open(IfxLibrary *l, const char *data, const char *modules);
void ifx_library_close(IfxLibrary *l);

/* The file of module NAME (dots are slashes): DATA/lua/NAME.lua or DATA/lua/NAME/init.lua. */
bool ifx_library_find(const IfxLibrary *l, const char *name, char *path, size_t size);

/* What the chunks of the library are called in messages: they name no place of the machine. */
#define IFX_LIBRARY_CHUNK "@lua/"

/* Push the chunk of module NAME and return true; else push why not, or nil when there is no such
 * module. */
bool ifx_library_load(lua_State *L, const IfxLibrary *l, const char *name);

/* The same for the file `path`, when it is DATA/NAME, as plugins/flux/init.lua: nil when it is
 * another, or none. The chunk is called NAME. */
bool ifx_library_load_file(lua_State *L, const IfxLibrary *l, const char *path, const char *name);

/* Push the chunk that was made ahead of the file `path` below DATA; nil when there is none, or the
 * file has changed since; false when `word`, unless it is NULL, does not stand in it. */
void ifx_library_load_ahead(lua_State *L, const IfxLibrary *l, const char *path, const char *word);

#endif
