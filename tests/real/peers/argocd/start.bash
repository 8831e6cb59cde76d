# start.bash: Argo CD's repo-server, application-controller and applicationset-controller. SPDX-License-Identifier: Apache-2.0
# Reads $dir, $argocd and $kustomize (the binaries) and ports from $port: redis, repo-server, then metrics, probes and webhooks.
# One binary is all three, by the name that it is called by. A helm on PATH is used for charts.

settings() { # the objects that an installation brings, for the namespace argocd
  local name data
  printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: argocd }\n'
  for name in argocd-cm argocd-rbac-cm argocd-cmd-params-cm argocd-ssh-known-hosts-cm argocd-tls-certs-cm argocd-gpg-keys-cm; do
    data='{}'
    [ $name != argocd-cm ] || data='{ timeout.reconciliation: 3600s, timeout.reconciliation.jitter: 0s, resource.exclusions: "" }'
    printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: argocd, labels: { app.kubernetes.io/part-of: argocd } }\ndata: %s\n' \
      $name "$data"
  done
  cat <<END
---
apiVersion: v1
kind: Secret
metadata: { name: argocd-secret, namespace: argocd, labels: { app.kubernetes.io/part-of: argocd } }
stringData: { server.secretkey: "$(openssl rand -hex 16)" }
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: default, namespace: argocd }
spec: { sourceRepos: ["*"], destinations: [{ namespace: "*", server: "*" }], clusterResourceWhitelist: [{ group: "*", kind: "*" }] }
END
}

start_argocd() {
  local names=$dir/names name redis=127.0.0.1:$port repo=127.0.0.1:$((port + 1)) environment
  mkdir -p "$names" "$dir/argocd"/{tls,ssh,plugins}
  for name in repo-server application-controller applicationset-controller git-ask-pass; do
    ln -s "$argocd/argocd" "$names/argocd-$name"
  done
  ln -s "$kustomize/kustomize" "$names/kustomize"
  printf '#!/bin/sh\nexit 0\n' >"$names/git-verify-wrapper.sh" # asked for each revision: not signed
  chmod +x "$names/git-verify-wrapper.sh"
  environment=(env "KUBECONFIG=$dir/admin.kubeconfig" "TMPDIR=$dir/tmp" "PATH=$names:$PATH" ARGOCD_FAKE_IN_CLUSTER=true
    ARGOCD_GPG_ENABLED=false "ARGOCD_TLS_DATA_PATH=$dir/argocd/tls" "ARGOCD_SSH_DATA_PATH=$dir/argocd/ssh"
    "ARGOCD_PLUGINSOCKFILEPATH=$dir/argocd/plugins" ARGOCD_RECONCILIATION_TIMEOUT=3600s)
  define "$argocd/crds"
  settings | k apply --server-side -f - >/dev/null
  start redis "$argocd/argocd-redis" -addr "$redis"
  await 30 listening "$port"
  start argocd-repo-server "${environment[@]}" "$names/argocd-repo-server" --redis "$redis" --address 127.0.0.1 --port $((port + 1)) \
    --metrics-address 127.0.0.1 --metrics-port $((port + 2)) --disable-tls --client-ca-path= --loglevel warn
  await 60 listening $((port + 1))
  start argocd-application-controller "${environment[@]}" "$names/argocd-application-controller" --namespace argocd --redis "$redis" \
    --repo-server "$repo" --repo-server-plaintext --metrics-port $((port + 3)) --app-resync 3600 --loglevel info
  start argocd-applicationset-controller "${environment[@]}" "$names/argocd-applicationset-controller" --namespace argocd \
    --argocd-repo-server "$repo" --repo-server-plaintext --metrics-addr "127.0.0.1:$((port + 4))" \
    --probe-addr "127.0.0.1:$((port + 5))" --webhook-addr "127.0.0.1:$((port + 6))" --loglevel info
  await 60 listening $((port + 3))
  await 60 listening $((port + 5)) # it registers no check there
}
