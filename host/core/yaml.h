/* yaml.h: a YAML stream as nodes with byte spans. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_YAML_H
#define IFX_YAML_H

#include "buf.h"
#include "err.h"
#include "node.h"

typedef enum { IFX_YAML_SCALAR, IFX_YAML_SEQ, IFX_YAML_MAP, IFX_YAML_ALIAS } IfxYamlKind;

typedef enum {
  IFX_YAML_PLAIN,
  IFX_YAML_SINGLE,
  IFX_YAML_DOUBLE,
  IFX_YAML_LITERAL,
  IFX_YAML_FOLDED,
  IFX_YAML_BLOCK, /* seq, map */
  IFX_YAML_FLOW   /* seq, map */
} IfxYamlStyle;

/* All strings and nodes live in the stream's arena. Spans are byte offsets into the text that was
 * given (its BOM included), whatever characters it holds. */
typedef struct IfxYamlNode IfxYamlNode;
struct IfxYamlNode {
  IfxYamlNode *parent; /* NULL: root of a document */
  IfxYamlNode *next;   /* next sibling; in a map the children are key, value, key, value … */
  IfxYamlNode *first;  /* seq, map: first child; alias: the node it stands for */
  const char *value;   /* scalar: the decoded text, NUL-terminated; alias: its name */
  const char
      *tag; /* explicit tag with its handle resolved ("tag:yaml.org,2002:str", "!Ref"), or NULL */
  const char *anchor; /* without '&', or NULL */
  size_t value_len;
  size_t props; /* where its anchor or tag begins; equal to `start` when it has neither */
  size_t start; /* first byte of the node itself: quote, bracket, '|', first key, '-' */
  size_t
      end; /* one past its last byte: closing quote or bracket; a block scalar ends after the line
              break of its last content line, without the blank lines behind it (which '+' makes
              part of its value, and so of its span); a block collection ends where its last child
              ends; an empty plain scalar has start == end, behind its ':' or '-' or properties */
  uint32_t count;  /* seq: items; map: pairs */
  uint32_t line;   /* of `start`, from 1; lines end at LF */
  uint32_t column; /* of `start`, from 1, in characters */
  uint8_t kind;    /* IfxYamlKind */
  uint8_t style;   /* IfxYamlStyle */
};

typedef struct IfxYamlDoc {
  IfxYamlNode *root; /* NULL: an empty document (only comments) */
  size_t start; /* its directive or '---'; without these, where the one before (or the mark) ends */
  size_t end;   /* one past its '...'; without it, where the next begins, or the text ends */
  bool explicit_start;
} IfxYamlDoc;

typedef struct IfxYamlStream {
  const char *text; /* borrowed: must outlive the stream */
  size_t len;
  IfxYamlDoc *docs;
  size_t ndocs;
  void *arena; /* private */
} IfxYamlStream;

/* The default of max_bytes, and the most that is written. */
#define IFX_YAML_MAX_BYTES ((size_t)64 << 20)

/* What aliases may still stand for. */
typedef struct IfxYamlAliases {
  size_t nodes, bytes; /* of their scalars */
} IfxYamlAliases;

/* So much for any text, and more for a longer one: the memory that a text takes goes with its
 * length. */
IfxYamlAliases ifx_yaml_aliases(size_t len);

typedef struct IfxYamlLimits {
  size_t max_bytes;   /* 0: default IFX_YAML_MAX_BYTES */
  uint32_t max_depth; /* 0: default 200 */
  size_t max_nodes;   /* 0: default 8 million, aliases counted as often as they are expanded */
  IfxYamlAliases
      *aliases;       /* shared by texts that are one; NULL: what the length of this one gives */
  bool repeated_keys; /* are allowed: of a value the last one counts */
  bool go;            /* as goyaml reads: no '?' in plain text in flow style, no escape \/; what
                         stands behind the first document is not read */
} IfxYamlLimits;

/* Parse a whole stream. UTF-8 only (a BOM is allowed); invalid UTF-8, UTF-16, duplicate keys
 * (scalars of equal text; a plain '<<' may stand twice), unknown aliases, an alias inside its own
 * anchor, and whatever exceeds `limits` are refused with line and column. On failure nothing is
 * left allocated. */
