/* fs_path.c: paths as text. SPDX-License-Identifier: Apache-2.0 */
#include "fs.h"

#include <string.h>

void ifx_path_join(IfxBuf *out, const char *part, size_t len) {
  if (!len) return;
  if (part[0] == '/') out->len = 0;
  if (out->len && out->data[out->len - 1] != '/') ifx_buf_byte(out, '/');
  ifx_buf_add(out, part, len);
}

/* Drop the last segment of out[root..]; false when there is none. */
static bool climb(IfxBuf *out, size_t root) {
  if (out->len == root) return false;
  while (out->len > root && out->data[out->len - 1] != '/') out->len--;
  if (out->len > root) out->len--;
  out->data[out->len] = '\0';
  return true;
}

bool ifx_path_normalize(IfxBuf *out, const char *path, size_t len) {
  bool absolute = len && path[0] == '/';
  ifx_buf_add(out, "/", absolute);
  size_t root = out->len;
  for (size_t at = 0; at < len && !out->failed;) {
    const char *slash = memchr(path + at, '/', len - at);
    size_t n = slash ? (size_t)(slash - path) - at : len - at;
    const char *segment = path + at;
    at += n + 1;
    if (n == 0 || (n == 1 && segment[0] == '.')) continue;
    if (n == 2 && memcmp(segment, "..", 2) == 0) {
      if (!climb(out, root) && !absolute) return false;
      continue;
    }
    if (out->len > root) ifx_buf_byte(out, '/');
    ifx_buf_add(out, segment, n);
  }
  return true;
}

/* Length of the longest run of whole segments that both begin with, its slash included. */
static size_t common(const IfxBuf *a, const IfxBuf *b) {
  size_t i = 0, last = 0;
  while (i < a->len && i < b->len && a->data[i] == b->data[i]) {
    if (a->data[i++] == '/') last = i;
  }
  if (i == a->len && (i == b->len || b->data[i] == '/')) return i;
  if (i == b->len && a->data[i] == '/') return i;
  return last;
}

static void write_relative(IfxBuf *out, const IfxBuf *to, const IfxBuf *from) {
  size_t same = common(to, from), start = out->len;
  for (size_t i = same; i < from->len; i++) {
    if (from->data[i] != '/' && (i == same || from->data[i - 1] == '/')) {
      ifx_buf_str(out, out->len > start ? "/.." : "..");
    }
  }
  while (same < to->len && to->data[same] == '/') same++;
  if (same < to->len) {
    if (out->len > start) ifx_buf_byte(out, '/');
    ifx_buf_add(out, to->data + same, to->len - same);
  }
  if (out->len == start) ifx_buf_byte(out, '.');
}

bool ifx_path_relative(IfxBuf *out, const char *path, size_t len, const char *base,
                       size_t base_len) {
  IfxBuf to = {0}, from = {0};
  bool ok = (len && path[0] == '/') == (base_len && base[0] == '/');
  ok = ok && ifx_path_normalize(&to, path, len) && ifx_path_normalize(&from, base, base_len);
  if (to.failed || from.failed) {
    out->failed = true;
  } else if (ok) {
    write_relative(out, &to, &from);
  }
  ifx_buf_free(&to);
  ifx_buf_free(&from);
  return ok;
}

static size_t without_slashes(const char *path, size_t len) {
  while (len > 1 && path[len - 1] == '/') len--;
  return len;
}

size_t ifx_path_dirname(const char *path, size_t len) {
  len = without_slashes(path, len);
  if (len == 1 && path[0] == '/') return 1;
  while (len && path[len - 1] != '/') len--;
  return without_slashes(path, len);
}

size_t ifx_path_basename(const char *path, size_t *len) {
  size_t end = without_slashes(path, *len), start = end;
  while (start && path[start - 1] != '/') start--;
  *len = end - start;
  return start;
}
