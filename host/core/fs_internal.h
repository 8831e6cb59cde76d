/* fs_internal.h: what the parts of the fs library share. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_FS_INTERNAL_H
#define IFX_FS_INTERNAL_H

#include "fs.h"

/* Fill `err` from errno, with the act and the file. Always false. */
bool ifx_fs_fail(IfxErr *err, const char *op, const char *path, const char *what, int errnum);

/* Add the act and the file to an error. Always false. */
bool ifx_fs_name(IfxErr *err, const char *op, const char *path);

IfxFsType ifx_fs_type(uint32_t st_mode);

#endif