bool ifx_yaml_parse(const char *text, size_t len, const IfxYamlLimits *limits, IfxYamlStream **out,
                    IfxErr *err);
void ifx_yaml_free(IfxYamlStream *s); /* NULL is harmless */

/* The first document as goyaml reads it (`go`, and a plain text in flow style may end in ':'). The
 * places of its nodes are not those of the text where it has such a colon, their lines are. */
bool ifx_yaml_parse_go(const char *text, size_t len, const IfxYamlLimits *limits,
                       IfxYamlStream **out, IfxErr *err);

/* What a scalar means. KUBERNETES: the YAML 1.1 reading of `kubectl apply` (sigs.k8s.io/yaml,
 * goyaml.v2 rules: timestamps and base 60 are strings); CORE: YAML 1.2 core schema; GO: the words
 * of CORE with the numbers of KUBERNETES, as kyaml reads manifests (goyaml.v3 rules). Quoted
 * scalars, tag !!str, and every tag that neither schema knows, are strings in all. */
typedef enum { IFX_YAML_SCHEMA_KUBERNETES, IFX_YAML_SCHEMA_CORE, IFX_YAML_SCHEMA_GO } IfxYamlSchema;
typedef enum {
  IFX_YAML_NULL,
  IFX_YAML_BOOL,
  IFX_YAML_INT,
  IFX_YAML_REAL,
  IFX_YAML_STR,
  IFX_YAML_BINARY,
  IFX_YAML_MERGE,   /* a plain '<<': merges as a key, is the string anywhere else */
  IFX_YAML_TOO_BIG, /* an integer that int64_t cannot hold: callers refuse it with its place. In GO
                       and KUBERNETES `boolean` says whether `integer` holds it as a uint64_t;
                       `real` is what Go makes of any other */
  IFX_YAML_BAD      /* a tag that its text does not fit, as in !!int x: likewise */
} IfxYamlType;
typedef struct IfxYamlValue {
  IfxYamlType type;
  bool boolean;
  int64_t integer;
  double real;
} IfxYamlValue;
IfxYamlValue ifx_yaml_resolve(const IfxYamlNode *scalar, IfxYamlSchema schema);

/* The same, TOO_BIG and BAD refused with line and column. */
bool ifx_yaml_value(const IfxYamlNode *scalar, IfxYamlSchema schema, IfxYamlValue *v, IfxErr *err);

/* The string that a key becomes: integers, booleans and floats as sigs.k8s.io/yaml writes them (1,
 * true, 1.5), an alias as what it stands for; null, binary, lists and mappings are refused. */
typedef struct IfxYamlKey {
  const char *text; /* in the node's arena or in `space` */
  size_t len;
  bool converted; /* not the node's own text: may equal another key */
  bool merge;     /* a plain '<<' */
  char space[32];
} IfxYamlKey;
bool ifx_yaml_key(const IfxYamlNode *key, IfxYamlSchema schema, IfxYamlKey *out, IfxErr *err);

/* Append the bytes of a scalar of type BINARY. */
bool ifx_yaml_binary(const IfxYamlNode *scalar, IfxBuf *out, IfxErr *err);

/* ---- nodes ---- */

/* The value of a YAML node: aliases and merge keys followed, dates known (in schema GO). Of a key
 * that stands twice the last value counts. NULL: the error says what has no value. */
const IfxNode *ifx_yaml_node(IfxTree *t, const IfxYamlNode *n, IfxYamlSchema schema, IfxErr *err);
/* What Go's YAML reads a text as that nobody has quoted, which ends in NUL. */
IfxNodeKind ifx_yaml_kind(const char *text, size_t len);
/* The same for a key, which kyaml writes like that and reads again: a date with a time comes back
 * as a text. */
IfxNodeKind ifx_yaml_key_kind(const char *text, size_t len);

/* The documents of a text as kyaml splits it: lines that begin with --- stand between them, CR LF
 * is LF, of what stands between two such lines the first document counts; empty ones and null do
 * not. Appends nodes of `t` to `out`, an array of pointers. Lines are those of the text. */
