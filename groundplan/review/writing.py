"""Writes every output of the review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.files import write_atomically
from groundplan.plan.meta import PlanMeta
from groundplan.policy.findings import Findings
from groundplan.remembering import Memory
from groundplan.synth.manifest import Manifest

from .markdown import markdown
from .model import Outcome
from .note import note_body
from .page import page
from .reading import read_review
from .reloading import READABLE, write_page
from .reports import code_quality, junit, terraform_report
from .words import standing

if TYPE_CHECKING:
    from groundplan.rendering import Renders

__all__ = ["ReviewFiles", "write_review"]


@dataclass(frozen=True)
class ReviewFiles:
    """What was written, and the verdict: `outcome`, and in one line `verdict`."""

    markdown: Path
    html: Path
    terraform: Path
    codequality: Path
    junit: Path
    note: Path
    outcome: Outcome
    verdict: str


def write_review(
    out_folder: Path,
    *,
    manifest: Manifest | None,
    findings: Findings,
    plans: Mapping[str, Path],
    metas: Mapping[str, PlanMeta],
    project: Path,
    blob_url: str | None = None,
    holds_data: Callable[[str], bool] | None = None,
    memory: Memory | None = None,
    watched: bool = False,
    renders: Renders | None = None,
) -> ReviewFiles:
    """Writes review.md, review.html and gitlab/{terraform.json,codequality.json,junit.xml,note.md} below `out_folder`.

    `plans` names for each stack the file that `terraform show -json` wrote, `metas` how it came about. `project` is
    the folder that the findings' files are relative to. `blob_url` is where those files are shown at this commit (in
    GitLab CI `$CI_PROJECT_URL/-/blob/$CI_COMMIT_SHA`), for links; without it file and line are plain text.
    `holds_data(type)` tells which resource types keep data, by default groundplan.plan.checks. `memory` is of earlier
    reviews of the same project. A `watched` page reloads by itself when the next one is written. `renders` are the
    objects of the plans' Helm releases; without them nothing is said of objects.

    Equal inputs give equal bytes. No value that any of the plans marks sensitive is in any of the files. Raises
    BadInput when a plan is missing or is not one.
    """
    review = read_review(
        plans,
        metas,
        findings,
        manifest,
        project=project,
        holds_data=cache(holds_data or _data_holders()),
        memory=memory,
        renders=renders,
        # one that goes on remembers, and need not say it in the cache's words while somebody waits
        keeps=holds_data is None and not watched,
    )
    whole = out_folder / "review.html"
    shown = whole.relative_to(project).as_posix() if whole.is_relative_to(project) else whole.name
    (out_folder / "gitlab").mkdir(parents=True, exist_ok=True)
    # before all others: somebody may wait for it
    write_page(whole, page(review, blob_url=blob_url), watched=watched)
    text = markdown(review, whole=shown, blob_url=blob_url)
    said = standing(review)
    files = ReviewFiles(
        markdown=out_folder / "review.md",
        html=whole,
        terraform=out_folder / "gitlab" / "terraform.json",
        codequality=out_folder / "gitlab" / "codequality.json",
        junit=out_folder / "gitlab" / "junit.xml",
        note=out_folder / "gitlab" / "note.md",
        outcome=review.outcome,
        verdict=f"{said.headline}: {said.reason}.{f' {said.unread}' if said.unread else ''}",
    )
    contents = {
        files.markdown: text,
        files.terraform: terraform_report(review),
        files.codequality: code_quality(review, manifest),
        files.junit: junit(review),
        files.note: note_body(text),
    }
    for path, content in contents.items():
        write_atomically(path, content.encode(), mode=READABLE)
    return files


def _data_holders() -> Callable[[str], bool]:
    # imported late: it reads AWS's schemas, which a caller with an answer of its own does not need
    from groundplan.plan.checks import holds_data

    return holds_data
