/* glob.h: path patterns, compiled once. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_GLOB_H
#define IFX_GLOB_H

#include "err.h"

/* The project's own dialect:
 *   *       any bytes but '/'
 *   **      any depth, as a whole segment of the path
 *   ?       one character but not '/'
 *   [a-z]   one of these; [!a] or [^a]: none of these; [[:alpha:]] and its like
 *   {a,b}   one of these patterns
 *   \x      x itself
 * A character is a UTF-8 sequence, or one byte where the bytes are not UTF-8. What the grammar
 * refuses ('**' inside a segment, an unclosed bracket or brace) is an error.
 * IFX_GLOB_GIT is the dialect of gitignore: no braces, bytes instead of characters, '**' inside a
 * segment is '*', and a malformed bracket makes a pattern that matches nothing. */
#define IFX_GLOB_GIT 1u

typedef struct IfxGlob IfxGlob;

IfxGlob *ifx_glob_compile(const char *text, size_t len, unsigned flags, IfxErr *err);
void ifx_glob_free(IfxGlob *g); /* NULL is harmless */

/* Each '*', '**', '?', bracket and outermost brace is one capture, in the order of the pattern;
 * what stands inside a brace belongs to the brace's capture. The git dialect has none. */
size_t ifx_glob_captures(const IfxGlob *g);

typedef enum { IFX_GLOB_FAILED = -1, IFX_GLOB_NO = 0, IFX_GLOB_YES = 1 } IfxGlobResult;

/* Match the whole path. Where several readings match, earlier wildcards take as much as they can,
 * and earlier alternatives of a brace win. `spans` (NULL: not wanted) receives begin and end
 * offsets, two for each capture. Fails only for want of memory, or when pattern times path exceeds
 * a fixed bound (kind limit). */
IfxGlobResult ifx_glob_match(const IfxGlob *g, const char *path, size_t len, size_t *spans,
                             IfxErr *err);

#endif
