#!/bin/sh
# Saves a raft snapshot of Vault into a folder that the next container shares, and checks that it is whole.
#
# Runs in Vault's own image. Vault answers a snapshot on its active node only, so VAULT_ADDR is that of the service
# "<release>-active". https://developer.hashicorp.com/vault/docs/commands/operator/raft#snapshot-save
set -eu

: "${VAULT_ADDR:?set it to https://<release>-active.<namespace>.svc:8200}"
: "${VAULT_ROLE:?set it to the role of the kubernetes auth method}"
: "${SNAPSHOT_FOLDER:?set it to the folder that the upload shares}"
: "${VAULT_AUTH_PATH:=kubernetes}"
: "${SERVICE_ACCOUNT_TOKEN_FILE:=/var/run/secrets/kubernetes.io/serviceaccount/token}"
: "${ATTEMPTS:=3}"
: "${PAUSE_SECONDS:=10}"

say() { printf '%s\n' "$*" >&2; }

case $VAULT_ADDR in
https://*) ;;
*)
    say "VAULT_ADDR is $VAULT_ADDR: a snapshot travels over https only."
    exit 2
    ;;
esac
if [ ! -r "$SERVICE_ACCOUNT_TOKEN_FILE" ]; then
    say "There is no service account token at $SERVICE_ACCOUNT_TOKEN_FILE: mount one, with the audience of the role."
    exit 2
fi

umask 077
partial=$SNAPSHOT_FOLDER/.vault.snap.partial
snapshot=$SNAPSHOT_FOLDER/vault.snap
rm -f "$partial" "$snapshot"

tidy() {
    rm -f "$partial"
    if [ -n "${VAULT_TOKEN:-}" ]; then
        vault token revoke -self >/dev/null 2>&1 || say "The token could not be revoked; it ends with its TTL."
    fi
}
trap tidy EXIT
trap 'exit 143' INT TERM

# The token of the service account goes in by file and Vault's comes back into a variable: neither is an argument, which
# every process could read, nor a line of output.
login=auth/$VAULT_AUTH_PATH/login
if ! VAULT_TOKEN=$(vault write -field=token "$login" "role=$VAULT_ROLE" "jwt=@$SERVICE_ACCOUNT_TOKEN_FILE"); then
    say "Vault refused the login at $login as role $VAULT_ROLE:" \
        "check the role's service account, namespace and audience."
    exit 1
fi
export VAULT_TOKEN

whole() {
    [ -s "$1" ] && gzip -t "$1" 2>/dev/null || return 1
    listing=$(gzip -dc "$1" | tar -tf - 2>/dev/null) || return 1
    for member in meta.json state.bin SHA256SUMS; do
        printf '%s\n' "$listing" | grep -qx "$member" || return 1
    done
}

attempt=1
while :; do
    if vault operator raft snapshot save "$partial"; then
        if whole "$partial"; then
            break
        fi
        say "Attempt $attempt: the snapshot is not whole. A standby node answers so: is VAULT_ADDR the active service?"
    else
        say "Attempt $attempt: Vault did not give a snapshot. Does the role's policy allow read on" \
            "sys/storage/raft/snapshot, and is the cluster unsealed with a leader?"
    fi
    rm -f "$partial"
    if [ "$attempt" -ge "$ATTEMPTS" ]; then
        exit 1
    fi
    attempt=$((attempt + 1))
    sleep "$PAUSE_SECONDS"
done

mv "$partial" "$snapshot"
say "Saved a snapshot of $(wc -c <"$snapshot" | tr -d ' ') bytes."
