/* hcl_impl.h: what the files of the HCL core share; not for others. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_HCL_IMPL_H
#define IFX_HCL_IMPL_H

#include "hcl.h"

typedef enum {
  IFX_HT_EOF,
  IFX_HT_NEWLINE,
  IFX_HT_COMMENT, /* one behind # or // holds its line break */
  IFX_HT_IDENT,
  IFX_HT_NUMBER,
  IFX_HT_OQUOTE,
  IFX_HT_CQUOTE,
  IFX_HT_OHEREDOC, /* with its line break */
  IFX_HT_CHEREDOC, /* the whole line, without its break, which is a NEWLINE */
  IFX_HT_TEXT,     /* of a template */
  IFX_HT_INTERP,   /* ${ or ${~ */
  IFX_HT_CONTROL,  /* %{ or %{~ */
  IFX_HT_SEQ_END,  /* } or ~} of these */
  IFX_HT_OBRACE,
  IFX_HT_CBRACE,
  IFX_HT_OBRACK,
  IFX_HT_CBRACK,
  IFX_HT_OPAREN,
  IFX_HT_CPAREN,
  IFX_HT_DOT,
  IFX_HT_COMMA,
  IFX_HT_ELLIPSIS,
  IFX_HT_EQUAL,
  IFX_HT_ARROW, /* => */
  IFX_HT_COLON,
  IFX_HT_SCOPE, /* :: */
  IFX_HT_QUESTION,
  IFX_HT_BANG,
  IFX_HT_OR,
  IFX_HT_AND,
  IFX_HT_EQ,
  IFX_HT_NE,
  IFX_HT_GT,
  IFX_HT_GE,
  IFX_HT_LT,
  IFX_HT_LE,
  IFX_HT_PLUS,
  IFX_HT_MINUS,
  IFX_HT_STAR,
  IFX_HT_SLASH,
  IFX_HT_PERCENT
} IfxHclTokenType;

typedef struct IfxHclToken {
  uint32_t start, end;
  uint8_t type; /* IfxHclTokenType */
} IfxHclToken;

/* Zero-initialise. The last token is EOF. */
typedef struct IfxHclTokens {
  IfxHclToken *items;
  uint32_t count, cap;
} IfxHclTokens;

/* ---- hcl_unicode.c ---- */

bool ifx_hcl_id_start(uint32_t c);
bool ifx_hcl_id_more(uint32_t c);
/* The character at `s` and its length in bytes; length 0: they are not UTF-8. */
uint32_t ifx_hcl_char(const char *s, size_t left, size_t *length);
/* How many bytes of `s` a message shows: at most `most`, whole characters. */
int ifx_hcl_cut(const char *s, size_t len, size_t most);
/* Bytes of the white space character at `s`; 0: it is another. */
size_t ifx_hcl_space(const char *s, size_t left);
/* How many characters a reader sees: marks and joined emoji do not count, CR LF is one. */
size_t ifx_hcl_width(const char *s, size_t len);

/* ---- hcl_scan.c, hcl_scan_template.c ---- */

bool ifx_hcl_scan(const char *text, size_t len, IfxHclTokens *out, IfxErr *err);

/* What surrounds the place that is scanned. */
typedef enum { IFX_HS_MAIN, IFX_HS_SEQUENCE, IFX_HS_QUOTED, IFX_HS_HEREDOC } IfxHclMode;
typedef struct IfxHclFrame {
  uint8_t mode;
  bool line_start;             /* HEREDOC: the closing marker may stand here */
  uint32_t open;               /* where it begins */
  uint32_t braces;             /* SEQUENCE: open ones inside */
  uint32_t marker, marker_end; /* HEREDOC */
} IfxHclFrame;

typedef struct IfxHclScan {
  const char *text;
  size_t len, at;
  IfxHclTokens *out;
  IfxErr *err;
  IfxHclFrame frames[IFX_HCL_MAX_DEPTH + 1];
  uint32_t depth; /* frames[depth] is the innermost */
} IfxHclScan;

