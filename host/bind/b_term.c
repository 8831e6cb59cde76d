/* b_term.c: module `term`: the two output streams and what they are connected to.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../task.h"
#include "bind.h"

#define LOOK_MS 100 /* how often a wait for input looks whether it was interrupted */

static int stream_fd(lua_State *L, int arg) {
  const char *name = ifx_check_string(L, arg, NULL);
  if (strcmp(name, "stdout") == 0) return STDOUT_FILENO;
  if (strcmp(name, "stderr") == 0) return STDERR_FILENO;
  if (strcmp(name, "stdin") == 0) return STDIN_FILENO;
  return ifx_raise_argument(L, arg, "'stdin', 'stdout' or 'stderr' expected, got '%s'", name);
}

/* All bytes or an error. A reader that has gone away (EPIPE) is an error of kind io, status EPIPE.
 */
static int write_all(lua_State *L, int fd, const char *name) {
  size_t len;
  const char *bytes = ifx_check_string(L, 1, &len);
  while (len > 0) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) {
      IfxErr e;
      char what[64];
      snprintf(what, sizeof what, "write to standard %s", name);
      ifx_err_errno(&e, errno, what);
      return ifx_raise(L, &e);
    }
    bytes += n;
    len -= (size_t)n;
  }
  return 0;
}

static int term_write(lua_State *L) { return write_all(L, STDOUT_FILENO, "output"); }

static int term_error(lua_State *L) { return write_all(L, STDERR_FILENO, "error"); }

static int term_isatty(lua_State *L) {
  lua_pushboolean(L, isatty(stream_fd(L, 1)));
  return 1;
}

/* width(): columns of the terminal on standard error or output; 80 where there is none. */
static int term_width(lua_State *L) {
  struct winsize w;
  bool known =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;
  lua_pushinteger(L, known && w.ws_col > 0 ? w.ws_col : 80);
  return 1;
}

/* The length of the well-formed UTF-8 character at s that is safe to show; 0: none. */
static size_t shown_char(const unsigned char *s, size_t left) {
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  if (*s >= 0x20 && *s < 0x7F) return 1;
  size_t n = *s >= 0xF0 && *s < 0xF5 ? 4 : *s >= 0xE0 ? 3 : *s >= 0xC2 ? 2 : 0;
  if (*s < 0xC2 || *s >= 0xF5 || n > left) return 0;
  unsigned long c = *s & ~lead[n] & 0x1F;
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xC0) != 0x80) return 0;
    c = c << 6 | (s[i] & 0x3F);
  }
  bool control = c < 0xA0 || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
                 (c >= 0x2060 && c <= 0x206F) || (c >= 0xD800 && c <= 0xDFFF) || c == 0xFEFF;
  bool overlong = (n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10FFFF));
  return control || overlong ? 0 : n;
}

/* How many bytes from s on may be shown as they are. */
static size_t shown_run(const unsigned char *s, size_t len, bool lines) {
  size_t i = 0;
  for (size_t n = 1; i < len && n > 0; i += n)
    n = lines && s[i] == '\n' ? 1 : shown_char(s + i, len - i);
  return i;
}

/* clean(text, lines): untrusted text as it may be shown: control characters, directional overrides
 * and what is not UTF-8 as \xNN; tabs as one space. With `lines` the line ends stay. */
static int term_clean(lua_State *L) {
  size_t len;
  const unsigned char *s = (const unsigned char *)ifx_check_string(L, 1, &len);
  bool lines = lua_toboolean(L, 2);
  luaL_Buffer b;
  size_t i = shown_run(s, len, lines);
  if (i == len) return lua_settop(L, 1), 1;
  luaL_buffinit(L, &b);
  luaL_addlstring(&b, (const char *)s, i);
  while (i < len) {
    char hex[8];
    snprintf(hex, sizeof hex, "\\x%02X", s[i]);
    luaL_addstring(&b, s[i] == '\t' ? " " : hex);
    size_t n = shown_run(s + i + 1, len - i - 1, lines);
    luaL_addlstring(&b, (const char *)s + i + 1, n);
    i += 1 + n;
  }
  luaL_pushresult(&b);
  return 1;
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* indent(text, indent): each line with `indent` before it and no blanks at its end; the end of the
 * last line is left out. */
static int term_indent(lua_State *L) {
  size_t len, width;
  const char *s = ifx_check_string(L, 1, &len), *indent = ifx_check_string(L, 2, &width);
  const char *end = len > 0 && s[len - 1] == '\n' ? s + len - 1 : s + len;
  bool first = true;
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (const char *line = s; first || line <= end; first = false) {
    const char *stop = memchr(line, '\n', (size_t)(end - line)), *last = stop ? stop : end;
    const char *next = last + 1;
    while (last > line && is_blank(last[-1])) last--;
    size_t before = width;
    while (last == line && before > 0 && is_blank(indent[before - 1])) before--;
    if (!first) luaL_addchar(&b, '\n');
    luaL_addlstring(&b, indent, before);
    luaL_addlstring(&b, line, (size_t)(last - line));
    line = next;
  }
  luaL_pushresult(&b);
  return 1;
}

/* Wait for a byte or the end of standard input; false when the run is interrupted meanwhile. read()
 * itself goes on after a signal. */
static bool input_ready(lua_State *L) {
  struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
  while (!ifx_interrupted(L)) {
    int n = poll(&in, 1, LOOK_MS);
    if (n > 0 || (n < 0 && errno != EINTR)) return true;
  }
  return false;
}

/* read_line(): a line from standard input without its end, nil at the end and when interrupted.
 * Blocks: only for questions to a person. */
static int term_read_line(lua_State *L) {
  luaL_Buffer b;
  char c;
  ssize_t n = 0;
  luaL_buffinit(L, &b);
  while (input_ready(L) && (n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') luaL_addchar(&b, c);
  if (ifx_interrupted(L)) return 0;
  luaL_pushresult(&b);
  return n == 1 || lua_rawlen(L, -1) > 0 ? 1 : 0;
}

static const luaL_Reg functions[] = {{"write", term_write},         {"error", term_error},
                                     {"isatty", term_isatty},       {"width", term_width},
                                     {"clean", term_clean},         {"indent", term_indent},
                                     {"read_line", term_read_line}, {NULL, NULL}};

int luaopen_term(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
