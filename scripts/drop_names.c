/* drop_names.c: compiled Lua without the names of its local variables. SPDX-License-Identifier:
 * Apache-2.0 */
#include "drop_names.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The form of Lua 5.4: a number is big-endian, 7 bits a byte, the last one marked; a string is its
 * length and one, and its bytes. */
#define VERSION 0x54
#define HEADER  (sizeof LUA_SIGNATURE - 1 + 1 + 1 + 6 + 3)
#define ENV     "_ENV"

enum { NIL = 0, NO = 1, YES = 0x11, INTEGER = 3, REAL = 0x13, SHORT = 4, LONG = 0x14 };

typedef struct Copy {
  const unsigned char *at, *end;
  char *to;
  bool bad;
} Copy;

static void skip(Copy *c, uint64_t n) {
  if (n > (uint64_t)(c->end - c->at)) {
    c->bad = true;
    n = (uint64_t)(c->end - c->at);
  }
  c->at += n;
}

static void keep_since(Copy *c, const unsigned char *from) {
  memcpy(c->to, from, (size_t)(c->at - from));
  c->to += c->at - from;
}

static void keep(Copy *c, uint64_t n) {
  const unsigned char *from = c->at;
  skip(c, n);
  keep_since(c, from);
}

static uint64_t take_size(Copy *c) {
  uint64_t n = 0;
  while (c->at < c->end && n < UINT64_MAX >> 8) {
    unsigned char byte = *c->at++;
    n = n << 7 | (byte & 0x7f);
    if (byte & 0x80) return n;
  }
  c->bad = true;
  return 0;
}

static uint64_t keep_size(Copy *c) {
  const unsigned char *from = c->at;
  uint64_t n = take_size(c);
  keep_since(c, from);
  return n;
}

static void put_nothing(Copy *c) { *c->to++ = (char)0x80; }

static void skip_string(Copy *c) {
  uint64_t n = take_size(c);
  if (n) skip(c, n - 1);
}

static void keep_string(Copy *c) {
  const unsigned char *from = c->at;
  skip_string(c);
  keep_since(c, from);
}

static void keep_constant(Copy *c) {
  unsigned char tag = c->at < c->end ? *c->at : 0xff;
  keep(c, 1);
  if (tag == SHORT || tag == LONG)
    keep_string(c);
  else if (tag == INTEGER || tag == REAL)
    keep(c, tag == REAL ? sizeof(lua_Number) : sizeof(lua_Integer));
  else if (tag != NIL && tag != NO && tag != YES)
    c->bad = true;
}

static void drop_locals(Copy *c) {
  uint64_t n = take_size(c);
  put_nothing(c);
  for (uint64_t i = 0; i < n && !c->bad; i++) {
    skip_string(c);
    take_size(c);
    take_size(c);
  }
}

static void drop_upvalues(Copy *c) {
  uint64_t n = keep_size(c);
  for (uint64_t i = 0; i < n && !c->bad; i++) {
    const unsigned char *from = c->at;
    skip_string(c);
    bool env = (size_t)(c->at - from) == sizeof ENV && memcmp(from + 1, ENV, sizeof ENV - 1) == 0;
    if (env)
      keep_since(c, from);
    else
      put_nothing(c);
  }
}

static void keep_lines(Copy *c) {
  keep(c, keep_size(c));
  for (uint64_t i = 0, n = keep_size(c); i < n && !c->bad; i++) {
    keep_size(c);
    keep_size(c);
  }
}

static void copy_function(Copy *c) {
  keep_string(c); /* its source */
  keep_size(c);
  keep_size(c);
  keep(c, 3);
  keep(c, keep_size(c) * 4);
  for (uint64_t i = 0, n = keep_size(c); i < n && !c->bad; i++) keep_constant(c);
  keep(c, keep_size(c) * 3); /* where its upvalues are */
  for (uint64_t i = 0, n = keep_size(c); i < n && !c->bad; i++) copy_function(c);
  keep_lines(c);
  drop_locals(c);
  drop_upvalues(c);
}

size_t ifx_drop_names(const char *code, size_t size, char *to) {
  Copy c = {.at = (const void *)code, .end = (const void *)(code + size), .to = to};
  size_t version = sizeof LUA_SIGNATURE - 1;
  if (size <= HEADER || code[version] != VERSION || code[version + 1] != 0 ||
      code[version + 8] != 4)
    return 0;
  keep(&c, HEADER + sizeof(lua_Integer) + sizeof(lua_Number) + 1);
  copy_function(&c);
  return c.bad || c.at != c.end ? 0 : (size_t)(c.to - to);
}
