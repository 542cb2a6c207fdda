"""What `groundplan new` makes: the rooms of a module, a rule, an environment, which work as they are, to be changed.

Everything that is wrong is told at once, and then nothing is written; a file that is there is never written over.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from groundplan.files import write_atomically
from groundplan.framework.constraints import Pattern
from groundplan.grammars.partitions import partition_of
from groundplan.problems import BadInput, Problem

from . import errors

__all__ = ["Made", "Place", "new_environment", "new_module", "new_rule", "pairs"]

ENVIRONMENT_CHARACTERS = 16
"""Of an environment's name: the bound of `Environment.name`."""

MODULE_CHARACTERS = 23
"""So that `<environment>-<module>` is at most 40 characters, which is what a module's `name` may have."""

LINE_CHARACTERS = 120
"""Of a line of Python, as pyproject.toml has it for ruff."""

FILL_IN = "FILL-IN-"
"""Before what only a person knows of a new environment: every constraint refuses it, so that no synth passes."""

_WORD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_ENVIRONMENT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_READABLE_BY_ALL = 0o644
# names that the templates give to something else
_MODULE_NAMES_IN_USE = frozenset({"log", "module", "platform", "stack"})
# what a family of a platform has beside its modules' settings
_FAMILY_ATTRIBUTES = frozenset({"compose", "everywhere", "full", "small"})
_FAMILY_NAMES_IN_USE = frozenset({"platform"})
_RULE_NAMES_IN_USE = frozenset({"finding", "plan", "plans", "rule"})
# https://www.openpolicyagent.org/docs/policy-language#reserved-names
_REGO_WORDS = frozenset(
    [
        "as",
        "contains",
        "data",
        "default",
        "else",
        "every",
        "false",
        "if",
        "import",
        "in",
        "input",
        "not",
        "null",
        "package",
        "set",
        "some",
        "true",
        "with",
    ]
)
_NO_CATEGORY = frozenset({"lib", "parameters", "selftest", "testing"})


@dataclass(frozen=True)
class Made:
    """What was made: files that are new, files that were there and say more now, and what is left for a person.

    Paths are relative to the project.
    """

    name: str
    files: tuple[str, ...]
    changed: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return asdict(self)


# --- A module


def new_module(project: Path, name: str) -> Made:
    """The package modules/<family>/<module> with its examples, its tests, and its family where there is none yet.

    Raises BadInput for a name that Python, Terraform or this project cannot take, and for files that are there.
    """
    family, module = _two(name, "<family>/<module>", "notify/topics")
    problems = [*_word_problems(name, "family", family), *_word_problems(name, "module", module)]
    problems += _module_problems(project, name, family, module)
    given = {
        "family": family,
        "family_kind": _camel(family),
        "family_title": _title(family),
        "kind": _camel(module),
        "module": module,
        "service": module.replace("_", "-"),
        "title": _title(module),
    }
    room, tests, examples = f"modules/{family}/{module}", f"tests/modules/{module}", f"examples/{module}"
    wanted = {
        f"{room}/__init__.py": "__init__.py",
        f"{room}/inputs.py": "inputs.py",
        f"{room}/module.py": "module.py",
        f"{room}/README.md": "README.md",
        f"{examples}/minimal/main.tf": "minimal.tf",
        f"{examples}/minimal/README.md": "minimal.md",
        f"{examples}/complete/main.tf": "complete.tf",
        f"{examples}/complete/README.md": "complete.md",
        f"{tests}/examples.py": "example.py",
        f"{tests}/uses.py": "uses.py",
        f"{tests}/test_{module}.py": "test.py",
        f"{tests}/test_{module}_inputs.py": "test_inputs.py",
        f"{tests}/__snapshots__/test_{module}.ambr": "addresses.ambr",
    }
    files = {path: _filled(f"module/{template}", given) for path, template in wanted.items()}
    problems = problems or _there(project, files)
    if problems:
        raise BadInput(problems)
    if not (project / f"modules/{family}/__init__.py").is_file():
        files[f"modules/{family}/__init__.py"] = _filled("module/package.py", given)
    composition = f"environments/families/{family}.py"
    then = [
        f"groundplan publish {module}",
        f"pytest {tests}",
        "pytest tests/modules/test_planned_values.py --snapshot-update   # and read what its complete example makes",
    ]
    if (project / composition).exists():
        then.insert(0, _lines_for_family(composition, given))
    else:
        files[composition] = _filled("module/family.py", given)
    return _write(project, name, files, then=then)


