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
};

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
    used += lengths[i];
  }
  return s;
}

bool ifx_set_has(const IfxSet *s, const char *bytes, size_t len) {
  return len != 0 && slot_of(s, bytes, len)->length != 0;
}

/* ---- words ---- */

enum { STOP, WORD, SLASH, COLON, OPEN, CLOSE, COMMA };

static int class_of(unsigned char c) {
  switch (c) {
  case '/': return SLASH;
  case ':': return COLON;
  case '{': return OPEN;
  case '}': return CLOSE;
  case ',': return COMMA;
  case '_':
  case '-':
  case '.':
  case '+':
  case '@':
  case '~':
  case '%':
  case '*':
  case '?':
  case '$': return WORD;
  default: break;
  }
  bool letter = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
  return letter || c >= 0x80 ? WORD : STOP;
}

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

/* The end of the word that begins at i; sets *slash, and *url when it is one. */
static size_t word_end(const char *text, size_t len, size_t i, bool *slash, bool *url) {
  size_t from = i, braces = 0;
  *slash = *url = false;
  for (; i < len; i++) {
    int class = class_of((unsigned char)text[i]);
    if (class == COLON && is_scheme(text, len, from, i)) {
      *url = *slash = true;
      while (i < len && !ends_url((unsigned char)text[i])) i++;
      return i;
    }
    if (class == STOP || class == COLON || (class == COMMA && braces == 0)) return i;
    if ((unsigned char)text[i] >= 0x80 && foreign(text, len, i) != 0) return i;
    if (class == SLASH) *slash = true;
    if (class == OPEN) braces++;
    if (class == CLOSE && braces > 0) braces--;
  }
  return i;
}

/* Does the path-like word end in a member of `ends`, or in something that only its reader can
 * judge? */
static bool may_name(const char *word, size_t len, const IfxSet *ends) {
  for (size_t i = 0; i < len; i++)
    if (word[i] == '*' || word[i] == '?' || word[i] == '{' || word[i] == '$') return true;
  if (len >= 2 && word[len - 1] == '.' && word[len - 2] == '.') return true;
  while (len > 0 && strchr("./@+%}", word[len - 1]) != NULL) len--;
  size_t from = len;
  while (from > 0 && word[from - 1] != '/') from--;
  return ifx_set_has(ends, word + from, len - from);
}

static bool counts(const char *word, size_t len, bool slash, const IfxSet *names,
                   const IfxSet *ends) {
  if (!slash) return names != NULL && ifx_set_has(names, word, len);
  return ends == NULL || may_name(word, len, ends);
}

bool ifx_scan_word(const char *text, size_t len, const IfxSet *names, const IfxSet *ends,
                   size_t *pos, size_t *start, size_t *stop, bool *url) {
  size_t i = *pos;
  while (i < len) {
    int class = class_of((unsigned char)text[i]);
    size_t skip = (unsigned char)text[i] >= 0x80 ? foreign(text, len, i) : 0;
    if (skip != 0 || class == STOP || class == COLON || class == COMMA) {
      i += skip != 0 ? skip : 1;
      continue;
    }
    bool slash;
    size_t end = word_end(text, len, i, &slash, url);
    if (*url || counts(text + i, end - i, slash, names, ends)) {
      *start = i;
      *stop = *pos = end;
      return true;
    }
    i = end;
  }
  *pos = len;
  return false;
}
