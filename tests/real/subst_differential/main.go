// main.go: what Flux makes of texts with variables. Reads and writes lines of hexadecimal fields. SPDX-License-Identifier: Apache-2.0
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
)

func decoded(field string) string {
	bytes, err := hex.DecodeString(field)
	if err != nil {
		panic(err)
	}
	return string(bytes)
}

// "s" or "-", the text, then a name and a value for each variable; "=" and the result, or "!" and the message.
func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	in.Buffer(nil, 1<<20)
	defer out.Flush()
	for in.Scan() {
		fields := strings.Split(in.Text(), " ")
		vars := map[string]string{}
		for i := 2; i+1 < len(fields); i += 2 {
			vars[decoded(fields[i])] = decoded(fields[i+1])
		}
		strict := fields[0] == "s"
		result, err := envsubst.Eval(decoded(fields[1]), func(name string) (string, bool) {
			value, set := vars[name]
			return value, set || !strict
		})
		if err != nil {
			fmt.Fprintln(out, "! "+hex.EncodeToString([]byte(err.Error())))
		} else {
			fmt.Fprintln(out, "= "+hex.EncodeToString([]byte(result)))
		}
	}
}
