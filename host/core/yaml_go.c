/* yaml_go.c: where goyaml and libyaml read differently. SPDX-License-Identifier: Apache-2.0 */
#include <yaml.h>

#include <stdio.h>
#include <string.h>

#include "yaml_impl.h"

static bool in_flow(const IfxYamlNode *n) { return n->parent && n->parent->style == IFX_YAML_FLOW; }

/* In flow style '?' begins a key wherever it stands. */
static bool has_key_sign(const IfxYamlPlaces *p, const IfxYamlNode *n, size_t *at) {
  const char *sign = memchr(p->text + n->start, '?', n->end - n->start);
  if (sign) *at = (size_t)(sign - p->text);
  return sign != NULL;
}

static bool has_escaped_slash(const IfxYamlPlaces *p, const IfxYamlNode *n, size_t *at) {
  const char *end = p->text + n->end;
  for (const char *s = p->text + n->start; (s = memchr(s, '\\', (size_t)(end - s))); s += 2) {
    if (s[1] != '/') continue;
    *at = (size_t)(s - p->text);
    return true;
  }
  return false;
}

/* The character behind the tag that stands before a node. */
static size_t behind_tag(const IfxYamlPlaces *p, const IfxYamlNode *n) {
  size_t i = n->props;
  while (i < n->start && p->text[i] != '!') i++;
  if (i + 1 < n->start && p->text[i + 1] == '<')
    while (i < n->start && p->text[i] != '>') i++;
  while (i < n->start && !strchr(" \t\r\n,[]{}", p->text[i])) i++;
  return i;
}

bool ifx_yaml_go_node(const IfxYamlPlaces *p, const IfxYamlNode *n, size_t *at,
                      const char **problem) {
  if (n->tag) {
    *at = behind_tag(p, n);
    *problem = "a tag ends at white space: put a blank behind it";
    if (*at < p->len && strchr(",[]", p->text[*at]) && *at >= n->props) return false;
  }
  if (n->style == IFX_YAML_PLAIN && in_flow(n) && has_key_sign(p, n, at)) {
    *problem = n->parent->kind == IFX_YAML_SEQ ? "did not find expected ',' or ']'"
                                               : "did not find expected ',' or '}'";
    return false;
  }
  *problem = "found unknown escape character";
  return n->style != IFX_YAML_DOUBLE || !has_escaped_slash(p, n, at);
}

bool ifx_yaml_go_ahead(IfxYamlPlaces *p, size_t at, IfxErr *err) {
  yaml_parser_t yaml;
  yaml_token_t token;
  bool ok = true, more = true;
  int count = p->len - at >= 3 && memcmp(p->text + at, "---", 3) == 0 ? 4 : 3;
  if (!yaml_parser_initialize(&yaml)) return ifx_err_nomem(err);
  yaml_parser_set_encoding(&yaml, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&yaml, (const unsigned char *)p->text + at, p->len - at);
  for (int i = 0; i < count && ok && more; i++) { /* the first is the beginning of the stream */
    ok = yaml_parser_scan(&yaml, &token);
    more = ok && token.type != YAML_STREAM_END_TOKEN;
    if (ok) yaml_token_delete(&token);
  }
  if (!ok && (yaml.error == YAML_MEMORY_ERROR || !yaml.problem))
    ifx_err_nomem(err);
  else if (!ok)
    ifx_yaml_syntax_error(p, at, yaml.problem, yaml.context, err);
  yaml_parser_delete(&yaml);
  return ok;
}

/* ---- a colon at the end of a plain text ---- */

/* In flow style `a:]` is the text "a:" and the end of a list; libyaml refuses it. Such colons are
 * hidden behind a character that the text has not. */

#define MOST_COLONS 100 /* all is read again for each */
#define STAND_IN    3   /* bytes of it */

static bool choose_stand_in(const char *text, size_t len, char out[STAND_IN + 1]) {
  for (int i = 0; i < 64; i++) { /* from U+E000, for private use */
    snprintf(out, STAND_IN + 1, "\xEE\x80%c", (char)(0x80 + i));
    if (!memmem(text, len, out, STAND_IN)) return true;
  }
  return false;
}

static bool ends_in_colon(const IfxErr *err) {
  return strcmp(err->message, "found unexpected ':' while scanning a plain scalar") == 0;
}

static size_t offset_of(const char *text, size_t len, const IfxErr *err) {
  size_t at = 0;
  for (uint32_t line = 1; line < err->line && at < len; line++) {
    const char *end = memchr(text + at, '\n', len - at);
    at = end ? (size_t)(end - text) + 1 : len;
  }
  if (at == 0 && len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) at = 3;
  for (uint32_t column = 1; column < err->column && at < len; column++)
    for (at++; at < len && ((unsigned char)text[at] & 0xC0) == 0x80;) at++;
  return at;
}

/* The text with its colon at `at` hidden. */
static bool hide(IfxBuf *text, size_t at, const char *stand_in) {
  IfxBuf out = {0};
  ifx_buf_add(&out, text->data, at);
  ifx_buf_add(&out, stand_in, STAND_IN);
  ifx_buf_add(&out, text->data + at + 1, text->len - at - 1);
  ifx_buf_free(text);
  *text = out;
  return !out.failed;
}

static void show_colons(IfxYamlNode *n, const char *stand_in) {
  for (; n; n = n->next) {
    if (n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) show_colons(n->first, stand_in);
    if (n->kind != IFX_YAML_SCALAR) continue;
    char *value = (char *)(uintptr_t)n->value, *end = value + n->value_len; /* the arena's */
    for (char *s; (s = memmem(value, (size_t)(end - value), stand_in, STAND_IN)); value = s + 1) {
      *s = ':';
      memmove(s + 1, s + STAND_IN, (size_t)(end - s) - STAND_IN + 1);
      end -= STAND_IN - 1;
      n->value_len -= STAND_IN - 1;
    }
  }
}

/* `left`: what aliases might stand for before the text was first read. */
static bool parse_hidden(const char *text, size_t len, const IfxYamlLimits *limits,
                         IfxYamlAliases left, IfxYamlStream **out, IfxErr *err) {
  char stand_in[STAND_IN + 1];
  IfxBuf changed = {0};
  bool ok = false, more = choose_stand_in(text, len, stand_in);
  if (more) ifx_buf_add(&changed, text, len);
  for (int i = 0; i < MOST_COLONS && more; i++) {
    size_t at = offset_of(changed.data, changed.len, err);
    if (at >= changed.len || changed.data[at] != ':') break;
    if (!hide(&changed, at, stand_in)) {
      ifx_err_nomem(err);
      break;
    }
    if (limits->aliases) *limits->aliases = left;
    ok = ifx_yaml_parse(changed.data, changed.len, limits, out, err);
    more = !ok && ends_in_colon(err);
  }
  if (ok && (*out)->ndocs) show_colons((*out)->docs[0].root, stand_in);
  ifx_buf_free(&changed);
  return ok;
}

bool ifx_yaml_parse_go(const char *text, size_t len, const IfxYamlLimits *limits,
                       IfxYamlStream **out, IfxErr *err) {
  IfxYamlLimits as_go = limits ? *limits : (IfxYamlLimits){0};
  IfxYamlAliases left = as_go.aliases ? *as_go.aliases : (IfxYamlAliases){0};
  as_go.go = true;
  return ifx_yaml_parse(text, len, &as_go, out, err) ||
         (ends_in_colon(err) && parse_hidden(text, len, &as_go, left, out, err));
}
