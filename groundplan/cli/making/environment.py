"""A new environment, made after another one, and its job in the pipeline."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from groundplan.framework.constraints import Pattern
from groundplan.grammars.partitions import partition_of
from groundplan.problems import BadInput, Problem

from .. import errors
from .files import Made, already_there, write

__all__ = ["FILL_IN", "Place", "new_environment", "pairs"]

ENVIRONMENT_CHARACTERS = 16
"""Of an environment's name: the bound of `Environment.name`."""

FILL_IN = "FILL-IN-"
"""Before what only a person knows of a new environment: every constraint refuses it, so that no synth passes."""

_ENVIRONMENT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Place:
    """Where a new environment is: what only a person knows. What is left out stands as a placeholder that is refused.

    Regions that are left out stay those of the environment that it is made after. `others` are pairs of what stands
    there and what stands here, for what else is different.
    """

    account_id: str | None = None
    region: str | None = None
    dr_region: str | None = None
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    oidc_id: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """`OLD=NEW` each, by OLD. Raises BadInput for one that is none."""
    parted = [text.partition("=") for text in given]
    wrong = [
        errors.not_a_pair(option, text)
        for text, (old, sign, _) in zip(given, parted, strict=True)
        if not (old and sign)
    ]
    if wrong:
        raise BadInput(wrong)
    return {old: new for old, _, new in parted}


_ACCOUNT = re.compile(r"[0-9]{12}")
_OidcId = Annotated[
    str, Pattern("[0-9A-F]{32}", "the id in the issuer of the cluster's OIDC provider: 32 of 0-9 and A-F")
]
_IDS = re.compile(r"\b(?:vpc|subnet|sg)-[0-9a-f]{8,17}\b")
_OIDC_PLACE = re.compile(r"oidc\.eks\.[a-z0-9-]+\.[a-z.]+/id/([0-9A-F]{32})\b")
# a whole text: a number with three dots inside one may be a version
_ADDRESS = re.compile(r'(?<=")(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?=")')


def new_environment(project: Path, name: str, *, like: str, place: Place) -> Made:
    """The folder environments/<name>/, made after another one's, and the job that deploys it.

    Names, ids and regions of the other one become those of the new one in every text. Ids and addresses that nobody
    gave stand as `FILL-IN-...` until somebody does: synth refuses each and tells its line. Raises BadInput for a name
    that is taken or cannot be one, and for facts that cannot be.
    """
    problems = list(_environment_problems(project, name))
    known = sorted(path.parent.name for path in project.glob("environments/*/__init__.py"))
    known = [each for each in known if each != "families"]
    if like not in known:
        raise BadInput([*problems, errors.no_such_environment("--like", like, known)])
    texts = {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((project / "environments" / like).glob("*.py"))
    }
    facts = texts[f"environments/{like}/__init__.py"]
    says = _facts(facts)
    problems += _place_problems(place, says, facts)
    folder = f"environments/{name.replace('-', '_')}"
    renamed = {path: f"{folder}/{path.rpartition('/')[2]}" for path in texts}
    problems = problems or already_there(project, renamed.values())
    if problems:
        raise BadInput(problems)
    called = str(says.get("name", like))
    changes = _changes(texts, facts, says, place)
    files = {renamed[path]: _renamed(text, called, name, changes) for path, text in texts.items()}
    then = []
    left = sorted({found for text in files.values() for found in re.findall(rf"{FILL_IN}[\w.-]+", text)})
    if left:
        then.append(f"fill in what stands for {', '.join(left)} in {folder}/: groundplan synth {name} names each line")
    changed: dict[str, str] = {}
    pipeline = project / ".gitlab-ci.yml"
    if pipeline.is_file():
        text = pipeline.read_text(encoding="utf-8")
        more = _with_job(text, called, name, production=says.get("production") is True)
        if more is None:
            then.append(f"add to .gitlab-ci.yml a job that runs groundplan deploy {name}, as those of the others do")
        else:
            changed[".gitlab-ci.yml"] = more
    then += [
        "make format",
        f"groundplan synth {name}",
        "groundplan policies --write",
        f"set up its workspaces, and name deploy-{name} in docs/terraform-cloud.md: groundplan workspaces {name}",
    ]
    return write(project, name, files, changed, then)


def _environment_problems(project: Path, name: str) -> Iterator[Problem]:
    word = name.replace("-", "_")
    if not _ENVIRONMENT.fullmatch(name) or keyword.iskeyword(word) or len(name) < len("qa"):
        yield errors.not_an_environment_name(name)
    if len(name) > ENVIRONMENT_CHARACTERS:
        yield errors.name_too_long(name, "environment", name, ENVIRONMENT_CHARACTERS)
    if word in ("families", "platform"):
        yield errors.name_in_use(name, "environment", name)
    elif (project / "environments" / word).exists():
        yield errors.name_taken(name, "environment", f"environments/{word}")


