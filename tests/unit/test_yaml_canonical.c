/* test_yaml_canonical.c: texts and what holds them, as kubectl kustomize prints them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "check.h"
#include "core/yaml.h"

#define TEXT(s) s, sizeof s - 1

/* As an item of a list, and as the key of "v" there; NULL: refused. */
static const struct {
  const char *text;
  size_t len;
  const char *item, *key;
} texts[] = {
    {TEXT(""), "\"\"\n", "\"\": v\n"},
    {TEXT("a"), "a\n", "a: v\n"},
    {TEXT("a b"), "a b\n", "a b: v\n"},
    {TEXT(" a"), "' a'\n", "' a': v\n"},
    {TEXT("a "), "'a '\n", "'a ': v\n"},
    {TEXT("- "), "'- '\n", "'- ': v\n"},
    {TEXT("-"), "'-'\n", "'-': v\n"},
    {TEXT("-a"), "-a\n", "-a: v\n"},
    {TEXT("- a"), "'- a'\n", "'- a': v\n"},
    {TEXT("?"), "'?'\n", "'?': v\n"},
    {TEXT("?a"), "?a\n", "?a: v\n"},
    {TEXT("? a"), "'? a'\n", "'? a': v\n"},
    {TEXT(":"), "':'\n", "':': v\n"},
    {TEXT(":a"), ":a\n", ":a: v\n"},
    {TEXT(": a"), "': a'\n", "': a': v\n"},
    {TEXT("a:"), "'a:'\n", "'a:': v\n"},
    {TEXT("a: b"), "'a: b'\n", "'a: b': v\n"},
    {TEXT("a:b"), "a:b\n", "a:b: v\n"},
    {TEXT("a #b"), "'a #b'\n", "'a #b': v\n"},
    {TEXT("a#b"), "a#b\n", "a#b: v\n"},
    {TEXT("#a"), "'#a'\n", "'#a': v\n"},
    {TEXT("#"), "'#'\n", "'#': v\n"},
    {TEXT(","), "','\n", "',': v\n"},
    {TEXT("[a]"), "'[a]'\n", "'[a]': v\n"},
    {TEXT("{a"), "'{a'\n", "'{a': v\n"},
    {TEXT("a]"), "a]\n", "a]: v\n"},
    {TEXT("&a"), "'&a'\n", "'&a': v\n"},
    {TEXT("*a"), "'*a'\n", "'*a': v\n"},
    {TEXT("!a"), "'!a'\n", "'!a': v\n"},
    {TEXT("|"), "'|'\n", "'|': v\n"},
    {TEXT(">"), "'>'\n", "'>': v\n"},
    {TEXT("%a"), "'%a'\n", "'%a': v\n"},
    {TEXT("@a"), "'@a'\n", "'@a': v\n"},
    {TEXT("`a"), "'`a'\n", "'`a': v\n"},
    {TEXT("="), "=\n", "=: v\n"},
    {TEXT("<<"), "<<\n", "<<: v\n"},
    {TEXT("---"), "'---'\n", "'---': v\n"},
    {TEXT("--- a"), "'--- a'\n", "'--- a': v\n"},
    {TEXT("---a"), "'---a'\n", "'---a': v\n"},
    {TEXT("..."), "'...'\n", "'...': v\n"},
    {TEXT("\""), "'\"'\n", "'\"': v\n"},
    {TEXT("a\"b"), "a\"b\n", "a\"b: v\n"},
    {TEXT("'"), "''''\n", "'''': v\n"},
    {TEXT("it's"), "it's\n", "it's: v\n"},
    {TEXT("'a"), "'''a'\n", "'''a': v\n"},
    {TEXT("y"), "\"y\"\n", "\"y\": v\n"},
    {TEXT("Y"), "\"Y\"\n", "\"Y\": v\n"},
    {TEXT("yes"), "\"yes\"\n", "\"yes\": v\n"},
    {TEXT("on"), "\"on\"\n", "\"on\": v\n"},
    {TEXT("Off"), "\"Off\"\n", "\"Off\": v\n"},
    {TEXT("n"), "\"n\"\n", "\"n\": v\n"},
    {TEXT("null"), "\"null\"\n", "\"null\": v\n"},
    {TEXT("Null"), "\"Null\"\n", "\"Null\": v\n"},
    {TEXT("~"), "\"~\"\n", "\"~\": v\n"},
    {TEXT("true"), "\"true\"\n", "\"true\": v\n"},
    {TEXT("TRUE"), "\"TRUE\"\n", "\"TRUE\": v\n"},
    {TEXT(".inf"), "\".inf\"\n", "\".inf\": v\n"},
    {TEXT("+.INF"), "\"+.INF\"\n", "\"+.INF\": v\n"},
    {TEXT(".nan"), "\".nan\"\n", "\".nan\": v\n"},
    {TEXT("1"), "\"1\"\n", "\"1\": v\n"},
    {TEXT("-1"), "\"-1\"\n", "\"-1\": v\n"},
    {TEXT("+1"), "\"+1\"\n", "\"+1\": v\n"},
    {TEXT("01"), "\"01\"\n", "\"01\": v\n"},
    {TEXT("0x1F"), "\"0x1F\"\n", "\"0x1F\": v\n"},
    {TEXT("0o7"), "\"0o7\"\n", "\"0o7\": v\n"},
    {TEXT("0b1"), "\"0b1\"\n", "\"0b1\": v\n"},
    {TEXT("1_000"), "\"1_000\"\n", "\"1_000\": v\n"},
    {TEXT("1.5"), "\"1.5\"\n", "\"1.5\": v\n"},
    {TEXT(".5"), "\".5\"\n", "\".5\": v\n"},
    {TEXT("-.5"), "\"-.5\"\n", "\"-.5\": v\n"},
    {TEXT("1."), "\"1.\"\n", "\"1.\": v\n"},
    {TEXT("1e3"), "\"1e3\"\n", "\"1e3\": v\n"},
    {TEXT("1e"), "1e\n", "1e: v\n"},
    {TEXT("0x"), "0x\n", "0x: v\n"},
    {TEXT("1a"), "1a\n", "1a: v\n"},
    {TEXT("+"), "+\n", "+: v\n"},
    {TEXT("-1a"), "-1a\n", "-1a: v\n"},
    {TEXT("12:30"), "\"12:30\"\n", "\"12:30\": v\n"},
    {TEXT("12:30:45"), "\"12:30:45\"\n", "\"12:30:45\": v\n"},
    {TEXT("1:60"), "1:60\n", "1:60: v\n"},
    {TEXT("2020-01-01"), "\"2020-01-01\"\n", "\"2020-01-01\": v\n"},
    {TEXT("2020-01-01T00:00:00Z"), "\"2020-01-01T00:00:00Z\"\n", "\"2020-01-01T00:00:00Z\": v\n"},
    {TEXT("2020-1-1 1:2:3"), "\"2020-1-1 1:2:3\"\n", "\"2020-1-1 1:2:3\": v\n"},
    {TEXT("2020-13-01"), "2020-13-01\n", "2020-13-01: v\n"},
    {TEXT("1.2.3"), "1.2.3\n", "1.2.3: v\n"},
    {TEXT("a\tb"), "\"a\\tb\"\n", "\"a\\tb\": v\n"},
    {TEXT("\t"), "\"\\t\"\n", "\"\\t\": v\n"},
    {TEXT("a\rb"), "\"a\\rb\"\n", "? \"a\\rb\"\n  : v\n"},
    {TEXT("\r"), "\"\\r\"\n", "? \"\\r\"\n  : v\n"},
    {TEXT("\000"), "\"\\0\"\n", "\"\\0\": v\n"},
    {TEXT("a\001"), "\"a\\x01\"\n", "\"a\\x01\": v\n"},
    {TEXT("\033"), "\"\\e\"\n", "\"\\e\": v\n"},
    {TEXT("a\\b"), "a\\b\n", "a\\b: v\n"},
    {TEXT("\177"), NULL, NULL},
    {TEXT("\302\200"), NULL, NULL},
    {TEXT("\302\205"), "' '\n", NULL},
    {TEXT("a \302\205 b"), "a b\n", NULL},
    {TEXT("a\302\205\302\205b"), "|-\n  a\n  b\n", NULL},
    {TEXT("a\302\205--- b"), NULL, NULL},
    {TEXT("\302\240"), "\302\240\n", "\302\240: v\n"},
    {TEXT("\303\251"), "\303\251\n", "\303\251: v\n"},
    {TEXT("\346\227\245\346\234\254: x"), "'\346\227\245\346\234\254: x'\n",
     "'\346\227\245\346\234\254: x': v\n"},
    {TEXT("\342\200\213"), "\342\200\213\n", "\342\200\213: v\n"},
    {TEXT("\342\200\250"), "'\342\200\250'\n", "? '\342\200\250'\n  : v\n"},
    {TEXT("a\342\200\250b"), "'a\342\200\250  b'\n", "? 'a\342\200\250    b'\n  : v\n"},
    {TEXT("a \342\200\250b"), "\"a \\Lb\"\n", "? \"a \\Lb\"\n  : v\n"},
    {TEXT("a\n\342\200\250b\n"), "|\n  a\n\342\200\250  b\n",
     "? |\n    a\n\342\200\250    b\n  : v\n"},
    {TEXT("a\nb\342\200\250"), "|\n  a\n  b\342\200\250", "? |\n    a\n    b\342\200\250  : v\n"},
    {TEXT("\342\200\251\342\200\251"), "'\342\200\251\342\200\251'\n",
     "? '\342\200\251\342\200\251'\n  : v\n"},
    {TEXT("\357\273\277"), "\"\\uFEFF\"\n", "\"\\uFEFF\": v\n"},
    {TEXT("\357\273\277a b\302\240\342\200\250\""), "\"\\uFEFF\\x61\\x20\\x62\\_\\L\\\"\"\n",
     "? \"\\uFEFF\\x61\\x20\\x62\\_\\L\\\"\"\n  : v\n"},
    {TEXT("a\357\273\277b"), "\"a\\uFEFFb\"\n", "\"a\\uFEFFb\": v\n"},
    {TEXT("\357\277\275"), "\357\277\275\n", "\357\277\275: v\n"},
    {TEXT("\357\277\277"), NULL, NULL},
    {TEXT("\360\237\230\200"), "\"\\U0001F600\"\n", "\"\\U0001F600\": v\n"},
    {TEXT("\364\217\277\277"), "\"\\U0010FFFF\"\n", "\"\\U0010FFFF\": v\n"},
    {TEXT("\n"), "|2+\n\n", "? |2+\n\n  : v\n"},
    {TEXT("\n\n"), "|2+\n\n\n", "? |2+\n\n\n  : v\n"},
    {TEXT("a\n"), "|\n  a\n", "? |\n    a\n  : v\n"},
    {TEXT("a\nb"), "|-\n  a\n  b\n", "? |-\n    a\n    b\n  : v\n"},
    {TEXT("a\n\nb\n\n"), "|+\n  a\n\n  b\n\n", "? |+\n    a\n\n    b\n\n  : v\n"},
    {TEXT("\na"), "|2-\n\n  a\n", "? |2-\n\n    a\n  : v\n"},
    {TEXT(" a\nb"), "|2-\n   a\n  b\n", "? |2-\n     a\n    b\n  : v\n"},
    {TEXT("a \nb"), "\"a \\nb\"\n", "? \"a \\nb\"\n  : v\n"},
    {TEXT("a\n b\n"), "|\n  a\n   b\n", "? |\n    a\n     b\n  : v\n"},
    {TEXT("a\nb "), "\"a\\nb \"\n", "? \"a\\nb \"\n  : v\n"},
    {TEXT("a\tb\n"), "\"a\\tb\\n\"\n", "? \"a\\tb\\n\"\n  : v\n"},
    {TEXT("word word word word word word word word word word word word word word word word end"),
     "word word word word word word word word word word word word word word word word\n  end\n",
     "word word word word word word word word word word word word word word word word end: v\n"},
    {TEXT("word word word word word word word word word word word word word word word word  end of "
          "it"),
     "word word word word word word word word word word word word word word word word  end\n  of "
     "it\n",
     "word word word word word word word word word word word word word word word word  end of it: "
     "v\n"},
    {TEXT("word word word word word word word word word word word word word word word word a: b  "
          "end of it"),
     "'word word word word word word word word word word word word word word word word\n  a: b  "
     "end of it'\n",
     "'word word word word word word word word word word word word word word word word a: b  end "
     "of it': v\n"},
    {TEXT("word word word word word word word word word word word word word word word word\ta  b"),
     "\"word word word word word word word word word word word word word word word word\\ta\n  \\ "
     "b\"\n",
     "\"word word word word word word word word word word word word word word word word\\ta  b\": "
     "v\n"},
    {TEXT("word word word word word word word word word word word word word word word word a b"),
     "word word word word word word word word word word word word word word word word\n  a b\n",
     "word word word word word word word word word word word word word word word word a b: v\n"},
    {TEXT("it's word word word word word word word word word word word word word word word word "
          "word word word word word word word word word word word word word word word word"),
     "it's word word word word word word word word word word word word word word word\n  word word "
     "word word word word word word word word word word word word word word\n  word\n",
     "? it's word word word word word word word word word word word word word word word\n    word "
     "word word word word word word word word word word word word word word word\n    word\n  : "
     "v\n"},
    {TEXT("wordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordword"
          "wordwordwordwordwordwordwordwordwordword a b"),
     "wordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordw"
     "ordwordwordwordwordwordwordwordword\n  a b\n",
     "? "
     "wordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordw"
     "ordwordwordwordwordwordwordwordword\n    a b\n  : v\n"},
    {TEXT("\"word word word word word word word word word word word word word word word word\" "
          "word word word word word word word word word word word word word word word word"),
     "'\"word word word word word word word word word word word word word word word word\"\n  word "
     "word word word word word word word word word word word word word word word'\n",
     "? '\"word word word word word word word word word word word word word word word word\"\n    "
     "word word word word word word word word word word word word word word word word'\n  : v\n"},
    {TEXT("\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
          "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
          "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
          "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
          "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
          "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
          "\303\251\303\251\303\251\303\251 \303\251 \303\251 \303\251 \303\251 \303\251 \303\251 "
          "\303\251 \303\251"),
     "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303"
     "\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
     "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303"
     "\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
     "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303"
     "\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
     "\303\251 \303\251 \303\251 \303\251 \303\251 \303\251\n  \303\251 \303\251 \303\251\n",
     "? "
     "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303"
     "\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
     "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303"
     "\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
     "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303"
     "\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
     "\303\251 \303\251 \303\251 \303\251 \303\251\n    \303\251 \303\251 \303\251 \303\251\n  : "
     "v\n"},
    {TEXT("a: word word word word word word word word word word word word word word word word   b "
          "c"),
     "'a: word word word word word word word word word word word word word word word word   b\n  "
     "c'\n",
     "'a: word word word word word word word word word word word word word word word word   b c': "
     "v\n"},
    {TEXT("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
          "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n",
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: v\n"},
    {TEXT("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
          "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n",
     "? "
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n  : v\n"},
    {TEXT("k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k "
          "k k k k k k k k k k k k k k k k k k k k k k k k k k k"),
     "k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k\n  k k k k k "
     "k k k k k k k k k k k k k k k k k k k k k k k k k k\n",
     "? k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k k\n    k k k k "
     "k k k k k k k k k k k k k k k k k k k k k k k k k k k k\n  : v\n"},
};

static IfxTree *tree;

static const IfxNode *text(const char *s, size_t len) {
  return ifx_node_scalar(tree, IFX_NODE_STRING, s, len);
}

static void prints(const IfxNode *n, const char *want) {
  IfxBuf out = {0};
  IfxErr err = {0};
  ifx_buf_str(&out, "kind: x\n");
  bool ok = ifx_yaml_write_canonical(&out, n, &err);
  CHECK(ok == (want != NULL));
  if (!ok) CHECK(strcmp(err.kind, IFX_E_PARSE) == 0 && *err.message);
  const char *got = out.data + strlen("kind: x\n");
  if (ok) CHECK_STR(got, want);
  ifx_buf_free(&out);
}

static void prints_item(const IfxNode *n, const char *want) {
  char line[1000];
  snprintf(line, sizeof line, "- %s", want ? want : "");
  prints(ifx_node_list(tree, &n, 1), want ? line : NULL);
}

static const IfxNode *field(const IfxNode *key, const IfxNode *value) {
  return ifx_node_map(tree, &(IfxField){key, value}, 1);
}

static void test_texts(void) {
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const IfxNode *n = text(texts[i].text, texts[i].len);
    prints_item(n, texts[i].item);
    prints_item(field(n, text("v", 1)), texts[i].key);
  }
}

/* What 64 bits do not hold with a sign, as kubectl prints it. */
static void test_large_numbers(void) {
  static const char *const numbers[][2] = {
      {"9223372036854775808", "9223372036854775808\n"},
      {"9_223_372_036_854_775_808", "9223372036854775808\n"},
      {"18446744073709551614", "18446744073709551614\n"},
      {"18_446_744_073_709_551_615", "18446744073709551615\n"},
      {"18446744073709551616", "1.8446744073709552e+19\n"},
      {"9_999_999_999_999_999_999_999", "1e+22\n"},
      {"+9223372036854775809", "9223372036854776000\n"},
      {"-9_223_372_036_854_775_809", "-9.223372036854776e+18\n"},
      {"0xFFFF_FFFF_FFFF_FFFF", "18446744073709551615\n"},
      {"0o1777777777777777777777", "18446744073709551615\n"},
      {"01777777777777777777777", "18446744073709551615\n"},
      {"0777777777777777777777777", "7.777777777777778e+23\n"},
      {"0b1111111111111111111111111111111111111111111111111111111111111111",
       "18446744073709551615\n"},
  };
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    const char *s = numbers[i][0];
    prints_item(ifx_node_scalar(tree, IFX_NODE_INT, s, strlen(s)), numbers[i][1]);
  }
}

static void test_bytes(void) {
  prints(text("\xC3", 1), NULL);
  prints(text("a\xED\xA0\x80", 4), NULL);
  prints(field(text("\xFF", 1), text("v", 1)), NULL);
}

/* goyaml.v2 reads 1024 characters of a key at most, as JSON writes it. */
static void test_long_keys(void) {
  char key[1100], want[1100];
  memset(key, 'k', sizeof key);
  snprintf(want, sizeof want, "? %.1022s\n: v\n", key);
  prints(field(text(key, 1022), text("v", 1)), want);
  prints(field(text(key, 1023), text("v", 1)), NULL);
  key[0] = '<'; /* \u003c */
  snprintf(want, sizeof want, "? %.1017s\n: v\n", key);
  prints(field(text(key, 1017), text("v", 1)), want);
  prints(field(text(key, 1018), text("v", 1)), NULL);
  for (size_t i = 0; i < 171; i++) memcpy(key + 3 * i, "\xE2\x80\xA9", 3); /* \u2029 */
  prints(field(text(key, 3 * 171), text("v", 1)), NULL);
}

static void test_places(void) {
  const IfxNode *none = ifx_node_list(tree, NULL, 0), *empty = ifx_node_map(tree, NULL, 0);
  const IfxNode *v = text("v", 1), *k = text("k", 1), *lines = text("a\nb", 3);
  prints(none, "[]\n");
  prints(empty, "{}\n");
  prints(lines, "|-\n  a\n  b\n");
  prints(v, "v\n");
  prints(field(k, none), "k: []\n");
  prints(field(k, field(k, empty)), "k:\n  k: {}\n");
  const IfxNode *items[] = {v, lines, none, empty, field(k, v)};
  const IfxNode *list = ifx_node_list(tree, items, 5);
  prints(list, "- v\n- |-\n  a\n  b\n- []\n- {}\n- k: v\n");
  prints(field(k, list), "k:\n- v\n- |-\n  a\n  b\n- []\n- {}\n- k: v\n");
  prints(ifx_node_list(tree, (const IfxNode *[]){list, field(k, list)}, 2),
         "- - v\n  - |-\n    a\n    b\n  - []\n  - {}\n  - k: v\n"
         "- k:\n  - v\n  - |-\n    a\n    b\n  - []\n  - {}\n  - k: v\n");
  const IfxNode *pair = ifx_node_map(tree, (IfxField[]){{k, v}, {lines, field(k, lines)}}, 2);
  prints(pair, "? |-\n  a\n  b\n: k: |-\n    a\n    b\nk: v\n");
  prints(field(k, field(lines, list)),
         "k:\n  ? |-\n    a\n    b\n  : - v\n    - |-\n      a\n      b\n    - []\n    - {}\n"
         "    - k: v\n");
}

/* The bound holds inside a text too: here each line takes 400 bytes. */
static void test_limit(void) {
  static char lines[3 << 20];
  IfxBuf out = {0};
  IfxErr err = {0};
  for (size_t i = 0; i < sizeof lines; i++) lines[i] = i % 2 ? '\n' : 'x';
  const IfxNode *n = text(lines, sizeof lines);
  for (int i = 0; i < 200; i++) n = field(text("a", 1), n);
  CHECK(!ifx_yaml_write_canonical(&out, n, &err));
  CHECK_STR(err.kind, IFX_E_LIMIT);
  CHECK(out.len < IFX_YAML_MAX_TEXT + 1000);
  ifx_buf_free(&out);
}

int main(void) {
  tree = ifx_tree_new();
  test_texts();
  test_large_numbers();
  test_bytes();
  test_long_keys();
  test_places();
  test_limit();
  ifx_tree_release(tree);
  return CHECK_END();
}
