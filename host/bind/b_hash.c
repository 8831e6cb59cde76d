/* b_hash.c: module `hash`: digests, HMAC, base64, hexadecimal, randomness. SPDX-License-Identifier:
 * Apache-2.0 */
#include "../core/hash.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../task.h"
#include "bind.h"

#define FILES_META "ifx.hash.files"
#define WORKERS    4 /* libuv's own default */
#define MAX_RANDOM (1 << 20)

static int push_hex(lua_State *L, const void *bytes, size_t n) {
  luaL_Buffer b;
  ifx_hash_hex(luaL_buffinitsize(L, &b, 2 * n), bytes, n);
  luaL_pushresultsize(&b, 2 * n);
  return 1;
}

static int raise_from(lua_State *L, const char *op, IfxErr *err) {
  snprintf(err->op, sizeof err->op, "hash.%s", op);
  return ifx_raise(L, err);
}

/* ---- digests ---- */

static int push_digest(lua_State *L, const char *name, IfxHashAlg alg) {
  size_t len;
  IfxHash h;
  IfxErr err;
  const char *bytes = ifx_check_string(L, 1, &len);
  if (!ifx_hash_bytes(alg, bytes, len, &h, &err)) return raise_from(L, name, &err);
  return push_hex(L, h.bytes, h.len);
}

static int hash_sha1(lua_State *L) { return push_digest(L, "sha1", IFX_SHA1); }
static int hash_sha256(lua_State *L) { return push_digest(L, "sha256", IFX_SHA256); }
static int hash_sha512(lua_State *L) { return push_digest(L, "sha512", IFX_SHA512); }

static int hash_hmac(lua_State *L) {
  static const char *const names[] = {"sha1", "sha256", "sha512"};
  static const IfxHashAlg algs[] = {IFX_SHA1, IFX_SHA256, IFX_SHA512};
  size_t key_len, len, i = 0;
  IfxHash h;
  IfxErr err;
  const char *name = ifx_check_string(L, 1, NULL);
  const char *key = ifx_check_string(L, 2, &key_len);
  const char *bytes = ifx_check_string(L, 3, &len);
  while (i < 3 && strcmp(names[i], name) != 0) i++;
  if (i == 3)
    return ifx_raise_argument(L, 1, "'sha1', 'sha256' or 'sha512' expected, got '%s'", name);
  if (!ifx_hash_hmac(algs[i], key, key_len, bytes, len, &h, &err))
    return raise_from(L, "hmac", &err);
  return push_hex(L, h.bytes, h.len);
}

/* ---- texts ---- */

static int hash_hex(lua_State *L) {
  size_t n;
  const char *bytes = ifx_check_string(L, 1, &n);
  return push_hex(L, bytes, n);
}

static int hash_unhex(lua_State *L) {
  size_t n;
  IfxErr err;
  luaL_Buffer b;
  const char *text = ifx_check_string(L, 1, &n);
  if (!ifx_hash_unhex((unsigned char *)luaL_buffinitsize(L, &b, n / 2), text, n, &err))
    return raise_from(L, "unhex", &err);
  luaL_pushresultsize(&b, n / 2);
  return 1;
}

static int hash_base64(lua_State *L) {
  size_t n;
  luaL_Buffer b;
  const char *bytes = ifx_check_string(L, 1, &n);
  ifx_hash_base64(luaL_buffinitsize(L, &b, ifx_hash_base64_size(n)), bytes, n);
  luaL_pushresultsize(&b, ifx_hash_base64_size(n));
  return 1;
}

static int hash_unbase64(lua_State *L) {
  size_t n, len;
  IfxErr err;
  luaL_Buffer b;
  const char *text = ifx_check_string(L, 1, &n);
  if (!ifx_hash_unbase64((unsigned char *)luaL_buffinitsize(L, &b, n / 4 * 3), &len, text, n, &err))
    return raise_from(L, "unbase64", &err);
  luaL_pushresultsize(&b, len);
  return 1;
}

static int hash_random(lua_State *L) {
  IfxErr err;
  luaL_Buffer b;
  size_t n = (size_t)ifx_check_integer(L, 1, 0, MAX_RANDOM);
  if (!ifx_hash_random(luaL_buffinitsize(L, &b, n), n, &err)) return raise_from(L, "random", &err);
  luaL_pushresultsize(&b, n);
  return 1;
}

static int hash_equal(lua_State *L) {
  size_t n, m;
  const char *a = ifx_check_string(L, 1, &n), *b = ifx_check_string(L, 2, &m);
  lua_pushboolean(L, n == m && ifx_hash_equal(a, b, n));
  return 1;
}

/* ---- files: on the thread pool ---- */

typedef struct Worker {
  uv_work_t request;
  struct Files *files;
  size_t failed; /* index of the file that failed; SIZE_MAX: none */
  IfxErr err;
} Worker;

/* One call of hash.files. Threads take the next index each; what they share besides is only read.
 */
typedef struct Files {
  Wait wait;
  struct Files **box; /* the userdata that owns it */
  Worker workers[WORKERS];
  int running;    /* of the workers; the loop's thread alone counts */
  bool abandoned; /* the Lua state went away meanwhile */
  atomic_bool stop;
  atomic_size_t next;
  size_t count;
  IfxHash *sums;
  char **paths; /* the strings themselves follow the pointers in one block */
} Files;

