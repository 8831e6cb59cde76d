/* hcl_doc_impl.h: shared by hcl_doc*.c and hcl_edit*.c only. SPDX-License-Identifier: Apache-2.0 */
#ifndef IFX_HCL_DOC_IMPL_H
#define IFX_HCL_DOC_IMPL_H

#include "hcl_impl.h"

/* Parse `text`, which becomes the document's (freed on failure too); its ids are not given yet. */
bool ifx_hcl_read_doc(IfxHclDoc *d, char *text, size_t len, const char *file, IfxErr *err);

#endif
