/* node_merge_list.c: strategic merge of lists whose items have keys. SPDX-License-Identifier:
 * Apache-2.0 */
#include <string.h>

#include "node_merge_impl.h"

typedef struct Text {
  const char *text;
  size_t len;
} Text;

/* What the keys of an item hold; "" where it has none. */
typedef struct Id {
  Text values[IFX_MERGE_KEYS];
} Id;

/* Some of the keys, with a value for each; those behind `values` have none. The one key of a list
 * of plain texts is "". */
typedef struct Match {
  Text keys[IFX_MERGE_KEYS], of[IFX_MERGE_KEYS];
  size_t count, values;
} Match;

/* A list on its way. */
typedef struct Items {
  const IfxNode **list;
  size_t count;
} Items;

static bool same_text(Text a, Text b) {
  return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static Text text_of(const IfxNode *n) {
  return n && n->kind < IFX_NODE_LIST ? (Text){n->text, n->count} : (Text){"", 0};
}

static const IfxNode *field(const IfxNode *item, Text key) {
  return ifx_node_find(item, key.text, key.len);
}

static bool is_empty(const IfxNode *item) {
  return ifx_merge_nothing(item) || (item->kind == IFX_NODE_MAP && item->count == 0);
}

/* ---- which item is meant ---- */

/* The item whose keys hold exactly these; SIZE_MAX: none. */
static size_t find(const Items *in, const Match *match) {
  for (size_t i = 0; in && i < in->count; i++) {
    const IfxNode *item = in->list[i];
    bool same = match->keys[0].len == 0 ? same_text(text_of(item), match->of[0])
                                        : item->kind == IFX_NODE_MAP;
    for (size_t k = 0; same && match->keys[0].len && k < match->count; k++) {
      const IfxNode *value = field(item, match->keys[k]);
      same = value && same_text(text_of(value), match->of[k]);
    }
    if (same) return i;
  }
  return SIZE_MAX;
}

/* Does a key hold the value, or, when it is "", anything? */
static bool holds(IfxMerge *m, const IfxNode *item, Text key, Text value) {
  bool map = item->kind == IFX_NODE_MAP;
  if (key.len == 0 && item->kind >= IFX_NODE_LIST)
    return ifx_merge_wrong_kind(m, "ScalarNode", item) != NULL;
  if (key.len == 0) return same_text(text_of(item), value);
  if (!map) return ifx_merge_wrong_kind(m, "MappingNode", item) != NULL;
  const IfxNode *found = field(item, key);
  return found && (value.len == 0 || same_text(text_of(found), value));
}

/* A key without a value of its own holds when the one before it did. */
static bool is_meant(IfxMerge *m, const IfxNode *item, const Match *match) {
  bool held = false;
  for (size_t k = 0; k < match->count && !m->failed; k++) {
    if (k < match->values) held = holds(m, item, match->keys[k], match->of[k]);
    if (!held) return false;
  }
  return !m->failed;
}

/* kyaml's way to put an item into a list: in place of all that are meant, else behind the others;
 * NULL takes those that are meant out. Empty items go on the way, and so do all others when there
 * is no value to look for. */
static void put(IfxMerge *m, Items *in, const Match *match, const IfxNode *item) {
  size_t kept = 0;
  bool found = false, maps = match->keys[0].len && match->values && match->of[0].len;
  for (size_t i = 0; i < in->count && !m->failed; i++) {
    const IfxNode *one = in->list[i];
    if (is_empty(one)) continue;
    if (one->kind != IFX_NODE_MAP && maps) {
      in->list[kept++] = one;
    } else if (!is_meant(m, one, match)) {
      if (match->values) in->list[kept++] = one;
    } else {
      found = true;
      if (item) in->list[kept++] = item;
    }
  }
  if (!m->failed) in->count = kept;
  if (item && item->kind != IFX_NODE_NULL && !found) in->list[in->count++] = item;
}

/* ---- the keys that count ---- */

/* Two ids mean one item when they have something in common and differ only where one is "". */
static bool unite(Id *a, Id *b, Id first, size_t keys) {
  Id both = first;
  bool common = false;
  for (size_t k = 0; k < keys; k++) {
    bool same = same_text(first.values[k], b->values[k]);
    common = common || same;
    if (!same && first.values[k].len && b->values[k].len) return false;
    if (!first.values[k].len) both.values[k] = b->values[k];
  }
  if (common) *a = *b = both;
  return common;
}

static bool has_id(const Id *ids, size_t count, const Id *id, size_t keys) {
  for (size_t i = 0; i < count; i++) {
    size_t k = 0;
    while (k < keys && same_text(ids[i].values[k], id->values[k])) k++;
    if (k == keys) return true;
  }
  return false;
}

static void take_ids(const Items *in, const Match *keys, Id *ids, size_t *count) {
  for (size_t i = 0; in && i < in->count; i++) {
    Id id = {0};
    for (size_t k = 0; k < keys->count; k++) {
      bool plain = keys->keys[k].len == 0;
      const IfxNode *value = plain ? in->list[i] : field(in->list[i], keys->keys[k]);
      id.values[k] = text_of(!plain && ifx_merge_nothing(value) ? NULL : value);
    }
    if (!has_id(ids, *count, &id, keys->count)) ids[(*count)++] = id;
  }
}

/* The keys of which one id at least has a value; all when there is none. */
static void choose(const Match *all, const Id *ids, size_t count, bool chosen[IFX_MERGE_KEYS]) {
  bool any = false;
  for (size_t k = 0; k < all->count; k++) {
    chosen[k] = false;
    for (size_t i = 0; i < count && !chosen[k]; i++) chosen[k] = ids[i].values[k].len > 0;
    any = any || chosen[k];
  }
  for (size_t k = 0; k < all->count && !any; k++) chosen[k] = true;
}

static Match match_of(const Match *all, const Id *id, const bool chosen[IFX_MERGE_KEYS]) {
  Match out = {0};
  for (size_t k = 0; k < all->count; k++)
    if (chosen[k]) {
      out.keys[out.count] = all->keys[k];
      out.of[out.count++] = id->values[k];
    }
  out.values = out.count;
  return out;
}

/* ---- merging ---- */

typedef struct Lists {
  Items at, patch, out;
  Items *from_patch; /* &at when both are one: a list that is new is merged with itself */
} Lists;

/* One item: merged, put among those that come first, or taken out. What is merged is also changed
 * where it stands; what replaces another one is not, so that the old one comes back at the end. */
static void merge_item(IfxMerge *m, const IfxMergeType *type, Lists *l, const Match *all,
                       const Id *id, const bool chosen[IFX_MERGE_KEYS]) {
  bool own[IFX_MERGE_KEYS];
  choose(all, id, 1, own);
  for (size_t k = 0; k < all->count; k++) own[k] = own[k] && chosen[k];
  Match meant = match_of(all, id, own), whole = match_of(all, id, chosen);
  size_t a = find(&l->at, &meant), p = find(l->from_patch, &meant);
  const IfxNode *at = a == SIZE_MAX ? NULL : l->at.list[a];
  const IfxNode *patch = p == SIZE_MAX ? NULL : l->from_patch->list[p], *rest = patch;
  IfxVerb verb = patch && patch->kind == IFX_NODE_MAP
                     ? ifx_merge_verb(ifx_node_get(patch, "$patch"))
                     : IFX_MERGE_MERGE;
  const IfxNode *value = ifx_merge_values(m, type->items, at, patch);
  if (m->failed) return;
  if (patch && patch->kind == IFX_NODE_MAP) ifx_merge_take_verb(m, &rest);
  if (rest) l->from_patch->list[p] = rest;
  if (is_empty(value)) {
    put(m, &l->at, &whole, NULL);
    return;
  }
  if (at && (verb != IFX_MERGE_REPLACE || at == patch)) l->at.list[a] = value;
  put(m, &l->out, &whole, value);
}

/* What the list had, behind the items of the patch, or in the place of those that it was merged
 * with. An item without a key is put there once for each key that it lacks, and again. */
static void append(IfxMerge *m, Items *out, const Items *at, const Match *keys) {
  for (size_t i = 0; i < at->count && !m->failed; i++) {
    const IfxNode *item = at->list[i];
    Match match = *keys;
    match.values = 0;
    for (size_t k = 0; k < keys->count; k++) {
      bool plain = keys->keys[k].len == 0;
      if (!plain && !ifx_merge_nothing(item) && item->kind != IFX_NODE_MAP) {
        ifx_merge_wrong_kind(m, "MappingNode", item);
        return;
      }
      const IfxNode *value = plain ? item : field(item, keys->keys[k]);
      if (value)
        match.of[match.values++] = text_of(value);
      else
        out->list[out->count++] = item;
    }
    if (keys->count > 1) put(m, out, &match, NULL);
    if (!m->failed) put(m, out, &match, item);
  }
}

static const IfxNode *finish(IfxMerge *m, const Items *items, const IfxNode *was) {
  if (m->failed) return NULL;
  bool same = was && was->kind == IFX_NODE_LIST && was->count == items->count;
  for (size_t i = 0; same && i < items->count; i++) same = was->items[i] == items->list[i];
  if (same) return was;
  const IfxNode *list = ifx_node_list(m->tree, items->list, items->count);
  return list ? list : ifx_merge_no_memory(m);
}

static const IfxNode *merge(IfxMerge *m, const IfxMergeType *type, Lists *l, const IfxNode *was) {
  Match all = {.count = type->keys->count};
  size_t most = l->at.count + l->patch.count, count = 0;
  bool chosen[IFX_MERGE_KEYS];
  Id *ids = ifx_tree_alloc(m->tree, (most + 1) * sizeof *ids);
  l->out.list = ifx_tree_alloc(m->tree, (most * (all.count + 2) + 1) * sizeof *l->out.list);
  if (!ids || !l->out.list) return ifx_merge_no_memory(m);
  for (size_t k = 0; k < all.count; k++) all.keys[k] = text_of(type->keys->items[k]);
  take_ids(l->from_patch, &all, ids, &count);
  if (l->from_patch != &l->at) take_ids(&l->at, &all, ids, &count);
  if (count == 0) return finish(m, &l->at, was);
  for (size_t i = 0; i < count && all.count > 1; i++) {
    Id first = ids[i];
    for (size_t j = 0; j < count; j++) unite(&ids[i], &ids[j], first, all.count);
  }
  choose(&all, ids, count, chosen);
  for (size_t i = 0; i < count && !m->failed; i++) merge_item(m, type, l, &all, &ids[i], chosen);
  Match last = match_of(&all, &ids[count - 1], chosen);
  if (!m->failed) append(m, &l->out, &l->at, &last);
  return finish(m, &l->out, was);
}

/* ---- $patch in a list ---- */

/* The first item with a verb speaks of the list when it says nothing else; all items with the same
 * verb are taken out then. */
static IfxVerb take_verb(IfxMerge *m, Items *patch) {
  Match match = {.keys = {{"$patch", 6}}, .count = 1, .values = 1};
  const IfxNode *value = NULL;
  for (size_t i = 0; i < patch->count && !value; i++) {
    value = field(patch->list[i], match.keys[0]);
    if (value && patch->list[i]->count > 1) return IFX_MERGE_MERGE;
  }
  if (!value) return IFX_MERGE_MERGE;
  IfxVerb verb = ifx_merge_verb(value);
  if (verb == IFX_MERGE_UNKNOWN) {
    ifx_merge_fail(m, value, "unknown patch strategy: $patch is replace, delete or merge");
    return verb;
  }
  match.of[0] = text_of(value);
  put(m, patch, &match, NULL);
  return verb;
}

static bool copy(IfxMerge *m, Items *to, const IfxNode *from) {
  *to = (Items){0};
  if (ifx_merge_nothing(from)) return true;
  to->list = ifx_tree_alloc(m->tree, (from->count + 1) * sizeof *to->list);
  if (!to->list) return ifx_merge_no_memory(m) != NULL;
  if (from->count) memcpy(to->list, from->items, from->count * sizeof *to->list);
  to->count = from->count;
  return true;
}

const IfxNode *ifx_merge_lists(IfxMerge *m, const IfxMergeType *type, const IfxNode *at,
                               const IfxNode *patch) {
  Lists l = {.from_patch = &l.patch};
  bool new = ifx_merge_nothing(at), same = at == patch;
  if (patch && patch->kind == IFX_NODE_NULL) return NULL;
  if (!copy(m, &l.at, at) || !copy(m, &l.patch, patch)) return NULL;
  uint64_t items = l.at.count + l.patch.count;
  if (!ifx_merge_look(m, patch ? patch : at, 4 * items * items)) return NULL;
  IfxVerb verb = new ? IFX_MERGE_MERGE : take_verb(m, &l.patch);
  if (m->failed || verb == IFX_MERGE_DELETE) return NULL;
  if (new || same || verb == IFX_MERGE_REPLACE) {
    l.at = l.patch;
    l.from_patch = &l.at;
    l.patch.count = 0;
  }
  return merge(m, type, &l, at);
}
