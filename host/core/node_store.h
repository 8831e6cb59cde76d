/* node_store.h: manifests that were parsed, for all threads. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_NODE_STORE_H
#define IFX_NODE_STORE_H

#include "buf.h"
#include "node.h"

/* One store for the process: trees are counted and nobody changes them, so it does not matter who
 * parsed a text and who reads it. It holds at most so many bytes, texts included; what was put
 * there first goes first. */
#define IFX_NODE_STORE_ROOM ((size_t)192 << 20)

/* The tree that a text was parsed into, counted once more; its documents (const IfxNode *) are
 * added to `out`. NULL: it is not there, or memory is gone. */
IfxTree *ifx_node_store_get(const char *text, size_t len, IfxBuf *out);

/* Keep what a text was parsed into. Nothing happens where it is there already, would take more than
 * a sixteenth of the room, or memory is gone. */
void ifx_node_store_put(const char *text, size_t len, IfxTree *tree, const IfxBuf *documents);

/* Let go of everything. */
void ifx_node_store_clear(void);

#endif
