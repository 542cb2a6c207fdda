#!/bin/sh
# Writes how many pods each Deployment misses, for `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh and kubectl.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${DEPLOYMENTS:?set it to what must run, such as: istio-system/istiod-1-30-3}"
: "${METRICS_FILE:?set it to the file to write}"

metrics=
for deployment in $DEPLOYMENTS; do
    # "<wanted> <available>", or nothing when it is not there
    replicas=$(kubectl --namespace "${deployment%/*}" get deployment "${deployment#*/}" --ignore-not-found \
        --output 'jsonpath={.spec.replicas} {.status.availableReplicas}')
    wanted=${replicas%% *}
    available=${replicas#"$wanted"}
    available=${available# }
    if [ "${wanted:-0}" -eq 0 ]; then
        missing=1 # it is not there, or was scaled to nothing
    else
        missing=$((wanted - ${available:-0}))
    fi
    [ "$missing" -ge 0 ] || missing=0 # a rollout has more than it wants
    metrics="$metrics${metrics:+,}{\"MetricName\":\"MissingReplicas\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"$CLUSTER\"},{\"Name\":\"Workload\",\"Value\":\"$deployment\"}],\"Value\":$missing,\"Unit\":\"Count\"}"
done
printf '[%s]\n' "$metrics" >"$METRICS_FILE"
