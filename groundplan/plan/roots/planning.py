"""Plans a root module that somebody wrote by hand, offline or live, as the one stack that there is."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from groundplan.bindings import cache_folder
from groundplan.problems import BadInput, GroundplanError, Problem
from groundplan.secrets import Detector

from .. import errors
from ..diagnostics import Diagnostic, to_problem
from ..hidden import without_secrets
from ..meta import PlanMeta
from ..report import PlanReport, plan_bytes, refuse, replacements, summary, unchecked, warning_text, write
from ..schema import ProviderSchema
from ..schema.utility import load_served
from ..seats import KeptSeats, Seats, open_seats
from ..servable import unservable
from ..server import place_of
from ..terraform import find_program, live_environment, open_terraform
from ..upstream import unplanned_outputs
from ..working import WorkingCopy
from .interfaces import misspelt, wrong_values
from .reading import Root

__all__ = ["Given", "plan_root"]

_ENVIRONMENT = "TF_VAR_"
_NO_VALUE = "No value for required variable"
_OTHER_CORE = "Unsupported Terraform Core version"


@dataclass(frozen=True)
class Given:
    """What a root's variables are given: files (`--var-file`), and `NAME=VALUE` each (`--var`), as Terraform has them.

    Of a variable that is given twice the later one counts, and values come after files.
    """

    files: Sequence[Path] = ()
    values: Sequence[str] = ()

    def texts(self) -> tuple[str, ...]:
        """Everything that they are given, as HCL has it."""
        pairs = (text.partition("=") for text in self.values)
        return (
            *(path.read_text(encoding="utf-8", errors="replace") for path in self.files),
            *(f"{name} = {json.dumps(value)}" for name, _, value in pairs),
        )

    def options(self) -> list[str]:
        """The same as options of `terraform plan`. BadInput for files that are not there, and values without a name."""
        problems = [errors.no_var_file(str(path)) for path in self.files if not path.is_file()]
        problems += [errors.not_a_variable(text) for text in self.values if not text.partition("=")[0].strip()]
        problems += [errors.not_a_variable(text) for text in self.values if "=" not in text and text.strip()]
        refuse(problems)
        return [
            *(f"-var-file={path.resolve()}" for path in self.files),
            *(word for text in self.values for word in ("-var", text)),
        ]


def plan_root(
    root: Root,
    out_folder: Path,
    *,
    given: Given | None = None,
    terraform: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    policies: Path | None = None,
    seats: KeptSeats | None = None,
) -> PlanReport:
    """Plans a root module into `out_folder/plans`; in its own folder nothing is written.

    Offline, its backend, its lock file and its state are set aside: everything is new. `required_version` holds, and
    so do terraform.tfvars, *.auto.tfvars and TF_VAR_ variables of the environment. A live root (`read_root(live=True)`)
    is planned with its own backend, lock file and state. Whoever plans again and again gives `seats`, which stay open.

    Raises BadInput with what Terraform refuses, and with providers that are not served, all at once; ToolFailed when
    Terraform itself does not work. `policies` is the project's folder of what looks like a secret.
    """
    given = given or Given()
    options = given.options()
    program = find_program(terraform)
    schemas: dict[str, ProviderSchema] = {}
    try:
        if root.live:
            plan, warnings, version = _live(root, options, program)
        else:
            schemas = load_served(
                {"resources": root.types("resource"), "data_sources": root.types("data")}, root.declared()
            )
            opened = seats.open if seats is not None else open_seats
            plan, warnings, version = _offline(root, options, program, schemas, opened)
        refuse(wrong_values(plan))
    except GroundplanError as error:
        detector = Detector(policies or root.folder, cache_folder() / "harmless")
        raise without_secrets(error, [replace(root, values=given.texts())], schemas, detector) from None
    if progress is not None:
        progress(f"{root.name}: {summary(plan)}")
    report = PlanReport({}, {}, (), (), version)
    meta = PlanMeta(
        stack=root.name,
        environment=root.environment,
        family=root.family,
        mode="live" if root.live else "offline",
        terraform=version,
        base=None,
        placeholders=(),
        replacements=replacements(plan),
        unchecked={} if root.live else unchecked(plan),
        warnings=tuple(sorted({*(warning_text(each) for each in warnings), *_left_out(root)})),
    )
    write(out_folder, meta, plan_bytes(plan), report)
    return report


def _left_out(root: Root) -> list[str]:
    """What it says that an offline plan does not go by."""
    if root.live:
        return []
    return [
        *(errors.import_left_out(address) for address in root.imports),
        *(errors.version_set_aside(*each) for each in root.versions_set_aside()),
        *(errors.provider_meta_taken(*each) for each in root.provider_metas()),
    ]


def _offline(
    root: Root,
    options: Sequence[str],
    program: Path | None,
    schemas: Mapping[str, ProviderSchema],
    opened: Callable[..., AbstractContextManager[Seats]],
) -> tuple[dict[str, Any], list[Diagnostic], str]:
    refuse([*unservable(root, schemas, None), *misspelt(root)])
    variables = {name: value for name, value in os.environ.items() if name.startswith(_ENVIRONMENT)}
    with (
        opened(schemas, program, 1, variables=variables) as seats,
        seats.take(root) as (seat, scratch),
    ):
        copy = WorkingCopy(root, scratch, seat.terraform, schemas)
        place = place_of(root.answers)
        copy.take_offline({state.name: unplanned_outputs(state.outputs, place) for state in root.remote_states()})
        return *_planned(root, copy, options, refresh=False), seats.version


def _live(root: Root, options: Sequence[str], program: Path | None) -> tuple[dict[str, Any], list[Diagnostic], str]:
    terraform = open_terraform(program, live_environment())
    try:
        with tempfile.TemporaryDirectory(prefix="groundplan-live-") as folder:
            version = terraform.version(Path(folder))
            return *_planned(root, WorkingCopy(root, Path(folder), terraform), options, refresh=True), version
    finally:
        terraform.close()


def _planned(
    root: Root, copy: WorkingCopy, options: Sequence[str], *, refresh: bool
) -> tuple[dict[str, Any], list[Diagnostic]]:
    plan: dict[str, Any] = {}
    said = copy.init()
    if not said:
        plan, said = copy.plan(refresh=refresh, given=options)
    if said:
        raise BadInput([_problem(each, root) for each in said])
    return plan, copy.warnings


def _problem(diagnostic: Diagnostic, root: Root) -> Problem:
    """As Terraform said it, with the line of the root's own file, and what can be done here."""
    problem = to_problem(diagnostic, root, None)
    content = root.files.get(diagnostic.file)
    cures = [problem.cure] if problem.cure else []
    if content is not None and not diagnostic.file.endswith(".json"):
        line = content.count(b"\n", 0, diagnostic.offset) + 1
        cures.append(f"It stands in {diagnostic.file}:{line}.")
    if diagnostic.summary == _NO_VALUE:
        cures.append("Give it with --var NAME=VALUE or with --var-file FILE.")
    if diagnostic.summary == _OTHER_CORE:
        cures.append("Name a terraform of such a version with --terraform.")
    return replace(problem, cure=" ".join(cures))
