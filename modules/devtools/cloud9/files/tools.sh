
# Installs kubectl, Helm and Terraform into /usr/local/bin, each only if its file is what it must be. The lines above say
# which; run again, it leaves alone what is there already. Systems Manager runs it as root.

set -eu
umask 022

bin="${BIN:-/usr/local/bin}"
sums="${SUMS:-/var/lib/groundplan-tools}"
work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT
mkdir -p "${bin}" "${sums}"

fail() {
  echo "tools: $1" >&2
  exit 1
}

# wanted NAME SUM: whether a program is not there that this script installed from a file of this sum
wanted() {
  [ ! -x "${bin}/$1" ] || [ "$(cat "${sums}/$1" 2>/dev/null)" != "$2" ]
}

# fetch URL FILE SUM NAME
fetch() {
  curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$2" "$1" ||
    fail "could not download $1: the subnet must have a way to the internet"
  echo "$3  $2" | sha256sum --check --status ||
    fail "$4 is not what it must be: its sum is $(sha256sum "$2" | cut -d ' ' -f 1), and $3 is wanted; it is not installed"
}

# place FILE NAME SUM
place() {
  install -m 0755 "$1" "${bin}/$2.new"
  mv "${bin}/$2.new" "${bin}/$2"
  echo "$3" >"${sums}/$2"
  echo "tools: installed $2"
}

if wanted kubectl "${KUBECTL_SHA256}"; then
  fetch "https://dl.k8s.io/release/v${KUBECTL_VERSION}/bin/linux/amd64/kubectl" "${work}/kubectl" \
    "${KUBECTL_SHA256}" "kubectl ${KUBECTL_VERSION}"
  place "${work}/kubectl" kubectl "${KUBECTL_SHA256}"
fi

if wanted helm "${HELM_SHA256}"; then
  fetch "https://get.helm.sh/helm-v${HELM_VERSION}-linux-amd64.tar.gz" "${work}/helm.tar.gz" \
    "${HELM_SHA256}" "Helm ${HELM_VERSION}"
  tar -xzf "${work}/helm.tar.gz" -C "${work}" linux-amd64/helm
  place "${work}/linux-amd64/helm" helm "${HELM_SHA256}"
fi

if wanted terraform "${TERRAFORM_SHA256}"; then
  fetch "https://releases.hashicorp.com/terraform/${TERRAFORM_VERSION}/terraform_${TERRAFORM_VERSION}_linux_amd64.zip" \
    "${work}/terraform.zip" "${TERRAFORM_SHA256}" "Terraform ${TERRAFORM_VERSION}"
  # both images have Python, and not both unzip
  python3 -m zipfile -e "${work}/terraform.zip" "${work}/terraform"
  place "${work}/terraform/terraform" terraform "${TERRAFORM_SHA256}"
fi
