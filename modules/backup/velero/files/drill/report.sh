#!/bin/sh
# Publishes the result that drill.sh left as CloudWatch metrics, and fails when the drill did.
#
# Runs in the AWS CLI's image. A drill that never reports is a failed one: the alarm treats missing data as breaching.
set -eu

: "${RESULT_FILE:?set it to the file that drill.sh wrote}"
: "${CLUSTER:?set it to the name of the cluster}"
: "${SCHEDULE:?set it to the name of the Schedule object}"
: "${METRIC_NAMESPACE:=Groundplan/Velero}"

say() { printf '%s\n' "$*" >&2; }

if [ ! -r "$RESULT_FILE" ]; then
    say "There is no result at $RESULT_FILE: see the log of the container that runs the drill."
    exit 1
fi

# The value of a line name=value, when it is a whole number.
fact() {
    value=$(sed -n "s/^$1=//p" "$RESULT_FILE")
    case $value in
    -1) ;;
    "" | *[!0-9]*)
        say "$RESULT_FILE has no number for $1."
        exit 1
        ;;
    esac
    printf '%s' "$value"
}

succeeded=$(fact succeeded)
duration_seconds=$(fact duration_seconds)
backup_age_seconds=$(fact backup_age_seconds)

dimensions="Dimensions=[{Name=Cluster,Value=$CLUSTER},{Name=Schedule,Value=$SCHEDULE}]"
set -- \
    "MetricName=RestoreDrillSucceeded,Value=$succeeded,Unit=Count,$dimensions" \
    "MetricName=RestoreDrillDuration,Value=$duration_seconds,Unit=Seconds,$dimensions"
# Without a backup there is no age to speak of.
if [ "$backup_age_seconds" -ge 0 ]; then
    set -- "$@" "MetricName=BackupAge,Value=$backup_age_seconds,Unit=Seconds,$dimensions"
fi
aws cloudwatch put-metric-data --namespace "$METRIC_NAMESPACE" --metric-data "$@"

if [ "$succeeded" != 1 ]; then
    say "The drill failed: see the log of the container that ran it."
    exit 1
fi
say "The drill took $duration_seconds seconds."
