#!/bin/sh
# Writes how many of Grafana's replicas are ready, as metrics for `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh, awk and kubectl. Reads workloads of its own namespace, and nothing else.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${METRICS_FILE:?set it to the file to write}"
: "${NAMESPACE:?set it to the namespace of Grafana}"
: "${RELEASE:?set it to the name of the release}"

# A variable of its own: a pipe would hide that kubectl failed.
found=$(kubectl --namespace "$NAMESPACE" get statefulsets.apps,deployments.apps \
    --selector "app.kubernetes.io/name=grafana,app.kubernetes.io/instance=$RELEASE" \
    --output 'jsonpath={range .items[*]}{.spec.replicas}|{.status.readyReplicas}{"\n"}{end}')

printf '%s\n' "$found" | awk -F '|' -v cluster="$CLUSTER" -v release="$NAMESPACE/$RELEASE" '
function metric(name, value) {
    printf "%s{\"MetricName\":\"%s\",\"Dimensions\":[{\"Name\":\"Cluster\",\"Value\":\"%s\"},{\"Name\":\"Release\",\"Value\":\"%s\"}],\"Value\":%d,\"Unit\":\"Count\"}",
        written++ ? "," : "", name, cluster, release, value
}
BEGIN { printf "[" }
$1 != "" { wanted += $1; ready += $2; seen++ }
END {
    # a release that is gone has nothing ready
    metric("ReadyReplicas", ready + 0)
    metric("MissingReplicas", seen ? wanted - ready : 1)
    print "]"
}' >"$METRICS_FILE"
