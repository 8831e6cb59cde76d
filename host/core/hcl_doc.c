/* hcl_doc.c: an open file: its blocks by id, its attributes by name. SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hcl_doc_impl.h"

static bool index_blocks(IfxHclDoc *d) {
  uint32_t count = 0;
  for (uint32_t n = 0; n < d->tree.count; n++) count += d->tree.nodes[n].kind == IFX_HCL_BLOCK;
  d->blocks = malloc((count + 1) * sizeof *d->blocks);
  d->ids = malloc((count + 1) * sizeof *d->ids);
  if (!d->blocks || !d->ids) return false;
  for (uint32_t n = d->tree.nodes[0].first; n; n = ifx_hcl_next(&d->tree, n))
    if (d->tree.nodes[n].kind == IFX_HCL_BLOCK) d->blocks[d->nblocks++] = n;
  return true;
}

bool ifx_hcl_read_doc(IfxHclDoc *d, char *text, size_t len, const char *file, IfxErr *err) {
  *d = (IfxHclDoc){.text = text, .len = len, .next_id = 1};
  snprintf(d->file, sizeof d->file, "%s", file ? file : "");
  if (ifx_hcl_parse(&d->tree, text, len, err)) {
    if (index_blocks(d)) return true;
    ifx_err_nomem(err);
  }
  snprintf(err->file, sizeof err->file, "%s", d->file);
  ifx_hcl_close(d);
  return false;
}

bool ifx_hcl_open(IfxHclDoc *d, const char *text, size_t len, const char *file, IfxErr *err) {
  *d = (IfxHclDoc){0};
  char *copy = len < SIZE_MAX ? malloc(len + 1) : NULL;
  if (!copy) return ifx_err_nomem(err);
  if (len) memcpy(copy, text, len);
  copy[len] = '\0';
  if (!ifx_hcl_read_doc(d, copy, len, file, err)) return false;
  for (uint32_t i = 0; i < d->nblocks; i++) d->ids[i] = d->next_id++;
  return true;
}

void ifx_hcl_close(IfxHclDoc *d) {
  ifx_hcl_free(&d->tree);
  free(d->text);
  free(d->blocks);
  free(d->ids);
  *d = (IfxHclDoc){0};
}

/* Ids are in no order once an edit has added blocks in the middle. */
uint32_t ifx_hcl_block(const IfxHclDoc *d, uint32_t id) {
  if (id && id <= d->nblocks && d->ids[id - 1] == id) return d->blocks[id - 1];
  for (uint32_t i = 0; i < d->nblocks; i++)
    if (d->ids[i] == id) return d->blocks[i];
  return 0;
}

uint32_t ifx_hcl_id(const IfxHclDoc *d, uint32_t block) {
  uint32_t at = d->tree.nodes[block].start, low = 0, high = d->nblocks;
  if (!block) return 0;
  while (high - low > 1) {
    uint32_t mid = low + (high - low) / 2;
    if (d->tree.nodes[d->blocks[mid]].start <= at)
      low = mid;
    else
      high = mid;
  }
  return d->ids[low];
}

uint32_t ifx_hcl_attribute(const IfxHclDoc *d, uint32_t block, const char *name, size_t len) {
  const IfxHclTree *t = &d->tree;
  for (uint32_t n = t->count ? t->nodes[block].first : 0; n; n = t->nodes[n].next)
    if (t->nodes[n].kind == IFX_HCL_ATTRIBUTE && ifx_hcl_named(t, n, name, len)) return n;
  return 0;
}
