#!/bin/sh
# Writes how many pods the controller misses, and how many Ingresses and Services wait for a load balancer, for
# `aws cloudwatch put-metric-data --metric-data file://...`.
#
# Runs in an image with sh, awk and kubectl.
set -eu

: "${CLUSTER:?set it to the name of the cluster}"
: "${DEPLOYMENT:?set it to <namespace>/<name> of the controller}"
: "${LOAD_BALANCER_CLASS:?set it to the class that Services name}"
: "${METRICS_FILE:?set it to the file to write}"
: "${INGRESS_CLASSES:=}" # names of the IngressClasses, by blanks

# "<wanted> <available>", or nothing when the Deployment is not there.
replicas=$(kubectl --namespace "${DEPLOYMENT%/*}" get deployment "${DEPLOYMENT#*/}" --ignore-not-found \
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

# <class>|<where the load balancer is>, which is empty as long as there is none. What is being deleted waits for nothing.
# Variables of their own: a pipe would hide that kubectl failed, and half a report is worse than none.
address='{.status.loadBalancer.ingress[0].hostname}{.status.loadBalancer.ingress[0].ip}|{.metadata.deletionTimestamp}{"\n"}{end}'
ingresses=$(kubectl get ingresses.networking.k8s.io --all-namespaces \
    --output "jsonpath={range .items[*]}{.spec.ingressClassName}|$address")
services=$(kubectl get services --all-namespaces \
    --output "jsonpath={range .items[*]}{.spec.loadBalancerClass}|$address")
waiting=$(printf '%s\n%s\n' "$ingresses" "$services" | awk -F '|' -v classes="$INGRESS_CLASSES $LOAD_BALANCER_CLASS" '
BEGIN {
    count = split(classes, names, " ")
    for (i = 1; i <= count; i++) ours[names[i]] = 1
}
$1 in ours && $2 == "" && $3 == "" { waiting++ }
END { print waiting + 0 }')

dimensions="[{\"Name\":\"Cluster\",\"Value\":\"$CLUSTER\"}]"
printf '[{"MetricName":"%s","Dimensions":%s,"Value":%s,"Unit":"Count"},{"MetricName":"%s","Dimensions":%s,"Value":%s,"Unit":"Count"}]\n' \
    MissingReplicas "$dimensions" "$missing" WaitingLoadBalancers "$dimensions" "$waiting" >"$METRICS_FILE"
