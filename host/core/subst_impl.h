/* subst_impl.h: what the parts of the substitution share. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_SUBST_IMPL_H
#define IFX_SUBST_IMPL_H

#include <stdint.h>

#include "subst.h"

typedef struct IfxSlice {
  const char *at;
  size_t len;
} IfxSlice;

/* The character at the beginning; its bytes. Bytes that are no UTF-8 are U+FFFD, one each; nothing
 * is 0 in 0 bytes. */
#define IFX_NO_CHARACTER 0xFFFDu
size_t ifx_subst_decode(IfxSlice s, uint32_t *c);
void ifx_subst_encode(IfxBuf *out, uint32_t c);

bool ifx_subst_in_name(uint32_t c); /* a letter, a decimal digit, _ */
uint32_t ifx_subst_upper(uint32_t c);
uint32_t ifx_subst_lower(uint32_t c);

/* Append what the operator `op` makes of a value. At most the first two words count, but for
 * defaults, which are all words in a row. `steps` is what patterns may still take. What has become
 * longer than IFX_SUBST_MAX_BYTES is not whole: the caller refuses it. */
bool ifx_subst_apply(IfxBuf *out, IfxSlice op, IfxSlice value, const IfxSlice *words, size_t count,
                     uint64_t *steps, IfxErr *err);

#endif
