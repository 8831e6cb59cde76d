/* scan_match.c: many strings in one pass (Aho-Corasick over hashed edges). SPDX-License-Identifier:
 * Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scan.h"

#define NONE UINT32_MAX

typedef struct Node {
  uint32_t fail;    /* the longest proper suffix that is a node */
  uint32_t output;  /* nearest node on the fail chain (not itself) that ends a string, or 0 */
  uint32_t pattern; /* the string that ends here, or NONE */
  uint32_t length;  /* its length */
  uint32_t child, sibling; /* a tree for the breadth-first walk; 0: none */
  unsigned char byte;      /* on the edge that leads here */
} Node;

struct IfxMatcher {
  Node *nodes; /* 0 is the root */
  uint32_t count;
  uint64_t *edges;   /* open addressing; (node << 8 | byte) + 1, 0: free */
  uint32_t *targets; /* where each edge leads */
  size_t mask;
  uint32_t first[256]; /* edges of the root: most steps of most texts */
};

static size_t edge_slot(const IfxMatcher *m, uint32_t node, unsigned char byte) {
  uint64_t key = ((uint64_t)node << 8 | byte) + 1;
  size_t i = (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & m->mask;
  while (m->edges[i] != 0 && m->edges[i] != key) i = (i + 1) & m->mask;
  return i;
}

/* The node that `byte` leads to, or 0. */
static uint32_t edge(const IfxMatcher *m, uint32_t node, unsigned char byte) {
  if (node == 0) return m->first[byte];
  size_t i = edge_slot(m, node, byte);
  return m->edges[i] != 0 ? m->targets[i] : 0;
}

static uint32_t add_edge(IfxMatcher *m, uint32_t node, unsigned char byte) {
  uint32_t to = m->count++;
  m->nodes[to] = (Node){.pattern = NONE, .byte = byte, .sibling = m->nodes[node].child};
  m->nodes[node].child = to;
  if (node == 0) {
    m->first[byte] = to;
  } else {
    size_t i = edge_slot(m, node, byte);
    m->edges[i] = ((uint64_t)node << 8 | byte) + 1;
    m->targets[i] = to;
  }
  return to;
}

static void add_string(IfxMatcher *m, const char *bytes, size_t len, uint32_t index) {
  uint32_t node = 0;
  for (size_t i = 0; i < len; i++) {
    uint32_t to = edge(m, node, (unsigned char)bytes[i]);
    node = to != 0 ? to : add_edge(m, node, (unsigned char)bytes[i]);
  }
  if (m->nodes[node].pattern == NONE) {
    m->nodes[node].pattern = index;
    m->nodes[node].length = (uint32_t)len;
  }
}

static uint32_t step(const IfxMatcher *m, uint32_t node, unsigned char byte) {
  for (;;) {
    uint32_t to = edge(m, node, byte);
    if (to != 0 || node == 0) return to;
    node = m->nodes[node].fail;
  }
}

/* Breadth first, so that every shorter suffix is finished before it is asked for. */
static bool link_nodes(IfxMatcher *m) {
  uint32_t *queue = malloc(m->count * sizeof *queue);
  if (queue == NULL) return false;
  size_t head = 0, tail = 0;
  queue[tail++] = 0;
  while (head < tail) {
    uint32_t parent = queue[head++];
    for (uint32_t n = m->nodes[parent].child; n != 0; n = m->nodes[n].sibling) {
      Node *node = &m->nodes[n];
      node->fail = parent == 0 ? 0 : step(m, m->nodes[parent].fail, node->byte);
      const Node *fail = &m->nodes[node->fail];
      node->output = fail->pattern != NONE ? node->fail : fail->output;
      queue[tail++] = n;
    }
  }
  free(queue);
  return true;
}

void ifx_matcher_free(IfxMatcher *m) {
  if (m == NULL) return;
  free(m->nodes);
  free(m->edges);
  free(m->targets);
  free(m);
}

/* Bytes of all strings, or 0 with `e` set. */
static size_t measure(const size_t *lengths, size_t n, IfxErr *e) {
  size_t total = 1;
  for (size_t i = 0; i < n; i++) {
    if (lengths[i] == 0) return ifx_err_set(e, IFX_E_ARGUMENT, "string %zu is empty", i + 1), 0;
    total += lengths[i];
    if (total > UINT32_MAX / 2)
      return ifx_err_set(e, IFX_E_LIMIT, "too many bytes to search for"), 0;
  }
  return total;
}

IfxMatcher *ifx_matcher_new(const char *const *strings, const size_t *lengths, size_t n,
                            IfxErr *e) {
  size_t total = measure(lengths, n, e), size = 16;
  if (total == 0) return NULL;
  while (size < 2 * total) size *= 2;
  IfxMatcher *m = calloc(1, sizeof *m);
  if (m != NULL) {
    m->nodes = malloc(total * sizeof *m->nodes);
    m->edges = calloc(size, sizeof *m->edges);
    m->targets = calloc(size, sizeof *m->targets);
    m->mask = size - 1;
  }
  if (m == NULL || m->nodes == NULL || m->edges == NULL || m->targets == NULL) {
    ifx_matcher_free(m);
    ifx_err_nomem(e);
    return NULL;
  }
  m->nodes[0] = (Node){.pattern = NONE};
  m->count = 1;
  for (size_t i = 0; i < n; i++) add_string(m, strings[i], lengths[i], (uint32_t)i);
  if (!link_nodes(m)) {
    ifx_matcher_free(m);
    ifx_err_nomem(e);
    return NULL;
  }
  return m;
}

bool ifx_matcher_find(const IfxMatcher *m, const char *text, size_t len,
                      bool (*hit)(void *arg, IfxHit h), void *arg) {
  uint32_t node = 0;
  for (size_t i = 0; i < len; i++) {
    node = step(m, node, (unsigned char)text[i]);
    uint32_t out = m->nodes[node].pattern != NONE ? node : m->nodes[node].output;
    for (; out != 0; out = m->nodes[out].output) {
      IfxHit h = {i + 1 - m->nodes[out].length, m->nodes[out].pattern};
      if (!hit(arg, h)) return false;
    }
  }
  return true;
}
