
# Installs kubectl and Helm into ~/.local/bin, each only if its file is what it must be, and writes a kubeconfig for the
# cluster. The lines above say which; run again, it leaves alone what is there already.

set -euo pipefail
umask 077

readonly BIN="${HOME}/.local/bin"
work="$(mktemp -d)"
readonly work
trap 'rm -rf "${work}"' EXIT

fail() {
  echo "bootstrap: $1" >&2
  exit 1
}

# fetch URL NAME FILE: from the project's server, or by that name from the bucket
fetch() {
  if [ "${DOWNLOADS}" = bucket ]; then
    aws s3 cp --only-show-errors "s3://${BUCKET}/tools/$2" "$3" ||
      fail "could not read s3://${BUCKET}/tools/$2: somebody has to put it there, or the role lacks the policy ${POLICY}"
  else
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$3" "$1" ||
      fail "could not download $1: where there is no internet, set the module's input downloads to bucket"
  fi
}

# verify FILE SHA256 NAME
verify() {
  echo "$2  $1" | sha256sum --check --status ||
    fail "$3 is not what it must be: its sum is $(sha256sum "$1" | cut -d ' ' -f 1), and $2 is wanted; it is not installed"
}

# current NAME SUM: whether a program is there that this script installed from a file of this sum
current() {
  [ -x "${BIN}/$1" ] && [ "$(cat "${BIN}/.$1.sha256" 2>/dev/null)" = "$2" ]
}

# place FILE NAME SUM
place() {
  install -m 0755 "$1" "${BIN}/$2.new"
  mv "${BIN}/$2.new" "${BIN}/$2"
  echo "$3" >"${BIN}/.$2.sha256"
}

mkdir -p "${BIN}"

if ! current kubectl "${KUBECTL_SHA256}"; then
  fetch "https://dl.k8s.io/release/v${KUBECTL_VERSION}/bin/linux/amd64/kubectl" \
    "kubectl-v${KUBECTL_VERSION}-linux-amd64" "${work}/kubectl"
  verify "${work}/kubectl" "${KUBECTL_SHA256}" "kubectl ${KUBECTL_VERSION}"
  place "${work}/kubectl" kubectl "${KUBECTL_SHA256}"
fi

if ! current helm "${HELM_SHA256}"; then
  archive="helm-v${HELM_VERSION}-linux-amd64.tar.gz"
  fetch "https://get.helm.sh/${archive}" "${archive}" "${work}/${archive}"
  verify "${work}/${archive}" "${HELM_SHA256}" "Helm ${HELM_VERSION}"
  tar -xzf "${work}/${archive}" -C "${work}" linux-amd64/helm
  place "${work}/linux-amd64/helm" helm "${HELM_SHA256}"
fi

aws eks update-kubeconfig --name "${CLUSTER}" --region "${CLUSTER_REGION}" --alias "${CLUSTER}" >/dev/null ||
  fail "could not ask EKS for the cluster ${CLUSTER}: the role needs the policy ${POLICY}"

"${BIN}/kubectl" --context "${CLUSTER}" --request-timeout=5s version >/dev/null 2>&1 ||
  echo "bootstrap: the cluster ${CLUSTER} does not answer: an endpoint that is private answers in its VPC alone, and a" \
    "role needs an access entry" >&2

case ":${PATH}:" in
  *":${BIN}:"*) ;;
  *)
    # shellcheck disable=SC2016
    line='export PATH="${HOME}/.local/bin:${PATH}"'
    grep -qxF "${line}" "${HOME}/.bashrc" 2>/dev/null || echo "${line}" >>"${HOME}/.bashrc"
    echo "bootstrap: open a new shell, or run: source ~/.bashrc"
    ;;
esac

echo "bootstrap: kubectl ${KUBECTL_VERSION} and Helm ${HELM_VERSION} are in ${BIN}, and kubectl is set up for ${CLUSTER}"
