/* proc_io.c: the streams of a child. SPDX-License-Identifier: Apache-2.0 */
#include "proc_internal.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)65536)

static IfxBuf *buffer_of(IfxProc *p, const uv_stream_t *stream) {
  return stream == (uv_stream_t *)&p->pipes[PROC_OUT] ? &p->out : &p->err;
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room) {
  IfxBuf *b = buffer_of(handle->data, (uv_stream_t *)handle);
  (void)suggested;
  room->base = ifx_buf_room(b, CHUNK);
  room->len = room->base ? CHUNK : 0;
}

static size_t unread(const IfxProc *p) { return p->out.len - p->out_read; }

static void keep_tail(IfxProc *p) {
  if (!p->stderr_tail || p->err.len <= 2 * p->stderr_tail) return;
  memmove(p->err.data, p->err.data + p->err.len - p->stderr_tail, p->stderr_tail);
  p->err.len = p->stderr_tail;
}

static void pause_when_full(IfxProc *p) {
  size_t enough = p->want > p->high_water ? p->want : p->high_water;
  if (!p->high_water || p->paused || unread(p) < enough) return;
  p->paused = true;
  uv_read_stop((uv_stream_t *)&p->pipes[PROC_OUT]);
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *room) {
  IfxProc *p = stream->data;
  IfxBuf *b = buffer_of(p, stream);
  (void)room;
  if (n > 0) {
    b->len += (size_t)n;
    if (p->exited && !p->killed) ifx_proc_linger(p);
    if (b == &p->err) keep_tail(p);
    if (p->max_output && unread(p) + p->err.len > p->max_output) ifx_proc_stop(p, IFX_PROC_LIMIT);
    pause_when_full(p);
  } else if (n < 0) { /* the end, or no memory (UV_ENOBUFS): nothing more can be read */
    if (n != UV_EOF) ifx_proc_stop(p, IFX_PROC_LIMIT);
    ifx_proc_close((uv_handle_t *)stream);
    ifx_proc_settle(p);
  }
  ifx_proc_changed(p);
}

const char *ifx_proc_output(const IfxProc *p, size_t *len) {
  *len = unread(p);
  return p->out.data ? p->out.data + p->out_read : "";
}

static void read_on(IfxProc *p) {
  size_t enough = p->want > p->high_water ? p->want : p->high_water;
  uv_handle_t *out = (uv_handle_t *)&p->pipes[PROC_OUT];
  if (!p->paused || unread(p) >= enough || uv_is_closing(out)) return;
  p->paused = false;
  uv_read_start((uv_stream_t *)out, on_room, on_bytes);
}

void ifx_proc_consume(IfxProc *p, size_t n) {
  p->out_read += n;
  if (p->out_read == p->out.len) {
    p->out.len = p->out_read = 0;
  } else if (p->out_read > CHUNK && p->out_read > p->out.len / 2) {
    memmove(p->out.data, p->out.data + p->out_read, unread(p));
    p->out.len = unread(p);
    p->out_read = 0;
  }
  read_on(p);
}

void ifx_proc_want(IfxProc *p, size_t n) {
  p->want = n;
  read_on(p);
}

bool ifx_proc_output_ended(const IfxProc *p) {
  return uv_is_closing((const uv_handle_t *)&p->pipes[PROC_OUT]);
}

const IfxBuf *ifx_proc_errors(const IfxProc *p) { return &p->err; }

/* ---- input ---- */

typedef struct Write {
  uv_write_t req;
  size_t len;
  char bytes[];
} Write;

static void flush_input(IfxProc *p) {
  if (p->closing_input && !p->unwritten) ifx_proc_close((uv_handle_t *)&p->pipes[PROC_IN]);
}

static void on_written(uv_write_t *req, int status) {
  IfxProc *p = req->handle->data;
  Write *w = (Write *)req;
  p->unwritten -= w->len;
  free(w);
  if (status < 0) {
    p->input_lost = true;
    ifx_proc_close((uv_handle_t *)&p->pipes[PROC_IN]);
  }
  flush_input(p);
  ifx_proc_changed(p);
}

static bool not_reading(IfxErr *err) {
  return ifx_err_set(err, IFX_E_PROCESS, "the program has closed its input, or ended");
}

/* As much as the pipe takes at once; 0 when it takes none. */
static size_t write_now(IfxProc *p, const char *bytes, size_t len) {
  if (p->unwritten) return 0;
  uv_buf_t b = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)(len > INT32_MAX ? INT32_MAX : len));
  int n = uv_try_write((uv_stream_t *)&p->pipes[PROC_IN], &b, 1);
  return n > 0 ? (size_t)n : 0;
}

bool ifx_proc_write(IfxProc *p, const char *bytes, size_t len, IfxErr *err) {
  uv_stream_t *in = (uv_stream_t *)&p->pipes[PROC_IN];
  if (!p->used[PROC_IN] || p->closing_input || uv_is_closing((uv_handle_t *)in))
    return not_reading(err);
  size_t done = write_now(p, bytes, len);
  if (done == len) return true;
  Write *w = malloc(sizeof *w + len - done);
  if (!w) return ifx_err_nomem(err);
  w->len = len - done;
  memcpy(w->bytes, bytes + done, w->len);
  uv_buf_t b = uv_buf_init(w->bytes, (unsigned)w->len);
  if (uv_write(&w->req, in, &b, 1, on_written) < 0) {
    free(w);
    return not_reading(err);
  }
  p->unwritten += w->len;
  return true;
}

size_t ifx_proc_unwritten(const IfxProc *p) { return p->unwritten; }

bool ifx_proc_input_lost(const IfxProc *p) { return p->input_lost; }

void ifx_proc_close_input(IfxProc *p) {
  if (!p->used[PROC_IN]) return;
  p->closing_input = true;
  flush_input(p);
}

bool ifx_proc_start_io(IfxProc *p, const IfxProcSpec *spec, IfxErr *err) {
  IfxErr ignored; /* a child need not read its input */
  for (int i = PROC_OUT; i <= PROC_ERR; i++) {
    int rc = p->used[i] ? uv_read_start((uv_stream_t *)&p->pipes[i], on_room, on_bytes) : 0;
    if (rc < 0) return ifx_err_set(err, IFX_E_IO, "reading from the program: %s", uv_strerror(rc));
  }
  if (spec->input != IFX_PROC_INPUT_BYTES) return true;
  if (!ifx_proc_write(p, spec->bytes, spec->bytes_len, &ignored) &&
      strcmp(ignored.kind, IFX_E_MEMORY) == 0) {
    *err = ignored;
    return false;
  }
  ifx_proc_close_input(p);
  return true;
}
