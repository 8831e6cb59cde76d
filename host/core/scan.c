/* scan.c: a set of strings, and words of a text that look like paths. SPDX-License-Identifier:
 * Apache-2.0 */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

/* ---- set: open addressing over one block that holds all strings ---- */

typedef struct Slot {
  uint32_t offset, length; /* length 0: free (the empty string is never a member) */
} Slot;

struct IfxSet {
  char *bytes;
  Slot *slots;
  size_t mask;
  uint64_t lengths[256]; /* of the members that begin with each byte: most words differ from all */
};

static uint64_t length_bit(size_t len) { return (uint64_t)1 << (len < 63 ? len : 63); }

static uint32_t hash_of(const char *bytes, size_t len) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)bytes[i]) * 16777619u;
  return h ^ (h >> 15);
}

static Slot *slot_of(const IfxSet *s, const char *bytes, size_t len) {
  size_t i = hash_of(bytes, len) & s->mask;
  while (s->slots[i].length != 0) {
    if (s->slots[i].length == len && memcmp(s->bytes + s->slots[i].offset, bytes, len) == 0) break;
    i = (i + 1) & s->mask;
  }
  return &s->slots[i];
}

void ifx_set_free(IfxSet *s) {
  if (s == NULL) return;
  free(s->bytes);
  free(s->slots);
  free(s);
}

IfxSet *ifx_set_new(const char *const *strings, const size_t *lengths, size_t n, IfxErr *e) {
  size_t total = 0, size = 8;
  for (size_t i = 0; i < n; i++) total += lengths[i];
  if (total > UINT32_MAX / 2) {
    ifx_err_set(e, IFX_E_LIMIT, "a set of %zu bytes is too large", total);
    return NULL;
  }
  while (size < 2 * n) size *= 2;
  IfxSet *s = calloc(1, sizeof *s);
  if (s != NULL) {
    s->bytes = malloc(total + 1);
    s->slots = calloc(size, sizeof *s->slots);
    s->mask = size - 1;
  }
  if (s == NULL || s->bytes == NULL || s->slots == NULL) {
    ifx_set_free(s);
    ifx_err_nomem(e);
    return NULL;
  }
  size_t used = 0;
  for (size_t i = 0; i < n; i++) {
    if (lengths[i] == 0) continue;
    Slot *slot = slot_of(s, strings[i], lengths[i]);
    if (slot->length != 0) continue;
    memcpy(s->bytes + used, strings[i], lengths[i]);
    *slot = (Slot){(uint32_t)used, (uint32_t)lengths[i]};
    s->lengths[(unsigned char)*strings[i]] |= length_bit(lengths[i]);
    used += lengths[i];
  }
  return s;
}

bool ifx_set_has(const IfxSet *s, const char *bytes, size_t len) {
  return len != 0 && (s->lengths[(unsigned char)*bytes] & length_bit(len)) != 0 &&
         slot_of(s, bytes, len)->length != 0;
}

/* ---- words ---- */

enum { STOP, PLAIN, SIGN, SLASH, COLON, OPEN, CLOSE, COMMA };

static const unsigned char classes[256] = {
    ['0' ... '9'] = PLAIN, ['A' ... 'Z'] = PLAIN,  ['a' ... 'z'] = PLAIN, ['_'] = PLAIN,
    ['-'] = PLAIN,         ['.'] = PLAIN,          ['+'] = SIGN,          ['@'] = SIGN,
    ['~'] = SIGN,          ['%'] = SIGN,           ['*'] = SIGN,          ['?'] = SIGN,
    ['$'] = SIGN,          [0x80 ... 0xFF] = SIGN, /* bytes of letters, see `foreign` */
    ['/'] = SLASH,         [':'] = COLON,          ['{'] = OPEN,          ['}'] = CLOSE,
    [','] = COMMA,
};

static int class_of(char c) { return classes[(unsigned char)c]; }

/* Bytes of a non-ASCII sequence that no path is made of: U+0080-U+00BF, U+2000-U+2FFF (punctuation,
 * arrows, drawing characters), U+3000-U+303F, U+F000 and above. 0: a letter, go on. */
static size_t foreign(const char *text, size_t len, size_t i) {
  unsigned char c = (unsigned char)text[i];
  if (c < 0xC2) return 0;
  size_t size = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  if (i + size > len) return 0;
  for (size_t k = 1; k < size; k++)
    if (((unsigned char)text[i + k] & 0xC0) != 0x80) return 0;
  bool is =
      c == 0xC2 || c == 0xE2 || c >= 0xEF || (c == 0xE3 && (unsigned char)text[i + 1] == 0x80);
  return is ? size : 0;
}

