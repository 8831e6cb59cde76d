/* yaml_error.c: syntax errors in words that help. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_impl.h"

typedef struct Line {
  const char *text;
  size_t len;
} Line;

static Line line_at(const IfxYamlPlaces *p, size_t at) {
  size_t from = at, to = at;
  while (from > 0 && p->text[from - 1] != '\n') from--;
  while (to < p->len && p->text[to] != '\n') to++;
  return (Line){p->text + from, to - from};
}

static bool holds(Line l, const char *what) {
  return l.len > 0 && memmem(l.text, l.len, what, strlen(what));
}

static bool tab_in_indent(Line l) {
  for (size_t i = 0; i < l.len && (l.text[i] == ' ' || l.text[i] == '\t'); i++)
    if (l.text[i] == '\t') return true;
  return false;
}

static const char *hint_for(const IfxYamlPlaces *p, size_t at, const char *problem) {
  Line l = line_at(p, at), before = {0};
  if (l.text > p->text) before = line_at(p, (size_t)(l.text - p->text) - 1);
  if (tab_in_indent(l)) return "YAML is indented with spaces only: replace the tab";
  if (holds(l, "{{") || holds(l, "{%") || holds(before, "{{"))
    return "this looks like template text: render the template first, or quote the value";
  if (holds(l, "<<<<<<<") || holds(before, "<<<<<<<") || holds(l, ">>>>>>>"))
    return "resolve the merge conflict first";
  if (at < p->len && (p->text[at] == '@' || p->text[at] == '`' || p->text[at] == '%'))
    return "a text that begins with this character must be quoted";
  if (strstr(problem, "mapping values are not allowed"))
    return "quote a value that contains ': ', and check the indentation of this line";
  if (strstr(problem, "unknown escape"))
    return "a backslash is literal in single quotes, and written \\\\ in double quotes";
  if (strstr(problem, "could not find expected ':'"))
    return "is a ':' missing, or a continuation line not indented?";
  if (strstr(problem, "did not find expected key") || strstr(problem, "block end"))
    return "check the indentation of this line and the quotes of the one before";
  if (strstr(problem, "end of stream") || strstr(problem, "',' or"))
    return "is a quote or bracket left open?";
  return NULL;
}

bool ifx_yaml_syntax_error(IfxYamlPlaces *p, size_t at, const char *problem, const char *context,
                           IfxErr *err) {
  if (at > p->len) at = p->len;
  ifx_err_set(err, IFX_E_PARSE, "%s%s%s", problem, context ? " " : "", context ? context : "");
  const char *hint = hint_for(p, at, problem);
  if (hint) ifx_err_hint(err, "%s", hint);
  ifx_yaml_line_of(p, at);
  return ifx_err_at(err, p->line, p->column);
}
