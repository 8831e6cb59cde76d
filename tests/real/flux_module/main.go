// main.go: what Flux builds of Kustomizations, one JSON line for each. SPDX-License-Identifier: Apache-2.0
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/kustomize/api/resmap"
)

type question struct {
	Root   string           `json:"root"` // files of the source
	Path   string           `json:"path"`
	Object map[string]any   `json:"object"` // the Kustomization
	Vars   []map[string]any `json:"vars"`   // ConfigMaps and Secrets that it names
}

type answer struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

func substitute(q question, object unstructured.Unstructured, built resmap.ResMap) error {
	if _, found, _ := unstructured.NestedMap(q.Object, "spec", "postBuild"); !found {
		return nil
	}
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		return err
	}
	var vars []client.Object
	for _, v := range q.Vars {
		vars = append(vars, &unstructured.Unstructured{Object: v})
	}
	reader := fake.NewClientBuilder().WithScheme(scheme).WithObjects(vars...).Build()
	strategy, _, _ := unstructured.NestedString(q.Object, "spec", "postBuild", "substituteStrategy")
	for _, resource := range built.Resources() {
		changed, err := kustomize.SubstituteVariables(context.Background(), reader, object, resource,
			kustomize.SubstituteWithAlways(strategy == "Always"))
		if err != nil {
			return err
		}
		if changed != nil {
			if _, err = built.Replace(resource); err != nil {
				return err
			}
		}
	}
	return nil
}

func build(q question) (string, error) {
	object, dir := unstructured.Unstructured{Object: q.Object}, filepath.Join(q.Root, q.Path)
	if _, err := os.Stat(dir); err != nil {
		return "", err
	}
	action, err := kustomize.NewGenerator(q.Root, object).WriteFile(dir, kustomize.WithSaveOriginalKustomization())
	defer kustomize.CleanDirectory(dir, action)
	if err != nil {
		return "", err
	}
	built, err := kustomize.SecureBuild(q.Root, dir, false)
	if err != nil {
		return "", err
	}
	if err = substitute(q, object, built); err != nil {
		return "", err
	}
	text, err := built.AsYaml()
	return string(text), err
}

func main() {
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		text, err := build(q)
		a := answer{Text: text}
		if err != nil {
			a.Error = err.Error()
		}
		if err = out.Encode(a); err != nil {
			panic(err)
		}
	}
}
