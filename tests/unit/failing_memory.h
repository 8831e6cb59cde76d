/* failing_memory.h: an allocator that fails once. SPDX-License-Identifier: Apache-2.0 */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#if !defined(__SANITIZE_ADDRESS__) /* else the allocator is the sanitizer's */
#define FAILING_MEMORY 1

/* The allocator of the program, libyaml included: call number `failing` finds no memory. */
static long calls, failing, held;

static bool refused(void) {
  if (++calls != failing) return false;
  errno = ENOMEM;
  return true;
}

void *malloc(size_t n) {
  static void *(*next)(size_t);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "malloc");
  void *p = refused() ? NULL : next(n);
  held += p != NULL;
  return p;
}

void *realloc(void *old, size_t n) {
  static void *(*next)(void *, size_t);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "realloc");
  void *p = refused() ? NULL : next(old, n);
  held += p && !old;
  return p;
}

void *calloc(size_t count, size_t n) {
  static void *(*next)(size_t, size_t);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "calloc");
  void *p = refused() ? NULL : next(count, n);
  held += p != NULL;
  return p;
}

void free(void *p) {
  static void (*next)(void *);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "free");
  held -= p != NULL;
  next(p);
}

#endif
#endif
