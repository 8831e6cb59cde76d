/* yaml_canonical.c: values as sigs.k8s.io/yaml writes them. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "yaml_impl.h"

#define NUMBER 64 /* a number as text */

typedef struct Printer {
  yaml_emitter_t emitter;
  IfxBuf *out;
  IfxErr *err;
} Printer;

static int append(void *data, unsigned char *bytes, size_t n) {
  ifx_buf_add(data, bytes, n);
  return 1;
}

static bool failed(Printer *p, const char *what, const IfxNode *n) {
  char quoted[96] = "";
  if (n) ifx_yaml_quote(quoted, sizeof quoted, n->text, n->count);
  ifx_err_set(p->err, IFX_E_PARSE, "%s%s%s", quoted, *quoted ? " " : "", what);
  return ifx_err_at(p->err, n ? n->line : 0, 0);
}

static bool emit(Printer *p, yaml_event_t *event, int made) {
  if (!made) return ifx_err_nomem(p->err);
  if (yaml_emitter_emit(&p->emitter, event)) return true;
  if (p->emitter.error == YAML_MEMORY_ERROR) return ifx_err_nomem(p->err);
  return failed(p, p->emitter.problem, NULL);
}

static bool put(Printer *p, const char *text, size_t len, yaml_scalar_style_t style) {
  yaml_event_t event;
  int made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len,
                                          1, 1, style);
  return emit(p, &event, made);
}

/* ---- numbers ---- */

/* The shortest digits, with an exponent below 1e-4 and from 1e+06. */
static void shortest(char out[NUMBER], double v) {
  int digits = 0;
  do snprintf(out, NUMBER, "%.*e", digits, v);
  while (strtod(out, NULL) != v && ++digits < 17);
  int exponent = atoi(strchr(out, 'e') + 1);
  if (exponent >= -4 && exponent < 6)
    snprintf(out, NUMBER, "%.*f", digits > exponent ? digits - exponent : 0, v);
}

/* Numbers pass through JSON on their way: whole ones that 64 bits hold come out as integers. */
static bool put_real(Printer *p, const IfxNode *n, double v) {
  char text[NUMBER];
  if (!isfinite(v)) return failed(p, "has no form in JSON", n);
  if (v == trunc(v) && v < 18446744073709551616.0 && v > -9223372036854775808.0)
    snprintf(text, sizeof text, "%.0f", v == 0 ? 0 : v);
  else
    shortest(text, v);
  return put(p, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static bool put_number(Printer *p, const IfxNode *n) {
  char text[NUMBER];
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  IfxYamlValue v = ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_GO);
  if (v.type == IFX_YAML_REAL && n->kind == IFX_NODE_REAL) return put_real(p, n, v.real);
  if (v.type == IFX_YAML_TOO_BIG) {
    char *end;
    bool hex = n->text[0] == '0';
    unsigned long long whole = strtoull(n->text, &end, hex ? 0 : 10);
    bool fits = n->text[0] != '-' && !*end &&
                (hex || strtod(n->text, NULL) < 18446744073709551615.0 ||
                 strcmp(n->text, "18446744073709551615") == 0);
    if (!fits) return put_real(p, n, strtod(n->text, NULL));
    snprintf(text, sizeof text, "%llu", whole);
  } else if (v.type == IFX_YAML_INT) {
    snprintf(text, sizeof text, "%lld", (long long)v.integer);
  } else {
    return failed(p, "is not the number that its place asks for", n);
  }
  return put(p, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static bool put_bool(Printer *p, const IfxNode *n) {
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  IfxYamlValue v = ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_KUBERNETES);
  if (v.type != IFX_YAML_BOOL) return failed(p, "is neither true nor false", n);
  const char *word = v.boolean ? "true" : "false";
  return put(p, word, strlen(word), YAML_PLAIN_SCALAR_STYLE);
}

static bool put_null(Printer *p, const IfxNode *n) {
  IfxYamlNode yaml = {.value = n->text, .value_len = n->count, .style = IFX_YAML_PLAIN};
  if (ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_GO).type != IFX_YAML_NULL)
    return failed(p, "is written where null is", n);
  return put(p, "null", 4, YAML_PLAIN_SCALAR_STYLE);
}

/* ---- strings ---- */

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
  IfxYamlNode yaml = {.value = s, .value_len = len, .style = IFX_YAML_PLAIN};
  if (ifx_yaml_resolve(&yaml, IFX_YAML_SCHEMA_KUBERNETES).type != IFX_YAML_STR) return true;
  return strlen(s) == len && (is_base60(s) || ifx_yaml_is_date(s));
}