static bool ends_url(unsigned char c) {
  return c <= ' ' || c == 0x7F || strchr("\"'`<>()[]|\\^", c) != NULL;
}

/* [from, colon) is a scheme and "://" follows? */
static bool is_scheme(const char *text, size_t len, size_t from, size_t colon) {
  if (colon + 3 > len || memcmp(text + colon, "://", 3) != 0 || colon == from) return false;
  for (size_t i = from; i < colon; i++) {
    unsigned char c = (unsigned char)text[i];
    bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
    if (!letter && (i == from || strchr("0123456789+-.", c) == NULL)) return false;
  }
  return true;
}

static size_t url_end(const char *text, size_t len, size_t i) {
  while (i < len && !ends_url((unsigned char)text[i])) i++;
  return i;
}

/* Fill in the word that begins at w->start: its end and sort, and whether it holds a slash. */
static bool cut(const char *text, size_t len, IfxWord *w) {
  size_t i = w->start, braces = 0;
  bool slash = false, plain = class_of(text[i]) != SIGN && text[i] != '-';
  for (; i < len; i++) {
    int class = class_of(text[i]);
    if (class == PLAIN) continue;
    if (class == SLASH) {
      slash = true;
      continue;
    }
    if (class == COLON && is_scheme(text, len, w->start, i)) {
      w->sort = IFX_WORD_URL;
      w->stop = url_end(text, len, i);
      return true;
    }
    if (class == STOP || class == COLON || (class == COMMA && braces == 0)) break;
    if ((unsigned char)text[i] >= 0x80 && foreign(text, len, i) != 0) break;
    plain = false;
    if (class == OPEN) braces++;
    if (class == CLOSE && braces > 0) braces--;
  }
  w->stop = i;
  w->sort = plain && i - w->start > 1 && text[i - 1] != '.' ? IFX_WORD_PLAIN : IFX_WORD_OTHER;
  return slash;
}

static bool holds_variable(const char *word, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (word[i] == '*' || word[i] == '?' || word[i] == '{' || word[i] == '$') return true;
  return false;
}

/* Is the segment a member, or one that only its reader can judge? */
static bool may_stand(const char *segment, size_t len, const IfxSet *segments) {
  if (len == 0 || (len == 1 && *segment == '.') || ifx_set_has(segments, segment, len)) return true;
  for (size_t i = 0; i < len; i++)
    if (class_of(segment[i]) != PLAIN) return true;
  return false;
}

/* May the word with a slash be a path whose segments are members? */
static bool may_name(const char *word, size_t len, const IfxSet *segments) {
  if (holds_variable(word, len)) return true;
  if (len >= 2 && word[len - 1] == '.' && word[len - 2] == '.') return true;
  while (len > 0 && strchr("./@+%}", word[len - 1]) != NULL) len--;
  size_t from = len;
  while (from > 0 && word[from - 1] != '/') from--;
  if (!ifx_set_has(segments, word + from, len - from)) return false;
  if (memmem(word, from, "..", 2) != NULL) return true; /* it may take back any segment before */
  for (size_t i = 0; i < from; i++) {
    const char *slash = memchr(word + i, '/', from - i);
    size_t end = (size_t)(slash - word);
    if (!may_stand(word + i, end - i, segments)) return false;
    i = end;
  }
  return true;
}

static bool counts(const char *word, size_t len, bool slash, const IfxSet *names,
                   const IfxSet *segments) {
  if (!slash) return names != NULL && ifx_set_has(names, word, len);
  return segments == NULL || may_name(word, len, segments);
}

bool ifx_scan_word(const char *text, size_t len, const IfxSet *names, const IfxSet *segments,
                   size_t *pos, IfxWord *w) {
  size_t i = *pos;
  while (i < len) {
    int class = class_of(text[i]);
    size_t skip = (unsigned char)text[i] >= 0x80 ? foreign(text, len, i) : 0;
    if (skip != 0 || class == STOP || class == COLON || class == COMMA) {
      i += skip != 0 ? skip : 1;
      continue;
    }
    w->start = i;
    bool slash = cut(text, len, w);
    if (w->sort == IFX_WORD_URL || counts(text + i, w->stop - i, slash, names, segments)) {
      *pos = w->stop;
      return true;
    }
    i = w->stop;
  }
  *pos = len;
  return false;
}
