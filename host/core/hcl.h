/* hcl.h: an HCL2 file in native syntax as nodes with byte spans. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_HCL_H
#define IFX_HCL_H

#include "buf.h"
#include "err.h"

/* Limits of one text; beyond them kind limit. */
#define IFX_HCL_MAX_BYTES  ((size_t)64 << 20)
#define IFX_HCL_MAX_DEPTH  200u     /* blocks, expressions and templates inside each other */
#define IFX_HCL_MAX_TOKENS 8000000u /* white space does not count */

typedef enum {
  IFX_HCL_FILE,      /* blocks and attributes */
  IFX_HCL_BLOCK,     /* its labels, then blocks and attributes; name: its type; inner: its body */
  IFX_HCL_LABEL,     /* inner: without quotes */
  IFX_HCL_ATTRIBUTE, /* one expression */
  IFX_HCL_NUMBER,
  IFX_HCL_KEYWORD,     /* true, false, null */
  IFX_HCL_VARIABLE,    /* a name; also the bare key of an object */
  IFX_HCL_TRAVERSAL,   /* an expression, then its steps */
  IFX_HCL_STEP,        /* .name or .0; name: without the dot */
  IFX_HCL_INDEX,       /* [expression] */
  IFX_HCL_SPLAT,       /* .* or [*] */
  IFX_HCL_CALL,        /* its arguments */
  IFX_HCL_UNARY,       /* one operand */
  IFX_HCL_BINARY,      /* operands of one precedence, from the left */
  IFX_HCL_CONDITIONAL, /* condition, result [, condition, result …], result otherwise */
  IFX_HCL_PAREN,       /* one expression */
  IFX_HCL_TUPLE,       /* items */
  IFX_HCL_OBJECT,      /* ITEM each */
  IFX_HCL_ITEM,        /* key, value */
  IFX_HCL_FOR,         /* NAME [NAME], collection, [key,] value [, condition] */
  IFX_HCL_NAME,        /* of a variable that a for-expression or directive makes */
  IFX_HCL_QUOTED,      /* TEXT, INTERP, DIRECTIVE; inner: between the quotes */
  IFX_HCL_HEREDOC,     /* the same; inner: the lines between; name: the marker */
  IFX_HCL_TEXT,        /* as written, escapes included */
  IFX_HCL_INTERP,      /* ${ expression } */
  IFX_HCL_DIRECTIVE /* %{ … }: [NAME [NAME]] [expression]; name: if, else, endif, for, endfor */
} IfxHclKind;

enum {
  IFX_HCL_FLUSH = 1,        /* HEREDOC: <<- */
  IFX_HCL_TRIM_LEFT = 2,    /* INTERP, DIRECTIVE: ${~ */
  IFX_HCL_TRIM_RIGHT = 4,   /* ~} */
  IFX_HCL_EXPAND = 8,       /* CALL, FOR: ... */
  IFX_HCL_HAS_KEY = 16,     /* FOR of an object */
  IFX_HCL_CONDITIONED = 32, /* FOR: its last child is a condition */
  IFX_HCL_LOOPS = 64        /* QUOTED, HEREDOC: a directive in it makes variables */
};

/* Nodes are named by their number; 0 is the file, and "none" where a node cannot be the file.
 * Spans are bytes from 0 of the whole text, ends one past the last byte. A heredoc ends before the
 * line break of its closing marker; a block and an attribute before the line break or comment
 * behind them. */
typedef struct IfxHclNode {
  uint32_t start, end;
  uint32_t name, name_end;   /* of what has a name */
  uint32_t inner, inner_end; /* of what has an inside */
  uint32_t up, first, last, next;
  uint32_t count; /* children */
  uint32_t index; /* its number among its siblings, from 0 */
  uint8_t kind;   /* IfxHclKind */
  uint8_t flags;
} IfxHclNode;

/* Zero-initialise. */
typedef struct IfxHclTree {
  const char *text; /* borrowed: must outlive the tree */
  size_t len;
  IfxHclNode *nodes;
  uint32_t count;
  uint32_t cap; /* private, as are those below: line starts, and the last place asked */
  uint32_t *lines, nlines;
  uint32_t seen, seen_line, seen_column;
} IfxHclTree;

/* Parse a file: UTF-8, with or without a byte order mark, lines that end in LF or CR LF. On failure
 * (parse with line and column, limit, memory) the tree is empty. */
bool ifx_hcl_parse(IfxHclTree *t, const char *text, size_t len, IfxErr *err);
void ifx_hcl_free(IfxHclTree *t); /* harmless when repeated */

