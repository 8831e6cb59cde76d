# start.bash: Flux's source-controller and kustomize-controller against the cluster. SPDX-License-Identifier: Apache-2.0
# Reads $dir, $flux (the binaries) and ports from $port: artifacts, then metrics and health of each.
# Kustomizations with the label sharding.fluxcd.io/key: lenient have a controller of their own: StrictPostBuildSubstitutions, which
# is on unless it is switched off, is a feature of the whole controller.

applier() { # applier NAME OFFSET ARG…: a kustomize-controller, its metrics at that port and its health at the next
  local name=$1 at=$((port + $2))
  shift 2
  start "$name" "${environment[@]}" "$flux/kustomize-controller" "${common[@]}" --requeue-dependency=1s \
    --metrics-addr="127.0.0.1:$at" --health-addr="127.0.0.1:$((at + 1))" "$@"
}

start_flux() {
  local health
  local common=(--watch-all-namespaces=true --enable-leader-election=false --events-addr= --log-encoding=json --interval-jitter-percentage=0)
  local environment=(env "KUBECONFIG=$dir/admin.kubeconfig" RUNTIME_NAMESPACE=flux-system "TMPDIR=$dir/tmp")
  mkdir -p "$dir/artifacts"
  define "$flux/crds"
  k create namespace flux-system >/dev/null
  start source-controller "${environment[@]}" "$flux/source-controller" "${common[@]}" --storage-path="$dir/artifacts" \
    --storage-addr="127.0.0.1:$port" --storage-adv-addr="127.0.0.1:$port" --metrics-addr="127.0.0.1:$((port + 1))" \
    --health-addr="127.0.0.1:$((port + 2))"
  applier kustomize-controller 3 --watch-label-selector='!sharding.fluxcd.io/key'
  applier kustomize-controller-lenient 5 --watch-label-selector=sharding.fluxcd.io/key=lenient \
    --feature-gates=StrictPostBuildSubstitutions=false
  for health in 2 4 6; do await 60 ready "http://127.0.0.1:$((port + health))/readyz"; done
}
