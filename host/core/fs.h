/* fs.h: files, folders, links, locks and lexical paths. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_FS_H
#define IFX_FS_H

#include "buf.h"
#include "err.h"

#include <sys/types.h>

/* Paths are NUL-terminated byte strings: no encoding is assumed or changed. Every error names the
 * file in `file` and the act in `op`. */

typedef enum { IFX_FS_FILE, IFX_FS_DIR, IFX_FS_LINK, IFX_FS_OTHER } IfxFsType;
const char *ifx_fs_type_name(IfxFsType type); /* "file", "dir", "link", "other" */

typedef struct IfxFsStat {
  IfxFsType type;
  uint32_t mode; /* permission bits only */
  uint32_t uid;
  uint32_t gid;
  uint64_t size;
  uint64_t ino;
  uint64_t dev;
  int64_t mtime_ns; /* nanoseconds since 1970 */
} IfxFsStat;

typedef enum { IFX_FS_FAILED = -1, IFX_FS_ABSENT = 0, IFX_FS_FOUND = 1 } IfxFsFound;

/* ABSENT leaves `err` alone: that something does not exist is known, not an error. */
IfxFsFound ifx_fs_stat(const char *path, bool follow, IfxFsStat *out, IfxErr *err);

/* Append the whole of a regular file (not `follow`: that no symbolic link stands for). Larger than
 * `max` bytes is kind limit, naming the size; a directory, pipe or device is refused. On failure
 * `out` is as it was. */
IfxFsFound ifx_fs_try_read(const char *path, bool follow, size_t max, IfxBuf *out, IfxErr *err);
bool ifx_fs_read(const char *path, size_t max, IfxBuf *out, IfxErr *err);

#define IFX_FS_KEEP_MODE UINT32_MAX
typedef struct IfxFsWrite {
  const char *path;
  const char *bytes;
  size_t len;
  uint32_t
      mode; /* permission bits, or KEEP_MODE: those of the file that is there, else by the umask */
} IfxFsWrite;

/* Write n files, each atomically: a reader sees the old file or the new one. All temporary files
 * (in the target's own folder) are written first, then synced together, then renamed, then the
 * folders are synced. A failure before the renames changes nothing; one between them leaves the
 * files before it new and the others old, and names the first old one. No temporary file is left
 * behind. A symbolic link or a folder in the target's place is refused. */
bool ifx_fs_write(const IfxFsWrite *files, size_t n, bool sync, IfxErr *err);

bool ifx_fs_readlink(const char *path, IfxBuf *out, IfxErr *err);
bool ifx_fs_symlink(const char *target, const char *path, IfxErr *err);
bool ifx_fs_mkdir(const char *path, IfxErr *err); /* with parents; a folder that is there is fine */
bool ifx_fs_remove(const char *path, IfxErr *err);
bool ifx_fs_remove_tree(const char *path,
                        IfxErr *err); /* never follows links; refuses "/" and "" */
bool ifx_fs_rename(const char *from, const char *to, IfxErr *err);
bool ifx_fs_chmod(const char *path, uint32_t mode, IfxErr *err);
bool ifx_fs_cwd(IfxBuf *out, IfxErr *err);
bool ifx_fs_tempdir(const char *prefix, IfxBuf *out,
                    IfxErr *err); /* below $TMPDIR or /tmp, mode 0700 */
IfxFsFound ifx_fs_realpath(const char *path, IfxBuf *out, IfxErr *err);

/* Entries of a folder or a whole tree, sorted by the bytes of `path`. */
typedef struct IfxFsEntry {
  char *path; /* relative to the folder asked for */
  uint64_t size;
  uint32_t mode;
  IfxFsType type;
} IfxFsEntry;

typedef struct IfxFsList {
  IfxFsEntry *items;
  size_t len;
  size_t cap;
} IfxFsList;

typedef struct IfxFsWalk {
  bool follow; /* enter folders behind links; not where a link leads back to a folder around it */
  bool hidden; /* also names that begin with a dot */
  /* Both may be NULL, and get paths relative to the folder asked for. `enter` is called before a
   * folder is read (the first one is ""); false: it filled `err`. `skip` answers 1 to leave an
   * entry out, with all that is below it, 0 to keep it, -1 when it filled `err`. */
  bool (*enter)(void *ctx, const char *path, IfxErr *err);
  int (*skip)(void *ctx, const char *path, size_t len, bool is_dir, IfxErr *err);
  void *ctx;
} IfxFsWalk;

/* Everything below `dir` except entries named ".git". A folder that cannot be read is an error. */
bool ifx_fs_walk(const char *dir, const IfxFsWalk *how, IfxFsList *out, IfxErr *err);
bool ifx_fs_list(const char *dir, IfxFsList *out,
                 IfxErr *err); /* names and types only, ".git" included */
void ifx_fs_list_free(IfxFsList *list);

/* An flock on a file that is created when needed and never removed. */
int ifx_fs_lock_open(const char *path, IfxErr *err); /* a descriptor, or -1 */
/* One attempt, without waiting: FOUND when the lock is held now, ABSENT when another holds it. */
IfxFsFound ifx_fs_lock_try(int fd, bool exclusive, const char *path, IfxErr *err);
/* Fill `err` (kind conflict, retry) with who holds the lock, where that is known. Always returns
 * false. */
bool ifx_fs_lock_busy(int fd, const char *path, IfxErr *err);
void ifx_fs_lock_close(int fd);

/* Lexical paths: the file system is not asked. Results are appended to `out`. */
/* Call once for each part; an absolute part starts anew, an empty one adds nothing. */
void ifx_path_join(IfxBuf *out, const char *part, size_t len);
/* '.', '..' and '//' resolved, no slash at the end; the empty string is the root of relative paths.
 * False: the path climbs above it. */
bool ifx_path_normalize(IfxBuf *out, const char *path, size_t len);
/* How `path` reads from `base`, both normalized first ("." when equal). False: one climbs, or only
 * one of them is absolute. */
bool ifx_path_relative(IfxBuf *out, const char *path, size_t len, const char *base,
                       size_t base_len);
size_t ifx_path_dirname(const char *path, size_t len); /* length of the folder's part */
size_t ifx_path_basename(const char *path,
                         size_t *len); /* offset of the name; `len` becomes its length */

#endif
