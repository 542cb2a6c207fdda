#!/bin/sh
# Brings the files of a chart's folders crds into HOME: of the very archive whose digest the lock of charts has.
#
# Runs in an image with sh, wget, awk, sha256sum and tar, as Alpine's has. Kubernetes expands a dollar sign before a
# round bracket in a command, so none stands here.
set -eu

: "${REPOSITORY:?set it to the address of the Helm repository}"
: "${SHA256:?set it to the SHA-256 sum of the archive of the chart, in hexadecimal}"
: "${CHART:?set it to the name of the chart}"
: "${CRD_FILES:?set it to the files to bring, by their paths in the chart}"

cd "$HOME"
url=${ARCHIVE_URL:-}
if [ -z "$url" ]; then
    wget -q -T 60 -O index.yaml "$REPOSITORY/index.yaml"
    # Helm writes the keys of an entry by the alphabet: the digest stands before the addresses
    awk -v sum="$SHA256" '
        { gsub(/["\047]/, "") }
        $1 == "digest:" { found = $2 == sum || $2 == "sha256:" sum }
        here { print $2; exit }
        found && $1 == "urls:" { here = 1 }
    ' index.yaml >address
    rm index.yaml
    read -r url <address || true
    if [ -z "$url" ]; then
        echo "$REPOSITORY has no archive of $CHART with the SHA-256 sum $SHA256" >&2
        exit 1
    fi
    case $url in
    *://*) ;;
    *) url=$REPOSITORY/$url ;;
    esac
fi
wget -q -T 60 -O chart.tgz "$url"
echo "$SHA256  chart.tgz" | sha256sum -c - >&2
mkdir -p definitions
for file in $CRD_FILES; do
    # helm package writes plain files below a folder of the chart's name
    tar -xzOf chart.tgz "$CHART/$file" >"definitions/${file##*/}"
done
rm chart.tgz
