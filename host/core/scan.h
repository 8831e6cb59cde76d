/* scan.h: search in text at the speed of C: many strings at once, words that look like paths.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_SCAN_H
#define IFX_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Many strings searched for in one pass (Aho-Corasick): the time is linear in the text and the
 * matches. */
typedef struct IfxMatcher IfxMatcher;

typedef struct IfxHit {
  size_t start;     /* offset of the first byte */
  uint32_t pattern; /* index of the string, from 0 */
} IfxHit;

/* Build from `n` strings, each of at least one byte; equal strings report the first index.
 * At most UINT32_MAX / 2 bytes in all. NULL and `e` when memory is gone or a string is empty. */
IfxMatcher *ifx_matcher_new(const char *const *strings, const size_t *lengths, size_t n, IfxErr *e);
void ifx_matcher_free(IfxMatcher *m);

/* Call `hit` for every occurrence (overlapping ones too), in the order of their last bytes, longer
 * before shorter. Stops early when `hit` returns false, and then returns false. */
bool ifx_matcher_find(const IfxMatcher *m, const char *text, size_t len,
                      bool (*hit)(void *arg, IfxHit h), void *arg);

/* A set of strings to ask for parts of a text without copying them. */
typedef struct IfxSet IfxSet;
IfxSet *ifx_set_new(const char *const *strings, const size_t *lengths, size_t n, IfxErr *e);
void ifx_set_free(IfxSet *s);
bool ifx_set_has(const IfxSet *s, const char *bytes, size_t len);

/* Which of some strings a text holds, wherever and however often: sooner than to look for each. */
typedef struct IfxSigns IfxSigns;
/* As for a matcher; of equal strings each is found. Used by one thread at a time. */
IfxSigns *ifx_signs_new(const char *const *strings, const size_t *lengths, size_t n, IfxErr *e);
void ifx_signs_free(IfxSigns *s);
/* Call `found` once for every string that the text holds, in their order. */
void ifx_signs_find(IfxSigns *s, const char *text, size_t len,
                    void (*found)(void *arg, size_t index), void *arg);

typedef struct IfxWord {
  size_t start, stop; /* [start, stop) */
  enum {
    IFX_WORD_PLAIN, /* letters, digits and _-./ alone, two or more; no '-' first, no '.' last */
    IFX_WORD_OTHER,
    IFX_WORD_URL
  } sort;
} IfxWord;

/* Find the next word of path bytes at or after `*pos` that holds a '/' or is a member of `names`
 * (may be NULL). With `segments` (may be NULL) a word with a '/' counts only when its last segment
 * is a member, signs behind it left out, and so is each before that is plain and that no ".." may
 * take back; or when it ends in "..", or holds a wildcard or variable (any of *?{$). Path bytes:
 * letters, digits, any of _-./+@~%*?${} and the bytes of non-ASCII letters (not of punctuation,
 * arrows, drawing characters or emoji); a ',' counts inside braces. A word that a scheme and "://"
 * begin runs to the next blank, quote, bracket or '>' as one URL, which always counts. True: `*w`
 * is the word and *pos stands behind it. */
bool ifx_scan_word(const char *text, size_t len, const IfxSet *names, const IfxSet *segments,
                   size_t *pos, IfxWord *w);

#endif
