#!/bin/sh
# A restore drill: takes the newest good backup of a schedule, restores one namespace of it under another name, looks
# whether what must be there is there, and tidies up.
#
# Runs in an image with sh and kubectl. Leaves its result in RESULT_FILE for report.sh, and then ends well even when the
# drill did not, or nobody would report it.
set -eu

: "${VELERO_NAMESPACE:?set it to the namespace that Velero runs in}"
: "${SCHEDULE:?set it to the name of the Schedule object, such as velero-daily}"
: "${SOURCE_NAMESPACE:?set it to the namespace to restore}"
: "${SCRATCH_NAMESPACE:?set it to the namespace to restore into}"
: "${EXPECTED:?set it to what must be there, such as deployments.apps/api persistentvolumeclaims}"
: "${RESULT_FILE:?set it to a file that report.sh shares}"
: "${EXCLUDED_RESOURCES:=}"
: "${RUN_PODS:=false}"
: "${TIMEOUT_SECONDS:=3600}"
: "${POLL_SECONDS:=10}"

LABEL=groundplan.io/restore-drill
restore=drill-$(date -u +%Y%m%d%H%M%S)
started=$(date +%s)
age_seconds=-1
scratch_is_ours=no
restore_is_there=no

say() { printf '%s\n' "$*" >&2; }

velero() { kubectl --namespace "$VELERO_NAMESPACE" "$@"; }

# One line a fact, read by report.sh; moved into place so that nobody reads half of it.
result() {
    say "$2"
    {
        printf 'succeeded=%s\n' "$1"
        printf 'duration_seconds=%s\n' "$(($(date +%s) - started))"
        printf 'backup_age_seconds=%s\n' "$age_seconds"
    } >"$RESULT_FILE.partial"
    mv "$RESULT_FILE.partial" "$RESULT_FILE"
}

tidy() {
    if [ "$restore_is_there" = yes ]; then
        velero delete restores.velero.io "$restore" --ignore-not-found --timeout=120s >&2 ||
            say "The Restore $restore could not be deleted: delete it by hand."
        restore_is_there=no
    fi
    if [ "$scratch_is_ours" = yes ]; then
        kubectl delete namespace "$SCRATCH_NAMESPACE" --ignore-not-found --timeout=600s >&2 ||
            say "The namespace $SCRATCH_NAMESPACE could not be deleted: the next drill tries again."
        scratch_is_ours=no
    fi
}

fail() {
    tidy
    result 0 "The drill failed: $*"
    exit 0
}

# Whatever ends this script unforeseen is a failed drill too.
unforeseen() {
    trap - EXIT
    tidy
    if [ ! -f "$RESULT_FILE" ]; then
        result 0 "The drill failed: it ended unforeseen, see above."
    fi
    exit 0
}
trap unforeseen EXIT
trap 'exit 143' INT TERM

check_name() {
    case $2 in
    *[!a-z0-9.-]* | "") fail "$1 is '$2', which is no Kubernetes name." ;;
    esac
}

rm -f "$RESULT_FILE"
check_name SCHEDULE "$SCHEDULE"
check_name SOURCE_NAMESPACE "$SOURCE_NAMESPACE"
check_name SCRATCH_NAMESPACE "$SCRATCH_NAMESPACE"
case $EXCLUDED_RESOURCES in
*[!a-z0-9.,-]*)
    fail "EXCLUDED_RESOURCES is '$EXCLUDED_RESOURCES': write resources in lower case with commas between."
    ;;
esac
if [ "$SOURCE_NAMESPACE" = "$SCRATCH_NAMESPACE" ]; then
    fail "source and scratch namespace are both $SOURCE_NAMESPACE: the drill would overwrite what it protects."
fi

# 1. The newest backup that is complete: partial ones are not good enough to prove anything with.
each='{.status.completionTimestamp}{" "}{.metadata.name}{"\n"}'
backups=$(velero get backups.velero.io --selector "velero.io/schedule-name=$SCHEDULE" \
    --output "jsonpath={range .items[?(@.status.phase==\"Completed\")]}$each{end}") ||
    fail "the backups of $SCHEDULE could not be listed."
newest=$(printf '%s\n' "$backups" | sort | tail -n 1)
if [ -z "$newest" ]; then
    fail "there is no completed backup of the schedule $SCHEDULE."
