#!/bin/sh
# Writes how many replicas each part of a service misses, for `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh and kubectl.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${NAMESPACE:?set it to the namespace of the workloads}"
: "${PARTS:?set it to what must run, part by part, such as: writing=deployment/a,statefulset/b reading=deployment/c}"
: "${METRICS_FILE:?set it to the file to write}"

# "<wanted> <available>", or nothing when the workload is not there.
replicas() { # kind/name
    kubectl --namespace "$NAMESPACE" get "$1" --ignore-not-found \
        --output 'jsonpath={.spec.replicas} {.status.availableReplicas}'
}

metrics=
for entry in $PARTS; do
    part=${entry%%=*}
    missing=0
    for workload in $(echo "${entry#*=}" | tr ',' ' '); do
        found=$(replicas "$workload")
        wanted=${found%% *}
        available=${found#"$wanted"}
        available=${available# }
        if [ -z "$wanted" ] || [ "$wanted" -eq 0 ]; then
            lacks=1 # it is not there, or was scaled to nothing
        else
            lacks=$((wanted - ${available:-0}))
        fi
        [ "$lacks" -ge 0 ] || lacks=0 # a rollout has more than it wants
        missing=$((missing + lacks))
    done
    metrics="$metrics${metrics:+,}{\"MetricName\":\"MissingReplicas\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"$CLUSTER\"},{\"Name\":\"Part\",\"Value\":\"$NAMESPACE/$part\"}],\"Value\":$missing,\"Unit\":\"Count\"}"
done
printf '[%s]\n' "$metrics" >"$METRICS_FILE"
