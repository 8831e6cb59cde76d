/* yaml_canonical.c: values as sigs.k8s.io/yaml writes them. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

#define STEP        2    /* columns of what stands in something else */
#define LONGEST_KEY 128  /* bytes: longer ones stand behind a question mark */
#define JSON_KEY    1024 /* goyaml.v2 reads no longer key, in its quotes, on the way from JSON */

typedef struct Printer {
  IfxBuf *out;
  IfxErr *err;
} Printer;

/* Where a value goes on: at the beginning, in the line of its dash, or behind "key:". */
typedef enum { ROOT, ITEM, FIELD } Place;

static bool failed(Printer *p, const char *what, const IfxNode *n) {
  char quoted[96];
  ifx_yaml_quote(quoted, sizeof quoted, n->text, n->count);
  ifx_err_set(p->err, IFX_E_PARSE, "%s %s", quoted, what);
  return ifx_err_at(p->err, n->line, 0);
}

/* A word behind its dash or key. */
static bool put(Printer *p, const char *text, size_t len, Place place) {
  if (place != ROOT) ifx_buf_byte(p->out, ' ');
  ifx_buf_add(p->out, text, len);
  ifx_buf_byte(p->out, '\n');
  return true;
}

/* ---- numbers ---- */

int ifx_yaml_shortest(char out[IFX_YAML_NUMBER], double v) {
  int digits = 0;
  do snprintf(out, IFX_YAML_NUMBER, "%.*e", digits, v);
  while (strtod(out, NULL) != v && ++digits < 17);
  int exponent = atoi(strchr(out, 'e') + 1);
  if (exponent >= -4 && exponent < 6)
    snprintf(out, IFX_YAML_NUMBER, "%.*f", digits > exponent ? digits - exponent : 0, v);
  return exponent;
}

/* Its digits, zeros behind them. */
static void whole(char out[IFX_YAML_NUMBER], double v) {
  char text[IFX_YAML_NUMBER];
  int exponent = ifx_yaml_shortest(text, v), count = 0;
  for (const char *s = text; *s && *s != 'e'; s++)
    if (*s != '.') out[count++] = *s;
  while (count < exponent + 1 + (v < 0)) out[count++] = '0';
  out[count] = '\0';
}

/* Numbers pass through JSON on their way: whole ones that 64 bits hold come out as integers. */
static bool put_real(Printer *p, const IfxNode *n, double v, Place place) {
  char text[IFX_YAML_NUMBER];
  if (!isfinite(v)) return failed(p, "has no form in JSON", n);
  if (v == trunc(v) && v < 18446744073709551616.0 && v > -9223372036854775808.0)
    whole(text, v == 0 ? 0 : v);
  else
    ifx_yaml_shortest(text, v);
  return put(p, text, strlen(text), place);
}

static bool put_number(Printer *p, const IfxNode *n, Place place) {
  char text[IFX_YAML_NUMBER];
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  IfxYamlValue v = ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_GO);
  if (v.type == IFX_YAML_REAL && n->kind == IFX_NODE_REAL) return put_real(p, n, v.real, place);
  if (v.type == IFX_YAML_TOO_BIG && !v.boolean) return put_real(p, n, v.real, place);
  if (v.type == IFX_YAML_TOO_BIG) {
    snprintf(text, sizeof text, "%llu", (unsigned long long)v.integer);
  } else if (v.type == IFX_YAML_INT && n->kind == IFX_NODE_REAL) {
    return put_real(p, n, (double)v.integer, place);
  } else if (v.type == IFX_YAML_INT) {
    snprintf(text, sizeof text, "%lld", (long long)v.integer);
  } else {
    return failed(p, "is not the number that its place asks for", n);
  }
  return put(p, text, strlen(text), place);
}

static bool put_bool(Printer *p, const IfxNode *n, Place place) {
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  IfxYamlValue v = ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_KUBERNETES);
  if (v.type != IFX_YAML_BOOL) return failed(p, "is neither true nor false", n);
  const char *word = v.boolean ? "true" : "false";
  return put(p, word, strlen(word), place);
}

static bool put_null(Printer *p, const IfxNode *n, Place place) {
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  if (ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_GO).type != IFX_YAML_NULL)
    return failed(p, "is written where null is", n);
  return put(p, "null", 4, place);
}

