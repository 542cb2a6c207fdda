#!/bin/sh
# Applies the definitions that fetch_crds.sh brought, and waits until the API server serves their kinds.
#
# Runs in an image with sh and kubectl. It takes over fields that somebody else applied, Helm among them: what a
# definition says is the chart's to say. A version of a kind that objects are still stored in, the API server keeps.
set -eu

kubectl apply --server-side --force-conflicts --field-manager=groundplan --filename "$HOME/definitions"
kubectl wait --for=condition=Established --timeout=60s --filename "$HOME/definitions"
