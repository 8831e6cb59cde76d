// main.go: what HashiCorp's own reader finds in HCL files, one JSON line for each. SPDX-License-Identifier: Apache-2.0
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type span [2]int // bytes from 0, the end behind the last

type block struct {
	Type   string   `json:"type"`
	Labels []string `json:"labels"`
	Spans  []span   `json:"spans"`
	Span   span     `json:"span"`
	Body   span     `json:"body"`
	Line   int      `json:"line"`
	Depth  int      `json:"depth"`
}

type attribute struct {
	Name  string           `json:"name"`
	Block *int             `json:"block"` // where its block begins
	Span  span             `json:"span"`
	Expr  span             `json:"expr"`
	Line  int              `json:"line"`
	Value *json.RawMessage `json:"value"`
}

type text struct {
	Style string  `json:"style"`
	Span  span    `json:"span"`
	Value *string `json:"value"`
}

type traversal struct {
	Span  span     `json:"span"`
	Names []string `json:"names"`
}

type call struct {
	Name string `json:"name"`
	Span span   `json:"span"`
	Args []span `json:"args"`
}

type result struct {
	File       string      `json:"file"`
	Error      string      `json:"error,omitempty"`
	Blocks     []block     `json:"blocks"`
	Attributes []attribute `json:"attributes"`
	Strings    []text      `json:"strings"`
	Traversals []traversal `json:"traversals"`
	Calls      []call      `json:"calls"`
	source     []byte
}

func spanOf(r hcl.Range) span { return span{r.Start.Byte, r.End.Byte} }

// ---- constants ----

func literal(parts []hclsyntax.Expression) (string, bool) {
	all := ""
	for _, part := range parts {
		lit, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || lit.Val.Type() != cty.String {
			return "", false
		}
		all += lit.Val.AsString()
	}
	return all, true
}

// Literals, and lists and objects of them: what is a value without being computed.
func constant(e hclsyntax.Expression) bool {
	switch x := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		_, ok := literal(x.Parts)
		return ok
	case *hclsyntax.ParenthesesExpr:
		return constant(x.Expression)
	case *hclsyntax.UnaryOpExpr:
		lit, ok := x.Val.(*hclsyntax.LiteralValueExpr)
		return ok && x.Op == hclsyntax.OpNegate && lit.Val.Type() == cty.Number
	case *hclsyntax.TupleConsExpr:
		for _, item := range x.Exprs {
			if !constant(item) {
				return false
			}
		}
		return true
	case *hclsyntax.ObjectConsExpr:
		for _, item := range x.Items {
			if !constantKey(item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr)) || !constant(item.ValueExpr) {
				return false
			}
		}
		return true
	}
	return false
}

func bareKey(key *hclsyntax.ObjectConsKeyExpr) bool {
	return !key.ForceNonLiteral && hcl.ExprAsKeyword(key.Wrapped) != ""
}

func constantKey(key *hclsyntax.ObjectConsKeyExpr) bool {
	if bareKey(key) {
		return true
	}
	inner := key.Wrapped
	for {
		paren, ok := inner.(*hclsyntax.ParenthesesExpr)
		if !ok {
			break
		}
		inner = paren.Expression
	}
	switch x := inner.(type) {
	case *hclsyntax.LiteralValueExpr:
		return x.Val.Type() == cty.Number
	case *hclsyntax.TemplateExpr:
		return constant(x)
	}
	return false
}

func valueOf(e hclsyntax.Expression) *json.RawMessage {
	if !constant(e) {
		return nil
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		return nil
	}
	bytes, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return nil
	}
	raw := json.RawMessage(bytes)
	return &raw
}

// ---- expressions ----

func (r *result) addString(rng hcl.Range, value *string) {
	style := "quoted"
	if r.source[rng.Start.Byte] == '<' {
		style = "heredoc"
	}
	r.Strings = append(r.Strings, text{style, spanOf(rng), value})
}

func names(steps hcl.Traversal) []string {
	out := []string{}
	for _, step := range steps {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			out = append(out, s.Name)
		case hcl.TraverseAttr:
			out = append(out, s.Name)
		default:
			return out
		}
	}
	return out
}

// One chain of steps, however many nodes it is made of: the node where it begins, with what stands in its brackets
// visited.
func (r *result) chain(e hclsyntax.Expression) hclsyntax.Expression {
	switch x := e.(type) {
	case *hclsyntax.RelativeTraversalExpr:
		return r.chain(x.Source)
	case *hclsyntax.IndexExpr:
		base := r.chain(x.Collection)
		r.visit(x.Key)
		return base
	case *hclsyntax.SplatExpr:
		base := r.chain(x.Source)
		r.chain(x.Each)
		return base
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.AnonSymbolExpr:
		return x
	}
	r.visit(e)
	return e
}

// A string used as an index is no node of its own: its text is looked at again.
func (r *result) indexes(steps hcl.Traversal) {
	for _, step := range steps {
		index, ok := step.(hcl.TraverseIndex)
		if !ok || index.Key.Type() != cty.String {
			continue
		}
		rng := index.SourceRange()
		source := r.source[rng.Start.Byte+1 : rng.End.Byte-1]
		e, diags := hclsyntax.ParseExpression(source, "", hcl.Pos{Line: 1, Column: 1, Byte: rng.Start.Byte + 1})
		if !diags.HasErrors() {
			r.visit(e)
		}
	}
}