static bool put_string(Printer *p, const IfxNode *n) {
  yaml_scalar_style_t style = memchr(n->text, '\n', n->count) ? YAML_LITERAL_SCALAR_STYLE
                              : means_more(n->text, n->count) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                                              : YAML_PLAIN_SCALAR_STYLE;
  return put(p, n->text, n->count, style);
}

/* ---- dates ---- */

/* Two digits of the number at *s, which moves behind it. */
static int two(char *to, const char **s) {
  int v = 0;
  while (**s >= '0' && **s <= '9') v = v * 10 + (*(*s)++ - '0');
  return snprintf(to, 3, "%02d", v % 100);
}

/* RFC 3339: 2020-1-2 → 2020-01-02T00:00:00Z. */
static bool put_time(Printer *p, const IfxNode *n) {
  char out[80];
  if (!ifx_yaml_is_date(n->text)) return failed(p, "is not the date that its place asks for", n);
  const char *s = n->text + 5;
  int at = snprintf(out, sizeof out, "%.4s-", n->text);
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
  at += snprintf(out + at, sizeof out - (size_t)at, "%s", utc ? "Z" : s);
  return put(p, out, (size_t)at, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

/* ---- values ---- */

static bool put_node(Printer *p, const IfxNode *n);

static bool put_list(Printer *p, const IfxNode *n) {
  yaml_event_t event;
  if (!emit(p, &event,
            yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE)))
    return false;
  for (size_t i = 0; i < n->count; i++)
    if (!put_node(p, n->items[i])) return false;
  return emit(p, &event, yaml_sequence_end_event_initialize(&event));
}

static bool put_map(Printer *p, const IfxNode *n) {
  yaml_event_t event;
  if (!emit(p, &event,
            yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE)))
    return false;
  for (size_t i = 0; i < n->count; i++) {
    const IfxNode *key = n->fields[i].key;
    if (key->kind != IFX_NODE_STRING) return failed(p, "is a key that is no string", key);
    if (!put_string(p, key) || !put_node(p, n->fields[i].value)) return false;
  }
  return emit(p, &event, yaml_mapping_end_event_initialize(&event));
}

static bool put_node(Printer *p, const IfxNode *n) {
  if (p->out->len > IFX_YAML_MAX_TEXT)
    return ifx_err_set(p->err, IFX_E_LIMIT, "a text of more than %zu bytes", IFX_YAML_MAX_TEXT);
  switch (n->kind) {
  case IFX_NODE_NULL: return put_null(p, n);
  case IFX_NODE_BOOL: return put_bool(p, n);
  case IFX_NODE_INT:
  case IFX_NODE_REAL: return put_number(p, n);
  case IFX_NODE_TIME: return put_time(p, n);
  case IFX_NODE_STRING: return put_string(p, n);
  case IFX_NODE_LIST: return put_list(p, n);
  default: return put_map(p, n);
  }
}

static bool print(Printer *p, const IfxNode *n) {
  yaml_event_t event;
  yaml_emitter_set_output(&p->emitter, append, p->out);
  yaml_emitter_set_unicode(&p->emitter, 1);
  yaml_emitter_set_width(&p->emitter, 80);
  if (!emit(p, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) ||
      !emit(p, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) ||
      !put_node(p, n) || !emit(p, &event, yaml_document_end_event_initialize(&event, 1)))
    return false;
  p->emitter.open_ended = 0; /* no "..." behind a text that keeps its line breaks */
  return emit(p, &event, yaml_stream_end_event_initialize(&event));
}

bool ifx_yaml_write_canonical(IfxBuf *out, const IfxNode *n, IfxErr *err) {
  Printer p = {.out = out, .err = err};
  if (!yaml_emitter_initialize(&p.emitter)) return ifx_err_nomem(err);
  bool ok = print(&p, n);
  yaml_emitter_delete(&p.emitter);
  return ok && (!out->failed || ifx_err_nomem(err));
}
