/* scan_signs.c: which of some strings a text holds. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scan.h"

#define PAIRS  65536 /* of two bytes that follow each other */
#define CHAINS 256

typedef struct Sign {
  const char *bytes;
  size_t len;
  struct Sign *next; /* of the same chain */
  bool held;
} Sign;

struct IfxSigns {
  uint64_t begins[PAIRS / 64]; /* the pairs that strings begin with: of most texts few */
  Sign *chains[CHAINS];        /* by the first byte */
  size_t count;
  Sign signs[];
};

static void mark(IfxSigns *s, unsigned pair) { s->begins[pair / 64] |= (uint64_t)1 << pair % 64; }

/* A string of one byte begins with any pair that begins with it. */
static void add(IfxSigns *s, Sign *sign) {
  const unsigned char *b = (const unsigned char *)sign->bytes;
  for (unsigned second = 0; sign->len == 1 && second < 256; second++) mark(s, b[0] | second << 8);
  if (sign->len > 1) mark(s, b[0] | (unsigned)b[1] << 8);
  sign->next = s->chains[b[0]];
  s->chains[b[0]] = sign;
}

IfxSigns *ifx_signs_new(const char *const *strings, const size_t *lengths, size_t n, IfxErr *e) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) {
    if (lengths[i] == 0) return ifx_err_set(e, IFX_E_ARGUMENT, "string %zu is empty", i + 1), NULL;
    total += lengths[i];
  }
  IfxSigns *s = calloc(1, sizeof *s + n * sizeof *s->signs + total);
  if (!s) return ifx_err_nomem(e), NULL;
  char *bytes = (char *)(s->signs + n);
  s->count = n;
  for (size_t i = 0; i < n; i++) {
    memcpy(bytes, strings[i], lengths[i]);
    s->signs[i] = (Sign){.bytes = bytes, .len = lengths[i]};
    bytes += lengths[i];
    add(s, &s->signs[i]);
  }
  return s;
}

void ifx_signs_free(IfxSigns *s) { free(s); }

static void try(IfxSigns *s, const char *at, size_t left) {
  for (Sign *sign = s->chains[(unsigned char)*at]; sign; sign = sign->next)
    if (!sign->held && sign->len <= left && memcmp(sign->bytes, at, sign->len) == 0)
      sign->held = true;
}

void ifx_signs_find(IfxSigns *s, const char *text, size_t len,
                    void (*found)(void *arg, size_t index), void *arg) {
  const unsigned char *t = (const unsigned char *)text;
  for (size_t i = 0; i < s->count; i++) s->signs[i].held = false;
  for (size_t i = 0; i < len; i++) {
    unsigned pair = t[i] | (i + 1 < len ? (unsigned)t[i + 1] << 8 : 0);
    if (s->begins[pair / 64] >> pair % 64 & 1) try(s, text + i, len - i);
  }
  for (size_t i = 0; i < s->count; i++)
    if (s->signs[i].held) found(arg, i);
}
