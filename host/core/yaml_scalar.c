/* yaml_scalar.c: what a scalar means in either schema. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_impl.h"

#define LONGEST_NUMBER 400 /* longer texts with underscores are strings */

typedef struct Word {
  const char *text;
  IfxYamlType type;
  bool boolean;
  double real;
  bool old; /* only YAML 1.1 knows it */
} Word;

static const Word words[] = {
    {"~", IFX_YAML_NULL},
    {"null", IFX_YAML_NULL},
    {"Null", IFX_YAML_NULL},
    {"NULL", IFX_YAML_NULL},
    {"true", IFX_YAML_BOOL, true},
    {"True", IFX_YAML_BOOL, true},
    {"TRUE", IFX_YAML_BOOL, true},
    {"false", IFX_YAML_BOOL, false},
    {"False", IFX_YAML_BOOL, false},
    {"FALSE", IFX_YAML_BOOL, false},
    {"y", IFX_YAML_BOOL, true, 0, true},
    {"Y", IFX_YAML_BOOL, true, 0, true},
    {"yes", IFX_YAML_BOOL, true, 0, true},
    {"Yes", IFX_YAML_BOOL, true, 0, true},
    {"YES", IFX_YAML_BOOL, true, 0, true},
    {"on", IFX_YAML_BOOL, true, 0, true},
    {"On", IFX_YAML_BOOL, true, 0, true},
    {"ON", IFX_YAML_BOOL, true, 0, true},
    {"n", IFX_YAML_BOOL, false, 0, true},
    {"N", IFX_YAML_BOOL, false, 0, true},
    {"no", IFX_YAML_BOOL, false, 0, true},
    {"No", IFX_YAML_BOOL, false, 0, true},
    {"NO", IFX_YAML_BOOL, false, 0, true},
    {"off", IFX_YAML_BOOL, false, 0, true},
    {"Off", IFX_YAML_BOOL, false, 0, true},
    {"OFF", IFX_YAML_BOOL, false, 0, true},
    {".nan", IFX_YAML_REAL, false, NAN},
    {".NaN", IFX_YAML_REAL, false, NAN},
    {".NAN", IFX_YAML_REAL, false, NAN},
    {".inf", IFX_YAML_REAL, false, INFINITY},
    {".Inf", IFX_YAML_REAL, false, INFINITY},
    {".INF", IFX_YAML_REAL, false, INFINITY},
    {"+.inf", IFX_YAML_REAL, false, INFINITY},
    {"+.Inf", IFX_YAML_REAL, false, INFINITY},
    {"+.INF", IFX_YAML_REAL, false, INFINITY},
    {"-.inf", IFX_YAML_REAL, false, -INFINITY},
    {"-.Inf", IFX_YAML_REAL, false, -INFINITY},
    {"-.INF", IFX_YAML_REAL, false, -INFINITY},
    {"<<", IFX_YAML_MERGE},
};

static IfxYamlValue of_type(IfxYamlType type) { return (IfxYamlValue){.type = type}; }

static bool find_word(const char *s, size_t len, IfxYamlSchema schema, IfxYamlValue *v) {
  if (len > 5) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const Word *w = &words[i];
    if (w->text[0] != s[0] || strcmp(w->text, s) != 0) continue;
    if (w->old && schema != IFX_YAML_SCHEMA_KUBERNETES) return false;
    *v = (IfxYamlValue){.type = w->type, .boolean = w->boolean, .real = w->real};
    return true;
  }
  return false;
}

/* ---- numbers ---- */

typedef enum { NO_DIGITS, FITS, TOO_LONG } Digits;

/* All of `s` as an unsigned number of 64 bits. */
static Digits read_digits(const char *s, unsigned base, uint64_t *out) {
  bool over = false;
  *out = 0;
  if (!*s) return NO_DIGITS;
  for (; *s; s++) {
    unsigned digit = *s >= '0' && *s <= '9'   ? (unsigned)(*s - '0')
                     : *s >= 'a' && *s <= 'f' ? (unsigned)(*s - 'a') + 10
                     : *s >= 'A' && *s <= 'F' ? (unsigned)(*s - 'A') + 10
                                              : 99;
    if (digit >= base) return NO_DIGITS;
    if (*out > (UINT64_MAX - digit) / base) over = true;
    *out = *out * base + digit;
  }
  return over ? TOO_LONG : FITS;
}

