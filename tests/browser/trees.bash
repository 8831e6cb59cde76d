# trees.bash: two trees to compare, before and after. SPDX-License-Identifier: Apache-2.0

entry() { # entry NAME: a Kustomization of Flux
  printf 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: flux-system }\n' "$1"
  printf 'spec: { path: ./apps/%s, prune: true, sourceRef: { kind: GitRepository, name: own } }\n---\n' "$1"
}

entries() { # entries NAME…: with the source that they read
  printf 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: flux-system }\n'
  printf 'spec: { url: "ssh://git@git.example/x/own" }\n---\n'
  local name
  for name; do entry "$name"; done
}

manifest() { # manifest APIVERSION KIND NAMESPACE NAME [REST]
  printf 'apiVersion: %s\nkind: %s\nmetadata: { name: %s, namespace: %s }\n%s\n---\n' "$1" "$2" "$4" "$3" "${5-}"
}

podinfo() { # podinfo VERSION REPLICAS PORT TOKEN
  manifest apps/v1 Deployment podinfo podinfo "spec:
  replicas: $2
  template:
    metadata: { labels: { app.kubernetes.io/version: $1 } }
    spec: { containers: [{ name: podinfo, image: 'ghcr.io/stefanprodan/podinfo:$1', args: [--port=$3] }] }"
  manifest v1 ConfigMap podinfo nginx "data:
  nginx.conf: |
    worker_processes auto;
    events { worker_connections 1024; }
    http {
      server {
        listen $3;
        server_name _;
        location / { proxy_pass http://localhost:9898; }
      }
    }"
  manifest v1 Secret podinfo token "stringData: { token: $4 }"
}

few() { # few DIR: one of everything that a comparison says
  local dir=$1 side
  for side in before after; do
    mkdir -p "$dir/$side"/{cluster,apps/{billing,databases,ingress,monitoring,podinfo}}
    entries billing databases ingress monitoring podinfo >"$dir/$side/cluster/flux.yaml"
    manifest v1 ConfigMap monitoring dashboards >"$dir/$side/apps/monitoring/dashboards.yaml"
    manifest v1 ConfigMap databases settings >"$dir/$side/apps/databases/settings.yaml"
    printf 'resources: [nowhere]\n' >"$dir/$side/apps/billing/kustomization.yaml"
  done
  podinfo 6.5.3 2 8080 hunter2 >"$dir/before/apps/podinfo/all.yaml"
  podinfo 6.7.1 3 8443 hunter3 >"$dir/after/apps/podinfo/all.yaml"
  manifest v1 Service podinfo canary 'spec: { ports: [{ name: http, port: 80 }] }' >>"$dir/before/apps/podinfo/all.yaml"
  manifest autoscaling/v2 HorizontalPodAutoscaler podinfo podinfo 'spec: { maxReplicas: 5 }' >>"$dir/after/apps/podinfo/all.yaml"
  local claim='spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 50Gi } } }'
  manifest v1 PersistentVolumeClaim monitoring prometheus "$claim" >"$dir/before/apps/monitoring/claim.yaml"
  manifest v1 PersistentVolumeClaim monitoring prometheus "$claim" >"$dir/after/apps/databases/claim.yaml"
  manifest networking.k8s.io/v1 NetworkPolicy ingress deny-all 'spec: { podSelector: {} }' >"$dir/before/apps/ingress/all.yaml"
  manifest v1 ConfigMap ingress '"</script><img src=x onerror=document.title=1>"' >>"$dir/before/apps/ingress/all.yaml"
  printf 'resources: [gone.yaml]\n' >"$dir/after/apps/ingress/kustomization.yaml"
}

numbered() { # numbered FROM TO NAMESPACE VALUE: ConfigMaps
  awk -v from="$1" -v to="$2" -v namespace="$3" -v value="$4" 'BEGIN {
    for (i = from; i <= to; i++)
      printf "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings-%05d, namespace: %s }\ndata: { level: %s, mode: shared }\n---\n",
        i, namespace, value
  }'
}

many() { # many DIR: 10,000 objects differ: of each of 20 owners 200 go, 200 change, 50 go to the next owner, 50 come
  local dir=$1 i n next names=()
  for ((i = 1; i <= 20; i++)); do names+=("$(printf 'app-%02d' "$i")"); done
  for ((i = 0; i < 20; i++)); do
    n=${names[i]} next=${names[(i + 1) % 20]}
    mkdir -p "$dir"/{before,after}/apps/{"$n","$next"}
    { numbered 1 200 "$n" info && numbered 201 400 "$n" info && numbered 401 450 "$n" info; } >"$dir/before/apps/$n/all.yaml"
    { numbered 201 400 "$n" debug && numbered 451 500 "$n" info; } >"$dir/after/apps/$n/all.yaml"
    numbered 401 450 "$n" info >"$dir/after/apps/$next/taken.yaml"
  done
  mkdir -p "$dir"/{before,after}/cluster
  entries "${names[@]}" | tee "$dir/before/cluster/flux.yaml" >"$dir/after/cluster/flux.yaml"
}
