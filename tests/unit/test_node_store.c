/* test_node_store.c: manifests that threads share. SPDX-License-Identifier: Apache-2.0 */
#include "core/node_store.h"

#include "check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 4
#define TEXTS   2000

static void put(const char *text, size_t size) {
  IfxTree *t = ifx_tree_new();
  const IfxNode *n = ifx_node_string(t, text);
  IfxBuf documents = {0};
  ifx_buf_add(&documents, &n, sizeof n);
  if (size) ifx_tree_alloc(t, size);
  ifx_node_store_put(text, strlen(text), t, &documents);
  ifx_buf_free(&documents);
  ifx_tree_release(t);
}

static bool has(const char *text) {
  IfxBuf found = {0};
  IfxTree *t = ifx_node_store_get(text, strlen(text), &found);
  const IfxNode *n = NULL;
  if (t) memcpy(&n, found.data, sizeof n);
  bool ok = t && found.len == sizeof n && ifx_node_is_text(n, text);
  ifx_buf_free(&found);
  ifx_tree_release(t);
  return ok;
}

static void gives_what_was_put(void) {
  CHECK(!has("a"));
  put("a", 0);
  put("", 0);
  put("a text longer than a word", 0);
  put("a", 0);
  CHECK(has("a") && has("") && has("a text longer than a word") &&
        !has("a text longer than a wor"));
  ifx_node_store_clear();
  CHECK(!has("a") && !has(""));
}

static void keeps_a_tree_that_somebody_reads(void) {
  IfxBuf found = {0};
  const IfxNode *n;
  put("kept", 0);
  IfxTree *t = ifx_node_store_get("kept", 4, &found);
  ifx_node_store_clear();
  memcpy(&n, found.data, sizeof n);
  CHECK(ifx_node_is_text(n, "kept"));
  ifx_buf_free(&found);
  ifx_tree_release(t);
}

static void lets_the_first_go_when_it_is_full(void) {
  char name[32];
  for (int i = 0; i < 40; i++) {
    snprintf(name, sizeof name, "text %d", i);
    put(name, IFX_NODE_STORE_ROOM / 20);
    CHECK(has(name));
  }
  CHECK(!has("text 0") && !has("text 19") && has("text 22") && has("text 39"));
  put("too large", IFX_NODE_STORE_ROOM / 15);
  CHECK(!has("too large"));
  ifx_node_store_clear();
}

static void *work(void *arg) {
  char name[32];
  bool *ok = arg;
  for (int i = 0; i < TEXTS; i++) {
    snprintf(name, sizeof name, "text %d", i % (TEXTS / 4));
    put(name, 0);
    *ok = *ok && has(name);
  }
  return NULL;
}

static void serves_threads(void) {
  pthread_t thread[THREADS];
  bool ok[THREADS];
  for (int i = 0; i < THREADS; i++) {
    ok[i] = true;
    pthread_create(&thread[i], NULL, work, &ok[i]);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(thread[i], NULL);
    CHECK(ok[i]);
  }
  ifx_node_store_clear();
}

int main(void) {
  gives_what_was_put();
  keeps_a_tree_that_somebody_reads();
  lets_the_first_go_when_it_is_full();
  serves_threads();
  return CHECK_END();
}