static bool is_digits(const char *s) { return *s && s[strspn(s, "0123456789")] == '\0'; }

/* [-+]? (digits | digits "." digits? | "." digits) ([eE] [-+]? digits)? : the floats of both
 * schemas */
static bool is_float(const char *s) {
  if (*s == '-' || *s == '+') s++;
  size_t whole = strspn(s, "0123456789"), part = 0;
  s += whole;
  if (*s == '.') s += 1 + (part = strspn(s + 1, "0123456789"));
  if (whole + part == 0) return false;
  if (*s == 'e' || *s == 'E') {
    s += s[1] == '-' || s[1] == '+' ? 2 : 1;
    return is_digits(s);
  }
  return *s == '\0';
}

static IfxYamlValue float_or(const char *s, IfxYamlType beyond) {
  if (!is_float(s)) return of_type(IFX_YAML_STR);
  double real = strtod(s, NULL);
  if (isinf(real)) return of_type(beyond);
  return (IfxYamlValue){.type = IFX_YAML_REAL, .real = real};
}

static IfxYamlValue signed_value(uint64_t magnitude, bool negative, IfxYamlType beyond) {
  if (magnitude > (uint64_t)INT64_MAX + negative) return of_type(beyond);
  int64_t v = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
  return (IfxYamlValue){.type = IFX_YAML_INT, .integer = v};
}

/* The prefix of an integer, as Go's strconv reads base 0: 0x, 0b, 0o, or a leading 0 for octal. */
static unsigned base_of(const char **s) {
  const char *p = *s;
  if (p[0] != '0') return 10;
  char mark = p[1] | 0x20;
  bool marked = (mark == 'x' || mark == 'b' || mark == 'o') && p[2];
  *s += marked ? 2 : 1;
  if (!**s) *s = p; /* a single zero */
  return !marked || mark == 'o' ? 8 : mark == 'x' ? 16 : 2;
}

static IfxYamlValue too_big(const char *s, bool fits, uint64_t magnitude) {
  return (IfxYamlValue){.type = IFX_YAML_TOO_BIG,
                        .boolean = fits,
                        .integer = fits ? (int64_t)magnitude : 0,
                        .real = strtod(s, NULL)};
}

/* goyaml.v2: an integer beyond 64 bits is a float there, which would lose digits; so it is TOO_BIG
 * here. Hexadecimal and signed numbers beyond them are strings there. */
static IfxYamlValue kubernetes_number(const char *s) {
  bool sign = *s == '-' || *s == '+';
  const char *digits = s + sign, *body = digits;
  unsigned base = base_of(&body);
  uint64_t magnitude;
  IfxYamlType beyond = is_digits(digits) ? IFX_YAML_TOO_BIG : IFX_YAML_STR;
  Digits found = read_digits(body, base, &magnitude);
  if (found != NO_DIGITS) {
    IfxYamlValue v = of_type(beyond);
    bool fits = found == FITS && !sign;
    if (found == FITS) v = signed_value(magnitude, *s == '-', fits ? IFX_YAML_TOO_BIG : beyond);
    return v.type == IFX_YAML_TOO_BIG ? too_big(s, fits, magnitude) : v;
  }
  if (strncmp(s, "0b", 2) == 0 && (s[2] == '-' || s[2] == '+') &&
      read_digits(s + 3, 2, &magnitude) == FITS)
    return signed_value(magnitude, s[2] == '-', IFX_YAML_STR);
  return float_or(s, IFX_YAML_STR);
}

static IfxYamlValue core_number(const char *s) {
  uint64_t magnitude;
  bool sign = *s == '-' || *s == '+';
  unsigned base = s[0] == '0' && s[1] == 'x' ? 16 : s[0] == '0' && s[1] == 'o' ? 8 : 10;
  switch (read_digits(base == 10 ? s + sign : s + 2, base, &magnitude)) {
  case TOO_LONG: return of_type(IFX_YAML_TOO_BIG);
  case FITS: return signed_value(magnitude, *s == '-', IFX_YAML_TOO_BIG);
  default: return float_or(s, IFX_YAML_TOO_BIG);
  }
}