fi
backup=${newest#* }
completed=$(printf '%s' "${newest%% *}" | sed 's/T/ /; s/Z$//')
age_seconds=$((started - $(date -u -d "$completed" +%s)))
say "The newest completed backup is $backup, $age_seconds seconds old."

# 2. A scratch namespace of our own. One that is there already must be a drill's leftover, or it is somebody's.
owner=$(kubectl get namespace "$SCRATCH_NAMESPACE" --ignore-not-found \
    --output 'jsonpath={.metadata.name} {.metadata.labels.groundplan\.io/restore-drill}') ||
    fail "the namespace $SCRATCH_NAMESPACE could not be looked up."
case $owner in
"" | " ") ;;
"$SCRATCH_NAMESPACE $SCHEDULE")
    say "An earlier drill left $SCRATCH_NAMESPACE behind."
    kubectl delete namespace "$SCRATCH_NAMESPACE" --ignore-not-found --timeout=600s >&2 ||
        fail "the namespace $SCRATCH_NAMESPACE of an earlier drill cannot be deleted."
    ;;
*) fail "the namespace $SCRATCH_NAMESPACE exists and is not a drill's: choose another name, or delete it." ;;
esac

# Restored workloads must not act on the world: nothing gets in or out, and unless asked for, no pod runs at all.
pods=0
if [ "$RUN_PODS" = true ]; then
    pods=1000
fi
kubectl create --filename - >&2 <<MANIFEST || fail "the namespace $SCRATCH_NAMESPACE could not be created."
apiVersion: v1
kind: Namespace
metadata:
  name: "$SCRATCH_NAMESPACE"
  labels:
    $LABEL: "$SCHEDULE"
MANIFEST
scratch_is_ours=yes
kubectl create --filename - >&2 <<MANIFEST || fail "the namespace $SCRATCH_NAMESPACE could not be closed off."
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: restore-drill
  namespace: "$SCRATCH_NAMESPACE"
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: v1
kind: ResourceQuota
metadata:
  name: restore-drill
  namespace: "$SCRATCH_NAMESPACE"
spec:
  hard:
    pods: "$pods"
    services.loadbalancers: "0"
    services.nodeports: "0"
MANIFEST

# 3. The restore. Network policies add up: one that came back would open what ours has closed. Restored pods would fail
# against a quota of none, so they stay out with it.
excluded=networkpolicies.networking.k8s.io,policyendpoints.networking.k8s.aws
excluded=$excluded,ciliumnetworkpolicies.cilium.io,networkpolicies.crd.projectcalico.org
excluded=$excluded${EXCLUDED_RESOURCES:+,$EXCLUDED_RESOURCES}
if [ "$RUN_PODS" != true ]; then
    excluded=pods,replicasets.apps,$excluded
fi
restore_is_there=yes
velero create --filename - >&2 <<MANIFEST || fail "the Restore $restore could not be created."
apiVersion: velero.io/v1
kind: Restore
metadata:
  name: $restore
  labels:
    $LABEL: "$SCHEDULE"
spec:
  backupName: "$backup"
  includedNamespaces: ["$SOURCE_NAMESPACE"]
  namespaceMapping:
    "$SOURCE_NAMESPACE": "$SCRATCH_NAMESPACE"
  excludedResources: [$excluded]
  restorePVs: true
  existingResourcePolicy: none
MANIFEST

# 4. Until it is over.
while :; do
    phase=$(velero get restores.velero.io "$restore" --output 'jsonpath={.status.phase}') || phase=unknown
    case $phase in
    Completed) break ;;
    Failed | PartiallyFailed | FailedValidation)
        why='{.status.failureReason}{.status.validationErrors}'
        counts='{" errors: "}{.status.errors}{" warnings: "}{.status.warnings}{"\n"}'
        velero get restores.velero.io "$restore" --output "jsonpath=$why$counts" >&2 || :
        fail "the restore of $backup ended as $phase."
        ;;
    esac
    if [ $(($(date +%s) - started)) -ge "$TIMEOUT_SECONDS" ]; then
        fail "the restore of $backup was still $phase after $TIMEOUT_SECONDS seconds."
    fi
    sleep "$POLL_SECONDS"
done

# 5. What must be there: a kind (at least one of it), or a kind and a name.
missing=
for wanted in $EXPECTED; do
    found=$(kubectl --namespace "$SCRATCH_NAMESPACE" get "$wanted" --ignore-not-found --output name) || found=
    if [ -z "$found" ]; then
        missing="$missing $wanted"
    fi
done
if [ -n "$missing" ]; then
    fail "$backup was restored without:$missing."
fi

tidy
result 1 "The drill succeeded: $backup was restored, with: $EXPECTED."
