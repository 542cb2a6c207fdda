#!/bin/bash
# The liveness probe of the gateway: it answers, and it runs with the password and the certificates that are there now.
#
#   reload.sh <file of the database's password> <folder of folders of certificates> <port of the status API>
#
# Kubernetes writes a rotated password and a renewed certificate into the container's files and tells nobody. Kong reads
# both when it starts and when it reloads; a reload loses no request. A probe that fails has the container started anew,
# which reads them too.
set -uo pipefail

password_file=$1 certificates=$2 port=$3
applied="${KONG_PREFIX%/}/.applied"

fingerprint() {
  { printf '%s' "$1"; cat "$certificates"/*/tls.crt; } | sha256sum
}

answers() {
  local status=""
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET /status HTTP/1.0\r\n\r\n' >&3
  read -r -t 5 status <&3
  exec 3>&-
  [[ $status == *" 200 "* ]]
}

password=$(<"$password_file") || exit 1
now=$(fingerprint "$password") || exit 1
# what it was started with is in its environment, as long as nothing was applied since
then=$(cat "$applied" 2>/dev/null || fingerprint "$KONG_PG_PASSWORD")
if [[ $now != "$then" ]]; then
  KONG_PG_PASSWORD=$password kong reload --prefix "$KONG_PREFIX" || exit 1
  echo "reloaded: the database's password or a certificate is another one"
fi
printf '%s\n' "$now" >"$applied" || exit 1
answers
