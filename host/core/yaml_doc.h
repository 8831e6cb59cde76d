/* yaml_doc.h: a YAML file asked by path, edited by bytes. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_YAML_DOC_H
#define IFX_YAML_DOC_H

#include "yaml.h"

/* One step of a path: the text of a map's key (a quoted or numeric key by its text) or an item's
 * number. A pattern may also hold ANY (one key or item, whatever it is) and DEEP (any number of
 * steps, none included). */
typedef enum { IFX_YSTEP_KEY, IFX_YSTEP_INDEX, IFX_YSTEP_ANY, IFX_YSTEP_DEEP } IfxYstepKind;

typedef struct IfxYstep {
  IfxYstepKind kind;
  const char *key; /* KEY: borrowed */
  size_t len;
  uint32_t index; /* INDEX: from 1 */
} IfxYstep;

typedef struct IfxYpath {
  const IfxYstep *steps;
  size_t count;
  uint32_t doc; /* which document of the stream, from 1; in a query 0 asks all */
} IfxYpath;

/* A node with the way to it. Places of one query form a tree: `up` is the number of the place
 * above, so the path is read from the end; a place that is no match itself only serves that. */
typedef struct IfxYplace {
  const IfxYamlNode *node;
  const IfxYamlNode *key; /* the pair's key; NULL: an item, or a root */
  uint32_t index;         /* the item's number, from 1; 0: not an item */
  uint32_t up;            /* IFX_YPLACE_ROOT: nothing above */
  uint32_t doc;           /* from 1 */
  bool match;
} IfxYplace;

#define IFX_YPLACE_ROOT UINT32_MAX

/* An open document. Zero-initialise; the fields are read-only for callers. Nodes live until the
 * next edit, places until the next query or edit. */
typedef struct IfxYdoc {
  char *text;
  size_t len;
  IfxYamlStream *stream;
  IfxYamlSchema schema;
  char file[512]; /* for messages; may be empty */
  IfxYplace *places;
  size_t nplaces;
  size_t places_cap;
  struct IfxArenaChunk *patched; /* private: strings of edits that changed the tree in place */
  size_t patched_next;           /* private */
} IfxYdoc;

/* Parse a copy of `text`. `file` may be NULL. On failure *d is left closed. */
bool ifx_ydoc_open(IfxYdoc *d, const char *text, size_t len, IfxYamlSchema schema, const char *file,
                   IfxErr *err);
void ifx_ydoc_close(IfxYdoc *d); /* harmless when repeated */

/* Every node that the pattern reaches, in file order, as places of the document (`match` says
 * which). Aliases are matches themselves and are never entered; merge keys are keys like any other;
 * a key that is a collection is passed over, since no path can name it. At most 63 steps (kind
 * limit). */
bool ifx_ydoc_query(IfxYdoc *d, const IfxYpath *pattern, IfxErr *err);

/* The node at a path without following anything, as the only match of d->places. NULL: there is
 * none (err->kind is NULL), or no memory. */
const IfxYplace *ifx_ydoc_at(IfxYdoc *d, const IfxYpath *path, IfxErr *err);

/* The node at a path as a reader of the value sees it: aliases and merge keys followed. NULL: there
 * is none. */
const IfxYamlNode *ifx_ydoc_get(const IfxYdoc *d, const IfxYpath *path);

/* The bytes inside a scalar that are exactly its string value; false when escapes, folding or
 * indentation make them differ. */
bool ifx_ydoc_inner(const IfxYdoc *d, const IfxYamlNode *scalar, size_t *start, size_t *end);

/* ---- values to write ---- */

typedef enum {
  IFX_YVAL_NULL,
  IFX_YVAL_BOOL,
  IFX_YVAL_INT,
  IFX_YVAL_REAL,
  IFX_YVAL_STR,
  IFX_YVAL_SEQ,
  IFX_YVAL_MAP
} IfxYvalKind;

typedef struct IfxYval IfxYval;
struct IfxYval {
  IfxYvalKind kind;
  bool boolean;
  int64_t integer;
  double real;
  const char *str;
  size_t len;
  IfxYval *first; /* seq, map: children; in a map key, value, key, value … (keys are scalars) */
  IfxYval *last;
  IfxYval *next;
};

/* Builds one value from events in the order of the text. Memory is taken until ifx_ybuild_free; a
 * failed allocation, or nesting deeper than 200, is remembered and reported by ifx_ybuild_value. */
typedef struct IfxYbuild {
  struct IfxArenaChunk *chunk; /* private */
  size_t next_size;            /* private */
  IfxYval *root;
  IfxYval *open[200];
  uint32_t depth;
  bool no_memory;
  bool too_deep;
} IfxYbuild;

void ifx_ybuild_null(IfxYbuild *b);
void ifx_ybuild_bool(IfxYbuild *b, bool v);
void ifx_ybuild_int(IfxYbuild *b, int64_t v);
void ifx_ybuild_real(IfxYbuild *b, double v);
void ifx_ybuild_str(IfxYbuild *b, const char *s, size_t len); /* copies */
void ifx_ybuild_begin(IfxYbuild *b, IfxYvalKind seq_or_map);
void ifx_ybuild_end(IfxYbuild *b);
/* The finished value, or NULL with an error. It lives until ifx_ybuild_free. */
const IfxYval *ifx_ybuild_value(IfxYbuild *b, IfxErr *err);
void ifx_ybuild_free(IfxYbuild *b); /* ready for the next value; harmless when repeated */

/* ---- edits ----
 *
 * Each edit replaces the fewest bytes it can, parses the result, and compares it with the old tree:
 * the wanted change must be there and nothing else may differ. Otherwise, and on every other error,
 * the text stays as it was.
 *
 * What is written follows its surroundings: indentation, whether lists stand right of their key,
 * spaces in flow collections, the line break of the line next to it. A string keeps the style of
 * the value that it replaces (quotes, literal or folded with its chomping), a new one takes the
 * quotes of its neighbours; plain only where every schema reads the same string. A tag or anchor in
 * front of the value stays; a standard tag that no longer fits goes.
 *
 * Refused: a change inside a node whose anchor is used elsewhere, or that takes away an anchor that
 * is (kind unsupported); going through an alias or a merged key (unsupported; a merged key itself
 * may be set, which writes it where the path says); explicit keys ("? key") of block maps; a path
 * that does not exist (not_found, saying how far it goes); a document that does not exist
 * (argument).
 */

/* Write `value` at the path. The last step may be a key that its map does not have yet: it is added
 * at the end. A null or missing value on the way counts as an empty map for the last step only. */
bool ifx_ydoc_set(IfxYdoc *d, const IfxYpath *path, const IfxYval *value, IfxErr *err);

/* Put `value` before item `index` of the list at the path (1 … count + 1; 0: after the last). `[]`
 * and null become a list. */
bool ifx_ydoc_insert(IfxYdoc *d, const IfxYpath *path, uint32_t index, const IfxYval *value,
                     IfxErr *err);

/* Remove a pair or an item: its lines, its trailing comment, and the comment lines directly above
 * it if they stand at its column and directly below the previous entry. Any other comment may be a
 * heading and stays: one with an empty line before it, one above the first entry, one at another
 * column. What remains of a collection without entries is `[]` or `{}`. */
bool ifx_ydoc_delete(IfxYdoc *d, const IfxYpath *path, IfxErr *err);

/* Give a pair another key, in the style of the old one. Kind exists when its map has that key
 * already. */
bool ifx_ydoc_rename(IfxYdoc *d, const IfxYpath *path, const char *key, size_t len, IfxErr *err);

#endif