/* ---- dates ---- */

/* Two digits of the number at *s, which moves behind it. */
static int two(char *to, const char **s) {
  int v = 0;
  while (**s >= '0' && **s <= '9') v = v * 10 + (*(*s)++ - '0');
  return snprintf(to, 3, "%02d", v % 100);
}

/* RFC 3339: 2020-1-2 → 2020-01-02T00:00:00Z. */
static bool put_time(Printer *p, const IfxNode *n, Place place) {
  char out[80];
  if (!ifx_yaml_is_date(n->text)) return failed(p, "is not the date that its place asks for", n);
  const char *s = n->text + 5;
  int at = snprintf(out, sizeof out, "\"%.4s-", n->text);
  at += two(out + at, &s);
  out[at++] = '-';
  s++;
  at += two(out + at, &s);
  out[at++] = 'T';
  for (int i = 0; i < 3; i++) {
    if (*s) s++;
    at += two(out + at, &s);
    if (i < 2) out[at++] = ':';
  }
  if (*s == '.' || *s == ',') {
    size_t digits = strspn(s + 1, "0123456789"), kept = digits < 9 ? digits : 9;
    while (kept > 0 && s[kept] == '0') kept--;
    if (kept) at += snprintf(out + at, sizeof out - (size_t)at, ".%.*s", (int)kept, s + 1);
    s += 1 + digits;
  }
  bool utc = !*s || strcmp(s + 1, "00:00") == 0;
  at += snprintf(out + at, sizeof out - (size_t)at, "%s\"", utc ? "Z" : s);
  return put(p, out, (size_t)at, place);
}

/* ---- texts ---- */

static bool is_next_line(const char *s, const char *end) {
  return end - s >= 2 && memcmp(s, "\xC2\x85", 2) == 0;
}

static bool is_marker(const char *s, const char *end) {
  if (end - s < 4 || (memcmp(s, "---", 3) != 0 && memcmp(s, "...", 3) != 0)) return false;
  return s[3] == ' ' || is_next_line(s + 3, end);
}

/* U+0085 is a line break in the quotes of JSON, and lines are folded there: one is a space, of
 * several one is lost; the spaces around them go. False: the mark of a document begins a line. */
static bool fold_next_lines(IfxBuf *to, const char *s, size_t len) {
  for (const char *end = s + len, *p; s < end; s = p) {
    size_t breaks = 0;
    for (p = s; p < end; p += *p == ' ' ? 1 : 2) {
      bool breaks_here = is_next_line(p, end);
      if (!breaks_here && *p != ' ') break;
      breaks += breaks_here;
    }
    if (breaks && p[-1] != ' ' && is_marker(p, end)) return false;
    if (breaks == 0) ifx_buf_add(to, s, (size_t)((p += p == s) - s));
    if (breaks == 1) ifx_buf_byte(to, ' ');
    if (breaks > 1) ifx_buf_fill(to, '\n', breaks - 1);
  }
  return true;
}

static bool look(Printer *p, const IfxNode *n, IfxYamlText *text) {
  return ifx_yaml_text_look(text, n->text, n->count) ||
         failed(p, "has characters that YAML does not allow", n);
}

static bool put_text(Printer *p, const IfxYamlText *text, size_t indent, Place place) {
  if (place != ROOT) ifx_buf_byte(p->out, ' ');
  ifx_yaml_text_put(p->out, text, indent + STEP, false);
  return true;
}

static bool put_folded(Printer *p, const IfxNode *n, size_t indent, Place place) {
  IfxYamlText text;
  IfxBuf to = {0};
  bool ok = fold_next_lines(&to, n->text, n->count);
  if (!ok) failed(p, "has the mark of a document behind a line break, U+0085", n);
  if (ok && to.failed) ok = ifx_err_nomem(p->err);
  if (ok) ok = ifx_yaml_text_look(&text, to.data, to.len) && put_text(p, &text, indent, place);
  ifx_buf_free(&to);
  return ok;
}

static bool put_string(Printer *p, const IfxNode *n, size_t indent, Place place) {
  IfxYamlText text;
  if (!look(p, n, &text)) return false;
  return text.next_line ? put_folded(p, n, indent, place) : put_text(p, &text, indent, place);
}

