#!/bin/sh
# Uploads the snapshot that save.sh left, encrypted with the given key, and tells CloudWatch that there is a new one.
#
# Runs in the AWS CLI's image. Nothing is published when nothing was uploaded: the alarm treats missing data as
# breaching.
set -eu

: "${SNAPSHOT_FOLDER:?set it to the folder that save.sh filled}"
: "${BUCKET:?set it to the name of the snapshot bucket}"
: "${KMS_KEY_ARN:?set it to the ARN of the key}"
: "${CLUSTER:?set it to the name of the Vault cluster}"
: "${METRIC_NAMESPACE:=Groundplan/Vault}"

say() { printf '%s\n' "$*" >&2; }

snapshot=$SNAPSHOT_FOLDER/vault.snap
if [ ! -s "$snapshot" ]; then
    say "There is no snapshot at $snapshot: see the log of the container that saves it."
    exit 1
fi
bytes=$(wc -c <"$snapshot" | tr -d ' ')

# UTC, and sortable: the newest snapshot is the last one of a listing.
key=$CLUSTER/$(date -u +%Y/%m/%d)/$(date -u +%Y%m%dT%H%M%SZ).snap

# The checksum travels along, so S3 refuses what arrives damaged; the role cannot read back what it wrote.
aws s3 cp "$snapshot" "s3://$BUCKET/$key" \
    --only-show-errors \
    --sse aws:kms \
    --sse-kms-key-id "$KMS_KEY_ARN" \
    --checksum-algorithm SHA256
rm -f "$snapshot"

aws cloudwatch put-metric-data \
    --namespace "$METRIC_NAMESPACE" \
    --metric-data "MetricName=SnapshotBytes,Value=$bytes,Unit=Bytes,Dimensions=[{Name=Cluster,Value=$CLUSTER}]"

say "Uploaded $bytes bytes to s3://$BUCKET/$key"
