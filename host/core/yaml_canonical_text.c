/* yaml_canonical_text.c: texts as goyaml.v2 writes them. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_impl.h"

#define WIDTH 80 /* the first space behind this column breaks a line */

enum {                  /* what the characters of a text say about its form */
       SPACE = 1,       /* a blank: lines are broken there */
       LINE_FEED = 2,   /* several lines, as they are */
       BREAK = 4,       /* another line break */
       MARK = 8,        /* ends a plain text beside a blank */
       FIRST = 16,      /* does not begin a plain text */
       VALUE = 32,      /* begins what may be more than a text */
       ESCAPE = 64,     /* stands in double quotes only */
       BEYOND = 128,    /* not ASCII: which character it is says more */
       NEXT_LINE = 256, /* U+0085, which gets lost on the way through JSON */
       IMPOSSIBLE = 512 /* no YAML */
};

static const uint8_t kinds[256] = {
    [0 ... 9] = ESCAPE,     ['\n'] = LINE_FEED,    [11 ... 12] = ESCAPE, ['\r'] = ESCAPE | BREAK,
    [14 ... 31] = ESCAPE,   [' '] = SPACE,         ['!'] = FIRST,        ['"'] = FIRST,
    ['#'] = FIRST | MARK,   ['%'] = FIRST,         ['&'] = FIRST,        ['\''] = FIRST,
    ['*'] = FIRST,          ['+'] = VALUE,         [','] = FIRST,        ['-'] = FIRST | VALUE,
    ['.'] = VALUE,          ['0' ... '9'] = VALUE, [':'] = FIRST | MARK, ['>'] = FIRST,
    ['?'] = FIRST,          ['@'] = FIRST,         ['F'] = VALUE,        ['N'] = VALUE,
    ['O'] = VALUE,          ['T'] = VALUE,         ['Y'] = VALUE,        ['['] = FIRST,
    [']'] = FIRST,          ['`'] = FIRST,         ['f'] = VALUE,        ['n'] = VALUE,
    ['o'] = VALUE,          ['t'] = VALUE,         ['y'] = VALUE,        ['{'] = FIRST,
    ['|'] = FIRST,          ['}'] = FIRST,         ['~'] = VALUE,        [127] = ESCAPE,
    [128 ... 255] = BEYOND,
};

static unsigned kind_of(char c) { return kinds[(unsigned char)c]; }

/* ---- looking ---- */

static unsigned look_closer(const char *s, size_t len) {
  unsigned seen = 0;
  for (size_t i = 0, n; i < len; i += n) {
    uint32_t c = ifx_yaml_char(s + i, len - i, &n);
    if (c < 0x7F && (c || !s[i])) continue;
    if (!ifx_yaml_char_ok(c)) return IMPOSSIBLE; /* or no UTF-8 */
    if (c == 0x85) seen |= NEXT_LINE;
    if (c == 0x2028 || c == 0x2029) seen |= BREAK;
    if (c == 0xFEFF || c > 0xFFFF) seen |= ESCAPE;
  }
  return seen;
}

/* ^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$ */
static bool is_base60(const char *s) {
  if (*s == '-' || *s == '+') s++;
  if (*s < '0' || *s > '9') return false;
  s += strspn(s, "0123456789_");
  if (*s != ':') return false;
  while (*s == ':') {
    size_t digits = strspn(s + 1, "0123456789");
    if (digits == 0 || digits > 2 || (digits == 2 && s[1] > '5')) return false;
    s += 1 + digits;
  }
  if (*s == '.') s += 1 + strspn(s + 1, "0123456789_");
  return *s == '\0';
}

/* Would YAML 1.1 read something else? */
static bool means_more(const char *s, size_t len) {
  if (len == 0) return true;
  bool word = (unsigned char)s[0] > '9';
  if (!(kind_of(s[0]) & VALUE) || (word && len > 5)) return false;
  IfxYamlNode yaml = {.value = s, .value_len = len, .style = IFX_YAML_PLAIN};
  if (ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_KUBERNETES).type != IFX_YAML_STR) return true;
  return strlen(s) == len && (is_base60(s) || ifx_yaml_is_date(s));
}

