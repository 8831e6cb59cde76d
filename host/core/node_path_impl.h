/* node_path_impl.h: what reading paths and writing along them share. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef IFX_NODE_PATH_IMPL_H
#define IFX_NODE_PATH_IMPL_H

#include "arena.h"
#include "node_path.h"

struct IfxNodePath {
  IfxArena arena;
  IfxStep *steps;
  size_t count;
};

/* Always false. `expected` as kyaml names kinds: ScalarNode, SequenceNode, MappingNode. */
bool ifx_node_wrong_kind(IfxErr *err, const IfxNode *n, const char *expected);

#endif