/* U+2028 or U+2029: `s` ends in NUL. */
static bool is_line_end(const char *s) {
  return strncmp(s, "\xE2\x80\xA8", 3) == 0 || strncmp(s, "\xE2\x80\xA9", 3) == 0;
}

/* Characters of the text in JSON as Go writes it: U+2028 and U+2029 are escaped there too. */
static size_t json_length(const IfxNode *n) {
  size_t length = 2;
  for (const char *s = n->text; s < n->text + n->count; s++) {
    bool control = (unsigned char)*s < ' ', html = *s == '<' || *s == '>' || *s == '&';
    if (*s && strchr("\"\\\b\f\n\r\t", *s))
      length += 2;
    else if (control || html || is_line_end(s))
      length += 6;
    else
      length += (*s & 0xC0) != 0x80;
  }
  return length;
}

/* Where its value goes on. */
static bool put_key(Printer *p, const IfxNode *n, size_t indent, Place *value) {
  IfxYamlText text;
  if (n->kind != IFX_NODE_STRING) return failed(p, "is a key that is no string", n);
  if (!look(p, n, &text)) return false;
  if (text.next_line) return failed(p, "is a key with a line break, U+0085", n);
  bool simple = !text.broken && n->count <= LONGEST_KEY;
  if (!simple && json_length(n) > JSON_KEY)
    return failed(p, "is a key of more than 1024 characters", n);
  if (!simple) ifx_buf_add(p->out, "? ", 2);
  ifx_yaml_text_put(p->out, &text, indent + STEP, simple);
  if (!simple) ifx_buf_fill(p->out, ' ', indent);
  ifx_buf_byte(p->out, ':');
  *value = simple ? FIELD : ITEM;
  return true;
}

/* ---- values ---- */

static bool put_node(Printer *p, const IfxNode *n, size_t indent, Place place);

/* To where the first item or field begins, unless that is here. */
static void open(Printer *p, Place place) {
  if (place != ROOT) ifx_buf_byte(p->out, place == ITEM ? ' ' : '\n');
}

static void start(Printer *p, size_t i, size_t indent, Place place) {
  if (i > 0 || place == FIELD) ifx_buf_fill(p->out, ' ', indent);
}

static bool put_list(Printer *p, const IfxNode *n, size_t indent, Place place) {
  if (!n->count) return put(p, "[]", 2, place);
  if (place == ITEM) indent += STEP;
  open(p, place);
  for (size_t i = 0; i < n->count; i++) {
    start(p, i, indent, place);
    ifx_buf_byte(p->out, '-');
    if (!put_node(p, n->items[i], indent, ITEM)) return false;
  }
  return true;
}

static bool put_map(Printer *p, const IfxNode *n, size_t indent, Place place) {
  Place value = FIELD;
  if (!n->count) return put(p, "{}", 2, place);
  if (place != ROOT) indent += STEP;
  open(p, place);
  for (size_t i = 0; i < n->count; i++) {
    start(p, i, indent, place);
    if (!put_key(p, n->fields[i].key, indent, &value)) return false;
    if (!put_node(p, n->fields[i].value, indent, value)) return false;
  }
  return true;
}

static bool has_room(Printer *p) {
  return p->out->len <= IFX_YAML_MAX_TEXT ||
         ifx_err_set(p->err, IFX_E_LIMIT, "a text of more than %zu bytes", IFX_YAML_MAX_TEXT);
}

/* `indent` is the column of the list or map that the value stands in. */
static bool put_node(Printer *p, const IfxNode *n, size_t indent, Place place) {
  if (!has_room(p)) return false;
  switch (n->kind) {
  case IFX_NODE_NULL: return put_null(p, n, place);
  case IFX_NODE_BOOL: return put_bool(p, n, place);
  case IFX_NODE_INT:
  case IFX_NODE_REAL: return put_number(p, n, place);
  case IFX_NODE_TIME: return put_time(p, n, place);
  case IFX_NODE_STRING: return put_string(p, n, indent, place);
  case IFX_NODE_LIST: return put_list(p, n, indent, place);
  default: return put_map(p, n, indent, place);
  }
}

bool ifx_yaml_write_canonical(IfxBuf *out, const IfxNode *n, IfxErr *err) {
  Printer p = {.out = out, .err = err};
  return put_node(&p, n, 0, ROOT) && has_room(&p) && (!out->failed || ifx_err_nomem(err));
}