def _lines_for_family(composition: str, given: Mapping[str, str]) -> str:
    kind, module = given["kind"], given["module"]
    return (
        f"add to {composition}:\n"
        f"    from modules.{given['family']}.{module} import {kind}, {kind}Inputs\n"
        f'    {module}: {kind}Inputs = field("{module}, by its own inputs")   # in the family\'s class\n'
        f'    {kind}(stack, "{module}", stack.wired(self.{module}))   # in compose'
    )


def _module_problems(project: Path, path: str, family: str, module: str) -> Iterator[Problem]:
    from groundplan.synth.families import Family

    if len(module) > MODULE_CHARACTERS:
        yield errors.name_too_long(path, "module", module, MODULE_CHARACTERS)
    if module in _MODULE_NAMES_IN_USE | _FAMILY_ATTRIBUTES or hasattr(Family, module):
        yield errors.name_in_use(path, "module", module)
    if len(family) > MODULE_CHARACTERS:
        yield errors.name_too_long(path, "family", family, MODULE_CHARACTERS)
    if family in _FAMILY_NAMES_IN_USE:
        yield errors.name_in_use(path, "family", family)
    for package in sorted(project.glob(f"modules/*/{module}/__init__.py")):
        yield errors.name_taken(path, "module", package.parent.relative_to(project).as_posix())


# --- A rule


def new_rule(
    project: Path,
    name: str,
    *,
    type_name: str,
    argument: str,
    value: str,
    why: str,
    controls: Sequence[str],
    severity: str,
    title: str | None,
) -> Made:
    """The rule policies/<category>/<rule>.rego, which demands `value` of an argument, and its test.

    `value` is JSON, and what is no JSON is text. Raises BadInput for a name that Rego or this project cannot take, and
    for a type, an argument or a value that the provider does not have.
    """
    category, rule = _two(name, "<category>/<rule>", "storage/bucket_versioned")
    problems = [*_word_problems(name, "category", category), *_word_problems(name, "rule", rule)]
    problems += [
        errors.name_in_use(name, what, word)
        for what, word, used in (
            ("category", category, _NO_CATEGORY | _REGO_WORDS),
            ("rule", rule, _RULE_NAMES_IN_USE | _REGO_WORDS),
        )
        if word in used
    ]
    if not (project / "policies" / "main.rego").is_file():
        problems.append(errors.no_rules_here())
    problems += [errors.says_nothing(option) for option, said in (("--why", why), ("--control", controls)) if not said]
    wanted, wrong, found = _demanded(type_name, argument, value)
    problems += found
    given = {
        "argument": argument,
        "category": category,
        "controls": [_json(each) for each in controls],
        "denied": _json(f"must have {argument} = {_json(wanted)}"),
        "rule": rule,
        "severity": severity,
        "title": _json(title or f"{type_name} has {argument} = {_json(wanted)}"),
        "type": type_name,
        "value": _json(wanted),
        "why": textwrap.fill(why, 96, initial_indent="#   ", subsequent_indent="#   "),
        "wrong": _json(wrong),
    }
    files = {
        f"policies/{category}/{rule}.rego": _filled("rule/rule.rego", given),
        f"policies/{category}/{rule}_test.rego": _filled("rule/rule_test.rego", given),
    }
    problems = problems or _there(project, files)
    if problems:
        raise BadInput(problems)
    then = [
        "groundplan policies --test",
        f'add "{name}" to the ids in tests/policy/test_rules.py',
        "make docs",
        "groundplan review",
    ]
    return _write(project, name, files, then=then)


