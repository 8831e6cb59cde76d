/* yaml_doc_impl.h: shared by yaml_doc*.c only. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_YAML_DOC_IMPL_H
#define IFX_YAML_DOC_IMPL_H

#include "yaml_doc.h"
#include "yaml_impl.h"

/* ---- yaml_doc_path.c ---- */

/* How far a path goes without following anything. */
typedef struct Reach {
  IfxYamlNode *node; /* the last one that exists; NULL: the document is empty */
  IfxYamlNode *key;  /* its key, NULL: an item or the root */
  uint32_t position; /* its number among its siblings (pairs or items), from 0 */
  size_t steps;      /* how many exist */
} Reach;

Reach ydoc_reach(const IfxYamlNode *root, const IfxYpath *path, size_t steps);
/* The text of a key, seen through an alias; false: the key is a collection. */
bool ydoc_key_text(const IfxYamlNode *key, const char **text, size_t *len);
/* The value of `key` in a map as a reader sees it: its own pair, else through its merge keys. */
const IfxYamlNode *ydoc_lookup(const IfxYamlNode *map, const IfxYstep *step, IfxYamlSchema schema);
/* Fill an error of `kind` about `node` (NULL: no place) in the document's file. Returns false. */
bool ydoc_fail(const IfxYdoc *d, const IfxYamlNode *node, IfxErr *err, const char *kind,
               const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* "spec.containers[2]" of the first `steps` steps; "the document" when there are none. */
void ydoc_path_text(char *out, size_t size, const IfxYpath *path, size_t steps);

/* ---- yaml_doc_lines.c: the text around nodes ---- */

size_t ydoc_line_start(const IfxYdoc *d,
                       size_t at); /* after the break before, or the byte order mark */
size_t ydoc_line_end(const IfxYdoc *d, size_t at);  /* at the break, or the end of the text */
size_t ydoc_line_next(const IfxYdoc *d, size_t at); /* after the break, or the end of the text */
size_t ydoc_column(const IfxYdoc *d, size_t at);    /* bytes from the start of its line */
size_t ydoc_skip_spaces(const IfxYdoc *d, size_t at);
bool ydoc_first_on_line(const IfxYdoc *d, size_t at); /* only spaces before it */
bool ydoc_same_line(const IfxYdoc *d, size_t a, size_t b);
/* The end of the last line of a block entry, before its break: trailing comment included, and
 * for a scalar that keeps its trailing blank lines these too. */
size_t ydoc_entry_end(const IfxYdoc *d, const IfxYamlNode *value);
/* The break that a new line near `at` ends with. */
void ydoc_break_near(const IfxYdoc *d, size_t at, char out[4]);
bool ydoc_in_flow(const IfxYamlNode *n); /* n or something above it is a flow collection */
IfxYamlNode *ydoc_last_child(const IfxYamlNode *n);
/* After the ':' between a key and its value; 0 when the value is missing without one. */
size_t ydoc_after_colon(const IfxYdoc *d, const IfxYamlNode *key);
/* The '-' of an item of a block list. */
size_t ydoc_dash(const IfxYdoc *d, const IfxYamlNode *list, uint32_t position);
bool ydoc_explicit_key(const IfxYdoc *d, const IfxYamlNode *key);
bool ydoc_is_block_scalar(const IfxYamlNode *n);
bool ydoc_keeps_blank(const IfxYdoc *d, const IfxYamlNode *block_scalar); /* '+' in its header */
/* The last thing in a value of block style. */
const IfxYamlNode *ydoc_last_leaf(const IfxYamlNode *n);
/* Over the lines of white space from `at`, to the first line that holds more. */
size_t ydoc_past_blank(const IfxYdoc *d, size_t at);

/* How to write at one place of the text; found from what stands around it. */
typedef struct Pen {
  IfxBuf *out;
  char eol[4];
  size_t step;        /* indentation of a map in a map */
  size_t list;        /* columns that a list stands right of its key */
  size_t pad;         /* spaces after a dash */
  IfxYamlStyle style; /* for strings: plain, single or double */
  IfxYamlStyle quote; /* for strings that cannot be plain: single or double */
  IfxYamlStyle key_style;
  char comma[8]; /* between entries of a flow collection: ", " */
  char colon[8]; /* after a key of a flow map: ": " */
  bool one_line; /* strings of several lines in quotes, not as a literal */
} Pen;

/* ---- yaml_doc_pen.c ---- */

/* For text at `at` inside `box` (NULL: the document is empty) with the quotes of `beside` (or
 * NULL). `out` is left to the caller. */

void ydoc_pen(Pen *pen, const IfxYdoc *d, const IfxYamlNode *box, const IfxYamlNode *beside,
              size_t at);
/* ---- yaml_doc_write.c ---- */

void ydoc_write_string(Pen *p, const char *s, size_t len, IfxYamlStyle style, bool flow);
void ydoc_write_key(Pen *p, const IfxYval *key, bool flow);
void ydoc_write_colon(Pen *p); /* after a key of a flow map */
void ydoc_write_flow(Pen *p, const IfxYval *v);
/* A collection with entries, the cursor being at `column`. No break at the end. */
void ydoc_write_block(Pen *p, const IfxYval *v, size_t column);
/* What follows "key:" or "-" of an entry at `column`; `item` says which. */
void ydoc_write_after(Pen *p, const IfxYval *v, size_t column, bool item);
void ydoc_write_scalar(Pen *p, const IfxYval *v, bool flow);
bool ydoc_is_block(const IfxYval *v); /* a collection with entries */
/* Can the string stand as a literal (or folded) block scalar? */
bool ydoc_literal_ok(const char *s, size_t len, bool folded);
/* Would ydoc_write_after write the string as a literal? */
bool ydoc_as_literal(const Pen *p, const IfxYval *v);

/* A block scalar with its text at `column`, inside a block collection at column `parent` (-1: the
 * root). */
typedef struct BlockHead {
  char mark; /* '|' or '>' */
  size_t column;
  long parent;
  bool digit; /* name the indentation also when it could be found */
  bool keep;  /* '+' also where nothing depends on it */
} BlockHead;

void ydoc_literal_head(Pen *p, const IfxYval *v, const BlockHead *head); /* "|-", ">2+" */
void ydoc_literal_body(Pen *p, const IfxYval *v, bool folded,
                       size_t column); /* each line begins with a break */

/* ---- yaml_doc_edit*.c ---- */

typedef enum { EDIT_SET, EDIT_ADD, EDIT_DELETE, EDIT_RENAME } EditOp;

/* One replaced span of the old text; its new bytes are in `Edit.ins`. */
typedef struct Cut {
  size_t start, end;
  size_t ins, ins_end;
} Cut;

typedef struct Edit {
  IfxYdoc *d;
  const IfxYpath *path;
  IfxErr *err;
  EditOp op;
  IfxYamlNode
      *node; /* SET: what is replaced; else the collection that changes. NULL: an empty document */
  IfxYamlNode *key;     /* SET: its key, NULL: an item or the root */
  uint32_t position;    /* ADD, DELETE, RENAME: which entry, from 0 */
  const IfxYval *value; /* SET, ADD */
  const IfxYval *name;  /* ADD to a map, RENAME: the key */
  bool one_line;        /* second attempt: no block scalars */
  Cut cuts[6];
  uint32_t ncuts;
  IfxBuf ins;
} Edit;

/* Replace [start, end) by what is written to e->ins from now on. In ascending order. */
void edit_cut(Edit *e, size_t start, size_t end);
/* Run `plan`, which makes the cuts, and put the result in place if it proves right. */
bool edit_commit(Edit *e, bool (*plan)(Edit *e));

/* An error, and true, when `key` (or NULL) is written as "? key". */
bool edit_refuse_explicit(const Edit *e, const IfxYamlNode *key);

/* Plans. */
bool edit_empty(Edit *e);     /* yaml_doc_set.c: the first value of an empty document */
bool edit_rename(Edit *e);    /* yaml_doc_edit.c */
bool edit_replace(Edit *e);   /* yaml_doc_set.c */
bool edit_add_block(Edit *e); /* yaml_doc_block.c */
bool edit_delete_block(Edit *e);
bool edit_add_flow(Edit *e); /* yaml_doc_flow.c */
bool edit_delete_flow(Edit *e);

/* yaml_doc_patch.c: the usual edit, one scalar on one line, proved by parsing that line alone.
 * `text` is the whole new text. When this returns true the old tree has become that of `text`;
 * false, and nothing has happened, when the edit is another one or the line does not prove it: the
 * whole text must then be parsed. */
bool edit_patch(Edit *e, const char *text, size_t len);
void ydoc_forget_patches(IfxYdoc *d); /* after the tree that held them is gone */

/* yaml_doc_check.c: is `now` what `e` should make of the old stream? */
bool edit_verify(const Edit *e, const IfxYamlStream *now);
/* The same for one root, e->node being at or below `old`. */
bool edit_verify_root(const Edit *e, const IfxYamlNode *old, const IfxYamlNode *now);
size_t edit_moved(const Edit *e, size_t at); /* where a byte that no cut covers stands afterwards */
bool ydoc_value_is(const IfxYval *v, const IfxYamlNode *node);
/* yaml_doc_anchor.c: are the nodes that `e` changes free of anchors that are used elsewhere? */
bool edit_guard(const Edit *e);

#endif