/* Each returns false with the error filled. */
bool ifx_hcl_emit(IfxHclScan *s, IfxHclTokenType type, size_t start, size_t end);
bool ifx_hcl_push(IfxHclScan *s, IfxHclMode mode, size_t open);
bool ifx_hcl_scan_fail(IfxHclScan *s, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool ifx_hcl_scan_quoted(IfxHclScan *s); /* one token or sequence start at s->at */
bool ifx_hcl_scan_heredoc(IfxHclScan *s);
/* The bytes of the line break at `at`: 0, 1 or 2. */
size_t ifx_hcl_break(const char *text, size_t len, size_t at);

/* ---- hcl_parse.c ---- */

/* With the tokens, which the caller frees. */
bool ifx_hcl_parse_tokens(IfxHclTree *t, const char *text, size_t len, IfxHclTokens *tokens,
                          IfxErr *err);
/* Is the text one expression and nothing else, no white space either? */
bool ifx_hcl_check_expression(const char *text, size_t len, IfxErr *err);

typedef struct IfxHclParser {
  IfxHclTree *tree;
  const char *text;
  const IfxHclToken *tokens;
  uint32_t at;       /* the next token */
  uint32_t end;      /* of the last one that was read */
  uint32_t depth;    /* of blocks and expressions */
  bool newlines;     /* line breaks count here */
  uint8_t open[256]; /* directives that are open: 'i' if, 'e' else, 'f' for */
  uint32_t nopen;
  IfxErr *err;
} IfxHclParser;

/* The type of the next token that counts; it stands at p->at then. */
IfxHclTokenType ifx_hcl_peek(IfxHclParser *p);
const IfxHclToken *ifx_hcl_read(IfxHclParser *p);
bool ifx_hcl_next_is(IfxHclParser *p, const char *keyword);
/* Nodes; 0: the error is filled. `ifx_hcl_wrap` puts a new one around `child`, which has no parent
 * yet. */
uint32_t ifx_hcl_node(IfxHclParser *p, IfxHclKind kind, uint32_t start);
uint32_t ifx_hcl_wrap(IfxHclParser *p, IfxHclKind kind, uint32_t child);
void ifx_hcl_adopt(IfxHclParser *p, uint32_t parent, uint32_t child);
uint32_t ifx_hcl_done(IfxHclParser *p, uint32_t n); /* it ends behind the last token read */
/* Read a token of `type`, or fail: "expected WHAT, found …". */
bool ifx_hcl_expect(IfxHclParser *p, IfxHclTokenType type, const char *what);
/* The next token is not what can stand here. Returns 0. */
uint32_t ifx_hcl_unexpected(IfxHclParser *p, const char *what);
uint32_t ifx_hcl_error(IfxHclParser *p, uint32_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool ifx_hcl_deeper(IfxHclParser *p); /* false: too deep. The caller takes 1 from p->depth. */

uint32_t ifx_hcl_expression(IfxHclParser *p); /* hcl_expr.c */
uint32_t ifx_hcl_term(IfxHclParser *p);       /* hcl_term.c */
uint32_t ifx_hcl_template(IfxHclParser *p);   /* hcl_template.c */
uint32_t ifx_hcl_label(IfxHclParser *p);
/* "NAME [, NAME] in", as children of `parent`. */
bool ifx_hcl_for_names(IfxHclParser *p, uint32_t parent); /* hcl_term.c */

/* ---- hcl_string.c ---- */

/* Add what one quoted text stands for; false: at *bad stands what is no escape, said by *why. */
bool ifx_hcl_unescape(const char *text, size_t len, IfxBuf *out, size_t *bad, const char **why);

/* ---- hcl_format_modern.c ---- */

/* Add the text without its mark, in the spelling of now; its white space is left as it is. */
bool ifx_hcl_modernize(const char *text, size_t len, IfxBuf *out, IfxErr *err);

static inline bool ifx_hcl_is_blank(char c) { return c == ' ' || c == '\t'; }
static inline bool ifx_hcl_is_break(char c) { return c == '\n' || c == '\r'; }
static inline bool ifx_hcl_is_white(char c) { return ifx_hcl_is_blank(c) || ifx_hcl_is_break(c); }

/* ---- hcl_place.c ---- */

bool ifx_hcl_index_lines(IfxHclTree *t);
/* The same without a tree, for errors. */
void ifx_hcl_locate(const char *text, size_t at, uint32_t *line, uint32_t *column);
#define IFX_HCL_BOM "\xEF\xBB\xBF"
size_t ifx_hcl_bom(const char *text, size_t len); /* bytes of the mark: 3 or 0 */

#endif
