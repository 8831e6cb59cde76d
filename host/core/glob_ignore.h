/* glob_ignore.h: which paths git's ignore rules leave out. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_GLOB_IGNORE_H
#define IFX_GLOB_IGNORE_H

#include "err.h"

typedef struct IfxIgnore IfxIgnore;

/* The line that decided about a path. Its strings live as long as the rules. */
typedef struct IfxIgnoreRule {
  const char *dir; /* folder of the file it stands in; "" is the root */
  const char *text;
  size_t text_len;
  uint32_t line;
  bool negative; /* begins with '!': the path is not ignored */
} IfxIgnoreRule;

IfxIgnore *ifx_ignore_new(IfxErr *err);
void ifx_ignore_free(IfxIgnore *ig); /* NULL is harmless */

/* Add the text of an ignore file that stands in `dir` (normalized, relative, "" for the root). The
 * rules of a deeper folder win over those of its parents; of the same folder, those added later; in
 * one text, later lines. */
bool ifx_ignore_add(IfxIgnore *ig, const char *dir, const char *text, size_t len, IfxErr *err);

/* Is the path (normalized, relative) ignored? 1 yes, 0 no, -1 failed. A path below an ignored
 * folder is ignored, whatever rules say of it: git does not look there. `by` receives the deciding
 * rule or NULL. */
int ifx_ignore_check(const IfxIgnore *ig, const char *path, size_t len, bool is_dir,
                     const IfxIgnoreRule **by, IfxErr *err);

/* The same when it is known that none of the path's folders is ignored. */
int ifx_ignore_check_entry(const IfxIgnore *ig, const char *path, size_t len, bool is_dir,
                           const IfxIgnoreRule **by, IfxErr *err);

#endif
