/* node_path.h: paths as replacements write them: what one leads to, and values written where it
 * leads. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_NODE_PATH_H
#define IFX_NODE_PATH_H

#include "node.h"

typedef enum {
  IFX_STEP_KEY,   /* a field of a map: spec, [a.b/c], a\.b */
  IFX_STEP_INDEX, /* an item of a list, from 0 */
  IFX_STEP_LAST,  /* its last item: `-`, in sources only */
  IFX_STEP_ITEM,  /* the items whose field has a value, [name=x]; that are a value, [=x] */
  IFX_STEP_EACH   /* all items: `*`, in targets only */
} IfxStepKind;

typedef struct IfxStep {
  IfxStepKind kind;
  const char *text; /* KEY: the key; ITEM: the field, "" for the item itself; NUL-terminated */
  size_t len;
  const char *value; /* ITEM: in a source the text itself, in a target a regular expression */
  size_t value_len;
  size_t index; /* INDEX */
} IfxStep;

/* Where one value is taken from, or the places where it is written: their rules differ. */
typedef enum { IFX_PATH_SOURCE, IFX_PATH_TARGET } IfxPathUse;

typedef struct IfxNodePath IfxNodePath;

/* NULL with kind parse for what is no path, limit for one that is too long. */
IfxNodePath *ifx_node_path_new(const char *text, size_t len, IfxPathUse use, IfxErr *err);
void ifx_node_path_free(IfxNodePath *p); /* NULL is harmless */
const IfxStep *ifx_node_path_steps(const IfxNodePath *p, size_t *count);

/* What a source leads to. NULL with err->kind NULL: nothing; with kind conflict: it goes through
 * what is no list, or no map. */
const IfxNode *ifx_node_lookup(const IfxNode *n, const IfxNodePath *source, IfxErr *err);

typedef struct IfxReplacement {
  const IfxNode *value; /* lives in the tree that is written to, or in one that it uses */
  bool create;          /* make fields and items that are missing */
  const char
      *delimiter; /* NULL: the whole text; else only the part at `index` of what it divides */
  size_t delimiter_len;
  int64_t index; /* below 0: before all parts, beyond the last: behind them */
  /* What a text means that nobody has quoted. */
  IfxNodeKind (*kind_of)(const char *text, size_t len);
  /* Does the expression of the ITEM step at `step` match anywhere in the text? May not return. */
  bool (*matches)(void *self, size_t step, const char *text, size_t len);
  void *self;
} IfxReplacement;

/* `n` with the value at each place that `target` leads to. A scalar there keeps its kind and takes
 * the text, even one that its kind cannot have: printing then refuses it. *places counts them; with
 * none of them `n` comes back. NULL: kind conflict: the path goes through what is no list, or no
 * map, or the place is no scalar; not_found: no such item; memory. */
const IfxNode *ifx_node_replace(IfxTree *t, const IfxNode *n, const IfxNodePath *target,
                                const IfxReplacement *how, size_t *places, IfxErr *err);

#endif
