/* hash_text.c: hexadecimal and base64. SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <string.h>

#include "hash.h"

void ifx_hash_hex(char *to, const void *bytes, size_t n) {
  static const char digits[] = "0123456789abcdef";
  const unsigned char *from = bytes;
  for (size_t i = 0; i < n; i++) {
    *to++ = digits[from[i] >> 4];
    *to++ = digits[from[i] & 15];
  }
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool ifx_hash_unhex(unsigned char *to, const char *text, size_t n, IfxErr *err) {
  for (size_t i = 0; i < n; i++) {
    int v = hex_value(text[i]);
    if (v < 0) {
      ifx_err_set(err, IFX_E_PARSE, "byte 0x%02X is no hexadecimal digit", (unsigned char)text[i]);
      return ifx_err_at(err, 1, (uint32_t)i + 1);
    }
    if (i % 2 == 0 && i + 1 < n)
      to[i / 2] = (unsigned char)(v << 4);
    else if (i % 2 == 1)
      to[i / 2] |= (unsigned char)v;
  }
  if (n % 2 == 0) return true;
  ifx_err_set(err, IFX_E_PARSE, "an odd number of hexadecimal digits");
  return ifx_err_at(err, 1, (uint32_t)n);
}

size_t ifx_hash_base64_size(size_t n) { return (n + 2) / 3 * 4; }

void ifx_hash_base64(char *to, const void *bytes, size_t n) {
  const unsigned char *from = bytes;
  unsigned char block[65]; /* EVP_EncodeBlock appends a NUL, for which `to` has no room */
  while (n > 0) {
    int take = n > 48 ? 48 : (int)n;
    int wrote = EVP_EncodeBlock(block, from, take);
    memcpy(to, block, (size_t)wrote);
    to += wrote;
    from += take;
    n -= (size_t)take;
  }
}

static int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* EVP_DecodeBlock is not used: it takes blanks at both ends and counts padding as bytes. */
typedef struct Decoder {
  unsigned char *to;
  size_t len;
  uint32_t bits;    /* of the group of four that is being read */
  unsigned have;    /* its characters so far, padding included */
  unsigned padding; /* how many of them were '=' */
} Decoder;

static const char *decode_char(Decoder *d, char c) {
  int v = base64_value(c);
  if (c == '=') {
    if (d->have < 2) return "padding at a wrong place";
    d->padding++;
    v = 0;
  } else if (v < 0) {
    return "not a character of base64";
  } else if (d->padding) {
    return "text after the padding";
  }
  d->bits = d->bits << 6 | (uint32_t)v;
  if (++d->have < 4) return NULL;
  for (unsigned i = 0; i < 3 - d->padding; i++)
    d->to[d->len++] = (unsigned char)(d->bits >> (16 - 8 * i));
  d->have = 0;
  d->bits = 0;
  return NULL;
}

bool ifx_hash_unbase64(unsigned char *to, size_t *len, const char *text, size_t n, IfxErr *err) {
  Decoder d = {.to = to};
  uint32_t line = 1, column = 1;
  for (size_t i = 0; i < n; i++, column++) {
    if (text[i] == '\n') {
      line++;
      column = 0;
    }
    if (text[i] == '\n' || text[i] == '\r') continue;
    const char *wrong =
        d.padding && d.have == 0 ? "text after the padding" : decode_char(&d, text[i]);
    if (wrong) {
      ifx_err_set(err, IFX_E_PARSE, "byte 0x%02X: %s", (unsigned char)text[i], wrong);
      return ifx_err_at(err, line, column);
    }
  }
  *len = d.len;
  if (d.have == 0) return true;
  ifx_err_set(err, IFX_E_PARSE, "the text ends inside a group of four characters");
  return ifx_err_at(err, line, column);
}
