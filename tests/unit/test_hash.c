/* test_hash.c: known answers of FIPS 180-4, RFC 2202, RFC 4231 and RFC 4648; bad input.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/hash.h"

#include "check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void is_hex(const IfxHash *h, const char *want) {
  char hex[2 * IFX_HASH_MAX + 1] = "";
  ifx_hash_hex(hex, h->bytes, h->len);
  CHECK_STR(hex, want);
}

static void digest_is(IfxHashAlg alg, const char *bytes, const char *want) {
  IfxHash h;
  IfxErr e;
  CHECK(ifx_hash_bytes(alg, bytes, strlen(bytes), &h, &e));
  is_hex(&h, want);
}

static void digests(void) {
  static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  digest_is(IFX_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  digest_is(IFX_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
  digest_is(IFX_SHA1, two_blocks, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  digest_is(IFX_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  digest_is(IFX_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest_is(IFX_SHA256, two_blocks,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  digest_is(IFX_SHA512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void hmac_is(IfxHashAlg alg, const void *key, size_t key_len, const char *bytes,
                    const char *want) {
  IfxHash h;
  IfxErr e;
  CHECK(ifx_hash_hmac(alg, key, key_len, bytes, strlen(bytes), &h, &e));
  is_hex(&h, want);
}

static void hmacs(void) {
  unsigned char long_key[131];
  memset(long_key, 0xaa, sizeof long_key);
  hmac_is(IFX_SHA1, "Jefe", 4, "what do ya want for nothing?",
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  hmac_is(IFX_SHA256, "Jefe", 4, "what do ya want for nothing?",
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  hmac_is(IFX_SHA512, "Jefe", 4, "what do ya want for nothing?",
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
          "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  hmac_is(IFX_SHA256, long_key, sizeof long_key,
          "Test Using Larger Than Block-Size Key - Hash Key First",
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  hmac_is(IFX_SHA256, "", 0, "",
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void files(void) {
  char dir[] = "/tmp/ifx-hash-XXXXXX", path[64];
  IfxHash h;
  IfxErr e;
  CHECK(mkdtemp(dir) != NULL);
  snprintf(path, sizeof path, "%s/million", dir);
  FILE *f = fopen(path, "w");
  for (int i = 0; i < 1000000; i++) fputc('a', f);
  fclose(f);
  CHECK(ifx_hash_file(IFX_SHA256, path, &h, &e));
  is_hex(&h, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  unlink(path);
  CHECK(!ifx_hash_file(IFX_SHA256, path, &h, &e));
  CHECK_STR(e.kind, "not_found");
  CHECK_STR(e.file, path);
  CHECK(mkfifo(path, 0600) == 0);
  CHECK(!ifx_hash_file(IFX_SHA256, path, &h, &e));
  CHECK_STR(e.message, "not a regular file");
  unlink(path);
  CHECK(!ifx_hash_file(IFX_SHA256, dir, &h, &e));
  CHECK_STR(e.kind, "unsupported");
  rmdir(dir);
}

static void base64_is(const char *bytes, size_t n, const char *want) {
  char text[256] = "";
  unsigned char back[192];
  size_t len = 0;
  IfxErr e;
  ifx_hash_base64(text, bytes, n);
  CHECK_STR(text, want);
  CHECK_INT(ifx_hash_base64_size(n), strlen(want));
  CHECK(ifx_hash_unbase64(back, &len, want, strlen(want), &e));
  CHECK(len == n && memcmp(back, bytes, n) == 0);
}

static void base64(void) {
  base64_is("", 0, "");
  base64_is("f", 1, "Zg==");
  base64_is("fo", 2, "Zm8=");
  base64_is("foo", 3, "Zm9v");
  base64_is("foobar", 6, "Zm9vYmFy");
  base64_is("\0\xFF\xFB\xEF", 4, "AP/77w==");
  base64_is("0123456789012345678901234567890123456789012345678", 49,
            "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3OA==");
}

static void unbase64_refused(const char *text, int line, int column, const char *message) {
  unsigned char to[64];
  size_t len;
  IfxErr e = {0};
  CHECK(!ifx_hash_unbase64(to, &len, text, strlen(text), &e));
  CHECK_STR(e.message, message);
  CHECK_INT(e.line, line);
  CHECK_INT(e.column, column);
}

static void base64_bad(void) {
  unsigned char to[64];
  size_t len = 0;
  IfxErr e;
  CHECK(ifx_hash_unbase64(to, &len, "Zm9v\r\nYm\nFy\n", 12, &e));
  CHECK(len == 6 && memcmp(to, "foobar", 6) == 0);
  CHECK(ifx_hash_unbase64(to, &len, "Zh==", 4, &e));
  CHECK(len == 1 && to[0] == 'f');
  unbase64_refused("Zm9v\nZ m8=", 2, 2, "byte 0x20: not a character of base64");
  unbase64_refused("Zm9-", 1, 4, "byte 0x2D: not a character of base64");
  unbase64_refused("Zg", 1, 3, "the text ends inside a group of four characters");
  unbase64_refused("Zg=", 1, 4, "the text ends inside a group of four characters");
  unbase64_refused("=Zg=", 1, 1, "byte 0x3D: padding at a wrong place");
  unbase64_refused("Zg=a", 1, 4, "byte 0x61: text after the padding");
  unbase64_refused("Zg==Zg==", 1, 5, "byte 0x5A: text after the padding");
  unbase64_refused("Zg===", 1, 5, "byte 0x3D: text after the padding");
}

static void hex(void) {
  unsigned char to[8];
  IfxErr e;
  CHECK(ifx_hash_unhex(to, "00fFA5", 6, &e));
  CHECK(memcmp(to, "\x00\xff\xa5", 3) == 0);
  CHECK(!ifx_hash_unhex(to, "0g", 2, &e));
  CHECK_STR(e.message, "byte 0x67 is no hexadecimal digit");
  CHECK_INT(e.column, 2);
  CHECK(!ifx_hash_unhex(to, "abc", 3, &e));
  CHECK_STR(e.message, "an odd number of hexadecimal digits");
}

static void randomness(void) {
  unsigned char a[32] = {0}, b[32] = {0};
  IfxErr e;
  CHECK(ifx_hash_random(a, sizeof a, &e));
  CHECK(ifx_hash_random(b, sizeof b, &e));
  CHECK(!ifx_hash_equal(a, b, sizeof a));
  CHECK(ifx_hash_equal(a, a, sizeof a));
  CHECK(ifx_hash_equal(a, b, 0));
  CHECK(!ifx_hash_random(a, (size_t)1 << 40, &e));
  CHECK_STR(e.kind, "limit");
}

int main(void) {
  digests();
  hmacs();
  files();
  base64();
  base64_bad();
  hex();
  randomness();
  return CHECK_END();
}