static bool stands_plain(const char *s, size_t len, unsigned seen) {
  if (seen & (LINE_FEED | BREAK | ESCAPE)) return false;
  char first = s[0], last = s[len - 1];
  if (first == ' ' || last == ' ' || last == ':') return false;
  bool mild = first == '-' || first == '?' || first == ':';
  if (kind_of(first) & FIRST && !(mild && len > 1 && s[1] != ' ')) return false;
  if (len >= 3 && (memcmp(s, "---", 3) == 0 || memcmp(s, "...", 3) == 0)) return false;
  if ((seen & (MARK | SPACE)) != (MARK | SPACE)) return true;
  for (size_t i = 0; i + 1 < len; i++)
    if ((s[i] == ':' && s[i + 1] == ' ') || (s[i] == ' ' && s[i + 1] == '#')) return false;
  return true;
}

static bool space_at_break(const char *s, size_t len, bool behind) {
  for (size_t i = 0, n; i < len; i += n ? n : 1) {
    n = kind_of(s[i]) & (LINE_FEED | BREAK | BEYOND) ? ifx_yaml_break_at(s, len, i) : 0;
    if (n && i > 0 && s[i - 1] == ' ') return true;
    if (n && behind && i + n < len && s[i + n] == ' ') return true;
  }
  return false;
}

static IfxYamlStyle style_of(const char *s, size_t len, unsigned seen) {
  if (seen & LINE_FEED) {
    bool literal = !(seen & ESCAPE) && s[len - 1] != ' ' && !space_at_break(s, len, false);
    return literal ? IFX_YAML_LITERAL : IFX_YAML_DOUBLE;
  }
  if (means_more(s, len)) return IFX_YAML_DOUBLE;
  if (stands_plain(s, len, seen)) return IFX_YAML_PLAIN;
  bool single = !(seen & ESCAPE) && !(seen & BREAK && space_at_break(s, len, true));
  return single ? IFX_YAML_SINGLE : IFX_YAML_DOUBLE;
}

bool ifx_yaml_text_look(IfxYamlText *t, const char *s, size_t len) {
  unsigned seen = 0;
  for (size_t i = 0; i < len; i++) seen |= kind_of(s[i]);
  if (seen & (ESCAPE | BEYOND)) seen |= look_closer(s, len);
  *t = (IfxYamlText){.s = s, .len = len, .seen = seen, .style = IFX_YAML_DOUBLE};
  if (seen & IMPOSSIBLE) return false;
  t->broken = seen & (LINE_FEED | BREAK);
  t->next_line = seen & NEXT_LINE;
  if (!t->next_line) t->style = style_of(s, len, seen);
  return true;
}

/* Far to the right each line takes more than its text: who writes no more is refused at the end. */
static bool is_full(const IfxBuf *out) { return out->len > IFX_YAML_MAX_TEXT; }

/* ---- one line, which may be folded ---- */

typedef struct Pen {
  IfxBuf *out;
  const IfxYamlText *text;
  size_t column, indent;
  bool all; /* goyaml.v2 escapes everything in a text that begins with a byte order mark */
} Pen;

/* Characters of the line that `out` ends in. */
static size_t column_of(const IfxBuf *out) {
  const char *lf = out->len ? memrchr(out->data, '\n', out->len) : NULL;
  size_t column = 0, i = lf ? (size_t)(lf - out->data) + 1 : 0;
  for (size_t n; i < out->len; i += n ? n : 1) {
    n = kind_of(out->data[i]) & BEYOND ? ifx_yaml_break_at(out->data, out->len, i) : 0;
    column = n ? 0 : column + ((out->data[i] & 0xC0) != 0x80);
  }
  return column;
}

static bool is_odd(const Pen *p, uint32_t c) {
  switch (p->text->style) {
  case IFX_YAML_PLAIN: return false;
  case IFX_YAML_SINGLE: return c == '\'' || c == 0x2028 || c == 0x2029;
  default: return p->all || c == '"' || c == '\\' || c > 0xFFFF || !ifx_yaml_is_clear(c);
  }
}

static void put_escape(Pen *p, uint32_t c) {
  size_t mark = p->out->len;
  char named = c == 0xA0 ? '_' : c == 0x2028 ? 'L' : c == 0x2029 ? 'P' : 0;
  if (named)
    ifx_buf_add(p->out, (char[]){'\\', named}, 2);
  else
    ifx_yaml_write_escape(p->out, c);
  p->column += p->out->len - mark;
}

