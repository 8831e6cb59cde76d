/* hash.c: digests, HMAC and randomness, by OpenSSL. SPDX-License-Identifier: Apache-2.0 */
#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const EVP_MD *digest_of(IfxHashAlg alg) {
  return alg == IFX_SHA1 ? EVP_sha1() : alg == IFX_SHA256 ? EVP_sha256() : EVP_sha512();
}

static bool openssl_failed(IfxErr *err, const char *what) {
  char why[256] = "no reason given";
  unsigned long code = ERR_get_error();
  if (code) ERR_error_string_n(code, why, sizeof why);
  ERR_clear_error();
  return ifx_err_set(err, IFX_E_INTERNAL, "%s: OpenSSL: %s", what, why);
}

bool ifx_hash_bytes(IfxHashAlg alg, const void *bytes, size_t len, IfxHash *out, IfxErr *err) {
  unsigned n = 0;
  if (!EVP_Digest(bytes, len, out->bytes, &n, digest_of(alg), NULL))
    return openssl_failed(err, "digest");
  out->len = n;
  return true;
}

bool ifx_hash_hmac(IfxHashAlg alg, const void *key, size_t key_len, const void *bytes, size_t len,
                   IfxHash *out, IfxErr *err) {
  unsigned n = 0;
  if (key_len > INT32_MAX) return ifx_err_set(err, IFX_E_LIMIT, "a key of %zu bytes", key_len);
  if (!HMAC(digest_of(alg), key, (int)key_len, bytes, len, out->bytes, &n))
    return openssl_failed(err, "HMAC");
  out->len = n;
  return true;
}

static bool file_failed(IfxErr *err, const char *path, int errnum, const char *what) {
  ifx_err_errno(err, errnum, what);
  snprintf(err->file, sizeof err->file, "%s", path);
  return false;
}

/* O_NONBLOCK: opening a pipe must not wait for its writer. */
static int open_regular(const char *path, IfxErr *err) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    file_failed(err, path, errno, "open");
    return -1;
  }
  if (fstat(fd, &st) != 0) {
    file_failed(err, path, errno, "stat");
  } else if (!S_ISREG(st.st_mode)) {
    ifx_err_set(err, IFX_E_UNSUPPORTED, "not a regular file");
    snprintf(err->file, sizeof err->file, "%s", path);
  } else {
    return fd;
  }
  close(fd);
  return -1;
}

static bool digest_file(EVP_MD_CTX *ctx, int fd, const char *path, IfxHash *out, IfxErr *err) {
  unsigned char block[65536];
  unsigned len = 0;
  ssize_t n;
  while ((n = read(fd, block, sizeof block)) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_failed(err, path, errno, "read");
    if (!EVP_DigestUpdate(ctx, block, (size_t)n)) return openssl_failed(err, "digest");
  }
  if (!EVP_DigestFinal_ex(ctx, out->bytes, &len)) return openssl_failed(err, "digest");
  out->len = len;
  return true;
}

bool ifx_hash_file(IfxHashAlg alg, const char *path, IfxHash *out, IfxErr *err) {
  int fd = open_regular(path, err);
  if (fd < 0) return false;
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  bool ok = false;
  if (!ctx)
    ifx_err_nomem(err);
  else if (!EVP_DigestInit_ex(ctx, digest_of(alg), NULL))
    openssl_failed(err, "digest");
  else
    ok = digest_file(ctx, fd, path, out, err);
  EVP_MD_CTX_free(ctx);
  close(fd);
  return ok;
}

void ifx_hash_thread_done(void) { OPENSSL_thread_stop(); }

bool ifx_hash_random(void *to, size_t n, IfxErr *err) {
  if (n > INT32_MAX) return ifx_err_set(err, IFX_E_LIMIT, "%zu random bytes at once", n);
  return RAND_bytes(to, (int)n) == 1 || openssl_failed(err, "random bytes");
}

bool ifx_hash_equal(const void *a, const void *b, size_t n) { return CRYPTO_memcmp(a, b, n) == 0; }
