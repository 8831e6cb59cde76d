/* hash.h: digests, HMAC, randomness (OpenSSL) and the texts they are written in.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_HASH_H
#define IFX_HASH_H

#include "err.h"

typedef enum { IFX_SHA1, IFX_SHA256, IFX_SHA512 } IfxHashAlg;
#define IFX_HASH_MAX 64 /* bytes of the longest digest */

typedef struct IfxHash {
  unsigned char bytes[IFX_HASH_MAX];
  size_t len;
} IfxHash;

bool ifx_hash_bytes(IfxHashAlg alg, const void *bytes, size_t len, IfxHash *out, IfxErr *err);
bool ifx_hash_hmac(IfxHashAlg alg, const void *key, size_t key_len, const void *bytes, size_t len,
                   IfxHash *out, IfxErr *err);

/* The digest of a regular file's content. Anything else (a pipe, a directory, a device) is refused,
 * so the call never waits for a peer. Symbolic links are followed. May be called from any thread.
 */
bool ifx_hash_file(IfxHashAlg alg, const char *path, IfxHash *out, IfxErr *err);

/* A thread that has called the above and may end without notice calls this when its work is done:
 * OpenSSL keeps something for each thread. */
void ifx_hash_thread_done(void);

/* Bytes nobody can predict. */
bool ifx_hash_random(void *to, size_t n, IfxErr *err);

/* Equal? The time taken tells nothing about where the bytes differ. */
bool ifx_hash_equal(const void *a, const void *b, size_t n);

/* Lower-case hexadecimal: writes 2 * n characters, no NUL. */
void ifx_hash_hex(char *to, const void *bytes, size_t n);
/* Writes n / 2 bytes. Refuses, with the column, an odd number of digits and what is no digit
 * (either case is). */
bool ifx_hash_unhex(unsigned char *to, const char *text, size_t n, IfxErr *err);

/* Base64 of RFC 4648 section 4, padded, in one line: writes ifx_hash_base64_size(n) characters, no
 * NUL. */
size_t ifx_hash_base64_size(size_t n);
void ifx_hash_base64(char *to, const void *bytes, size_t n);
/* Writes at most n / 4 * 3 bytes and sets *len. Line breaks (CR, LF) are skipped and the unused
 * bits of the last character are not looked at, which is what the Kubernetes API server reads; all
 * else that is not base64, and missing padding, is refused with line and column. */
bool ifx_hash_unbase64(unsigned char *to, size_t *len, const char *text, size_t n, IfxErr *err);

#endif
