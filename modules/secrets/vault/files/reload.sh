#!/bin/sh
# Keeps a Vault server's files fresh: rotates its audit log, and has it read a renewed certificate.
#
# Runs beside the server, in Vault's image, as the same user, with shareProcessNamespace. Vault neither rotates its
# audit log (and stops serving when the disk is full) nor looks for a new certificate (and serves the old one until it
# ends). On SIGHUP it opens both again. https://developer.hashicorp.com/vault/docs/audit/file#sending-a-sighup
set -eu

: "${TLS_FOLDER:?set it to the folder of the certificate}"
: "${AUDIT_LOG:=/vault/audit/audit.log}"
: "${MAX_BYTES:=268435456}"
: "${KEEP_FILES:=4}"
: "${PAUSE_SECONDS:=30}"
: "${ROUNDS:=0}"

say() { printf '%s\n' "$*" >&2; }
trap 'exit 0' INT TERM

certificate() { cksum "$TLS_FOLDER/tls.crt" "$TLS_FOLDER/tls.key" 2>/dev/null || :; }

too_long() {
    [ -f "$AUDIT_LOG" ] && [ "$(wc -c <"$AUDIT_LOG" | tr -d ' ')" -ge "$MAX_BYTES" ]
}

# Renaming first loses no record: Vault goes on writing to the renamed file until it opens the new one, and the log
# shipper follows the file, not its name.
rotate() {
    number=$KEEP_FILES
    rm -f "$AUDIT_LOG.$number"
    while [ "$number" -gt 1 ]; do
        older=$((number - 1))
        if [ -f "$AUDIT_LOG.$older" ]; then
            mv "$AUDIT_LOG.$older" "$AUDIT_LOG.$number"
        fi
        number=$older
    done
    mv "$AUDIT_LOG" "$AUDIT_LOG.1"
}

hang_up() {
    if server=$(pidof vault); then
        # Unquoted on purpose: pidof may name several.
        # shellcheck disable=SC2086
        kill -HUP $server && return 0
    fi
    say "There is no Vault process to signal: does the pod share its process namespace, and is the user the same?"
    return 1
}

known=$(certificate)
owed=no
round=0
while :; do
    now=$(certificate)
    # A moment without a file is a renewal that is being written: look again in the next round.
    if [ -n "$now" ] && [ "$now" != "$known" ]; then
        say "The certificate is new."
        known=$now
        owed=yes
    fi
    if too_long; then
        say "The audit log is rotated."
        rotate
        owed=yes
    fi
    # What could not be signalled is tried again: a renamed log that Vault still writes to is not shipped for ever.
    if [ "$owed" = yes ] && hang_up; then
        owed=no
    fi
    round=$((round + 1))
    if [ "$ROUNDS" -gt 0 ] && [ "$round" -ge "$ROUNDS" ]; then
        break
    fi
    sleep "$PAUSE_SECONDS"
done
