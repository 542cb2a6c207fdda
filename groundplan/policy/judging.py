"""The gate: plans in, findings out, and no verdict at all from a gate that cannot deny."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from groundplan.charts import format_path
from groundplan.problems import BadInput, Problem, nearest
from groundplan.remembering import Memory, digest
from groundplan.secrets.allowed import EXCEPTIONS, allowed_digests
from groundplan.shelf import Shelf, code_digest
from groundplan.synth.manifest import Manifest, StackRecord

from . import errors
from .engines import Answer, Engine, EngineName, Question, engine_called
from .findings import Finding, Findings, Rule, Severity, Verdict
from .library import Library, load_library
from .metadata import read_rules
from .places import places_of
from .scope import types_read

__all__ = ["ENVIRONMENTS_FILE", "SELFTEST_FILE", "environments_json", "judge", "rules"]

ENVIRONMENTS = "parameters/environments"
ENVIRONMENTS_FILE = Path(ENVIRONMENTS) / "data.json"
SELFTEST_FILE = Path("selftest") / "bad_plan.json"


def rules(policies: Path) -> tuple[Rule, ...]:
    """Every rule below `policies`, by id. Raises BadInput naming every incomplete METADATA block."""
    return tuple(item.rule for item in read_rules(policies))


def judge(
    plans: Mapping[str, Path],
    *,
    policies: Path,
    manifest: Manifest | None,
    removed: Manifest | None = None,
    engine: EngineName | None = None,
    today: date,
    fresh: bool = False,
    progress: Callable[[str], None] | None = None,
    memory: Memory | None = None,
    rendered: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Findings:
    """Judges each stack's plan (stack name to the file of `terraform show -json`) by the rules of `policies`.

    `removed` holds the stacks that only the base has: exceptions may name them, and their lines lead to the base. Where
    there is no manifest, it holds those of no project: a root, plans that others made.
    `engine` is the embedded regorus unless opa is asked for. `today` decides what has expired. Before anything is
    judged, the engine and the rules prove themselves on policies/selftest/bad_plan.json, which every rule must deny.
    The embedded engine remembers what the same rules and data said of the same plan on the same day, unless `fresh`.
    Whoever judges again and again gives a `memory`, in which the rules stay as they were read and prepared.
    `rendered` holds what Helm makes of the releases of each stack that were rendered: release address to `objects`
    (each with its `template`, the `namespace` of the release, and the `object`) and `unknown` (why it may make others).

    The manifest may hold a selection of the project's environments. A stack that is planned but not in it is one that
    was removed.

    Raises BadInput for a file that is no plan, incomplete rules, parameters and exceptions that their schema refuses,
    or exceptions that name no rule or no stack that can exist; ToolFailed when the engine fails, leaves a rule out, or
    lets the bad plan pass. Silence is never consent.
    """
    say = progress or (lambda _: None)
    memory = memory or Memory()
    of_rules, state = _states_of(policies)
    known = memory.of(("rules", of_rules), lambda: rules(policies))
    library = memory.of(("library", state), lambda: load_library(policies))
    manifests = _Manifests(manifest, removed)
    _check_data(library, known, manifest, {*plans, *manifests.records}, manifests.environments, today)
    documents = _documents(plans, manifests, today, allowed_digests(policies), memory, rendered)
    chosen = engine_called(engine, fresh=fresh, memory=memory)
    say(f"proving the gate with {chosen.name}")
    bad = json.loads((policies / SELFTEST_FILE).read_text(encoding="utf-8"))
    proof = Question("the self-test", json.dumps(bad), bad.get("exceptions", {}))
    say(f"judging {len(documents)} plan{'s' if len(documents) != 1 else ''}")
    first, *answers = chosen.ask(
        library,
        [proof, *(Question(stack, text, library.exceptions, together=True) for stack, text in documents.items())],
    )
    _prove(chosen, first, known)
    by_id = {rule.id: rule for rule in known}
    found: list[Finding] = []
    for stack, answer in zip(documents, answers, strict=True):
        _complete(chosen, answer, known)
        # most plans have none, and reading one takes longer than judging it
        plan = json.loads(plans[stack].read_bytes()) if answer.findings else {}
        found.extend(_finding(stack, raw, by_id[raw["rule"]], plan, manifests.of(stack)) for raw in answer.findings)
    return Findings(
        engine=chosen.name,
        rules=known,
        stacks=tuple(sorted(documents)),
        findings=tuple(
            sorted(found, key=lambda item: (item.stack, item.address, item.rule, item.verdict, item.message))
        ),
        types_read=memory.of(("types", state), lambda: tuple(sorted(types_read(library)))),
    )


def get_ready(policies: Path, *, memory: Memory, engine: EngineName | None = None, fresh: bool = False) -> None:
    """Reads what `judge` will read of `policies`, and has the engine analyze it, into the memory that `judge` is given.

    Raises what `judge` would raise for it.
    """
    of_rules, state = _states_of(policies)
    memory.of(("rules", of_rules), lambda: rules(policies))
    library = memory.of(("library", state), lambda: load_library(policies))
    engine_called(engine, fresh=fresh, memory=memory).get_ready(library)
    memory.of(("types", state), lambda: tuple(sorted(types_read(library))))


def _states_of(policies: Path) -> tuple[str, str]:
    """Two texts: one stands for the Rego below `policies`, one for every file there."""
    start = len(str(policies)) + 1
    files = [(path[start:], Path(path).read_bytes()) for path in sorted(_files_below(policies))]
    rego = digest(*(part for name, content in files if name.endswith(".rego") for part in (name, content)))
    others = (part for name, content in files if not name.endswith(".rego") for part in (name, content))
    return rego, digest(rego, *others)


def _files_below(folder: str | Path) -> Iterator[str]:
    """Each file's path. Of the hundreds that there are, pathlib would ask the system one by one what they are."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path)
            elif entry.is_file():
                yield entry.path


