// main.go: a redis good enough for the cache of Argo CD; its clock has to be driven. SPDX-License-Identifier: Apache-2.0
package main

import (
	"flag"
	"log"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6379", "listen address")
	flag.Parse()
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr(*addr); err != nil {
		log.Fatal(err)
	}
	for range time.Tick(time.Second) {
		m.FastForward(time.Second)
	}
}