/* Line and column of a byte, from 1; columns in characters, the mark is none. */
void ifx_hcl_place(IfxHclTree *t, uint32_t at, uint32_t *line, uint32_t *column);

/* The node after `n` in the order of the text, parents first; 0: `n` was the last. */
uint32_t ifx_hcl_next(const IfxHclTree *t, uint32_t n);
/* The nearest node of `kind` around `n` (`n` itself does not count); 0: none. */
uint32_t ifx_hcl_around(const IfxHclTree *t, uint32_t n, IfxHclKind kind);
/* Is the name of `n` these bytes? */
bool ifx_hcl_named(const IfxHclTree *t, uint32_t n, const char *name, size_t len);
/* A name that stands for itself, not for a value: the bare key of an object. */
bool ifx_hcl_bare_key(const IfxHclTree *t, uint32_t n);
/* Is the VARIABLE one that a for-expression or a directive around it makes? */
bool ifx_hcl_bound(const IfxHclTree *t, uint32_t n);

/* Add what the template (QUOTED, HEREDOC) or LABEL stands for; false when it is not constant. The
 * indentation that `<<-` takes away is gone. */
bool ifx_hcl_string(const IfxHclTree *t, uint32_t n, IfxBuf *out);
/* Add the name of a CALL, without white space and comments around its "::". */
void ifx_hcl_call_name(const IfxHclTree *t, uint32_t n, IfxBuf *out);
/* Add what a TEXT stands for: escapes resolved, nothing trimmed. */
void ifx_hcl_text(const IfxHclTree *t, uint32_t n, IfxBuf *out);
/* Add `text` (UTF-8) as a quoted literal. */
void ifx_hcl_quote(IfxBuf *out, const char *text, size_t len);
bool ifx_hcl_is_utf8(const char *text, size_t len);

/* Add the text in canonical style: what `terraform fmt` 1.11 makes of it. */
bool ifx_hcl_format(const char *text, size_t len, IfxBuf *out, IfxErr *err);

/* ---- a file that is edited by bytes ---- */

/* Zero-initialise; the fields are read-only for callers. `ids` names blocks: block number i of
 * `blocks` (in the order of the text) has the id ids[i], which it keeps while edits leave it. */
typedef struct IfxHclDoc {
  char *text;
  size_t len;
  IfxHclTree tree; /* until the next edit */
  uint32_t *blocks, *ids, nblocks;
  uint32_t next_id;
  char file[512]; /* for messages; may be empty */
} IfxHclDoc;

/* Parse a copy of `text`. `file` may be NULL. On failure *d is left closed. */
bool ifx_hcl_open(IfxHclDoc *d, const char *text, size_t len, const char *file, IfxErr *err);
void ifx_hcl_close(IfxHclDoc *d); /* harmless when repeated */

/* The node of the block with this id; 0: there is none. And the id of a block. */
uint32_t ifx_hcl_block(const IfxHclDoc *d, uint32_t id);
uint32_t ifx_hcl_id(const IfxHclDoc *d, uint32_t block);
/* The attribute of a block (0: of the file); 0: there is none, also when the document is closed. */
uint32_t ifx_hcl_attribute(const IfxHclDoc *d, uint32_t block, const char *name, size_t len);

/* Edits. Each replaces one span, parses the result and compares: every block and attribute outside
 * of the span must be there as before. Otherwise (parse: the place is in the text as it would be)
 * and on every other error nothing has changed. Blocks are given by id, 0 is the file. */

/* Give an attribute this expression. A new one goes behind the last attribute, without one to the
 * end of the block: on a line of its own, indented as its neighbours, its "=" under theirs. */
bool ifx_hcl_set(IfxHclDoc *d, uint32_t id, const char *name, size_t name_len, const char *expr,
                 size_t len, IfxErr *err);
/* Take away a block or attribute (a node of now): its lines, the comment behind it, the comment
 * lines directly above it; of the empty lines around it those that separated it from one side. */
bool ifx_hcl_remove(IfxHclDoc *d, uint32_t node, IfxErr *err);
/* Add blocks and attributes at the end of a block or of the file, indented to their place, heredocs
 * so that they keep their value; an empty line before a block. */
bool ifx_hcl_append(IfxHclDoc *d, uint32_t id, const char *text, size_t len, IfxErr *err);
/* Put `text` in the place of bytes [start, end), which are inside of one expression or label. */
bool ifx_hcl_replace(IfxHclDoc *d, size_t start, size_t end, const char *text, size_t len,
                     IfxErr *err);

#endif