def _demanded(type_name: str, argument: str, value: str) -> tuple[Any, Any, list[Problem]]:
    """The value as the argument has it, another one of its kind, and what is wrong with either."""
    from groundplan.plan.schema import schema_for

    try:
        wanted = json.loads(value)
    except ValueError:
        wanted = value
    try:
        block = schema_for(type_name)
    except BadInput as unknown:
        return wanted, None, [problem.below("--type") for problem in unknown.problems]
    found = block.attributes.get(argument)
    writable = sorted(name for name, each in block.attributes.items() if not each.computed_only)
    if found is None or found.computed_only or found.type not in ("bool", "number", "string"):
        return wanted, None, [errors.not_an_argument(type_name, argument, writable, known=argument in block.names())]
    if found.type == "string":
        wanted = wanted if isinstance(wanted, str) else value
        return wanted, f"not-{wanted}", []
    if found.type == "bool" and isinstance(wanted, bool):
        return wanted, not wanted, []
    if found.type == "number" and isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        return wanted, wanted + 1, []
    return wanted, None, [errors.value_of_another_type(type_name, argument, value, found.type)]


# --- An environment


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
    problems = problems or _there(project, renamed.values())
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
    return _write(project, name, files, changed, then)


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


# --- What all have in common


def _two(name: str, form: str, such_as: str) -> tuple[str, str]:
    parts = name.split("/")
    if len(parts) != 2:
        raise BadInput(errors.not_two_names(name, form, such_as))
    return parts[0], parts[1]


def _word_problems(path: str, what: str, word: str) -> Iterator[Problem]:
    """Terraform, Python, Rego and file systems all take lower-case words joined by single underscores."""
    if not _WORD.fullmatch(word):
        yield errors.not_a_word(path, what, word)
    elif keyword.iskeyword(word):
        yield errors.python_keyword(path, what, word)


def _there(project: Path, files: Collection[str] | Mapping[str, str]) -> list[Problem]:
    return [errors.file_there(path) for path in files if (project / path).exists()]


def _camel(word: str) -> str:
    return "".join(part.capitalize() for part in word.split("_"))


def _title(word: str) -> str:
    return word.replace("_", " ").capitalize()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _filled(template: str, given: Mapping[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # what is written is Python, HCL, Rego: nothing of it is HTML
    templates = Environment(  # noqa: S701
        loader=PackageLoader("groundplan.cli", "templates"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    templates.globals.update(import_of=_import_of, all_of=_all_of)
    return templates.get_template(f"{template}.j2").render(given)


def _import_of(package: str, *names: str) -> str:
    """An import as ruff writes it, whichever names it has."""
    ordered = _ordered(names)
    line = f"from {package} import {', '.join(ordered)}"
    if len(line) <= LINE_CHARACTERS:
        return line
    return f"from {package} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def _all_of(*names: str) -> str:
    """What a file exports."""
    return f"[{', '.join(_json(name) for name in _ordered(names))}]"


def _ordered(names: Collection[str]) -> list[str]:
    return sorted(names, key=lambda name: (not (name.isupper() and len(name) > 1), name))


def _write(
    project: Path,
    name: str,
    files: Mapping[str, str],
    changed: Mapping[str, str] = {},
    then: Sequence[str] = (),
) -> Made:
    """Writes all or, when one cannot be written, none."""
    before = {path: (project / path).read_bytes() for path in changed}
    folders = [
        folder
        for path in files
        for folder in (project / path).parents
        if project in folder.parents and not folder.exists()
    ]
    try:
        for path, text in {**files, **changed}.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(project / path, text.encode(), mode=_READABLE_BY_ALL)
    except BaseException:
        for path in files:
            # below a file there is nothing to remove
            with suppress(NotADirectoryError):
                (project / path).unlink(missing_ok=True)
        for path, content in before.items():
            write_atomically(project / path, content, mode=_READABLE_BY_ALL)
        for folder in sorted(set(folders), key=lambda each: len(each.parts), reverse=True):
            if folder.is_dir():
                folder.rmdir()
        raise
    return Made(name, tuple(sorted(files)), tuple(sorted(changed)), tuple(then))