@dataclass(frozen=True)
class _Manifests:
    """The project's manifest, and that of the stacks that only the base has."""

    here: Manifest | None
    removed: Manifest | None

    @property
    def records(self) -> dict[str, StackRecord]:
        """Every stack, by its name."""
        both = [each for each in (self.removed, self.here) if each is not None]
        return {record.name: record for manifest in both for record in manifest.stacks}

    @property
    def environments(self) -> set[str] | None:
        """Every environment that there is or was; None where nobody says."""
        if self.here is None or not self.here.environments:
            return None
        return {*self.here.environments, *(record.environment for record in self.records.values())}

    def of(self, stack: str) -> Manifest | None:
        """The one that knows `stack`."""
        if self.removed is not None and any(record.name == stack for record in self.removed.stacks):
            return self.removed
        return self.here


def _documents(
    plans: Mapping[str, Path],
    manifests: _Manifests,
    today: date,
    not_secrets: frozenset[str],
    memory: Memory,
    rendered: Mapping[str, Mapping[str, Any]],
) -> dict[str, str]:
    """Each plan's input for main.rego, by stack, sorted."""
    records = manifests.records
    accounts = {name: _account(record) for name, record in records.items()}
    absent: dict[str, list[str]] = {}
    for stack, account in sorted(accounts.items()):
        absent.setdefault(account, []).extend([stack] if stack not in plans else [])
    problems: list[Problem] = []
    documents: dict[str, str] = {}
    for stack, path in sorted(plans.items()):
        try:
            text = path.read_text(encoding="utf-8")
            key = digest(_own_code(), text, *sorted(not_secrets))
            read = memory.of(("plan to judge", key), partial(_known, key, text, not_secrets))
        except (OSError, ValueError) as error:
            problems.append(errors.not_a_plan(stack, path, str(error)))
            continue
        if read.fault is not None:
            problems.append(read.fault(stack, path))
            continue
        said: dict[str, Any] = {"stack": stack, "today": today.isoformat()}
        said["account"] = accounts.get(stack, "")
        said["absent"] = absent.get(said["account"], [])
        if stack in records:
            said["environment"] = records[stack].environment
        if manifests.here is not None and all(record.name != stack for record in manifests.here.stacks):
            said["removed"] = True
        objects = rendered.get(stack)
        if not_secrets:
            # the embedded engine has no hashes: the texts are named to it
            said["not_secrets"] = sorted({*read.no_secrets, *_named(_texts(objects), not_secrets)})
        if objects:
            said["rendered"] = objects
        documents[stack] = f'{{"groundplan":{json.dumps(said)},"plan":{text}}}'
    if problems:
        raise BadInput(problems)
    return documents


