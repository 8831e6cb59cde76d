/* yaml_doc_apply.c: replacing bytes, with proof. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_doc_impl.h"

void edit_cut(Edit *e, size_t start, size_t end) {
  if (e->ncuts) e->cuts[e->ncuts - 1].ins_end = e->ins.len;
  e->cuts[e->ncuts++] = (Cut){.start = start, .end = end, .ins = e->ins.len, .ins_end = e->ins.len};
}

static void spliced(const Edit *e, IfxBuf *out) {
  size_t at = 0;
  for (uint32_t i = 0; i < e->ncuts; i++) {
    const Cut *c = &e->cuts[i];
    ifx_buf_add(out, e->d->text + at, c->start - at);
    if (c->ins_end > c->ins) ifx_buf_add(out, e->ins.data + c->ins, c->ins_end - c->ins);
    at = c->end;
  }
  ifx_buf_add(out, e->d->text + at, e->d->len - at);
  ifx_buf_add(out, "", 0); /* an empty text is a text too */
}

static bool in_order(const Edit *e) {
  size_t at = 0;
  for (uint32_t i = 0; i < e->ncuts; i++) {
    if (e->cuts[i].start < at || e->cuts[i].end < e->cuts[i].start || e->cuts[i].end > e->d->len)
      return false;
    at = e->cuts[i].end;
  }
  return true;
}

static bool refuse(const Edit *e, const char *why) {
  char path[200];
  ydoc_path_text(path, sizeof path, e->path, e->path->count);
  ydoc_fail(e->d, e->node, e->err, IFX_E_INTERNAL,
            "%s cannot be edited here without changing more: %s", path, why);
  return ifx_err_hint(e->err,
                      "the text is unchanged; edit the file by hand and report this as a defect");
}

static bool take_text(IfxYdoc *d, IfxBuf *out) {
  free(d->text);
  d->text = out->data;
  d->len = out->len;
  d->nplaces = 0;
  d->stream->text = d->text;
  d->stream->len = d->len;
  return true;
}

/* One attempt. On failure the document is as it was. */
static bool attempt(Edit *e) {
  if (e->ins.failed) return ifx_err_nomem(e->err);
  if (!in_order(e)) return refuse(e, "the spans to replace overlap");
  IfxBuf out = {0};
  IfxYamlStream *now;
  IfxErr why;
  spliced(e, &out);
  if (out.failed) {
    ifx_buf_free(&out);
    return ifx_err_nomem(e->err);
  }
  if (edit_patch(e, out.data, out.len)) return take_text(e->d, &out);
  if (!ifx_yaml_parse(out.data, out.len, NULL, &now, &why)) {
    ifx_buf_free(&out);
    return refuse(e, why.message);
  }
  if (!edit_verify(e, now)) {
    ifx_yaml_free(now);
    ifx_buf_free(&out);
    return refuse(e, "it would be read back differently");
  }
  ifx_yaml_free(e->d->stream);
  e->d->stream = now;
  ydoc_forget_patches(e->d);
  return take_text(e->d, &out);
}

bool edit_commit(Edit *e, bool (*plan)(Edit *)) {
  bool done = false;
  for (int i = 0; i < 2 && !done; i++) { /* a block scalar may not fit where a quoted one does */
    e->one_line = i == 1;
    e->ncuts = 0;
    ifx_buf_free(&e->ins);
    if (!plan(e)) break;
    if (e->ncuts) e->cuts[e->ncuts - 1].ins_end = e->ins.len;
    done = attempt(e);
  }
  ifx_buf_free(&e->ins);
  return done;
}
