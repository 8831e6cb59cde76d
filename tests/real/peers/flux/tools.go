// tools.go: keeps in go.mod what cache.sh builds. SPDX-License-Identifier: Apache-2.0
//go:build tools

package tools

import (
	_ "github.com/fluxcd/kustomize-controller"
	_ "github.com/fluxcd/source-controller"
)
