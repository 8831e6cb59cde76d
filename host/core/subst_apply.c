/* subst_apply.c: what operators make of a value. SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "subst_impl.h"

/* ---- characters ---- */

size_t ifx_subst_decode(IfxSlice s, uint32_t *c) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *p = (const unsigned char *)s.at;
  *c = s.len ? p[0] : 0;
  if (s.len == 0 || p[0] < 0x80) return s.len ? 1 : 0;
  size_t n = p[0] >= 0xF0 && p[0] < 0xF8 ? 4 : p[0] >= 0xE0 && p[0] < 0xF0 ? 3 : 2;
  uint32_t v = p[0] & (0xFFu >> (n + 1));
  bool good = p[0] >= 0xC2 && p[0] < 0xF8 && n <= s.len;
  for (size_t i = 1; good && i < n; i++) {
    good = (p[i] & 0xC0) == 0x80;
    v = v << 6 | (p[i] & 0x3Fu);
  }
  good = good && v >= least[n] && v < 0x110000 && (v < 0xD800 || v > 0xDFFF);
  *c = good ? v : IFX_NO_CHARACTER;
  return good ? n : 1;
}

void ifx_subst_encode(IfxBuf *out, uint32_t c) {
  if (c < 0x80) {
    ifx_buf_byte(out, (char)c);
    return;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  ifx_buf_byte(out, (char)(lead[more] | c >> (6 * more)));
  while (more-- > 0) ifx_buf_byte(out, (char)(0x80 | (c >> (6 * more) & 0x3F)));
}

static IfxSlice rest_of(IfxSlice s, size_t from) { return (IfxSlice){s.at + from, s.len - from}; }

static IfxSlice slice_of(const IfxBuf *b) { return (IfxSlice){b->data ? b->data : "", b->len}; }

static void add(IfxBuf *out, IfxSlice s) { ifx_buf_add(out, s.at, s.len); }

static void change_case(IfxBuf *out, IfxSlice s, uint32_t (*to)(uint32_t), bool all) {
  while (s.len) {
    uint32_t c;
    size_t n = ifx_subst_decode(s, &c);
    ifx_subst_encode(out, to(c));
    s = rest_of(s, n);
    if (!all) break;
  }
  add(out, s);
}

static void reverse(IfxBuf *out, IfxSlice s) {
  size_t end = s.len;
  while (end > 0) {
    size_t start = end - 1;
    uint32_t c;
    /* the character that ends here: the longest that decodes to just these bytes */
    while (start > 0 && end - start < 4 && ((unsigned char)s.at[start] & 0xC0) == 0x80) start--;
    while (ifx_subst_decode((IfxSlice){s.at + start, end - start}, &c) != end - start) start++;
    ifx_subst_encode(out, c);
    end = start;
  }
}

/* ---- patterns: * ? [a-z] [^a-z] \c; * and ? match any character ---- */

typedef enum { NO, YES, BAD, LATE } Matched;

/* A character of a class; false: the pattern is wrong, or ends here. */
static bool class_character(IfxSlice *p, uint32_t *c) {
  if (p->len == 0 || *p->at == '-' || *p->at == ']') return false;
  if (*p->at == '\\') *p = rest_of(*p, 1);
  size_t n = ifx_subst_decode(*p, c);
  if (n == 0 || (*c == IFX_NO_CHARACTER && n == 1)) return false;
  *p = rest_of(*p, n);
  return p->len > 0;
}

static Matched match_class(IfxSlice *p, IfxSlice *s) {
  uint32_t c, low, high;
  *s = rest_of(*s, ifx_subst_decode(*s, &c));
  *p = rest_of(*p, 1);
  bool negated = p->len && *p->at == '^', found = false;
  if (negated) *p = rest_of(*p, 1);
  for (size_t ranges = 0; !(ranges > 0 && p->len && *p->at == ']'); ranges++) {
    if (!class_character(p, &low)) return BAD;
    high = low;
    if (*p->at == '-') {
      *p = rest_of(*p, 1);
      if (!class_character(p, &high)) return BAD;
    }
    found = found || (low <= c && c <= high);
  }
  *p = rest_of(*p, 1);
  return found != negated ? YES : NO;
}

/* Does a part of a pattern without * match the beginning? Then `s` is what stands behind it. A part
 * that is wrong only counts as such where it is reached. */
static Matched match_part(IfxSlice p, IfxSlice *s) {
  while (p.len) {
    if (s->len == 0) return NO;
    if (*p.at == '[') {
      Matched m = match_class(&p, s);
      if (m != YES) return m;
      continue;
    }
    uint32_t c;
    if (*p.at == '?') {
      *s = rest_of(*s, ifx_subst_decode(*s, &c));
      p = rest_of(p, 1);
      continue;
    }
    if (*p.at == '\\') p = rest_of(p, 1);
    if (p.len == 0) return BAD;
    if (*p.at != *s->at) return NO;
    *s = rest_of(*s, 1);
    p = rest_of(p, 1);
  }
  return YES;
}

/* The part up to the next * that is no member of a class. */
static IfxSlice next_part(IfxSlice p) {
  bool in_class = false;
  size_t i = 0;
  for (; i < p.len; i++) {
    if (p.at[i] == '\\' && i + 1 < p.len)
      i++;
    else if (p.at[i] == '[')
      in_class = true;
    else if (p.at[i] == ']')
      in_class = false;
    else if (p.at[i] == '*' && !in_class)
      break;
  }
  return (IfxSlice){p.at, i};
}

/* The part somewhere in `s`, with nothing behind it when it is the last. */
static Matched match_later(IfxSlice part, bool last, IfxSlice *s, uint64_t *steps) {
  for (size_t i = 1; i <= s->len; i++) {
    IfxSlice t = rest_of(*s, i);
    if (*steps <= part.len) return LATE;
    *steps -= part.len + 1;
    Matched m = match_part(part, &t);
    if (m == BAD) return BAD;
    if (m == YES && (!last || t.len == 0)) {
      *s = t;
      return YES;
    }
  }
  return NO;
}

static Matched match(IfxSlice pattern, IfxSlice s, uint64_t *steps) {
  while (pattern.len) {
    bool star = false;
    for (; pattern.len && *pattern.at == '*'; pattern = rest_of(pattern, 1)) star = true;
    IfxSlice part = next_part(pattern);
    pattern = rest_of(pattern, part.len);
    if (star && part.len == 0) return YES;
    if (*steps <= part.len) return LATE;
    *steps -= part.len + 1;
    IfxSlice t = s;
    Matched m = match_part(part, &t);
    if (m == YES && (t.len == 0 || pattern.len)) {
      s = t;
      continue;
    }
    if (m == BAD || !star) return m == BAD ? BAD : NO;
    m = match_later(part, pattern.len == 0, &s, steps);
    if (m != YES) return m;
  }
  return s.len == 0 ? YES : NO;
}

/* How many bytes in front match: the most or the fewest, but one at least. A wrong pattern matches
 * none. False: it takes too long. */
static bool match_front(IfxSlice pattern, IfxSlice s, bool longest, size_t *found,
                        uint64_t *steps) {
  *found = 0;
  for (size_t n = s.len; n > 0; n--) {
    Matched m = match(pattern, (IfxSlice){s.at, n}, steps);
    if (m == LATE) return false;
    if (m == BAD) *found = 0;
    if (m == YES) *found = n;
    if (m == BAD || (m == YES && longest)) break;
  }
  return true;
}

static bool trim(IfxBuf *out, IfxSlice op, IfxSlice value, IfxSlice pattern, uint64_t *steps) {
  size_t n;
  bool longest = op.len == 2, done;
  if (op.at[0] == '#') {
    done = match_front(pattern, value, longest, &n, steps);
    if (done) add(out, rest_of(value, n));
    return done;
  }
  IfxBuf turned = {0}, turned_pattern = {0};
  reverse(&turned, value);
  reverse(&turned_pattern, pattern);
  done = match_front(slice_of(&turned_pattern), slice_of(&turned), longest, &n, steps);
  if (done) reverse(out, rest_of(slice_of(&turned), n));
  out->failed = out->failed || turned.failed || turned_pattern.failed;
  ifx_buf_free(&turned);
  ifx_buf_free(&turned_pattern);
  return done;
}

/* ---- parts and replacements ---- */

/* A decimal number with an optional sign, and nothing else. */
static bool number(IfxSlice s, long long *n) {
  char text[24];
  size_t sign = s.len && (*s.at == '-' || *s.at == '+');
  if (s.len == sign) return false;
  for (size_t i = sign; i < s.len; i++)
    if (s.at[i] < '0' || s.at[i] > '9') return false;
  IfxSlice digits = rest_of(s, sign);
  while (digits.len > 1 && *digits.at == '0') digits = rest_of(digits, 1);
  if (digits.len > sizeof text - 2) return false;
  text[0] = sign && *s.at == '-' ? '-' : '+';
  memcpy(text + 1, digits.at, digits.len);
  text[digits.len + 1] = '\0';
  errno = 0;
  *n = strtoll(text, NULL, 10);
  return errno == 0;
}

static void part(IfxBuf *out, IfxSlice value, const IfxSlice *words, size_t count) {
  long long from = 0, length = 0, all = (long long)value.len;
  bool whole = !number(words[0], &from) || (count > 1 && !number(words[1], &length));
  if (whole) {
    add(out, value);
    return;
  }
  if (from < 0) from = from + all > 0 ? from + all : 0;
  if (from >= all) return;
  long long end = all;
  if (count > 1 && length < 0)
    end = all + length;
  else if (count > 1 && length < all - from)
    end = from + length;
  if (end > from) ifx_buf_add(out, value.at + from, (size_t)(end - from));
}

static bool begins(IfxSlice s, IfxSlice with) {
  return s.len >= with.len && memcmp(s.at, with.at, with.len) == 0;
}

/* Before each character, or at its end: an empty text stands everywhere. */
static void replace_nothing(IfxBuf *out, IfxSlice s, IfxSlice by, bool all) {
  size_t most = out->len + IFX_SUBST_MAX_BYTES;
  add(out, by);
  while (all && s.len && out->len <= most) {
    uint32_t c;
    size_t n = ifx_subst_decode(s, &c);
    ifx_buf_add(out, s.at, n);
    add(out, by);
    s = rest_of(s, n);
  }
  add(out, s);
}

static void replace(IfxBuf *out, IfxSlice s, IfxSlice old, IfxSlice by, bool all) {
  if (old.len == 0) {
    replace_nothing(out, s, by, all);
    return;
  }
  size_t most = out->len + IFX_SUBST_MAX_BYTES;
  for (const char *hit; (hit = memmem(s.at, s.len, old.at, old.len));) {
    ifx_buf_add(out, s.at, (size_t)(hit - s.at));
    add(out, by);
    s = rest_of(s, (size_t)(hit - s.at) + old.len);
    if (!all || out->len > most) break;
  }
  add(out, s);
}

static void replace_at(IfxBuf *out, char where, IfxSlice s, IfxSlice old, IfxSlice by) {
  IfxSlice tail = rest_of(s, s.len >= old.len ? s.len - old.len : 0);
  if (where == '#' && begins(s, old)) {
    add(out, by);
    s = rest_of(s, old.len);
  } else if (where == '%' && tail.len == old.len && begins(tail, old)) {
    ifx_buf_add(out, s.at, s.len - old.len);
    s = by;
  }
  add(out, s);
}

static void substitute(IfxBuf *out, IfxSlice op, IfxSlice value, const IfxSlice *words,
                       size_t count) {
  IfxSlice by = count > 1 ? words[1] : (IfxSlice){"", 0};
  if (op.len == 1 || op.at[1] == '/')
    replace(out, value, words[0], by, op.len == 2);
  else if (count > 1)
    replace_at(out, op.at[1], value, words[0], by);
  else
    add(out, value);
}

static void or_words(IfxBuf *out, IfxSlice value, const IfxSlice *words, size_t count) {
  add(out, value);
  for (size_t i = 0; value.len == 0 && i < count; i++) add(out, words[i]);
}

static bool apply(IfxBuf *out, IfxSlice op, IfxSlice value, const IfxSlice *words, size_t count,
                  uint64_t *steps) {
  char sign = op.len ? op.at[0] : '\0';
  bool doubled = op.len == 2 && op.at[1] == sign;
  if ((sign == ',' || sign == '^') && (op.len == 1 || doubled))
    change_case(out, value, sign == ',' ? ifx_subst_lower : ifx_subst_upper, doubled);
  else if (sign == '#' && count == 0)
    ifx_buf_fmt(out, "%zu", value.len);
  else if (sign == '#' || sign == '%')
    return trim(out, op, value, words[0], steps);
  else if (sign == ':' && op.len == 1)
    part(out, value, words, count);
  else if (sign == '/')
    substitute(out, op, value, words, count);
  else
    or_words(out, value, words, count);
  return true;
}

/* Operators with a pattern look at all of a value, and may leave nothing of it. */
static bool may_look(IfxSlice op, IfxSlice value, size_t count, uint64_t *steps) {
  if (count == 0 || !strchr("#%/", op.at[0])) return true;
  if (*steps <= value.len) return false;
  *steps -= value.len;
  return true;
}

bool ifx_subst_apply(IfxBuf *out, IfxSlice op, IfxSlice value, const IfxSlice *words, size_t count,
                     uint64_t *steps, IfxErr *err) {
  if (may_look(op, value, count, steps) && apply(out, op, value, words, count, steps)) return true;
  ifx_err_set(err, IFX_E_LIMIT, "the pattern of this substitution takes too long");
  return ifx_err_hint(err, "a pattern with fewer * is matched faster");
}
