/* glob.c: compiling path patterns. SPDX-License-Identifier: Apache-2.0 */
#include "glob_internal.h"

#include "buf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INSTS  16384
#define MAX_NESTED 16

typedef struct Compiler {
  const char *p;
  size_t len;
  size_t at;
  IfxBuf prog;   /* Inst */
  IfxBuf ranges; /* Range */
  IfxErr *err;
  size_t captures;
  int nested; /* braces around this place */
  bool git;
  bool boundary;  /* at the start, or behind a slash */
  bool open_star; /* a '**' without a slash behind it: only the end may follow */
} Compiler;

static bool refuse(Compiler *c, size_t at, const char *why) {
  int shown = c->len > 200 ? 200 : (int)c->len;
  return ifx_err_set(c->err, IFX_E_PARSE, "glob '%.*s', character %zu: %s", shown, c->p, at + 1,
                     why);
}

static size_t count(const Compiler *c) { return c->prog.len / sizeof(Inst); }

static Inst *inst(const Compiler *c, size_t i) { return (Inst *)(void *)c->prog.data + i; }

/* Failure shows in prog.failed, or as more than MAX_INSTS: fits() asks before anything is patched.
 */
static size_t emit(Compiler *c, Op op, size_t x, size_t y) {
  Inst in = {.op = (uint8_t)op, .x = (uint16_t)x, .y = (uint16_t)y};
  size_t at = count(c);
  if (at <= MAX_INSTS) ifx_buf_add(&c->prog, &in, sizeof in);
  return at;
}

static bool fits(Compiler *c) {
  if (c->prog.failed || c->ranges.failed) return ifx_err_nomem(c->err);
  if (count(c) > MAX_INSTS - 8) return ifx_err_set(c->err, IFX_E_LIMIT, "the glob is too long");
  return true;
}

static void emit_byte(Compiler *c, char byte) {
  Inst in = {.op = OP_BYTE, .c = (uint8_t)byte};
  if (count(c) <= MAX_INSTS) ifx_buf_add(&c->prog, &in, sizeof in);
}

static bool captured(const Compiler *c) { return !c->git && c->nested == 0; }

/* One wildcard instruction, with its capture around it. */
static void emit_wild(Compiler *c, Op op, uint8_t negated, size_t x, size_t y) {
  if (captured(c)) emit(c, OP_SAVE, 2 * c->captures, 0);
  size_t at = emit(c, op, x, y);
  if (!c->prog.failed && at < count(c)) inst(c, at)->c = negated;
  if (captured(c)) emit(c, OP_SAVE, 2 * c->captures++ + 1, 0);
}

/* Whole segments and the slash behind them, or nothing at all. */
static void emit_segments(Compiler *c) {
  size_t split = emit(c, OP_SPLIT, count(c) + 1, 0);
  size_t slot = 2 * c->captures;
  if (captured(c)) emit(c, OP_SAVE, slot, 0);
  emit(c, OP_STARSTAR, 0, 0);
  if (captured(c)) emit(c, OP_SAVE, slot + 1, 0);
  emit_byte(c, '/');
  size_t jump = emit(c, OP_JUMP, 0, 0);
  size_t none = count(c);
  if (captured(c)) {
    emit(c, OP_SAVE, slot, 0);
    emit(c, OP_SAVE, slot + 1, 0);
    c->captures++;
  }
  if (c->prog.failed || count(c) > MAX_INSTS) return;
  inst(c, split)->y = (uint16_t)none;
  inst(c, jump)->x = (uint16_t)count(c);
}

static bool stars(Compiler *c) {
  size_t from = c->at;
  while (c->at < c->len && c->p[c->at] == '*') c->at++;
  size_t run = c->at - from;
  bool ends = c->at == c->len, slash = !ends && c->p[c->at] == '/';
  bool escaped = c->git && c->at + 1 < c->len && c->p[c->at] == '\\' && c->p[c->at + 1] == '/';
  if (run == 1 || (c->git && !(c->boundary && (ends || slash || escaped)))) {
    emit_wild(c, OP_STAR, 0, 0, 0);
  } else if (!c->git && (run > 2 || !c->boundary)) {
    return refuse(c, from, "'**' must be a whole segment of the path");
  } else if (slash) {
    c->at++;
    emit_segments(c);
    return true;
  } else {
    emit_wild(c, OP_STARSTAR, 0, 0, 0);
    c->open_star = !c->git;
  }
  c->boundary = false;
  return true;
}

