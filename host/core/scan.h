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

/* Find the next word of path bytes at or after `*pos` that holds a '/' or is a member of `names`
 * (may be NULL). With `ends` (may be NULL) a word with a '/' counts only when its last segment is a
 * member, signs behind it left out, or when it ends in "..", or holds a wildcard or variable (any
 * of *?{$). Path bytes: letters, digits, any of _-./+@~%*?${} and the bytes of non-ASCII letters
 * (not of punctuation, arrows, drawing characters or emoji); a ',' counts inside braces. A word
 * that a scheme and "://" begin runs to the next blank, quote, bracket or '>' as one URL, which
 * always counts. True: [*start, *stop) is the word and *pos stands behind it; `*url` says whether
 * it is one. */
bool ifx_scan_word(const char *text, size_t len, const IfxSet *names, const IfxSet *ends,
                   size_t *pos, size_t *start, size_t *stop, bool *url);

#endif
