/* node_merge_impl.h: what the files of the merge share. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_NODE_MERGE_IMPL_H
#define IFX_NODE_MERGE_IMPL_H

#include "node_merge.h"

typedef struct IfxMerge {
  IfxTree *tree;
  const IfxMergeKeys *keys;
  IfxErr *err;
  bool failed;     /* err says why */
  uint64_t looked; /* at how many fields and items of others, for one of a list or a map */
} IfxMerge;

/* What $patch says of the map or list that it stands in. */
typedef enum { IFX_MERGE_UNKNOWN, IFX_MERGE_MERGE, IFX_MERGE_REPLACE, IFX_MERGE_DELETE } IfxVerb;

/* `at` (which may be NULL) under `patch` (may be NULL: it says nothing of this). NULL: nothing
 * stays, or m->failed. */
const IfxNode *ifx_merge_values(IfxMerge *m, const IfxMergeType *type, const IfxNode *at,
                                const IfxNode *patch);
/* The same of two lists whose type merges; `patch` may be null. */
const IfxNode *ifx_merge_lists(IfxMerge *m, const IfxMergeType *type, const IfxNode *at,
                               const IfxNode *patch);

/* The verb of a map, which is taken out of it; IFX_MERGE_UNKNOWN leaves it there. */
IfxVerb ifx_merge_take_verb(IfxMerge *m, const IfxNode **map);
IfxVerb ifx_merge_verb(const IfxNode *value);

void *ifx_merge_fail(IfxMerge *m, const IfxNode *at, const char *what);
void *ifx_merge_no_memory(IfxMerge *m);
/* Counts towards the most that a merge may look at; false: failed, with what is too long. */
bool ifx_merge_look(IfxMerge *m, const IfxNode *at, uint64_t count);
const IfxNode *ifx_merge_wrong_kind(IfxMerge *m, const char *wanted, const IfxNode *got);

static inline bool ifx_merge_nothing(const IfxNode *n) { return !n || n->kind == IFX_NODE_NULL; }

#endif
