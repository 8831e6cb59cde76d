/* glob_match.c: running a compiled pattern over a path. SPDX-License-Identifier: Apache-2.0 */
#include "glob_internal.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STATES ((size_t)1 << 28) /* 32 MiB of marks */
#define RESTORE    0x80000000u

/* Backtracking that never visits a state (instruction, position) twice, so its time is bounded by
 * their number. A job is a state to try, or (RESTORE) a capture slot to put back before trying
 * older jobs. */
typedef struct Job {
  uint32_t what;
  size_t value;
} Job;

typedef struct Run {
  const IfxGlob *g;
  const char *text;
  size_t len;
  size_t *spans;
  unsigned char *marks; /* one bit for each state */
  Job *jobs;
  size_t njobs;
  size_t cap;
  unsigned char small_marks[512];
  Job small_jobs[64];
} Run;

static uint32_t lead_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if ((lead & 0xF0) == 0xE0) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

uint32_t ifx_glob_next(const char *text, size_t len, size_t *at, bool bytes) {
  const unsigned char *s = (const unsigned char *)text + *at;
  uint32_t n = lead_length(*s), min[] = {0, 0, 0x80, 0x800, 0x10000};
  bool ok = n && n <= len - *at;
  uint32_t cp = n > 1 ? *s & (0x7Fu >> n) : *s;
  for (uint32_t i = 1; ok && i < n; i++) {
    ok = (s[i] & 0xC0) == 0x80;
    cp = cp << 6 | (s[i] & 0x3Fu);
  }
  if (bytes || !ok || cp < min[n] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
    *at += 1;
    return *s < 0x80 ? *s : 0x110000u + *s;
  }
  *at += n;
  return cp;
}

static bool push(Run *r, uint32_t what, size_t value) {
  if (r->njobs == r->cap) {
    size_t cap = r->cap * 2;
    Job *jobs = realloc(r->jobs == r->small_jobs ? NULL : r->jobs, cap * sizeof *jobs);
    if (!jobs) return false;
    if (r->jobs == r->small_jobs) memcpy(jobs, r->small_jobs, sizeof r->small_jobs);
    r->jobs = jobs;
    r->cap = cap;
  }
  r->jobs[r->njobs++] = (Job){what, value};
  return true;
}

static bool first_visit(Run *r, size_t pc, size_t pos) {
  size_t state = pc * (r->len + 1) + pos;
  unsigned char bit = (unsigned char)(1u << (state & 7));
  if (r->marks[state >> 3] & bit) return false;
  r->marks[state >> 3] |= bit;
  return true;
}

static bool in_class(const IfxGlob *g, const Inst *in, uint32_t ch) {
  for (size_t i = in->x; i < (size_t)in->x + in->y; i++) {
    if (ch >= g->ranges[i].low && ch <= g->ranges[i].high) return !in->c;
  }
  return in->c;
}

/* One character that is not '/', in the class if the instruction has one. */
static bool one_char(const Run *r, const Inst *in, size_t *pos) {
  if (*pos == r->len || r->text[*pos] == '/') return false;
  uint32_t ch = ifx_glob_next(r->text, r->len, pos, r->g->bytes);
  return in->op == OP_ANY || in_class(r->g, in, ch);
}

/* Follow one thread until it matches or dies; what else might match is pushed. */
static IfxGlobResult follow(Run *r, size_t pc, size_t pos) {
  while (first_visit(r, pc, pos)) {
    const Inst *in = &r->g->prog[pc];
    switch (in->op) {
    case OP_BYTE:
      if (pos == r->len || (uint8_t)r->text[pos] != in->c) return IFX_GLOB_NO;
      pos++, pc++;
      break;
    case OP_ANY:
    case OP_CLASS:
      if (!one_char(r, in, &pos)) return IFX_GLOB_NO;
      pc++;
      break;
    case OP_STAR:
    case OP_STARSTAR:
      if (pos == r->len || (in->op == OP_STAR && r->text[pos] == '/')) {
        pc++;
        break;
      }
      if (!push(r, (uint32_t)pc + 1, pos)) return IFX_GLOB_FAILED;
      pos++;
      break;
    case OP_SPLIT:
      if (!push(r, in->y, pos)) return IFX_GLOB_FAILED;
      pc = in->x;
      break;
    case OP_JUMP: pc = in->x; break;
    case OP_SAVE:
      if (r->spans) {
        if (!push(r, in->x | RESTORE, r->spans[in->x])) return IFX_GLOB_FAILED;
        r->spans[in->x] = pos;
      }
      pc++;
      break;
    case OP_END: return pos == r->len ? IFX_GLOB_YES : IFX_GLOB_NO;
    default: return IFX_GLOB_NO;
    }
  }
  return IFX_GLOB_NO;
}

static IfxGlobResult run(Run *r) {
  IfxGlobResult result = follow(r, 0, 0);
  while (result == IFX_GLOB_NO && r->njobs) {
    Job job = r->jobs[--r->njobs];
    if (job.what & RESTORE) {
      r->spans[job.what & ~RESTORE] = job.value;
    } else {
      result = follow(r, job.what, job.value);
    }
  }
  return result;
}

/* Do the literal bytes at both ends agree? Most paths fail here, before any state is kept. */
static bool ends_agree(const IfxGlob *g, const char *path, size_t len) {
  if (len < g->prefix || len < g->suffix) return false;
  for (size_t i = 0; i < g->prefix; i++) {
    if ((uint8_t)path[i] != g->prog[i].c) return false;
  }
  const Inst *tail = g->prog + g->len - 1 - g->suffix;
  for (size_t i = 0; i < g->suffix; i++) {
    if ((uint8_t)path[len - g->suffix + i] != tail[i].c) return false;
  }
  return true;
}

IfxGlobResult ifx_glob_match(const IfxGlob *g, const char *path, size_t len, size_t *spans,
                             IfxErr *err) {
  if (!ends_agree(g, path, len)) return IFX_GLOB_NO;
  if (len >= MAX_STATES / g->len) {
    ifx_err_set(err, IFX_E_LIMIT, "a path of %zu bytes is too long for this glob", len);
    return IFX_GLOB_FAILED;
  }
  Run r = {.g = g, .text = path, .len = len, .spans = spans};
  r.jobs = r.small_jobs;
  r.cap = sizeof r.small_jobs / sizeof *r.small_jobs;
  size_t bytes = (g->len * (len + 1) + 7) / 8;
  r.marks = bytes <= sizeof r.small_marks ? r.small_marks : calloc(1, bytes);
  for (size_t i = 0; spans && i < 2 * g->captures; i++) spans[i] = 0;
  IfxGlobResult result = r.marks ? run(&r) : IFX_GLOB_FAILED;
  if (result == IFX_GLOB_FAILED) ifx_err_nomem(err);
  if (r.marks != r.small_marks) free(r.marks);
  if (r.jobs != r.small_jobs) free(r.jobs);
  return result;
}