@dataclass(frozen=True)
class _Read:
    """What is asked of a plan's text before it is judged: why it cannot be, and which texts in it are no secrets."""

    fault: Callable[[str, Path], Problem] | None
    no_secrets: Sequence[str] = ()


_NO_SECRETS = Shelf("no_secrets", most=2_000)


@cache
def _own_code() -> str:
    return code_digest([Path(__file__)])


def _known(key: str, text: str, not_secrets: frozenset[str]) -> _Read:
    """As `_read`, which need not read again what it found nothing wrong with."""
    kept = _NO_SECRETS.kept(key, {"texts": list})
    if kept is not None:
        return _Read(None, kept["texts"])
    read = _read(text, not_secrets)
    if read.fault is None:
        _NO_SECRETS.keep(key, {"texts": read.no_secrets})
    return read


def _read(text: str, not_secrets: frozenset[str]) -> _Read:
    """Raises ValueError for what is no JSON."""
    plan = json.loads(text)
    version = plan.get("format_version") if isinstance(plan, dict) else None
    if not isinstance(version, str) or not version.startswith("1."):
        return _Read(lambda stack, path: errors.not_a_plan(stack, path, f"format_version is {version!r}, not 1.x"))
    if plan.get("errored"):
        return _Read(errors.plan_errored)
    if plan.get("complete") is False or plan.get("deferred_changes"):
        return _Read(errors.plan_incomplete)
    return _Read(None, sorted(_named(_texts(plan), not_secrets) if not_secrets else ()))


def _named(texts: Iterable[str], not_secrets: frozenset[str]) -> set[str]:
    """Those of the texts that people say are no secrets."""
    return {text for text in frozenset(texts) if _sha256(text) in not_secrets}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _account(record: StackRecord) -> str:
    """The AWS account that a stack works in; its environment's name where that is not said."""
    return str(record.answers.get("account_id") or record.environment)


def _check_data(
    library: Library,
    known: Sequence[Rule],
    manifest: Manifest | None,
    others: AbstractSet[str],
    declared: Collection[str] | None,
    today: date,
) -> None:
    """What the schemas of the data cannot know: which rules, stacks and environments there are."""
    records = manifest.stacks if manifest else ()
    stacks = others | {record.name for record in records}
    listed = library.documents.get(ENVIRONMENTS)
    environments = (
        {record.environment for record in records} | set(declared or ()) | set(listed.content if listed else ())
    )
    problems = _check_environments(library, manifest, declared, today)
    problems += _check_exceptions(library, known, manifest, stacks, environments, today)
    if problems:
        raise BadInput(problems)


def _check_exceptions(
    library: Library,
    known: Sequence[Rule],
    manifest: Manifest | None,
    stacks: AbstractSet[str],
    environments: AbstractSet[str],
    today: date,
) -> list[Problem]:
    """What a rule cannot see: an exception that no stack and no rule will ever read.

    Most stacks are not judged in most runs, and their entries are left alone. Synth makes environments whole, so of an
    environment in the manifest every stack is known; of another, any may be there.
    """
    document = library.documents.get(EXCEPTIONS)
    if document is None:
        return []
    ids = [rule.id for rule in known]
    whole = {record.environment for record in manifest.stacks} if manifest else set()
    problems: list[Problem] = []
    for kind in ("waivers", "permits"):
        for index, entry in enumerate(library.exceptions.get(kind, [])):
            path = f"{kind}[{index}]"
            rule, stack = entry.get("rule", ""), entry["stack"]
            if kind == "waivers" and rule not in ids:
                place = document.place((kind, index, "rule"))
                problems.append(errors.unknown_rule_in_exception(place, f"{path}.rule", rule, ids))
            if manifest is None or stack in stacks:
                continue
            place = document.place((kind, index, "stack"))
            environment = _environment_of(stack, environments)
            if environment is None:
                problems.append(errors.unknown_environment_in_exception(place, f"{path}.stack", stack, environments))
            elif environment in whole:
                guess = _meant(stack, environment, stacks)
                # The destruction of a stack that is gone from main.py is still to be applied, by its permit.
                if guess or kind == "waivers" or entry["last_day"] < today.isoformat():
                    problems.append(
                        errors.unknown_stack_in_exception(place, f"{path}.stack", stack, environment, guess)
                    )
    return problems