func (r *result) visitChain(e hclsyntax.Expression) {
	r.visitIndexes(e)
	if root, ok := r.chain(e).(*hclsyntax.ScopeTraversalExpr); ok {
		span := span{root.SrcRange.Start.Byte, e.Range().End.Byte}
		r.Traversals = append(r.Traversals, traversal{span, names(root.Traversal)})
	}
}

func (r *result) visitIndexes(e hclsyntax.Expression) {
	switch x := e.(type) {
	case *hclsyntax.RelativeTraversalExpr:
		r.indexes(x.Traversal)
		r.visitIndexes(x.Source)
	case *hclsyntax.ScopeTraversalExpr:
		r.indexes(x.Traversal)
	case *hclsyntax.IndexExpr:
		r.visitIndexes(x.Collection)
	case *hclsyntax.SplatExpr:
		r.visitIndexes(x.Source)
		r.visitIndexes(x.Each)
	}
}

func (r *result) visitAll(list []hclsyntax.Expression) {
	for _, e := range list {
		r.visit(e)
	}
}

// The branches of a directive are templates without quotes of their own.
func (r *result) visitBranch(e hclsyntax.Expression) {
	if t, ok := e.(*hclsyntax.TemplateExpr); ok {
		r.visitAll(t.Parts)
	} else {
		r.visit(e)
	}
}

func (r *result) visitFor(x *hclsyntax.ForExpr, directive bool) {
	r.visit(x.CollExpr)
	if x.KeyExpr != nil {
		r.visit(x.KeyExpr)
	}
	if directive {
		r.visitBranch(x.ValExpr)
	} else {
		r.visit(x.ValExpr)
	}
	if x.CondExpr != nil {
		r.visit(x.CondExpr)
	}
}

func (r *result) visitCall(x *hclsyntax.FunctionCallExpr) {
	c := call{x.Name, spanOf(x.Range()), []span{}}
	for _, arg := range x.Args {
		c.Args = append(c.Args, spanOf(arg.Range()))
	}
	r.Calls = append(r.Calls, c)
	r.visitAll(x.Args)
}

func (r *result) visitObject(x *hclsyntax.ObjectConsExpr) {
	for _, item := range x.Items {
		key := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr)
		if !bareKey(key) {
			r.visit(key.Wrapped)
		}
		r.visit(item.ValueExpr)
	}
}

func (r *result) visit(e hclsyntax.Expression) {
	switch x := e.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.AnonSymbolExpr:
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr, *hclsyntax.SplatExpr:
		r.visitChain(e)
	case *hclsyntax.TemplateExpr:
		var value *string
		if s, ok := literal(x.Parts); ok {
			value = &s
		}
		r.addString(x.SrcRange, value)
		r.visitAll(x.Parts)
	case *hclsyntax.TemplateWrapExpr:
		r.addString(x.SrcRange, nil)
		r.visit(x.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		r.visitFor(x.Tuple.(*hclsyntax.ForExpr), true)
	case *hclsyntax.ForExpr:
		r.visitFor(x, false)
	case *hclsyntax.ConditionalExpr:
		r.visit(x.Condition)
		if r.source[x.SrcRange.Start.Byte] == '%' {
			r.visitBranch(x.TrueResult)
			r.visitBranch(x.FalseResult)
		} else {
			r.visit(x.TrueResult)
			r.visit(x.FalseResult)
		}
	case *hclsyntax.FunctionCallExpr:
		r.visitCall(x)
	case *hclsyntax.BinaryOpExpr:
		r.visit(x.LHS)
		r.visit(x.RHS)
	case *hclsyntax.UnaryOpExpr:
		r.visit(x.Val)
	case *hclsyntax.ParenthesesExpr:
		r.visit(x.Expression)
	case *hclsyntax.TupleConsExpr:
		r.visitAll(x.Exprs)
	case *hclsyntax.ObjectConsExpr:
		r.visitObject(x)
	default:
		panic(fmt.Sprintf("%T", e))
	}
}

// ---- bodies ----

func (r *result) body(b *hclsyntax.Body, parent *int, depth int) {
	for _, a := range b.Attributes {
		r.Attributes = append(r.Attributes, attribute{a.Name, parent, spanOf(a.SrcRange), spanOf(a.Expr.Range()),
			a.SrcRange.Start.Line, valueOf(a.Expr)})
		r.visit(a.Expr)
	}
	for _, b := range b.Blocks {
		start := b.TypeRange.Start.Byte
		out := block{b.Type, b.Labels, []span{}, span{start, b.CloseBraceRange.End.Byte},
			span{b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte}, b.TypeRange.Start.Line, depth}
		for _, l := range b.LabelRanges {
			out.Spans = append(out.Spans, spanOf(l))
		}
		if out.Labels == nil {
			out.Labels = []string{}
		}
		r.Blocks = append(r.Blocks, out)
		r.body(b.Body, &start, depth+1)
	}
}

func read(path string) result {
	source, err := os.ReadFile(path)
	r := result{File: path, source: source, Blocks: []block{}, Attributes: []attribute{}, Strings: []text{},
		Traversals: []traversal{}, Calls: []call{}}
	if err != nil {
		panic(err)
	}
	file, diags := hclsyntax.ParseConfig(source, path, hcl.InitialPos)
	if diags.HasErrors() {
		r.Error = diags[0].Error()
		return r
	}
	r.body(file.Body.(*hclsyntax.Body), nil, 0)
	return r
}

// The paths stand on standard input, one each line.
func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	lines := json.NewEncoder(out)
	for in.Scan() {
		if err := lines.Encode(read(in.Text())); err != nil {
			panic(err)
		}
	}
}
