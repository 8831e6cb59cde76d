/* yaml_impl.h: what the files of the YAML core share; not for others. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_YAML_IMPL_H
#define IFX_YAML_IMPL_H

#include "arena.h"
#include "yaml.h"

/* A date or a time as goyaml.v3 knows them. */
bool ifx_yaml_is_date(const char *s);

/* Names to numbers. Clearing is free of cost, so that one table serves every mapping of a stream.
 */
typedef struct IfxYamlSlot {
  const char *name; /* borrowed */
  size_t len;
  size_t number;
  uint32_t hash;
  uint32_t epoch; /* another epoch than the table's: empty */
} IfxYamlSlot;

typedef struct IfxYamlTable {
  IfxYamlSlot *slots;
  size_t cap; /* a power of two, or 0 */
  size_t used;
  uint32_t epoch;
  uint32_t seed; /* 0: not chosen yet */
} IfxYamlTable;

void ifx_yaml_table_clear(IfxYamlTable *t);
void ifx_yaml_table_free(IfxYamlTable *t);
/* The slot of `name`, made with number SIZE_MAX when it is new; valid until the next call. NULL: no
 * memory. */
IfxYamlSlot *ifx_yaml_table_slot(IfxYamlTable *t, const char *name, size_t len);
/* The slot of `name`, or NULL. */
IfxYamlSlot *ifx_yaml_table_find(IfxYamlTable *t, const char *name, size_t len);

/* Places in a text: character numbers (which is what libyaml's marks count) to bytes, bytes to line
 * and column. Cheap as long as the questions go forward. A line ends at LF, as in every editor and
 * tool; CR LF and CR count as white space before it. */
typedef struct IfxYamlPlaces {
  const char *text;
  size_t len;
  size_t base; /* length of the byte order mark */
  bool ascii;  /* no byte of 0x80 or above after the mark */
  size_t pos;  /* byte `pos` is character number `chars`, counted after the mark */
  size_t chars;
  size_t seen; /* the last byte asked for, and its line and column, from 1 */
  uint32_t line;
  uint32_t column;
} IfxYamlPlaces;

/* The character at `s` and its length in bytes; 0 when they are not UTF-8 (or NUL, which YAML
 * allows as little); and whether a YAML text may hold it unescaped. */
uint32_t ifx_yaml_char(const char *s, size_t left, size_t *length);
bool ifx_yaml_char_ok(uint32_t c);
/* Stands for itself in every scalar of one line, for every reader. */
bool ifx_yaml_is_clear(uint32_t c);

/* One character as an escape of double quotes. */
void ifx_yaml_write_escape(IfxBuf *out, uint32_t c);

/* A text and the form that goyaml.v2 gives it: plain, single, double or literal. */
typedef struct IfxYamlText {
  const char *s;
  size_t len;
  unsigned seen; /* private */
  IfxYamlStyle style;
  bool broken;    /* has line breaks */
  bool next_line; /* has U+0085: no form is known yet */
} IfxYamlText;

/* False: not UTF-8, or characters that YAML does not allow. */
bool ifx_yaml_text_look(IfxYamlText *t, const char *s, size_t len);
/* Append it, lines below the first at column `indent`. A text ends with its line; a key, which has
 * no line breaks, is not folded and nothing follows it. */
void ifx_yaml_text_put(IfxBuf *out, const IfxYamlText *t, size_t indent, bool key);

/* Refuses what is not UTF-8 and control characters that YAML does not allow. */
bool ifx_yaml_places_init(IfxYamlPlaces *p, const char *text, size_t len, IfxErr *err);
size_t ifx_yaml_byte_of(IfxYamlPlaces *p, size_t index);
void ifx_yaml_line_of(IfxYamlPlaces *p, size_t byte); /* fills `line` and `column` */

/* Bytes of the line break at `text[i]` (LF, CR, CR LF, U+0085, U+2028, U+2029), 0 when there is
 * none; and of the one that ends just before `text[i]`. */
size_t ifx_yaml_break_at(const char *text, size_t len, size_t i);
size_t ifx_yaml_break_before(const char *text, size_t start, size_t i);

/* Past white space, line breaks and comments. */
size_t ifx_yaml_skip_blank(const char *text, size_t len, size_t i);
/* From the first property ('&', '!') of a node to the node itself. */
size_t ifx_yaml_skip_props(const char *text, size_t len, size_t i);
/* Where the block scalar ends whose '|' or '>' is at `start`. `stop` is where its scanner stopped:
 * after the trailing blank lines; `parent` the column of the innermost block collection, -1 at the
 * root. */
size_t ifx_yaml_block_end(const char *text, size_t start, size_t stop, int parent);

/* Fill `err` from what libyaml says, with the place and, where the text shows a usual mistake, a
 * hint. Always returns false. */
bool ifx_yaml_syntax_error(IfxYamlPlaces *p, size_t at, const char *problem, const char *context,
                           IfxErr *err);

/* Does goyaml read the node as libyaml did? Else `problem` is what it says, and the answer where.
 */
bool ifx_yaml_go_node(const IfxYamlPlaces *p, const IfxYamlNode *n, size_t *at,
                      const char **problem);
/* Can the two tokens be read that follow on the first document's end at `at`, or on the --- there?
 * goyaml looks so far ahead. */
bool ifx_yaml_go_ahead(IfxYamlPlaces *p, size_t at, IfxErr *err);

/* `text` in double quotes for a message: at most 60 bytes, control characters shown as '?'. */
void ifx_yaml_quote(char *out, size_t size, const char *text, size_t len);

/* The shortest digits that read back as the same number, as Go's %g: with an exponent below 1e-4
 * and from 1e+06. Returns the power of ten. */
#define IFX_YAML_NUMBER 64
int ifx_yaml_shortest(char out[IFX_YAML_NUMBER], double v);

#endif
