"""Images of ECR that nobody pulled for long."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import prices
from .findings import Finding
from .region import Region

__all__ = ["delete_image", "stale_images"]

INDEXES = ("application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json")
"""Images that stand for one image an architecture."""
MOST_ASKED = 100
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html"""


def stale_images(region: Region) -> Iterator[Finding]:
    """Images pushed and last pulled before the age, but the newest of each repository, and parts of a fresher index.

    A node that runs an image pulled it once: keep enough of the newest, or say that the repository is kept.
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html (lastRecordedPullTime)
    """
    ecr = region.client("ecr")
    for page in ecr.get_paginator("describe_repositories").paginate():
        for repository in page["repositories"]:
            listed = ecr.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
            tags = {tag["Key"]: tag["Value"] for tag in listed}
            if not region.kept(tags):
                yield from _of(region, ecr, repository["repositoryName"], tags)


def _of(region: Region, ecr: Any, repository: str, tags: Mapping[str, str]) -> Iterator[Finding]:
    days = region.settings.image_age_days
    pages = ecr.get_paginator("describe_images").paginate(repositoryName=repository)
    images = sorted(
        (image for page in pages for image in page["imageDetails"]),
        key=lambda image: (image["imagePushedAt"], image["imageDigest"]),
        reverse=True,
    )
    parts = _parts(ecr, repository, images)
    # what an index stands for is as new as the index, and counts with it
    whole = [image for image in images if image["imageDigest"] not in parts]
    for image in whole[region.settings.newest_images :]:
        last = max(image["imagePushedAt"], image.get("lastRecordedPullTime") or image["imagePushedAt"])
        if last >= region.older_than(days):
            continue
        called = ", ".join(sorted(image.get("imageTags", ()))) or image["imageDigest"][:19]
        yield Finding(
            "stale_image",
            region.name,
            f"{repository}@{image['imageDigest']}",
            f"{repository}:{called}",
            f"last asked for on {last:%Y-%m-%d}",
            prices.gigabytes(image.get("imageSizeInBytes", 0)) * prices.IMAGE_GB,
            tags,
        )


def _parts(ecr: Any, repository: str, images: Sequence[Mapping[str, Any]]) -> set[str]:
    indexes = [
        {"imageDigest": image["imageDigest"]} for image in images if image.get("imageManifestMediaType") in INDEXES
    ]
    found: set[str] = set()
    for start in range(0, len(indexes), MOST_ASKED):
        answer = ecr.batch_get_image(
            repositoryName=repository,
            imageIds=indexes[start : start + MOST_ASKED],
            acceptedMediaTypes=list(INDEXES),
        )
        for image in answer["images"]:
            found |= {part["digest"] for part in json.loads(image["imageManifest"]).get("manifests", ())}
    return found


def delete_image(region: Region, finding: Finding) -> None:
    """Deletes the image with all its tags; RuntimeError with what ECR says of one that it keeps."""
    repository, _, digest = finding.id.partition("@")
    answer = region.client("ecr").batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    if answer.get("failures"):
        raise RuntimeError(answer["failures"][0].get("failureReason", "ECR kept it"))