/* Copy without underscores. A number that begins with a dot has them only between digits. */
static bool strip(char out[LONGEST_NUMBER], const char *s, size_t len) {
  if (len >= LONGEST_NUMBER) return false;
  for (size_t i = 0; i < len; i++) {
    if (s[i] != '_')
      *out++ = s[i];
    else if (s[0] == '.' && (!strchr("0123456789", s[i - 1]) || s[i + 1] < '0' || s[i + 1] > '9'))
      return false;
  }
  *out = '\0';
  return true;
}

static IfxYamlValue number(const char *s, size_t len, IfxYamlSchema schema) {
  char buf[LONGEST_NUMBER];
  if (schema == IFX_YAML_SCHEMA_CORE) return core_number(s);
  if (memchr(s, '_', len)) {
    if (!strip(buf, s, len)) return of_type(IFX_YAML_STR);
    return s[0] == '.' ? float_or(buf, IFX_YAML_STR) : kubernetes_number(buf);
  }
  return kubernetes_number(s);
}

/* By the first character: most texts are strings, and no word or number begins as they do. */
static IfxYamlValue plain(const char *s, size_t len, IfxYamlSchema schema) {
  IfxYamlValue v;
  if (len == 0) return of_type(IFX_YAML_NULL);
  if (s[0] >= '0' && s[0] <= '9') return number(s, len, schema);
  switch (s[0]) {
  case '-':
  case '+':
  case '.': return find_word(s, len, schema, &v) ? v : number(s, len, schema);
  case '~':
  case '<': return find_word(s, len, schema, &v) ? v : of_type(IFX_YAML_STR);
  default: break;
  }
  char small = s[0] | 0x20;
  bool word = small == 'n' || small == 't' || small == 'f' || small == 'y' || small == 'o';
  return word && find_word(s, len, schema, &v) ? v : of_type(IFX_YAML_STR);
}

/* ---- tags ---- */

static IfxYamlValue expect(IfxYamlValue v, IfxYamlType want) {
  if (v.type == IFX_YAML_INT && want == IFX_YAML_REAL)
    return (IfxYamlValue){.type = IFX_YAML_REAL, .real = (double)v.integer};
  return v.type == want ||
                 (v.type == IFX_YAML_TOO_BIG && (want == IFX_YAML_INT || want == IFX_YAML_REAL))
             ? v
             : of_type(IFX_YAML_BAD);
}

static IfxYamlValue tagged(const IfxYamlNode *n, IfxYamlSchema schema) {
  static const char prefix[] = "tag:yaml.org,2002:";
  if (strncmp(n->tag, prefix, sizeof prefix - 1) != 0) return of_type(IFX_YAML_STR);
  const char *name = n->tag + sizeof prefix - 1;
  if (strcmp(name, "binary") == 0) return of_type(IFX_YAML_BINARY);
  IfxYamlValue v = plain(n->value, n->value_len, schema);
  if (strcmp(name, "int") == 0) return expect(v, IFX_YAML_INT);
  if (strcmp(name, "float") == 0) return expect(v, IFX_YAML_REAL);
  if (strcmp(name, "bool") == 0) return expect(v, IFX_YAML_BOOL);
  if (strcmp(name, "null") == 0) return expect(v, IFX_YAML_NULL);
  if (strcmp(name, "merge") == 0 && v.type == IFX_YAML_MERGE) return v;
  return of_type(IFX_YAML_STR);
}

IfxYamlValue ifx_yaml_resolve(const IfxYamlNode *n, IfxYamlSchema schema) {
  if (n->tag && !(schema == IFX_YAML_SCHEMA_GO && strcmp(n->tag, "!") == 0))
    return tagged(n, schema);
  if (n->style != IFX_YAML_PLAIN) return of_type(IFX_YAML_STR);
  return plain(n->value, n->value_len, schema);
}

/* ---- refusing what cannot be a value ---- */

