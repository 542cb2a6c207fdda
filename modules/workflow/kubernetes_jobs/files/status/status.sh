#!/bin/sh
# Writes how the jobs of a namespace are, for `aws cloudwatch put-metric-data --metric-data file://...`: how many failed,
# and for how many minutes each CronJob has not succeeded.
#
# Runs in an image with sh, awk and kubectl.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${NAMESPACE:?set it to the namespace of the jobs}"
: "${CRON_JOBS:=}" # those that are told of, by blanks
: "${METRICS_FILE:?set it to the file to write}"

facts() {
    kubectl --namespace "$NAMESPACE" get cronjobs.batch --output \
        'jsonpath={range .items[*]}cronjob|{.metadata.name}|{.spec.suspend}|{.status.lastSuccessfulTime}|{.metadata.creationTimestamp}{"\n"}{end}' &&
        kubectl --namespace "$NAMESPACE" get jobs.batch --output \
            'jsonpath={range .items[*]}job|{.metadata.name}|{.status.conditions[?(@.type=="Failed")].status}{"\n"}{end}'
}

# A variable of its own: a pipe would hide that kubectl failed, and half a report is worse than none.
found=$(facts)

printf '%s\n' "$found" | awk -F '|' -v now="$(date -u +%s)" -v cluster="$CLUSTER" -v namespace="$NAMESPACE" \
    -v cron_jobs="$CRON_JOBS" '
# Seconds since 1970 of 2026-01-31T04:05:06Z, by the calendar alone: not every awk and date can read it.
function epoch(text,    part, year, month, shifted, days) {
    split(text, part, /[-T:Z]/)
    year = part[1] + 0; month = part[2] + 0
    if (month <= 2) { year--; month += 12 }
    shifted = int((153 * (month - 3) + 2) / 5) + part[3]
    days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + shifted - 719469
    return days * 86400 + part[4] * 3600 + part[5] * 60 + part[6]
}
function metric(name, more, value) {
    printf "%s{\"MetricName\":\"%s\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"%s\"},{\"Name\":\"Namespace\",\"Value\":\"%s\"}%s],\"Value\":%d}",
        written++ ? "," : "", name, cluster, namespace, more, value
}
BEGIN { printf "["; count = split(cron_jobs, names, " ") }
# One that never succeeded counts from its making, and one that is suspended not at all.
$1 == "cronjob" { minutes[$2] = $3 == "true" ? 0 : (now - epoch($4 == "" ? $5 : $4)) / 60; there[$2] = 1 }
$1 == "job" { failed += $3 == "True" }
END {
    metric("FailedJobs", "", failed + 0)
    for (i = 1; i <= count; i++)
        if (names[i] in there)
            metric("MinutesSinceSuccess", sprintf(",{\"Name\":\"CronJob\",\"Value\":\"%s\"}", names[i]), minutes[names[i]])
    print "]"
}' >"$METRICS_FILE"
