// main.go: serves the git repositories below -root over http, by git http-backend. SPDX-License-Identifier: Apache-2.0
package main

import (
	"flag"
	"log"
	"net/http"
	"net/http/cgi"
	"os/exec"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9080", "listen address")
	root := flag.String("root", ".", "folder of bare repositories (absolute)")
	flag.Parse()
	git, err := exec.LookPath("git")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*addr, &cgi.Handler{
		Path: git, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + *root, "GIT_HTTP_EXPORT_ALL=1"},
	}))
}
