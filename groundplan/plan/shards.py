"""Shares of the stacks for machines that plan beside each other, and what joins their plans again.

Every machine divides for itself, so the division depends on nothing but what is synthesized. Each shard leaves a
receipt beside its plans: GitLab unpacks the artifacts of parallel jobs into one folder, where a lost job leaves a gap
that nobody sees and a second copy replaces the first without a word.
https://docs.gitlab.com/ci/jobs/job_artifacts/
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from groundplan.files import write_atomically
from groundplan.problems import BadInput, Problem

from . import errors
from .meta import plan_paths

__all__ = ["Division", "Receipt", "Shard", "divide", "drop_receipts", "joined", "leave_receipt"]

_SHARD = re.compile(r"([0-9]{1,4})/([0-9]{1,4})", re.ASCII)


@dataclass(frozen=True, order=True)
class Shard:
    """One of `total` shares; `index` counts from 1, as GitLab's CI_NODE_INDEX does.

    https://docs.gitlab.com/ci/yaml/#parallel
    """

    index: int
    total: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """`2/4`. Raises BadInput for anything that is not the index and the number of shards."""
        found = _SHARD.fullmatch(text)
        if found is None:
            raise errors.not_a_shard(text)
        shard = cls(int(found[1]), int(found[2]))
        if not 1 <= shard.index <= shard.total:
            raise errors.no_such_shard(text, shard.total)
        return shard

    def __str__(self) -> str:
        return f"{self.index}/{self.total}"


@dataclass(frozen=True)
class Division:
    """What is divided: the weight of each stack, and which stacks are planned with it because it reads them."""

    weights: Mapping[str, int]
    needs: Mapping[str, Collection[str]]

    def share(self, shard: Shard) -> frozenset[str]:
        """The stacks of one shard."""
        return divide(self.weights, self.needs, shard.total)[shard.index - 1]

    def digest(self) -> str:
        """Equal for equal divisions: two machines that have it divide alike."""
        parts = [sorted(self.weights.items()), sorted((name, sorted(each)) for name, each in self.needs.items())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def divide(weights: Mapping[str, int], needs: Mapping[str, Collection[str]], total: int) -> tuple[frozenset[str], ...]:
    """Every stack in exactly one of `total` shares; no share weighs more than the average and the heaviest stack.

    The heaviest come first, each into the share that has the least to do with it: what a stack reads of another share
    is planned there too. Stacks that read each other, such as an environment's, stay together where the bound allows
    it, and are divided otherwise. Only weights and names decide, never an order.
    """
    heaviest, all_of_them = max(weights.values(), default=0), sum(weights.values())
    reached = {name: _reached(name, needs) & weights.keys() for name in weights}
    own, work = [0] * total, [0] * total
    shares: list[set[str]] = [set() for _ in range(total)]
    planned: list[set[str]] = [set() for _ in range(total)]

    def put(names: Collection[str]) -> bool:
        added = sum(weights[name] for name in names)
        around = set().union(*(reached[name] for name in names))
        best = min(
            (
                (work[at] + sum(weights[name] for name in around - planned[at]), own[at], at)
                for at in range(total)
                # in whole numbers: own + added <= average + heaviest
                if (own[at] + added - heaviest) * total <= all_of_them
            ),
            default=None,
        )
        if best is None:
            return False
        work[best[2]], at = best[0], best[2]
        own[at] += added
        shares[at] |= set(names)
        planned[at] |= around
        return True

    for group in sorted(_groups(reached), key=lambda each: (-sum(weights[name] for name in each), min(each))):
        if not put(group):
            for name in sorted(group, key=lambda name: (-weights[name], name)):
                # the share with the least of its own always has room
                put([name])
    return tuple(frozenset(share) for share in shares)


def _reached(name: str, needs: Mapping[str, Collection[str]]) -> set[str]:
    """A stack and all that is planned before it."""
    found, waiting = set(), [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += needs.get(each, ())
    return found


def _groups(reached: Mapping[str, Collection[str]]) -> list[set[str]]:
    """The stacks that hang together."""
    group = {name: {name} for name in reached}
    for name, others in reached.items():
        for other in others:
            if group[name] is not group[other]:
                joint = group[name] | group[other]
                group |= dict.fromkeys(joint, joint)
    return list({id(each): each for each in group.values()}.values())


class Receipt(BaseModel):
    """What one shard planned: out/plans/shards/<index>-of-<total>.json.

    `division` stands for what was divided, `base` names what was planned against. `stacks` maps each stack to a digest
    of its plan and its meta.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    index: int
    total: int
    division: str
    base: str | None
    stacks: dict[str, str]

    @property
    def shard(self) -> Shard:
        """Which one it was."""
        return Shard(self.index, self.total)

    @property
    def kind(self) -> tuple[int, str, str]:
        """Equal for those that belong together."""
        return self.total, self.division, self.base or ""


