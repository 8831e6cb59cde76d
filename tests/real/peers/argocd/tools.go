// tools.go: keeps in go.mod what cache.sh builds. SPDX-License-Identifier: Apache-2.0
//go:build tools

package tools

import _ "github.com/argoproj/argo-cd/v3/cmd"
