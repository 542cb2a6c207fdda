"""The review's note in the merge request of a GitLab pipeline."""

from __future__ import annotations

import os
from pathlib import Path

from groundplan.review import Pipeline, PostedNote, post_note

from . import errors

__all__ = ["post"]

# the project is the merge request's, not the pipeline's (CI_PROJECT_ID): a fork's pipeline runs in the fork
# https://docs.gitlab.com/ci/variables/predefined_variables/#predefined-variables-for-merge-request-pipelines
_TEXTS = ("CI_SERVER_URL", "GROUNDPLAN_GITLAB_TOKEN")
_NUMBERS = ("CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_IID", "CI_PIPELINE_ID")


def post(note: Path) -> PostedNote:
    """Posts the file into the merge request that the pipeline's variables name.

    Raises BadInput outside of a merge request's pipeline, ToolFailed when GitLab does not take the note.
    """
    texts = {name: os.environ.get(name, "").strip() for name in (*_TEXTS, *_NUMBERS)}
    missing = [name for name in _TEXTS if not texts[name]]
    missing += [name for name in _NUMBERS if not (texts[name].isascii() and texts[name].isdigit())]
    if missing:
        raise errors.no_merge_request(missing)
    return post_note(
        int(texts["CI_MERGE_REQUEST_PROJECT_ID"]),
        int(texts["CI_MERGE_REQUEST_IID"]),
        url=texts["CI_SERVER_URL"],
        token=texts["GROUNDPLAN_GITLAB_TOKEN"],
        body=note.read_text(encoding="utf-8"),
        pipeline=Pipeline(int(texts["CI_PIPELINE_ID"]), os.environ.get("CI_COMMIT_SHA", "")),
    )
