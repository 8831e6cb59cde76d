/* node_fields.h: the fields of objects that specs name by kind and path. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_NODE_FIELDS_H
#define IFX_NODE_FIELDS_H

#include "node.h"

/* Which objects have the field, and where. A path is keys between slashes ("\/" is a slash of a
 * key), also behind a first one; lists on the way are walked item by item without being named. The
 * key "x[]" says that x is a list: it is never made, and null becomes an empty list. The key "**",
 * as the first one, stands for any number of fields and items. */
typedef struct IfxFieldSpec {
  const char *group, *version, *kind; /* NULL or empty: any */
  const char *path;
  bool create; /* what is missing on the way is made */
} IfxFieldSpec;

typedef struct IfxFields IfxFields;

IfxFields *ifx_fields_new(void); /* NULL: no memory */
void ifx_fields_free(IfxFields *f);
/* False: kind limit, a path of more steps than a value has levels. */
bool ifx_fields_add(IfxFields *f, const IfxFieldSpec *spec, IfxErr *err);
size_t ifx_fields_count(const IfxFields *f);

/* The kind of an object. */
typedef struct IfxNodeType {
  const char *group, *version, *kind;
  size_t group_len, version_len, kind_len;
} IfxNodeType;

IfxNodeType ifx_node_type(const IfxNode *object); /* as it says itself: apiVersion, kind */

typedef struct IfxFieldEdit IfxFieldEdit;
struct IfxFieldEdit {
  IfxTree *tree;    /* new nodes live here; it keeps the object alive */
  IfxNodeKind made; /* what a spec with `create` makes at the end: STRING or MAP; NULL: nothing */
  bool each;        /* a list at the end stands for its items */
  /* The value as it becomes; NULL: no memory, or `why` says what is wrong. May leave by a long
   * jump: nothing is held but the tree. */
  const IfxNode *(*change)(IfxFieldEdit *e, const IfxNode *value);
  size_t spec; /* which one led to the value, from 0, in the order in which they were added */
  bool fresh;  /* the value was not there, or null, and has just been made */
  const char *why;
  IfxErr *err;
};

/* `object` after `change` has seen the value of each field of the specs for its type, one spec
 * after the other: the same node when nothing changed. NULL: kind config: a scalar where the path
 * goes on, or what `change` says. */
const IfxNode *ifx_fields_edit(const IfxFields *f, const IfxNode *object, const IfxNodeType *type,
                               IfxFieldEdit *edit);

#endif
