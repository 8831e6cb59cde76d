/* yaml_doc_patch.c: one scalar changed in the tree. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "yaml_doc_impl.h"

/* A line that begins with an entry of a block collection, and whose scalar is replaced, means by
 * itself what it means in its file: the lines before it end where it begins, and no line after it
 * can go on with its scalar, since none went on with the old one. So the line is parsed, before and
 * after. */
typedef struct Line {
  size_t start;   /* in the old text and the new */
  size_t old_end; /* before the break */
  size_t new_end;
} Line;

void ydoc_forget_patches(IfxYdoc *d) {
  IfxArena arena = {.chunk = d->patched, .next_size = d->patched_next};
  ifx_arena_free(&arena);
  d->patched = NULL;
  d->patched_next = 0;
}

static const char *keep_string(IfxYdoc *d, const char *s, size_t len) {
  IfxArena arena = {.chunk = d->patched, .next_size = d->patched_next};
  const char *copy = ifx_arena_copy(&arena, s, len);
  d->patched = arena.chunk;
  d->patched_next = arena.next_size;
  return copy;
}

static bool has_break(const char *text, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    if (ifx_yaml_break_at(text, to, i)) return true;
  return false;
}

/* Does an entry of a block collection above `n` begin at the first character of the line? Dashes of
 * outer lists may stand before it. */
static bool begins_with_entry(const IfxYdoc *d, const IfxYamlNode *n, size_t line) {
  size_t at = ydoc_skip_spaces(d, line);
  while (d->text[at] == '-' && strchr(" \r\n", d->text[at + 1])) at = ydoc_skip_spaces(d, at + 1);
  for (; n->parent; n = n->parent) {
    const IfxYamlNode *entry = n;
    if (n->parent->kind == IFX_YAML_MAP)
      for (entry = n->parent->first; entry->next != n;) entry = entry->next;
    if (entry->props == at) return true;
    if (entry->props < line) return false;
  }
  return false;
}

static bool fits(const Edit *e, Line *line) {
  const IfxYdoc *d = e->d;
  const IfxYamlNode *n = e->node;
  const Cut *c = &e->cuts[0];
  if (e->op != EDIT_SET || !n || n->kind != IFX_YAML_SCALAR || ydoc_is_block_scalar(n))
    return false;
  if (!n->parent || n->parent->style != IFX_YAML_BLOCK || n->anchor || n->tag || e->ncuts != 1)
    return false;
  if (c->start != n->start || c->end != n->end || has_break(d->text, c->start, c->end))
    return false;
  if (!e->ins.data || has_break(e->ins.data, c->ins, c->ins_end)) return false;
  line->start = ydoc_line_start(d, n->start);
  line->old_end = ydoc_line_end(d, n->end);
  line->new_end = edit_moved(e, line->old_end);
  size_t next = ydoc_line_next(d, line->old_end); /* columns are counted from LF to LF */
  if (next > line->old_end && d->text[next - 1] != '\n') return false;
  return begins_with_entry(d, n, line->start);
}

/* The value that begins at byte `at`: keys are passed over. */
static IfxYamlNode *value_at(IfxYamlNode *n, size_t at) {
  while (n && n->kind != IFX_YAML_SCALAR && n->kind != IFX_YAML_ALIAS) {
    n = ydoc_last_child(n);
  }
  return n && n->kind == IFX_YAML_SCALAR && n->start == at ? n : NULL;
}

static IfxYamlNode *root_of(const IfxYamlStream *s) {
  return s->ndocs == 1 ? s->docs[0].root : NULL;
}

/* The new scalar in the line's own tree, if the line changed there as it should. */
static IfxYamlNode *proved(const Edit *e, const Line *line, const IfxYamlStream *old,
                           const IfxYamlStream *now) {
  Edit here = *e;
  size_t lead = e->node->start == e->node->end; /* a space was put before it */
  if (!root_of(old) || !root_of(now)) return NULL;
  here.node = value_at(root_of(old), e->node->start - line->start);
  IfxYamlNode *made = value_at(root_of(now), e->node->start - line->start + lead);
  if (!here.node || !made || !edit_verify_root(&here, root_of(old), root_of(now))) return NULL;
  return made;
}

static void move_nodes(const Edit *e, IfxYamlNode *n) {
  for (; n; n = n->next) {
    n->props = edit_moved(e, n->props);
    n->start = edit_moved(e, n->start);
    n->end = edit_moved(e, n->end);
    if (n->kind == IFX_YAML_SEQ || n->kind == IFX_YAML_MAP) move_nodes(e, n->first);
  }
}

static bool put_in_place(Edit *e, const Line *line, const IfxYamlNode *made) {
  IfxYamlStream *s = e->d->stream;
  IfxYamlNode *n = e->node;
  const char *value = keep_string(e->d, made->value, made->value_len);
  if (!value) return false;
  n->column +=
      (uint32_t)(line->start + made->start - n->start); /* the space before what was empty */
  for (size_t i = 0; i < s->ndocs; i++) {
    s->docs[i].start = edit_moved(e, s->docs[i].start);
    s->docs[i].end = edit_moved(e, s->docs[i].end);
    move_nodes(e, s->docs[i].root);
  }
  n->value = value;
  n->value_len = made->value_len;
  n->style = made->style;
  n->props = n->start = line->start + made->start;
  n->end = line->start + made->end;
  return true;
}

bool edit_patch(Edit *e, const char *text, size_t len) {
  Line line;
  IfxErr ignored; /* what does not parse alone is parsed as a whole */
  IfxYamlStream *old = NULL, *now = NULL;
  if (!fits(e, &line) || line.new_end > len) return false;
  bool done = false;
  if (ifx_yaml_parse(e->d->text + line.start, line.old_end - line.start, NULL, &old, &ignored) &&
      ifx_yaml_parse(text + line.start, line.new_end - line.start, NULL, &now, &ignored)) {
    const IfxYamlNode *made = proved(e, &line, old, now);
    done = made && put_in_place(e, &line, made);
  }
  ifx_yaml_free(old);
  ifx_yaml_free(now);
  return done;
}
