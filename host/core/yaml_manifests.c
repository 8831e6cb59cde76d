/* yaml_manifests.c: the documents of a text as Kubernetes' tools split it. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "stop.h"
#include "yaml_impl.h"

#define MANY 1000 /* documents */

/* A copy without carriage returns before line feeds, and without a byte order mark. */
static bool copy_text(IfxBuf *to, const char *text, size_t len) {
  size_t done = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  for (const char *cr; (cr = memchr(text + done, '\r', len - done));) {
    size_t at = (size_t)(cr - text), keep = at + 1 < len && text[at + 1] == '\n' ? 0 : 1;
    ifx_buf_add(to, text + done, at + keep - done);
    done = at + 1;
  }
  ifx_buf_add(to, text + done, len - done);
  return !to->failed;
}

static uint32_t count_lines(const char *s, size_t len) {
  uint32_t n = 0;
  for (const char *end = s + len; (s = memchr(s, '\n', (size_t)(end - s))); s++) n++;
  return n;
}

/* Lines of nodes are those of the piece that they were read from. */
static void shift_lines(IfxYamlNode *n, uint32_t by) {
  for (; n; n = n->next) {
    n->line += by;
    if (n->kind != IFX_YAML_ALIAS) shift_lines(n->first, by);
  }
}

/* The map below a key; NULL: none. */
static IfxYamlNode *map_at(IfxYamlNode *n, const char *key) {
  if (!n || n->kind != IFX_YAML_MAP) return NULL;
  for (IfxYamlNode *k = n->first; k; k = k->next->next)
    if (k->kind == IFX_YAML_SCALAR && strcmp(k->value, key) == 0)
      return k->next->kind == IFX_YAML_MAP ? k->next : NULL;
  return NULL;
}

/* kyaml sets the annotations of an object anew, without their styles, before it writes it: a folded
 * text among them keeps its lines. */
static void unfold_annotations(IfxYamlNode *root) {
  IfxYamlNode *map = map_at(map_at(root, "metadata"), "annotations");
  for (IfxYamlNode *k = map ? map->first : NULL; k; k = k->next->next)
    if (k->next->kind == IFX_YAML_SCALAR && k->next->style == IFX_YAML_FOLDED)
      k->next->style = IFX_YAML_LITERAL;
}

static bool is_nothing(const IfxNode *n) { return n->kind == IFX_NODE_NULL; }

static bool read_piece(IfxTree *t, const char *s, size_t len, uint32_t lines,
                       const IfxYamlLimits *limits, IfxBuf *out, IfxErr *err) {
  IfxYamlStream *stream;
  if (!ifx_yaml_parse_go(s, len, limits, &stream, err)) {
    if (err->line) err->line += lines;
    return false;
  }
  const IfxNode *n = NULL;
  IfxYamlNode *root = stream->ndocs ? stream->docs[0].root : NULL;
  bool ok = true;
  if (root) {
    shift_lines(root, lines);
    unfold_annotations(root);
    n = ifx_yaml_node(t, root, IFX_YAML_SCHEMA_GO, err);
    ok = n != NULL;
  }
  if (n && !is_nothing(n)) ifx_buf_add(out, &n, sizeof n);
  ifx_yaml_free(stream);
  return ok;
}

/* The line that begins at `s` with --- and has a line feed at its end; NULL: none from here on. */
static const char *find_separator(const char *s, const char *end) {
  for (const char *p = s; (p = memchr(p, '\n', (size_t)(end - p))); p++)
    if (end - p > 4 && memcmp(p + 1, "---", 3) == 0 && memchr(p + 1, '\n', (size_t)(end - p - 1)))
      return p + 1;
  return NULL;
}

/* Bytes of the white space at `s`, as Go's strings.TrimSpace knows it, of what stands in texts. */
static size_t white(const char *s, size_t left) {
  static const char *const wide[] = {"\xC2\x85", "\xC2\xA0", "\xE2\x80\xA8", "\xE2\x80\xA9"};
  if (strchr(" \t\v\f\r", *s)) return 1;
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
    if (left >= strlen(wide[i]) && memcmp(s, wide[i], strlen(wide[i])) == 0) return strlen(wide[i]);
  return 0;
}

static bool check_separator(const char *line, const char *stop, uint32_t number, IfxErr *err) {
  const char *p = line + 3;
  for (size_t n; p < stop && (n = white(p, (size_t)(stop - p))) > 0;) p += n;
  if (p == stop || *p == '#') return true;
  ifx_err_set(err, IFX_E_PARSE, "invalid document separator: %.*s",
              (int)(stop - line > 60 ? 60 : stop - line), line);
  ifx_err_hint(err, "what follows --- in its line is read by nobody: put it into the next line");
  return ifx_err_at(err, number, 1);
}

static bool read_all(IfxTree *t, const char *s, const char *end, IfxBuf *out, IfxErr *err) {
  uint32_t line = 0; /* lines before `s` */
  IfxYamlAliases aliases = ifx_yaml_aliases((size_t)(end - s));
  const IfxYamlLimits limits = {.aliases = &aliases};
  size_t documents = 0;
  for (const char *mark; (mark = find_separator(s, end));) {
    if (++documents % MANY == 0 && ifx_stopped(err)) return false;
    const char *stop = memchr(mark, '\n', (size_t)(end - mark));
    uint32_t here = line + count_lines(s, (size_t)(mark - s));
    if (!check_separator(mark, stop, here + 1, err)) return false;
    if (!read_piece(t, s, (size_t)(mark - s), line, &limits, out, err)) return false;
    line = here + 1;
    s = stop + 1;
  }
  return read_piece(t, s, (size_t)(end - s), line, &limits, out, err);
}

bool ifx_yaml_manifests(IfxTree *t, const char *text, size_t len, IfxBuf *out, IfxErr *err) {
  IfxBuf copy = {0};
  bool plain = !memchr(text, '\r', len) && !(len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0);
  if (!plain && !copy_text(&copy, text, len)) {
    ifx_buf_free(&copy);
    return ifx_err_nomem(err);
  }
  const char *s = plain ? text : copy.data ? copy.data : "";
  bool ok = read_all(t, s, s + (plain ? len : copy.len), out, err);
  ifx_buf_free(&copy);
  return ok && (!out->failed || ifx_err_nomem(err));
}
