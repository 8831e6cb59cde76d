/* subst.h: variables of a text replaced by their values, as drone/envsubst and its kin do it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_SUBST_H
#define IFX_SUBST_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "err.h"

typedef struct IfxVariable {
  const char *name;
  size_t name_len;
  const char *value;
  size_t value_len;
} IfxVariable;

/* Put variables into the order that ifx_subst wants: by the bytes of their names. Names differ. */
void ifx_variables_sort(IfxVariable *vars, size_t count);

/* The most bytes that variables may put into a text, those of words that are dropped counted too.
 */
#define IFX_SUBST_MAX_BYTES ((size_t)64 << 20)

/* Append `text` to `out` with every ${…} replaced; `$$` stands for `$`:
 *   ${a}  ${#a}                       the value; its length in bytes
 *   ${a=x} ${a:=x} ${a:-x} ${a:?x} ${a:+x}    x where a is empty or not set (all five alike)
 *   ${a,} ${a,,} ${a^} ${a^^}         first character or all to lower, to upper case
 *   ${a:from} ${a:from:count}         bytes from 0, negative: from the end
 *   ${a#p} ${a##p} ${a%p} ${a%%p}     without the shortest or longest match of p in front, behind
 *   ${a/p/x} ${a//p/x} ${a/#p/x} ${a/%p/x}    first, all, leading, trailing p replaced by x
 * Words may hold ${…} themselves. A variable that is not set is empty; with `strict` it is an error
 * where no default is given. False with kind parse, line and column where the text is wrong, kind
 * not_found for a variable that strictness misses, limit for words within words without end, for
 * patterns that take too long and for more than IFX_SUBST_MAX_BYTES. `unset` (may be NULL) receives
 * the names that were read without a value and without a default, each with a NUL behind it, in the
 * order of their uses. */
bool ifx_subst(IfxBuf *out, IfxBuf *unset, const char *text, size_t len, const IfxVariable *vars,
               size_t count, bool strict, IfxErr *err);

#endif
