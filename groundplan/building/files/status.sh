#!/bin/sh
# Writes how many replicas every workload misses, for `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh and kubectl. That the metrics arrive at all proves that the cluster's DNS answers: the
# publisher has to find CloudWatch by its name.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${WORKLOADS:?set it to what must run, such as: kube-system/deployment/coredns}"
: "${METRICS_FILE:?set it to the file to write}"

# "<wanted> <available>", or nothing when the workload is not there.
replicas() { # namespace kind name
    case $2 in
    deployment | statefulset) fields='{.spec.replicas} {.status.availableReplicas}' ;;
    daemonset) fields='{.status.desiredNumberScheduled} {.status.numberAvailable}' ;;
    *) echo "$2 is no kind that this script knows" >&2 && return 1 ;;
    esac
    kubectl --namespace "$1" get "$2" "$3" --ignore-not-found --output "jsonpath=$fields"
}

metrics=
for workload in $WORKLOADS; do
    namespace=${workload%%/*}
    name=${workload##*/}
    kind=${workload#*/}
    kind=${kind%/*}
    found=$(replicas "$namespace" "$kind" "$name")
    wanted=${found%% *}
    available=${found#"$wanted"}
    available=${available# }
    if [ -z "$wanted" ] || { [ "$wanted" -eq 0 ] && [ "$kind" != daemonset ]; }; then
        missing=1 # it is not there, or was scaled to nothing
    else
        missing=$((wanted - ${available:-0}))
    fi
    [ "$missing" -ge 0 ] || missing=0 # a rollout has more than it wants
    metrics="$metrics${metrics:+,}{\"MetricName\":\"MissingReplicas\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"$CLUSTER\"},{\"Name\":\"Workload\",\"Value\":\"$namespace/$name\"}],\"Value\":$missing,\"Unit\":\"Count\"}"
done
printf '[%s]\n' "$metrics" >"$METRICS_FILE"
