/* node.h: values as immutable trees that threads share: what rendering, merging and patching work
 * on. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_NODE_H
#define IFX_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

typedef enum {
  IFX_NODE_NULL,
  IFX_NODE_BOOL,
  IFX_NODE_INT,
  IFX_NODE_REAL,
  IFX_NODE_TIME,
  IFX_NODE_STRING,
  IFX_NODE_LIST,
  IFX_NODE_MAP
} IfxNodeKind;

typedef struct IfxNode IfxNode;

typedef struct IfxField {
  const IfxNode *key, *value;
} IfxField;

/* A scalar keeps the text that it was written with: 0x1F, 1.50, True. The fields of a map stand in
 * the order in which they are printed (ifx_node_order). */
struct IfxNode {
  uint8_t kind;  /* IfxNodeKind */
  char quote;    /* a text that was read between " or ': that, | or >: as a block; any other value
                    whose tag says what it is: !; a null that is an empty value in flow style: ';
                    one that was written without saying its kind (ifx_node_untagged): ?; 0: all
                    else */
  uint32_t line; /* in the text that it was read from, from 1; 0: made */
  size_t count;  /* bytes of the text, items, fields */
  union {
    const char *text; /* NUL-terminated */
    const IfxNode *const *items;
    const IfxField *fields;
  };
};

/* Where nodes live: memory that is counted as a whole. A tree may hold nodes of others, which it
 * then keeps alive. Making nodes is for one thread; once it is shared a tree is only read. */
typedef struct IfxTree IfxTree;

IfxTree *ifx_tree_new(void);         /* NULL: no memory; as of all that follow */
IfxTree *ifx_tree_share(IfxTree *t); /* counted once more; returns it */
void ifx_tree_release(IfxTree *t);   /* NULL is harmless */
/* Nodes of `other` may stand in `t`, and `other` must not come to use `t`: two that keep each other
 * alive never end. */
bool ifx_tree_use(IfxTree *t, IfxTree *other);
/* A tree to go on with, which uses `t` and takes over the caller's count of it: for who has shown
 * nodes of `t` and takes back what others made of them. */
IfxTree *ifx_tree_after(IfxTree *t);
void *ifx_tree_alloc(IfxTree *t, size_t size);
size_t ifx_tree_size(const IfxTree *t); /* bytes, without those of trees that it uses */

const IfxNode *ifx_node_scalar(IfxTree *t, IfxNodeKind kind, const char *text, size_t len);
const IfxNode *ifx_node_string(IfxTree *t, const char *text); /* a STRING, NUL-terminated */
/* The lists and maps are made of `count` items or fields, which are copied; fields are put into
 * their order. Keys differ: the caller has looked. */
const IfxNode *ifx_node_list(IfxTree *t, const IfxNode *const *items, size_t count);
const IfxNode *ifx_node_map(IfxTree *t, const IfxField *fields, size_t count);

/* The order of keys in what is printed: digits by their number, letters after all else, the rest by
 * code point (goyaml.v2, sorter.go). Negative, 0, positive. */
int ifx_node_order(const char *a, size_t a_len, const char *b, size_t b_len);

/* A scalar that is of the kind that its text has, and so is what is written into it. */
static inline bool ifx_node_untagged(const IfxNode *n) { return n->quote == '?'; }
static inline bool ifx_node_quoted(const IfxNode *n) {
  return n->kind == IFX_NODE_STRING && n->quote && n->quote != '?';
}

/* The value of a key; NULL when `map` (which may be NULL) is no map or has no such key. */
const IfxNode *ifx_node_get(const IfxNode *map, const char *key);
const IfxNode *ifx_node_find(const IfxNode *map, const char *key, size_t len);

/* ---- changing: copies that share what stays ---- */

/* `map` with a field: set in its place, or new; NULL value: without it. `map` may be NULL: none
 * yet. */
const IfxNode *ifx_node_put(IfxTree *t, const IfxNode *map, const char *key, size_t len,
                            const IfxNode *value);
/* `list` with another item at `at` (from 0); NULL: without that one. */
const IfxNode *ifx_node_put_item(IfxTree *t, const IfxNode *list, size_t at, const IfxNode *value);
/* `list` with one item more, before the one at `at`, or behind all. */
const IfxNode *ifx_node_insert(IfxTree *t, const IfxNode *list, size_t at, const IfxNode *value);

/* `map` with scalars as the strings that they are written with, anything else as ''; keys are of
 * the kind that their texts have when nobody quotes them. The map itself where that changes
 * nothing. NULL: no memory. */
typedef IfxNodeKind (*IfxNodeKindOf)(const char *text, size_t len);
const IfxNode *ifx_node_texts(IfxTree *t, const IfxNode *map, IfxNodeKindOf kind_of);

/* A scalar written as `quote` says, which makes it a text unless that is 0. */
const IfxNode *ifx_node_quote(IfxTree *t, const IfxNode *n, char quote);

/* `after`, which is `before` with changes: a scalar that was made and put into several places, and
 * changed in one, is changed in all of them. NULL: no memory. */
const IfxNode *ifx_node_spread(IfxTree *t, const IfxNode *before, const IfxNode *after);

/* The same value? Scalars by kind and text. */
bool ifx_node_equal(const IfxNode *a, const IfxNode *b);

/* `n` after the operations of a JSON patch (RFC 6902, as evanphx/json-patch v4 has it: a replaced
 * key need not be there, a copied one neither, an index may count from the end). NULL: kind parse:
 * the patch is wrong; not_found, conflict: it does not apply. */
const IfxNode *ifx_node_patch(IfxTree *t, const IfxNode *n, const IfxNode *operations, IfxErr *err);

/* Append a value that came back from JSON as Go's encoding/json writes it: keys in the order of
 * their bytes, numbers as doubles, no blanks. False: no memory. */
bool ifx_node_json(IfxBuf *out, const IfxNode *n);

bool ifx_node_is_text(const IfxNode *n, const char *text); /* a scalar that is written so */

/* What is put together of other values can become deeper than functions that call themselves can
 * walk, and hold one node so often that nothing could print it. False, kind limit: more than this.
 */
#define IFX_NODE_MAX_DEPTH 500
#define IFX_NODE_MAX_COUNT 8000000 /* a node counts as often as it stands somewhere */
bool ifx_node_check(const IfxNode *n, IfxErr *err);

#endif
