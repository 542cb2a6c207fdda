"""Every message about settings that the helpers of modules read alike."""

from __future__ import annotations

from groundplan.problems import Problem

__all__ = ["copied_onto_itself", "crds_not_fetched", "crds_not_upgraded"]


def copied_onto_itself(path: str, region: str, topic_arn: str) -> Problem:
    """Copies that would lie in the region of what is copied: whatever takes the region takes both."""
    return Problem(
        path,
        f'must be another region than the module\'s own, got "{region}", which alarm_topic_arn is in too: '
        f'"{topic_arn}"',
        "Name the region that the copies go to; if the module itself is in another one, give it an alarm topic there.",
    )


def crds_not_upgraded(where: str, chart: str, path: str, said: tuple[str, bool] | None) -> Problem:
    """A release that brings definitions in a folder crds, and nobody upgrades them.

    `said` is the value that was said to have them upgraded or left out, and what it would have to be.
    """
    told = f", and the value {said[0]}, which was said to decide, is not {str(said[1]).lower()}" if said else ""
    return Problem(
        where,
        f"releases {chart}, which has custom resource definitions in {path}: Helm installs them once and never "
        f"upgrades them{told}",
        "Give release() crds=crd_upgrade(...) with an optional CrdUpgrade input, or crds_by_hook(path) where a hook of "
        "the chart upgrades them, crds_left_out(path) where a value leaves out the chart inside that has them, or "
        "skip_crds=True where another release has them in its templates.",
    )


def crds_not_fetched(where: str, chart: str) -> Problem:
    """A chart whose definitions no job can fetch."""
    return Problem(
        where,
        f"cannot have a job upgrade the custom resource definitions of {chart}: the job fetches the archive that an "
        "index of a Helm repository has under the digest in the lock, and takes files of folders crds",
        "Lock the chart from its repository with groundplan charts lock; for one in a registry, or without folders "
        "crds, leave crd_upgrade out.",
    )