def leave_receipt(
    out_folder: Path, shard: Shard, division: Division, base: str | None, planned: Collection[str]
) -> None:
    """Says beside the plans which ones this shard made; receipts of other divisions are of the past, and go."""
    receipt = Receipt(
        index=shard.index,
        total=shard.total,
        division=division.digest(),
        base=base,
        stacks={name: _digest(out_folder, name) for name in sorted(planned)},
    )
    for path, other in _receipts(out_folder):
        if other is None or other.kind != receipt.kind:
            path.unlink()
    path = _folder(out_folder) / f"{shard.index}-of-{shard.total}.json"
    write_atomically(path, (receipt.model_dump_json(indent=2) + "\n").encode())


def drop_receipts(out_folder: Path) -> None:
    """Forgets the shards: one command has planned what is asked for."""
    for path, _ in _receipts(out_folder):
        path.unlink()


def joined(out_folder: Path, stacks: Collection[str], removed: Collection[str]) -> dict[str, Shard]:
    """Which shard planned each stack; nothing when no shard did.

    `stacks` are all that are synthesized, `removed` the planned ones that only the base has. Raises BadInput when a
    shard is missing, when shards do not belong together, and when a plan is not the one that its shard made.
    """
    found = []
    for path, receipt in _receipts(out_folder):
        if receipt is None:
            raise errors.not_a_receipt(path)
        found.append(receipt)
    if not found:
        return {}
    if problems := [*_strangers(found), *_contradictions(found)] or _missing(found):
        raise BadInput(problems)
    made = {name: receipt.shard for receipt in found for name in receipt.stacks}
    problems = [errors.planned_by_no_shard(name) for name in sorted({*stacks, *removed} - made.keys())]
    for receipt in found:
        for name, digest in receipt.stacks.items():
            if not all(path.is_file() for path in plan_paths(out_folder, name)):
                problems.append(errors.plan_of_shard_missing(name, str(receipt.shard)))
            elif _digest(out_folder, name) != digest:
                problems.append(errors.plan_not_of_its_shard(name, str(receipt.shard)))
    if problems:
        raise BadInput(problems)
    return made


def _strangers(found: Sequence[Receipt]) -> Iterator[Problem]:
    """The shards that were cut from something else than most were."""
    kinds: defaultdict[tuple[int, str, str], list[Shard]] = defaultdict(list)
    for receipt in found:
        kinds[receipt.kind].append(receipt.shard)
    usual = max(kinds, key=lambda kind: (len(kinds[kind]), kind))
    others = sorted(str(shard) for shard in kinds[usual])
    for kind, shards in sorted(kinds.items()):
        if kind != usual:
            for shard in sorted(shards):
                yield errors.shard_of_another_division(str(shard), others)


def _contradictions(found: Sequence[Receipt]) -> Iterator[Problem]:
    """The stacks that two shards planned, each in its own way."""
    by: defaultdict[str, dict[str, Shard]] = defaultdict(dict)
    for receipt in found:
        for name, digest in receipt.stacks.items():
            by[name].setdefault(digest, receipt.shard)
    for name, plans in sorted(by.items()):
        if len(plans) > 1:
            yield errors.planned_differently(name, sorted(str(shard) for shard in plans.values()))


def _missing(found: Sequence[Receipt]) -> list[Problem]:
    total, there = found[0].total, {receipt.index for receipt in found}
    return [errors.shard_missing(str(Shard(at, total))) for at in range(1, total + 1) if at not in there]


def _folder(out_folder: Path) -> Path:
    return out_folder / "plans" / "shards"


def _receipts(out_folder: Path) -> list[tuple[Path, Receipt | None]]:
    """The receipts that are there, in their order; None for one that cannot be read."""
    found: list[tuple[Path, Receipt | None]] = []
    for path in sorted(_folder(out_folder).glob("*.json")):
        try:
            found.append((path, Receipt.model_validate_json(path.read_bytes())))
        except ValueError:
            found.append((path, None))
    return sorted(found, key=lambda each: (each[1].shard if each[1] else Shard(0, 0), each[0].name))


def _digest(out_folder: Path, stack: str) -> str:
    digest = hashlib.sha256()
    for path in plan_paths(out_folder, stack):
        content = path.read_bytes()
        digest.update(f"{len(content)}\0".encode() + content)
    return digest.hexdigest()