static bool add_range(Compiler *c, uint32_t low, uint32_t high) {
  Range r = {low, high};
  ifx_buf_add(&c->ranges, &r, sizeof r);
  return true;
}

/* [:name:] at c->at: add what it stands for and move behind it. False: no such class. */
static bool named_class(Compiler *c, const char *name, size_t len) {
  static const struct {
    const char *name;
    int (*is)(int);
  } classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
                 {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
                 {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    if (strlen(classes[i].name) != len || memcmp(classes[i].name, name, len) != 0) continue;
    for (uint32_t b = 0; b < 128; b++) {
      if (classes[i].is((int)b)) add_range(c, b, b);
    }
    return true;
  }
  return false;
}

typedef enum { MEMBER_OK, MEMBER_CLASS, MEMBER_BAD } Member;

/* One character of a bracket, escapes resolved, or a whole [:name:]. */
static Member member(Compiler *c, uint32_t *ch) {
  if (c->p[c->at] == '[' && c->at + 1 < c->len && c->p[c->at + 1] == ':') {
    const char *name = c->p + c->at + 2;
    const char *end = memchr(name, ']', c->len - c->at - 2);
    if (!end) return MEMBER_BAD;
    if (end > name && end[-1] == ':') {
      c->at = (size_t)(end - c->p) + 1;
      return named_class(c, name, (size_t)(end - name) - 1) ? MEMBER_CLASS : MEMBER_BAD;
    }
  }
  if (c->p[c->at] == '\\' && ++c->at == c->len) return MEMBER_BAD;
  *ch = ifx_glob_next(c->p, c->len, &c->at, c->git);
  return MEMBER_OK;
}

/* The members of a bracket up to and with its ']'. */
static bool members(Compiler *c) {
  bool first = true;
  for (; c->at < c->len; first = false) {
    if (c->p[c->at] == ']' && !first) {
      c->at++;
      return true;
    }
    uint32_t low, high;
    Member m = member(c, &low);
    if (m == MEMBER_BAD) return false;
    if (m == MEMBER_CLASS) continue;
    high = low;
    if (c->at + 1 < c->len && c->p[c->at] == '-' && c->p[c->at + 1] != ']') {
      c->at++;
      if (c->p[c->at] == '\\' && ++c->at == c->len) return false;
      high = ifx_glob_next(c->p, c->len, &c->at, c->git);
      if (high < low && !c->git) return false;
    }
    if (low <= high)
      add_range(c, low, high);
    else if (c->git)
      add_range(c, low, low);
  }
  return false;
}

static bool bracket(Compiler *c) {
  size_t from = c->at++, first = c->ranges.len / sizeof(Range);
  bool negated = c->at < c->len && (c->p[c->at] == '!' || c->p[c->at] == '^');
  c->at += negated;
  if (!members(c)) {
    if (!c->git)
      return refuse(
          c, from,
          "the bracket is not closed, or holds an unknown class or a range that runs backwards");
    emit(c, OP_NEVER, 0, 0);
    c->at = c->len;
    return true;
  }
  size_t last = c->ranges.len / sizeof(Range);
  if (last > UINT16_MAX) return ifx_err_set(c->err, IFX_E_LIMIT, "the glob has too many ranges");
  emit_wild(c, OP_CLASS, negated, first, last - first);
  return true;
}

static bool sequence(Compiler *c);

/* Set the target of a chain of jumps, linked through their x, to here. */
static void land(Compiler *c, size_t jump) {
  uint16_t here = (uint16_t)count(c);
  while (jump) {
    size_t next = inst(c, jump)->x;
    inst(c, jump)->x = here;
    jump = next;
  }
}

/* The alternatives of a brace up to and with its '}'. */
static bool alternatives(Compiler *c, size_t from) {
  bool before = c->boundary, after = true, open = false;
  for (size_t jump = 0;;) {
    size_t split = emit(c, OP_SPLIT, count(c) + 1, 0);
    if (!fits(c)) return false;
    c->boundary = before;
    c->open_star = false;
    if (!sequence(c)) return false;
    after = after && c->boundary;
    open = open || c->open_star;
    if (c->at == c->len) return refuse(c, from, "the brace is not closed");
    if (c->p[c->at++] == '}') {
      inst(c, split)->op = OP_JUMP; /* the last alternative has none to fall back to */
      land(c, jump);
      break;
    }
    jump = emit(c, OP_JUMP, jump, 0);
    inst(c, split)->y = (uint16_t)count(c);
  }
  c->boundary = after;
  c->open_star = open;
  return true;
}

static bool brace(Compiler *c) {
  size_t from = c->at++;
  if (c->nested == MAX_NESTED) return refuse(c, from, "braces nested too deeply");
  if (captured(c)) emit(c, OP_SAVE, 2 * c->captures, 0);
  c->nested++;
  bool ok = alternatives(c, from);
  c->nested--;
  if (captured(c)) emit(c, OP_SAVE, 2 * c->captures++ + 1, 0);
  return ok;
}

static bool literal(Compiler *c) {
  if (c->p[c->at] == '\\') {
    if (c->at + 1 == c->len) {
      if (!c->git) return refuse(c, c->at, "nothing follows the backslash");
      emit(c, OP_NEVER, 0, 0);
      c->at++;
      return true;
    }
    c->at++;
  }
  c->boundary = c->p[c->at] == '/';
  emit_byte(c, c->p[c->at++]);
  return true;
}

static bool item(Compiler *c) {
  char ch = c->p[c->at];
  if (ch == '*') return stars(c);
  if (ch == '{' && !c->git) return brace(c);
  if (ch != '?' && ch != '[') return literal(c);
  c->boundary = false;
  if (ch == '[') return bracket(c);
  c->at++;
  emit_wild(c, OP_ANY, 0, 0, 0);
  return true;
}

/* Items up to the end, or inside a brace up to its next ',' or '}'. */
static bool sequence(Compiler *c) {
  while (c->at < c->len) {
    if (c->nested && (c->p[c->at] == ',' || c->p[c->at] == '}')) break;
    if (c->open_star) return refuse(c, c->at, "'**' must be a whole segment of the path");
    if (!item(c)) return false;
    if (!fits(c)) return false;
  }
  return true;
}

static IfxGlob *finish(Compiler *c) {
  emit(c, OP_END, 0, 0);
  IfxGlob *g = c->prog.failed ? NULL : malloc(sizeof *g);
  if (!g) return NULL;
  *g = (IfxGlob){.prog = inst(c, 0), .len = count(c), .captures = c->captures, .bytes = c->git};
  g->ranges = (Range *)(void *)c->ranges.data;
  while (g->prog[g->prefix].op == OP_BYTE) g->prefix++;
  while (g->suffix + 1 < g->len && g->prog[g->len - 2 - g->suffix].op == OP_BYTE) g->suffix++;
  return g;
}

IfxGlob *ifx_glob_compile(const char *text, size_t len, unsigned flags, IfxErr *err) {
  Compiler c = {.p = text, .len = len, .err = err, .git = flags & IFX_GLOB_GIT, .boundary = true};
  IfxGlob *g = NULL;
  if (sequence(&c)) {
    g = finish(&c);
    if (!g) ifx_err_nomem(err);
  }
  if (!g) {
    ifx_buf_free(&c.prog);
    ifx_buf_free(&c.ranges);
  }
  return g;
}

void ifx_glob_free(IfxGlob *g) {
  if (!g) return;
  free(g->prog);
  free(g->ranges);
  free(g);
}

size_t ifx_glob_captures(const IfxGlob *g) { return g->captures; }
