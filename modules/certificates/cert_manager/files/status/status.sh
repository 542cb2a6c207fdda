#!/bin/sh
# Writes how certificates and issuers are, as metrics for `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh, awk and kubectl. Reads objects only, no secrets; cert-manager has no metrics but Prometheus's.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${METRICS_FILE:?set it to the file to write}"
: "${NOT_READY_MINUTES:?set it to how long something may be not ready, in minutes}"
: "${PRIVATE_CA:=}"   # not empty when the kinds of aws-privateca-issuer are there
: "${CERTIFICATES:=}" # namespace/name of those whose days are told, by blanks

# Fields are parted by a bar, since every one but the names may be missing. -A also lists what has no namespace.
common='{.metadata.namespace}|{.metadata.name}|{.status.conditions[?(@.type=="Ready")].status}|{.status.conditions[?(@.type=="Ready")].lastTransitionTime}|{.metadata.creationTimestamp}'

list() { # $1 what the lines are called, $2 kind, $3 further fields
    kubectl get "$2" -A --output "jsonpath={range .items[*]}$1|$common$3{\"\\n\"}{end}"
}

facts() {
    list certificate certificates.cert-manager.io '|{.status.notAfter}|{.status.renewalTime}' &&
        list issuer clusterissuers.cert-manager.io '' &&
        list issuer issuers.cert-manager.io '' || return
    if [ -n "$PRIVATE_CA" ]; then
        list issuer awspcaclusterissuers.awspca.cert-manager.io '' &&
            list issuer awspcaissuers.awspca.cert-manager.io ''
    fi
}

# A variable of its own: a pipe would hide that kubectl failed, and half a report is worse than none.
found=$(facts)

printf '%s\n' "$found" | awk -F '|' -v now="$(date -u +%s)" -v cluster="$CLUSTER" -v minutes="$NOT_READY_MINUTES" \
    -v certificates="$CERTIFICATES" '
# Seconds since 1970 of 2026-01-31T04:05:06Z, by the calendar alone: not every awk and date can read it.
function epoch(text,    part, year, month, shifted, days) {
    split(text, part, /[-T:Z]/)
    year = part[1] + 0; month = part[2] + 0
    if (month <= 2) { year--; month += 12 }
    shifted = int((153 * (month - 3) + 2) / 5) + part[3]
    days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + shifted - 719469
    return days * 86400 + part[4] * 3600 + part[5] * 60 + part[6]
}
function dimension(name, value) { return sprintf(",{\"Name\":\"%s\",\"Value\":\"%s\"}", name, value) }
function metric(name, more, value, unit) {
    printf "%s{\"MetricName\":\"%s\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"%s\"}%s],\"Value\":%s,\"Unit\":\"%s\"}",
        written++ ? "," : "", name, cluster, more, value, unit
}
# What never had the condition counts from its making.
function not_ready() { return $4 != "True" && now - epoch($5 == "" ? $6 : $5) > minutes * 60 }

BEGIN {
    printf "["
    count = split(certificates, names, " ")
    for (i = 1; i <= count; i++) told[names[i]] = 1
}
$1 == "certificate" { bad += not_ready() }
$1 == "issuer" { bad_issuers += not_ready() }
# Half of the time between the renewal and the end has passed, whether that is weeks or minutes.
$1 == "certificate" && $7 != "" && $8 != "" { late += now > (epoch($7) + epoch($8)) / 2 }
$1 == "certificate" && $7 != "" && ($2 "/" $3) in told {
    metric("DaysToExpiry", dimension("Namespace", $2) dimension("Certificate", $3), sprintf("%.3f", (epoch($7) - now) / 86400), "None")
}
END {
    metric("NotReadyCertificates", "", bad + 0, "Count")
    metric("LateCertificates", "", late + 0, "Count")
    metric("NotReadyIssuers", "", bad_issuers + 0, "Count")
    print "]"
}' >"$METRICS_FILE"