static void files_free(Files *f) {
  free(f->sums);
  free(f->paths);
  free(f);
}

/* The userdata on the stack of the waiting task owns the operation, so that no error on the way
 * leaks it. */
static int files_close(lua_State *L) {
  Files **box = luaL_checkudata(L, 1, FILES_META);
  Files *f = *box;
  *box = NULL;
  if (f && f->running > 0) {
    f->abandoned = true;
    atomic_store(&f->stop, true);
  } else if (f) {
    files_free(f);
  }
  return 0;
}

static void files_work(uv_work_t *request) {
  Worker *w = request->data;
  Files *f = w->files;
  size_t i;
  while (!atomic_load(&f->stop) && (i = atomic_fetch_add(&f->next, 1)) < f->count) {
    if (ifx_hash_file(IFX_SHA256, f->paths[i], &f->sums[i], &w->err)) continue;
    w->failed = i;
    atomic_store(&f->stop, true);
  }
  ifx_hash_thread_done();
}

static void files_worked(uv_work_t *request, int status) {
  Files *f = ((Worker *)request->data)->files;
  (void)status;
  if (--f->running > 0) return;
  if (f->abandoned)
    files_free(f);
  else
    ifx_wait_end(&f->wait);
}

static void files_abort(Wait *w) { atomic_store(&((Files *)w)->stop, true); }

/* Indexes are given out in order, so the lowest that fails is always reached. */
static const IfxErr *files_error(const Files *f) {
  const Worker *first = NULL;
  for (const Worker *w = f->workers; w < f->workers + WORKERS; w++)
    if (w->failed != SIZE_MAX && (!first || w->failed < first->failed)) first = w;
  return first ? &first->err : NULL;
}

static void files_release(Files *f) {
  *f->box = NULL;
  files_free(f);
}

static int files_finish(lua_State *L, Wait *w) {
  Files *f = (Files *)w;
  const IfxErr *failed = files_error(f);
  if (failed) {
    IfxErr err = *failed;
    files_release(f);
    return raise_from(L, "files", &err);
  }
  lua_createtable(L, (int)f->count, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < f->count; i++) {
    push_hex(L, f->sums[i].bytes, f->sums[i].len);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  files_release(f);
  return 1;
}

/* How many bytes the paths at index 1 need, their ends included. */
static size_t check_paths(lua_State *L, size_t count) {
  size_t bytes = 0, len;
  for (size_t i = 1; i <= count; i++) {
    if (lua_rawgeti(L, 1, (lua_Integer)i) != LUA_TSTRING)
      ifx_raise_argument(L, 1, "item %zu: string expected, got %s", i, luaL_typename(L, -1));
    const char *path = lua_tolstring(L, -1, &len);
    if (strlen(path) != len) ifx_raise_argument(L, 1, "item %zu: a path cannot hold NUL", i);
    bytes += len + 1;
    lua_pop(L, 1);
  }
  return bytes;
}

/* The operation with a copy of the paths at index 1; NULL: memory is gone. Raises nothing. */
static Files *files_new(lua_State *L, size_t count, size_t bytes) {
  Files *f = calloc(1, sizeof *f);
  if (!f) return NULL;
  f->count = count;
  f->sums = calloc(count, sizeof *f->sums);
  f->paths = malloc(count * sizeof *f->paths + bytes);
  if (!f->sums || !f->paths) {
    files_free(f);
    return NULL;
  }
  char *to = (char *)(f->paths + count);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i + 1);
    f->paths[i] = to;
    to = stpcpy(to, lua_tostring(L, -1)) + 1;
    lua_pop(L, 1);
  }
  return f;
}

static int hash_files(lua_State *L) {
  Task *task = ifx_check_task(L);
  ifx_check_table(L, 1);
  size_t count = lua_rawlen(L, 1), bytes = check_paths(L, count);
  if (count == 0) {
    lua_newtable(L);
    ifx_mark_list(L);
    return 1;
  }
  Files **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, FILES_META);
  Files *f = *box = files_new(L, count, bytes);
  if (!f) {
    IfxErr err;
    ifx_err_nomem(&err);
    return raise_from(L, "files", &err);
  }
  f->box = box;
  for (int i = 0; i < WORKERS; i++) {
    f->workers[i] = (Worker){.files = f, .failed = SIZE_MAX};
    f->workers[i].request.data = &f->workers[i];
    uv_queue_work(ifx_loop(L), &f->workers[i].request, files_work, files_worked);
    f->running++;
  }
  return ifx_wait_begin(L, task, &f->wait, files_abort, files_finish);
}

static const luaL_Reg functions[] = {
    {"sha1", hash_sha1},     {"sha256", hash_sha256},     {"sha512", hash_sha512},
    {"hmac", hash_hmac},     {"hex", hash_hex},           {"unhex", hash_unhex},
    {"base64", hash_base64}, {"unbase64", hash_unbase64}, {"random", hash_random},
    {"equal", hash_equal},   {"files", hash_files},       {NULL, NULL}};
static const luaL_Reg files_methods[] = {
    {"__gc", files_close}, {"__close", files_close}, {NULL, NULL}};

int luaopen_hash(lua_State *L) {
  luaL_newmetatable(L, FILES_META);
  luaL_setfuncs(L, files_methods, 0);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