/* The character of `n` bytes at `i` in another form than its own. */
static void put_odd(Pen *p, size_t i, size_t n, uint32_t c) {
  const IfxYamlText *t = p->text;
  if (t->style == IFX_YAML_DOUBLE) {
    put_escape(p, c);
  } else if (c == '\'') {
    ifx_buf_add(p->out, "''", 2);
    p->column += 2;
  } else { /* a line break, and the indentation of what follows */
    bool ends = i + n == t->len || ifx_yaml_break_at(t->s, t->len, i + n);
    p->column = ends ? 0 : p->indent;
    ifx_buf_add(p->out, t->s + i, n);
    ifx_buf_fill(p->out, ' ', p->column);
  }
}

/* Does the line break at the space at `i`? */
static bool folds(const Pen *p, size_t i) {
  const IfxYamlText *t = p->text;
  if (p->column <= WIDTH || i == 0 || i + 1 == t->len || t->s[i - 1] == ' ') return false;
  return t->style == IFX_YAML_DOUBLE || t->s[i + 1] != ' ';
}

static void put_line(Pen *p, bool fold) {
  const char *s = p->text->s;
  size_t len = p->text->len, done = 0;
  for (size_t i = 0, n; i < len && !is_full(p->out); i += n) {
    uint32_t c = ifx_yaml_char(s + i, len - i, &n);
    bool odd = is_odd(p, c), ends = !odd && c == ' ' && fold && folds(p, i);
    p->column++;
    if (!odd && !ends) continue;
    p->column--;
    ifx_buf_add(p->out, s + done, i - done);
    done = i + n;
    if (odd) {
      put_odd(p, i, n, c);
    } else {
      ifx_buf_byte(p->out, '\n');
      ifx_buf_fill(p->out, ' ', p->indent);
      if (s[done] == ' ') ifx_buf_byte(p->out, '\\');
      p->column = p->indent + (s[done] == ' ');
    }
  }
  ifx_buf_add(p->out, s + done, len - done);
}

/* ---- several lines ---- */

static size_t line_end(const IfxYamlText *t, size_t i) {
  const char *lf;
  if (!(t->seen & BREAK))
    return (lf = memchr(t->s + i, '\n', t->len - i)) ? (size_t)(lf - t->s) : t->len;
  while (i < t->len && !ifx_yaml_break_at(t->s, t->len, i)) i++;
  return i;
}

static void put_lines(IfxBuf *out, const IfxYamlText *t, size_t indent) {
  size_t last = ifx_yaml_break_before(t->s, 0, t->len);
  ifx_buf_byte(out, '|');
  if (t->s[0] == ' ' || ifx_yaml_break_at(t->s, t->len, 0)) ifx_buf_byte(out, '2');
  if (!last)
    ifx_buf_byte(out, '-');
  else if (last == t->len || ifx_yaml_break_before(t->s, 0, t->len - last))
    ifx_buf_byte(out, '+');
  ifx_buf_byte(out, '\n');
  for (size_t i = 0, next; i < t->len && !is_full(out); i = next) {
    size_t end = line_end(t, i);
    next = end + (end < t->len ? ifx_yaml_break_at(t->s, t->len, end) : 0);
    if (end > i) ifx_buf_fill(out, ' ', indent);
    ifx_buf_add(out, t->s + i, next - i);
  }
  if (!last) ifx_buf_byte(out, '\n');
}

void ifx_yaml_text_put(IfxBuf *out, const IfxYamlText *t, size_t indent, bool key) {
  static const char quotes[] = {[IFX_YAML_PLAIN] = 0, [IFX_YAML_SINGLE] = '\'', '"'};
  if (t->style == IFX_YAML_LITERAL) {
    put_lines(out, t, indent);
    return;
  }
  Pen p = {.out = out, .text = t, .indent = indent};
  char quote = quotes[t->style];
  bool fold = !key && t->seen & SPACE;
  if (quote) ifx_buf_byte(out, quote);
  if (fold) p.column = column_of(out);
  if (quote || (fold && p.column + t->len > WIDTH)) {
    p.all = t->len >= 3 && memcmp(t->s, "\xEF\xBB\xBF", 3) == 0;
    put_line(&p, fold);
  } else {
    ifx_buf_add(out, t->s, t->len);
  }
  if (quote) ifx_buf_byte(out, quote);
  if (!key) ifx_buf_byte(out, '\n');
}
