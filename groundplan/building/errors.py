"""Every message about settings that the helpers of modules read alike."""

from __future__ import annotations

from groundplan.problems import Problem

__all__ = ["copied_onto_itself"]


def copied_onto_itself(path: str, region: str, topic_arn: str) -> Problem:
    """Copies that would lie in the region of what is copied: whatever takes the region takes both."""
    return Problem(
        path,
        f'must be another region than the module\'s own, got "{region}", which alarm_topic_arn is in too: '
        f'"{topic_arn}"',
        "Name the region that the copies go to; if the module itself is in another one, give it an alarm topic there.",
    )
