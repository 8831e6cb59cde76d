# start.bash: etcd, kube-apiserver and kube-controller-manager, on the loopback. SPDX-License-Identifier: Apache-2.0
# Reads $dir, $kubernetes (the binaries) and ports from $port: API server, etcd, its peers, controller manager.
# Writes $dir/admin.kubeconfig. Pods never run: no scheduler, no kubelet.

quiet() { openssl "$@" 2>>"$dir/log/openssl.log"; }

key() { quiet ecparam -name prime256v1 -genkey -noout -out "$dir/pki/$1.key"; }

signed() { # signed NAME SUBJECT EXTENSION: a certificate of our authority
  key "$1"
  quiet req -new -key "$dir/pki/$1.key" -subj "$2" -out "$dir/pki/$1.csr"
  quiet x509 -req -in "$dir/pki/$1.csr" -CA "$dir/pki/ca.crt" -CAkey "$dir/pki/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf '%s\n' "$3") -out "$dir/pki/$1.crt"
}

certificates() {
  mkdir -p "$dir/pki"
  key ca
  quiet req -x509 -new -key "$dir/pki/ca.key" -subj /CN=peers -days 3650 -out "$dir/pki/ca.crt"
  signed server /CN=kube-apiserver 'subjectAltName=IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes.default.svc'
  signed admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
  signed manager /O=system:masters/CN=system:kube-controller-manager extendedKeyUsage=clientAuth
  key sa
  quiet ec -in "$dir/pki/sa.key" -pubout -out "$dir/pki/sa.pub"
}

kubeconfig() { # kubeconfig NAME: of the user whose certificate has this name
  cat >"$dir/$1.kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: peers
clusters: [{ name: peers, cluster: { server: "https://127.0.0.1:$port", certificate-authority-data: $(base64 -w0 "$dir/pki/ca.crt") } }]
users: [{ name: $1, user: { client-certificate-data: $(base64 -w0 "$dir/pki/$1.crt"), client-key-data: $(base64 -w0 "$dir/pki/$1.key") } }]
contexts: [{ name: peers, context: { cluster: peers, user: $1 } }]
END
  chmod 600 "$dir/$1.kubeconfig"
}

k() { "$kubernetes/kubectl" --kubeconfig "$dir/admin.kubeconfig" "$@"; }

start_kubernetes() {
  local etcd=http://127.0.0.1:$((port + 1)) peer=http://127.0.0.1:$((port + 2)) pki=$dir/pki
  certificates
  kubeconfig admin
  kubeconfig manager
  start etcd "$kubernetes/etcd" --name peers --data-dir "$dir/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "peers=$peer" --unsafe-no-fsync --log-level=warn
  start kube-apiserver "$kubernetes/kube-apiserver" --etcd-servers="$etcd" --bind-address=127.0.0.1 --secure-port="$port" \
    --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" --client-ca-file="$pki/ca.crt" \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --service-account-issuer=https://kubernetes.default.svc --authorization-mode=RBAC --service-cluster-ip-range=10.0.0.0/24 \
    --endpoint-reconciler-type=none --profiling=false --shutdown-delay-duration=0s
  await 90 k get --raw /readyz # without an answer the manager ends
  start kube-controller-manager "$kubernetes/kube-controller-manager" --kubeconfig="$dir/manager.kubeconfig" \
    --authentication-kubeconfig="$dir/manager.kubeconfig" --authorization-kubeconfig="$dir/manager.kubeconfig" \
    --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" --use-service-account-credentials=false \
    --bind-address=127.0.0.1 --secure-port=$((port + 3)) --leader-elect=false --profiling=false \
    --controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller,root-ca-certificate-publisher-controller,clusterrole-aggregation-controller
  await 90 k get namespace default # which is made after /readyz is well
  await 90 k -n default get serviceaccount default
}

define() { # define FOLDER: custom resources, until they are served
  k apply --server-side -f "$1" >/dev/null
  await 60 k wait --for condition=established --timeout=5s -f "$1" # an error while the status is empty
}
