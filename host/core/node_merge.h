/* node_merge.h: strategic merge of values, as kyaml's merge2 does it. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_NODE_MERGE_H
#define IFX_NODE_MERGE_H

#include "node.h"

#define IFX_MERGE_KEYS 8 /* of a list, at most */

/* What is known of values of a type: whether a list of it merges, and by which keys. */
typedef struct IfxMergeType IfxMergeType;

typedef struct IfxMergeField {
  const IfxNode *name;
  const IfxMergeType *type;
} IfxMergeField;

struct IfxMergeType {
  const IfxMergeField *fields;
  size_t count;
  const IfxMergeType *any;   /* of fields that are not named; NULL: nothing is known of them */
  const IfxMergeType *items; /* NULL: nothing is known of them */
  const IfxNode *keys;       /* a list of texts: a list merges by these fields of its items, or by
                                the items themselves: { "" }; NULL: a list is replaced */
};

/* The types that a description names, ready for lookups. It is a map
 *   types:   { NAME: TYPE }                   for TYPEs that are named
 *   objects: { API VERSION: { KIND: TYPE } }  what maps with such an apiVersion and kind are
 * where a TYPE is the NAME of one, or { fields: { NAME: TYPE }, any: TYPE, items: TYPE, keys: [..]
 * }. Lives in `t`, which `description` must live in too. NULL: kind parse, what is wrong with it.
 */
typedef struct IfxMergeKeys IfxMergeKeys;
const IfxMergeKeys *ifx_merge_keys(IfxTree *t, const IfxNode *description, IfxErr *err);

/* The type of a map with apiVersion and kind; NULL: not known. `keys` may be NULL. */
const IfxMergeType *ifx_merge_type(const IfxMergeKeys *keys, const IfxNode *map);
const IfxMergeType *ifx_merge_field(const IfxMergeType *type, const IfxNode *name);

/* `n` under `patch`: maps by key, null takes away, lists as their types say (items of the patch
 * first), $patch: replace, delete or merge in maps and lists. *out is NULL when nothing is left.
 * false: kind parse, a map meets a list or a $patch is not one of these. `keys` may be NULL. */
bool ifx_node_merge(IfxTree *t, const IfxNode *n, const IfxNode *patch, const IfxMergeKeys *keys,
                    const IfxNode **out, IfxErr *err);

#endif
