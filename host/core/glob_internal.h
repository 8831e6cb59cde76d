/* glob_internal.h: the program that a pattern is compiled to. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IFX_GLOB_INTERNAL_H
#define IFX_GLOB_INTERNAL_H

#include "glob.h"

typedef enum {
  OP_BYTE,     /* this byte `c` */
  OP_ANY,      /* one character but not '/' */
  OP_CLASS,    /* one character in (c: not in) ranges[x .. x+y] */
  OP_STAR,     /* any bytes but '/', as many as possible */
  OP_STARSTAR, /* any bytes, as many as possible */
  OP_SPLIT,    /* go on at x; failing that, at y */
  OP_JUMP,     /* go on at x */
  OP_SAVE,     /* remember the position in slot x */
  OP_NEVER,    /* match nothing */
  OP_END       /* match at the end of the path */
} Op;

typedef struct Inst {
  uint8_t op;
  uint8_t c;
  uint16_t x;
  uint16_t y;
} Inst;

typedef struct Range {
  uint32_t low;
  uint32_t high;
} Range;

struct IfxGlob {
  Inst *prog;
  Range *ranges;
  size_t len; /* of prog */
  size_t captures;
  size_t prefix; /* how many instructions at the start, and before END, are OP_BYTE */
  size_t suffix;
  bool bytes; /* a character is a byte */
};

/* The character at text[at]: its code point, or 0x110000 + the byte where the bytes are not
 * UTF-8 (or `bytes` is asked for); `at` moves behind it. */
uint32_t ifx_glob_next(const char *text, size_t len, size_t *at, bool bytes);

#endif
