// main.go: the etcd server (its own main cannot be installed by version). SPDX-License-Identifier: Apache-2.0
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