bool ifx_yaml_manifests(IfxTree *t, const char *text, size_t len, IfxBuf *out, IfxErr *err);

/* The most that `out` may hold when a value was written: lists in lists are indented ever further.
 */
#define IFX_YAML_MAX_TEXT ((size_t)512 << 20)

/* Append a value as sigs.k8s.io/yaml writes it: keys in their order, block style, lines folded at
 * 80 columns, strings quoted where YAML 1.1 reads something else. False: a number that its text is
 * not, a key that is no string, a character that YAML has not, kind limit: more than
 * IFX_YAML_MAX_TEXT. */
bool ifx_yaml_write_canonical(IfxBuf *out, const IfxNode *n, IfxErr *err);

/* `n` as goyaml.v3 reads it after it wrote it in the styles that it was read with, which is what
 * kyaml does before anything becomes JSON; the same node when that changes nothing. NULL: kind
 * parse, for what is written so that nobody can read it; limit: what ifx_node_check refuses. */
const IfxNode *ifx_yaml_reread(IfxTree *t, const IfxNode *n, IfxErr *err);

/* `n`, which was read again, as it comes back from JSON: one spelling for each number, truth and
 * null, integers beyond 2^53 rounded, dates as texts, texts in the quotes that they need. NULL:
 * kind parse, for what JSON cannot hold; limit: what ifx_node_check refuses. */
const IfxNode *ifx_yaml_through_json(IfxTree *t, const IfxNode *n, IfxErr *err);

/* ---- writing ---- */

/* Would `text` written plain be read back as the same string, in a block or (flow) a flow context?
 * Both schemas are asked, and what other readers take for dates or base 60 is not plain either, so
 * the answer holds for every reader. */
bool ifx_yaml_plain_ok(const char *text, size_t len, bool flow);

/* Append a scalar that reads back as the string `text`: plain if that is safe, else in `prefer`
 * (single, double), else double-quoted with escapes. Never a line break. `text` must be UTF-8. */
void ifx_yaml_write_string(IfxBuf *out, const char *text, size_t len, IfxYamlStyle prefer,
                           bool flow);

/* The same in quotes always: single (where no character needs an escape) or double. */
void ifx_yaml_write_quoted(IfxBuf *out, const char *text, size_t len, IfxYamlStyle prefer);

/* Shortest digits that read back as the same number, never an integer's form: 1.0, 1.5e-07, .inf,
 * .nan. */
void ifx_yaml_write_real(IfxBuf *out, double v);

bool ifx_yaml_is_utf8(const char *text, size_t len);

/* Writes values in block style from events in the order of the text. Set `out`, `indent` and
 * `indent_lists`, the rest to zero. Strings with line breaks become literal blocks where they read
 * back the same, bytes that are not UTF-8 !!binary. Nothing fails but memory (out->failed); nesting
 * is limited by the caller, who gives each collection its frame. */
typedef struct IfxYamlFrame {
  struct IfxYamlFrame *up;
  size_t column;
  bool seq;
} IfxYamlFrame;
typedef struct IfxYamlWriter {
  IfxBuf *out;
  uint32_t indent;   /* columns of a mapping in a mapping, 2 … 9 */
  bool indent_lists; /* a list in a mapping stands right of its key */
  IfxYamlFrame *top; /* private, as is the next */
  bool in_line;      /* the next entry goes on behind "- " */
} IfxYamlWriter;
void ifx_yaml_put_null(IfxYamlWriter *w);
void ifx_yaml_put_bool(IfxYamlWriter *w, bool v);
void ifx_yaml_put_int(IfxYamlWriter *w, int64_t v);
void ifx_yaml_put_real(IfxYamlWriter *w, double v);
void ifx_yaml_put_string(IfxYamlWriter *w, const char *text, size_t len);
void ifx_yaml_put_key(IfxYamlWriter *w, const char *text, size_t len);
void ifx_yaml_put_empty(IfxYamlWriter *w, IfxYamlKind kind);                      /* [] or {} */
void ifx_yaml_put_begin(IfxYamlWriter *w, IfxYamlFrame *frame, IfxYamlKind kind); /* not empty */
void ifx_yaml_put_end(IfxYamlWriter *w);

#endif