def _environment_of(stack: str, environments: AbstractSet[str]) -> str | None:
    """The environment that a stack's name begins with: the longest, so that dev-eu-backup is dev-eu's, not dev's."""
    fitting = [name for name in environments if stack.startswith(f"{name}-")]
    return max(fitting, key=len, default=None)


def _meant(stack: str, environment: str, stacks: AbstractSet[str]) -> str | None:
    """The stack of the same environment that was meant. An exception is never led into another environment."""
    families = [name[len(environment) + 1 :] for name in stacks if name.startswith(f"{environment}-")]
    family = nearest(stack[len(environment) + 1 :], families)
    return f"{environment}-{family}" if family else None


def _check_environments(
    library: Library, manifest: Manifest | None, declared: Collection[str] | None, today: date
) -> list[Problem]:
    """Facts of environments that do not exist, and environments whose facts nobody wrote.

    An environment that was removed is still to be destroyed, by its permits, and keeps its facts as long as one lasts.
    """
    document = library.documents.get(ENVIRONMENTS)
    if document is None:
        return []
    listed = document.content
    used = {record.environment for record in manifest.stacks} if manifest else set()
    problems = [
        errors.environment_without_facts(document.place(()), name, listed)
        for name in sorted(used | set(declared or ()))
        if name not in listed
    ]
    facts = manifest.facts if manifest else {}
    for name in sorted(facts.keys() & listed.keys()):
        if (said := facts[name].model_dump(mode="json")) != _sorted(listed[name]):
            problems.append(errors.other_facts(document.place((name,)), name, said, listed[name]))
    if declared is not None:
        lasting = [each for each in library.exceptions.get("permits", []) if each["last_day"] >= today.isoformat()]
        leaving = {_environment_of(each["stack"], {*listed, *declared}) for each in lasting}
        problems += [
            errors.facts_without_environment(document.place((name,)), name, declared)
            for name in listed
            if name not in declared and name not in leaving
        ]
    return problems


def _sorted(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An environment's entry, in the order that does not matter."""
    return {**entry, "allowed_regions": sorted(entry["allowed_regions"])}


def environments_json(policies: Path, manifest: Manifest, today: date) -> str:
    """parameters/environments/data.json as the environments say it.

    Of an environment that was removed the entry stays for as long as a permit lets it be destroyed.
    """
    library = load_library(policies)
    document = library.documents.get(ENVIRONMENTS)
    listed = document.content if document else {}
    lasting = [each for each in library.exceptions.get("permits", []) if each["last_day"] >= today.isoformat()]
    leaving = {_environment_of(each["stack"], {*listed, *manifest.facts}) for each in lasting}
    entries = {name: facts.model_dump(mode="json") for name, facts in manifest.facts.items()}
    entries |= {name: entry for name, entry in listed.items() if name not in entries and name in leaving}
    lines = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _complete(engine: Engine, answer: Answer, known: Sequence[Rule]) -> None:
    expected = {rule.id for rule in known}
    if answer.evaluated != expected:
        raise errors.rules_not_evaluated(engine.name, expected - answer.evaluated, answer.evaluated - expected)


def _prove(engine: Engine, answer: Answer, known: Sequence[Rule]) -> None:
    _complete(engine, answer, known)
    denying = {raw.get("rule") for raw in answer.findings if raw.get("verdict") == Verdict.DENY}
    if silent := {rule.id for rule in known} - denying:
        raise errors.gate_does_not_deny(engine.name, silent)


def _finding(
    stack: str, raw: dict[str, Any], rule: Rule, plan: Mapping[str, Any], manifest: Manifest | None
) -> Finding:
    places = places_of(stack, raw["address"], rule.fix, plan, manifest)
    return Finding(
        rule=rule.id,
        verdict=Verdict(raw["verdict"]),
        severity=Severity(rule.severity),
        stack=stack,
        address=raw["address"],
        message=raw["message"],
        fix=rule.fix,
        controls=rule.controls,
        waiver=raw.get("waiver"),
        source=places.source,
        call=places.call,
        setting=places.setting,
        object=raw.get("object"),
        field=format_path(tuple(raw["field"])) if "object" in raw else None,
    )
