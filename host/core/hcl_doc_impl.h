/* hcl_doc_impl.h: shared by hcl_doc.c and hcl_edit*.c only. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_HCL_DOC_IMPL_H
#define IFX_HCL_DOC_IMPL_H

#include "hcl_impl.h"

/* ---- hcl_doc.c ---- */

/* Parse `text`, which becomes the document's (freed on failure too); its ids are not given yet. */
bool ifx_hcl_read_doc(IfxHclDoc *d, char *text, size_t len, const char *file, IfxErr *err);

/* ---- hcl_edit_commit.c ---- */

/* Put `ins` (freed) in the place of [start, end), if the result proves right. */
bool ifx_hcl_commit(IfxHclDoc *d, size_t start, size_t end, IfxBuf *ins, IfxErr *err);
bool ifx_hcl_refuse(const IfxHclDoc *d, size_t at, IfxErr *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5))); /* kind argument, at this place; returns false */

/* ---- hcl_edit_lines.c: the text around items ---- */

size_t ifx_hcl_line_start(const IfxHclDoc *d, size_t at); /* behind the break before, or the mark */
size_t ifx_hcl_past_blanks(const IfxHclDoc *d, size_t at); /* spaces and tabs */
bool ifx_hcl_first_on_line(const IfxHclDoc *d, size_t at);
/* Behind an item that ends at `at`: past the comments on its line, to the line break or to what
 * else follows. */
size_t ifx_hcl_rest_of_line(const IfxHclDoc *d, size_t at);
const char *ifx_hcl_eol(const IfxHclDoc *d); /* the break of the first line; LF when it has none */
/* Is the line at `at` (a line start) empty? *next: the start of the following one. */
bool ifx_hcl_blank_line(const IfxHclDoc *d, size_t at, size_t *next);
/* The start of the comment lines that stand directly above the line at `at`; the item before ends
 * at `bound`. */
size_t ifx_hcl_comments_above(const IfxHclDoc *d, size_t at, size_t bound);

/* ---- hcl_edit_spot.c: where something new goes ---- */

/* A place in a body, and how a line there begins and ends. */
typedef struct IfxHclSpot {
  size_t start, end; /* what is replaced: nothing, or the inside of a body that was one line */
  size_t indent, indent_end; /* the bytes of the old text that indent its lines … */
  bool deeper;               /* … and STEP */
  bool fresh;                /* a line break must come first */
  bool opened;               /* the body was one line: its brace needs a new one */
  size_t kept, kept_end;     /* what stood on that line */
} IfxHclSpot;

/* Does the body begin on the line of its brace? */
bool ifx_hcl_short_body(const IfxHclDoc *d, uint32_t body);
IfxHclSpot ifx_hcl_end_of_body(const IfxHclDoc *d, uint32_t body);
IfxHclSpot ifx_hcl_behind(const IfxHclDoc *d, uint32_t item); /* on the line behind it */
/* What comes first, before each line, and behind the last one. */
void ifx_hcl_spot_begin(const IfxHclDoc *d, const IfxHclSpot *s, IfxBuf *out);
void ifx_hcl_spot_indent(const IfxHclDoc *d, const IfxHclSpot *s, IfxBuf *out);
void ifx_hcl_spot_end(const IfxHclDoc *d, const IfxHclSpot *s, uint32_t body, IfxBuf *out);

#endif