def _facts(text: str) -> dict[str, Any]:
    """What the environment's value is given as plain constants, by name; names of constants are looked up."""
    tree = ast.parse(text)
    constants = {
        target.id: statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            for given in statement.value.keywords:
                if isinstance(given.value, ast.Constant):
                    found[given.arg or ""] = given.value.value
                elif isinstance(given.value, ast.Name):
                    found[given.arg or ""] = constants.get(given.value.id)
    return found


def _place_problems(place: Place, says: Mapping[str, Any], facts: str) -> Iterator[Problem]:
    from groundplan.framework.types import AccountId, RegionName, SubnetId, VpcId

    given: list[tuple[str, str | None, Any]] = [
        ("--account-id", place.account_id, AccountId),
        ("--region", place.region, RegionName),
        ("--dr-region", place.dr_region, RegionName),
        ("--vpc-id", place.vpc_id, VpcId),
        *(("--subnet-id", each, SubnetId) for each in place.subnet_ids),
        ("--oidc-id", place.oidc_id, _OidcId),
    ]
    for option, value, kind in given:
        constraint = kind.__metadata__[0]
        if value is not None and not constraint.accepts(value):
            yield errors.fact_refused(option, value, constraint.rule)
    region, dr_region = place.region or says.get("region"), place.dr_region or says.get("dr_region")
    if region == dr_region:
        yield errors.one_region("--dr-region", str(region))
    subnets = _distinct(_IDS.findall(facts), "subnet-")
    if place.subnet_ids and len(place.subnet_ids) != len(subnets):
        yield errors.other_number_of_subnets("--subnet-id", len(place.subnet_ids), len(subnets))


def _distinct(found: Sequence[str], prefix: str) -> list[str]:
    return list(dict.fromkeys(each for each in found if each.startswith(prefix)))


def _changes(texts: Mapping[str, str], facts: str, says: Mapping[str, Any], place: Place) -> dict[str, str]:
    """What stands there and what stands here: of ids that nobody gave, a placeholder that says which one it was."""
    whole = "\n".join(texts.values())
    vpcs, subnets = _distinct(_IDS.findall(facts), "vpc-"), _distinct(_IDS.findall(facts), "subnet-")
    ids = [*_IDS.findall(whole), *_OIDC_PLACE.findall(whole), *_ADDRESS.findall(whole)]
    account = str(says.get("account_id") or "")
    if _ACCOUNT.fullmatch(account):
        ids.append(account)
    changes = {old: f"{FILL_IN}{old}" for old in ids}
    if account in changes and place.account_id:
        changes[account] = place.account_id
    if place.vpc_id and len(vpcs) == 1:
        changes[vpcs[0]] = place.vpc_id
    changes |= dict(zip(subnets, place.subnet_ids, strict=False))
    if place.oidc_id:
        changes |= dict.fromkeys(_OIDC_PLACE.findall(facts), place.oidc_id)
    for old, new in ((says.get("region"), place.region), (says.get("dr_region"), place.dr_region)):
        if old and new:
            changes[str(old)] = new
    if place.region and says.get("region"):
        was, now = partition_of(str(says["region"])), partition_of(place.region)
        named = {f"arn:{was.id}": f"arn:{now.id}", was.dns_suffix: now.dns_suffix}
        changes |= {old: new for old, new in named.items() if old != new}
    return changes | dict(place.others)


def _renamed(text: str, old: str, new: str, changes: Mapping[str, str]) -> str:
    """The text with everything changed at once, so that nothing is changed twice; words are taken whole."""
    constant, constant_now = old.replace("-", "_").upper(), new.replace("-", "_").upper()
    every = {**changes, old: changes.get(old, new), constant: constant_now}
    words = "|".join(re.escape(word) for word in sorted(every, key=lambda word: (-len(word), word)))
    # a zone is a region and a letter
    pattern = re.compile(rf"(?<![A-Za-z0-9_])(?:{words})(?=[a-z]?(?![A-Za-z0-9_]))")

    def change(found: re.Match[str]) -> str:
        word = found[0]
        follows = text[found.end() : found.end() + 1]
        return word if follows.islower() and not re.search(r"-[0-9]$", word) else every[word]

    return pattern.sub(change, text)


_JOB = re.compile(r"^deploy ([a-z][a-z0-9-]*):\n(?:[ \t].*\n|\n(?=[ \t]))+", re.MULTILINE)
_NEEDS = re.compile(r"^  needs: \[deploy [a-z0-9-]+\]\n", re.MULTILINE)


def _with_job(pipeline: str, like: str, name: str, *, production: bool) -> str | None:
    """The pipeline with a job more, in the order of environments, production last; None where no job is like it."""
    jobs = {found[1]: found for found in _JOB.finditer(pipeline)}
    if like not in jobs or name in jobs:
        return None
    is_production = {each: "deployment_tier: production" in found[0] for each, found in jobs.items()}
    order = sorted([*jobs, name], key=lambda each: (is_production.get(each, production), each))
    index = order.index(name)
    before = order[index - 1] if index else None
    after = order[index + 1] if index + 1 < len(order) else None
    own = _NEEDS.sub("", re.sub(rf"\b{re.escape(like)}\b", name, _with_tier(jobs[like][0])))
    own = _needing(own, before)
    if after is None:
        end = jobs[order[index - 1]].end()
        return f"{pipeline[:end]}\n{own}{pipeline[end:]}"
    following = jobs[after]
    next_one = _needing(_NEEDS.sub("", following[0]), name)
    return f"{pipeline[: following.start()]}{own}\n{next_one}{pipeline[following.end() :]}"


def _with_tier(job: str) -> str:
    """The job with one of GitLab's tiers: there is one staging, and what is made after it is for testing.

    https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
    """
    return job.replace("deployment_tier: staging", "deployment_tier: testing")


def _needing(job: str, before: str | None) -> str:
    """The job, started once the one before it is done."""
    return (
        re.sub(r"^(  rules:\n)", rf"  needs: [deploy {before}]\n\1", job, count=1, flags=re.MULTILINE)
        if before
        else job
    )
