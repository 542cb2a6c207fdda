#!/bin/sh
# Writes how every schedule's backups are, as metrics for `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh, awk and kubectl. Reads objects only; Velero itself has no metrics but Prometheus's.
set -eu

: "${VELERO_NAMESPACE:?set it to the namespace that Velero runs in}"
: "${CLUSTER:?set it to the name of the cluster}"
: "${METRICS_FILE:?set it to the file to write}"
: "${DRILL:=}"         # name of the restore drill's CronJob, empty when there is none
: "${DRILL_SCHEDULE:=}"

velero() { kubectl --namespace "$VELERO_NAMESPACE" "$@"; }

facts() {
    velero get schedules.velero.io --output \
        'jsonpath={range .items[*]}schedule {.metadata.name} {.metadata.creationTimestamp}{"\n"}{end}'
    velero get backups.velero.io --selector velero.io/schedule-name --output \
        'jsonpath={range .items[*]}backup {.metadata.labels.velero\.io/schedule-name} {.status.phase} {.metadata.creationTimestamp} {.status.completionTimestamp}{"\n"}{end}'
    if [ -n "$DRILL" ]; then
        velero get cronjobs.batch "$DRILL" --output \
            'jsonpath=drill {.metadata.creationTimestamp} {.status.lastSuccessfulTime}{"\n"}'
    fi
}

# A variable of its own: a pipe would hide that kubectl failed, and half a report is worse than none.
found=$(facts)

printf '%s\n' "$found" | awk -v now="$(date -u +%s)" -v cluster="$CLUSTER" -v drill_schedule="$DRILL_SCHEDULE" '
# Seconds since 1970 of 2026-01-31T04:05:06Z, by the calendar alone: not every awk and date can read it.
function epoch(text,    part, year, month, shifted, days) {
    split(text, part, /[-T:Z]/)
    year = part[1] + 0; month = part[2] + 0
    if (month <= 2) { year--; month += 12 }
    shifted = int((153 * (month - 3) + 2) / 5) + part[3]
    days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + shifted - 719469
    return days * 86400 + part[4] * 3600 + part[5] * 60 + part[6]
}
function metric(name, schedule, value, unit) {
    printf "%s{\"MetricName\":\"%s\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"%s\"},{\"Name\":\"Schedule\",\"Value\":\"%s\"}],\"Value\":%s,\"Unit\":\"%s\"}",
        written++ ? "," : "", name, cluster, schedule, value, unit
}
function hours_since(text) { return sprintf("%.3f", (now - epoch(text)) / 3600) }

$1 == "schedule" { names[++count] = $2; created[$2] = $3 }
# Times of one form sort as text. A backup without an end is still being made, or failed its validation.
$1 == "backup" { ended = $5 == "" ? $4 : $5 }
$1 == "backup" && $3 == "Completed" && ended > good[$2] { good[$2] = ended }
$1 == "backup" && ($3 == "Failed" || $3 == "FailedValidation") { bad[++fails, "of"] = $2; bad[fails, "at"] = ended }
$1 == "backup" && $3 == "PartiallyFailed" { part[++parts, "of"] = $2; part[parts, "at"] = ended }
$1 == "drill" { drilled = $3 == "" ? $2 : $3 }

END {
    printf "["
    for (i = 1; i <= count; i++) {
        name = names[i]; failed = partial = 0
        for (j = 1; j <= fails; j++) failed += bad[j, "of"] == name && bad[j, "at"] > good[name]
        for (j = 1; j <= parts; j++) partial += part[j, "of"] == name && part[j, "at"] > good[name]
        # A schedule without a backup yet is as old as itself, so that a new one has its hours too.
        metric("HoursSinceSuccessfulBackup", name, hours_since(good[name] == "" ? created[name] : good[name]), "None")
        metric("FailedBackups", name, failed, "Count")
        metric("PartiallyFailedBackups", name, partial, "Count")
    }
    if (drilled != "") metric("HoursSinceSuccessfulDrill", drill_schedule, hours_since(drilled), "None")
    print "]"
    if (!written) { print "There is no schedule to report on." > "/dev/stderr"; exit 1 }
}' >"$METRICS_FILE"