static bool refuse(const IfxYamlNode *n, const char *what, const char *hint, IfxErr *err) {
  char quoted[96];
  ifx_yaml_quote(quoted, sizeof quoted, n->value, n->value_len);
  ifx_err_set(err, IFX_E_PARSE, "%s %s", quoted, what);
  ifx_err_hint(err, "%s", hint);
  return ifx_err_at(err, n->line, n->column);
}

bool ifx_yaml_value(const IfxYamlNode *n, IfxYamlSchema schema, IfxYamlValue *v, IfxErr *err) {
  *v = ifx_yaml_resolve(n, schema);
  if (v->type == IFX_YAML_TOO_BIG)
    return refuse(n, "is a number that 64 bits cannot hold", "quote it to keep it as a string",
                  err);
  if (v->type == IFX_YAML_BAD)
    return refuse(n, "is not what its tag says", "remove the tag or correct the value", err);
  return true;
}

/* A float key as Go writes it: the fewest digits of single precision, an exponent below 1e-4 and
 * from 1e+06. */
static void float_key(char *out, size_t size, double real) {
  float v = (float)real;
  int digits = 0;
  if (!isfinite(v)) {
    snprintf(out, size, "%s", isnan(v) ? ".nan" : v > 0 ? ".inf" : "-.inf");
    return;
  }
  do snprintf(out, size, "%.*e", digits, (double)v);
  while (strtof(out, NULL) != v && ++digits < 9);
  int exponent = atoi(strchr(out, 'e') + 1);
  if (exponent >= -4 && exponent < 6)
    snprintf(out, size, "%.*f", digits > exponent ? digits - exponent : 0, (double)v);
}

bool ifx_yaml_key(const IfxYamlNode *key, IfxYamlSchema schema, IfxYamlKey *out, IfxErr *err) {
  const IfxYamlNode *n = key->kind == IFX_YAML_ALIAS ? key->first : key;
  if (n->kind != IFX_YAML_SCALAR) {
    ifx_err_set(err, IFX_E_PARSE, "a %s cannot be a key",
                n->kind == IFX_YAML_SEQ ? "list" : "mapping");
    ifx_err_hint(err, "text such as {{ … }} must be quoted; render a template before it is read");
    return ifx_err_at(err, key->line, key->column);
  }
  IfxYamlValue v;
  if (!ifx_yaml_value(n, schema, &v, err)) return false;
  *out = (IfxYamlKey){.text = out->space, .converted = true, .merge = v.type == IFX_YAML_MERGE};
  switch (v.type) {
  case IFX_YAML_INT: snprintf(out->space, sizeof out->space, "%lld", (long long)v.integer); break;
  case IFX_YAML_BOOL:
    snprintf(out->space, sizeof out->space, "%s", v.boolean ? "true" : "false");
    break;
  case IFX_YAML_REAL: float_key(out->space, sizeof out->space, v.real); break;
  case IFX_YAML_NULL: return refuse(n, "cannot be a key: it means null", "quote it", err);
  case IFX_YAML_BINARY: return refuse(n, "cannot be a key: it is binary", "write it as text", err);
  default:
    out->text = n->value;
    out->len = n->value_len;
    out->converted = n != key;
    return true;
  }
  out->len = strlen(out->space);
  return true;
}

/* ---- !!binary ---- */

static int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool ifx_yaml_binary(const IfxYamlNode *n, IfxBuf *out, IfxErr *err) {
  uint32_t bits = 0;
  size_t digits = 0, pad = 0;
  bool good = true;
  for (size_t i = 0; good && i < n->value_len; i++) {
    char c = n->value[i];
    if (c == '\n' || c == '\r') continue;
    int six = sextet(c);
    if (c == '=')
      pad++;
    else if (six < 0 || pad)
      good = false;
    bits = bits << 6 | (uint32_t)(six < 0 ? 0 : six);
    if (++digits % 4 || !good) continue;
    char bytes[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
    good = pad <= 2;
    ifx_buf_add(out, bytes, good ? 3 - pad : 0);
  }
  if (good && digits % 4 == 0) return !out->failed || ifx_err_nomem(err);
  return refuse(n, "is not base64, which !!binary asks for", "encode the bytes: base64 -w0 FILE",
                err);
}
