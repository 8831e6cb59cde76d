/* regex.h: regular expressions as tools write them, on PCRE2. SPDX-License-Identifier: Apache-2.0
 */
#ifndef IFX_REGEX_H
#define IFX_REGEX_H

#include "err.h"

/* Whose rules an expression follows. Go's (and RE2's, and nearly Rust's) know no backreferences, no
 * looking around, no atomic groups: an expression that uses them is refused, as those tools refuse
 * it. Python's knows them. Both mean the whole text by `^` and `$`, unless (?m) is set. */
typedef enum { IFX_REGEX_GO, IFX_REGEX_PYTHON } IfxRegexSyntax;

#define IFX_REGEX_MAX ((size_t)64 << 10) /* bytes of an expression */

typedef struct IfxRegex IfxRegex;

/* NULL with kind "parse" and the column (in bytes, from 1) for what is no expression of that
 * syntax; "limit" for one that is too long or compiles to too much. */
IfxRegex *ifx_regex_new(const char *source, size_t len, IfxRegexSyntax syntax, IfxErr *err);
void ifx_regex_free(IfxRegex *re);

typedef enum { IFX_REGEX_NO, IFX_REGEX_YES, IFX_REGEX_ERROR } IfxRegexFound;

/* The first match at or after byte `from` (from 0): first byte and byte behind it. The text may
 * hold bytes that are not UTF-8; no match covers them. Kind "limit" when an expression that
 * backtracks takes more steps than any path deserves. */
IfxRegexFound ifx_regex_find(const IfxRegex *re, const char *text, size_t len, size_t from,
                             size_t *first, size_t *end, IfxErr *err);

#endif
