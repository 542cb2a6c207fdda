"""`groundplan new` makes rooms that work: what it makes passes its own tests, and a synth."""

from __future__ import annotations

import ast
import json
import keyword
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from groundplan.cli.making import FILL_IN, Place, new_environment, new_module, new_rule
from groundplan.framework.types import ResourceName
from groundplan.plan.terraform import offline_environment, open_terraform
from groundplan.policy import read_rules, run_rego_tests
from groundplan.policy.engines import Question, engine_called
from groundplan.policy.examples import example_document
from groundplan.policy.library import load_library
from groundplan.problems import BadInput
from tests.cli.conftest import Groundplan
from tests.support import forking
from tests.support.copies import kept_as_it_is, linked
from tests.support.here import run_main_here
from tests.support.roots import plan_root
from tests.synth.programs import PROJECT, content, copy_project, settings

WHOLE = Place(
    account_id="555566667777",
    dr_region="us-east-2",
    vpc_id="vpc-0d1d2d3d4d5d60001",
    subnet_ids=("subnet-0d1d2d3d4d5d60001", "subnet-0d1d2d3d4d5d60002", "subnet-0d1d2d3d4d5d60003"),
    oidc_id="D0D1D2D3D4D5D0D1D2D3D4D5D0D1D2D3",
    others={"203.0.113.20": "203.0.113.30", "198.51.100.20": "198.51.100.30"},
)
THEIRS = ("222233334444", "vpc-0b1c2d3e4f5a60001", "203.0.113.20", "198.51.100.20")
"""What staging has to itself, and a stack of its says."""
RULE: dict[str, Any] = {
    "type_name": "aws_sns_topic",
    "argument": "signature_version",
    "value": "2",
    "why": "Whoever receives a message that is signed by SHA1 cannot tell whether it was changed on its way.",
    "controls": ["SOC 2: CC6.7"],
    "severity": "major",
    "title": None,
}
QA_NEEDS = ["alerting", "cluster", "dns"]
"""Families of the copies: with fewer modules a synth is quick, and what is said of an environment is the same."""
QA_MODULES = ["acm", "cloudwatch", "foundations", "route53", "service_discovery"]
"""Modules of the copies: those that these families call, and one whose name is taken in another family."""


def run(project: Path, cache: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return forking.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env=settings(cache, PYTHONPATH=f"{project}:{PROJECT}"),
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def kept_whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project, with one family, its pipeline and what the tests of modules share."""
    project = copy_project(tmp_path_factory.mktemp("kept") / "whole")
    for file in (project / "modules").glob("*/*/module.py"):
        if file.parent.name not in QA_MODULES:
            shutil.rmtree(file.parent)
    for file in (project / "environments").rglob("*.py"):
        if file.stem not in (*QA_NEEDS, "__init__", "platform"):
            file.unlink()
    for name in (".gitlab-ci.yml", "LICENSE", "pyproject.toml"):
        shutil.copy(PROJECT / name, project / name)
    shutil.copytree(PROJECT / "tests" / "support", project / "tests" / "support")
    for file in PROJECT.glob("tests/modules/**/*.py"):
        if file.parent.name == "modules" or (file.name == "examples.py" and file.parent.name in QA_MODULES):
            target = project / file.relative_to(PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    with kept_as_it_is(project):
        yield project


@pytest.fixture
def whole(kept_whole: Path, tmp_path: Path) -> Path:
    """The same for one test."""
    return linked(kept_whole, tmp_path / "whole")


def linted(project: Path, paths: list[str]) -> str:
    done = [
        subprocess.run([sys.executable, "-m", "ruff", *words, "--no-cache", *paths], cwd=project, capture_output=True)
        # in the copy groundplan itself is a package like any other
        for words in (["check", "--config", "lint.isort.known-first-party=['groundplan']"], ["format", "--check"])
    ]
    return "".join(each.stdout.decode() for each in done if each.returncode)


def test_a_new_module_passes_its_own_tests_and_is_published(whole: Path, cache: Path, tmp_path: Path) -> None:
    made = new_module(whole, "notify/topics")

    its_own = ["tests/modules/topics", "tests/modules/test_uses.py", "tests/modules/test_every_module.py"]
    # in the folder that all runs share pytest first deletes what earlier ones have left, for many seconds
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'own'}", "-k", "topics"]
    tested = run(whole, cache, "pytest", *options, *its_own)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert re.match(r"\.{3,} +\[100%\]", tested.stdout), tested.stdout
    assert "snapshot" in tested.stdout
    published = run(whole, cache, "groundplan", "publish", "topics")
    assert published.returncode == 0, published.stderr
    assert "| `logs` |" in (whole / "modules/notify/topics/README.md").read_text()
    built = {"topics": whole / "out" / "modules" / "topics"}
    for scenario, calls, outputs in (("minimal", 1, {"kms_key_arn"}), ("complete", 2, {"log_group_names"})):
        place = f"examples/topics/{scenario}"
        plan = plan_root(whole / place, built, place)
        assert (len(plan.instances), plan.outputs) == (calls, outputs)
    assert linted(whole, [path for path in made.files if path.endswith(".py")]) == ""


def test_a_family_that_is_there_is_left_alone_and_the_lines_for_it_are_told(whole: Path) -> None:
    before = (whole / "environments/families/dns.py").read_bytes()

    made = new_module(whole, "dns/resolver_rules")

    assert (whole / "environments/families/dns.py").read_bytes() == before
    told = made.then[0].splitlines()
    assert told[0] == "add to environments/families/dns.py:"
    assert [line.partition("#")[0].strip() for line in told[1:]] == [
        "from modules.dns.resolver_rules import ResolverRules, ResolverRulesInputs",
        'resolver_rules: ResolverRulesInputs = field("resolver_rules, by its own inputs")',
        'ResolverRules(stack, "resolver_rules", stack.wired(self.resolver_rules))',
    ]


@pytest.mark.parametrize("name", ["a", "s3", "archive", "zebra_crossing", "a" * 23])
def test_whatever_its_name_a_module_is_written_as_the_project_is(whole: Path, name: str) -> None:
    made = new_module(whole, f"notify/{name}")
    assert linted(whole, [path for path in made.files if path.endswith(".py")]) == ""


def test_an_example_is_formatted_as_terraform_does(whole: Path, tmp_path: Path) -> None:
    new_module(whole, "notify/topics")
    (tmp_path / "rc").write_text("")
    terraform = open_terraform(None, offline_environment("{}", tmp_path / "rc"))
    try:
        done = terraform.run(whole / "examples", ["fmt", "-check", "-diff", "-recursive", "-no-color"])
    finally:
        terraform.close()
    assert (done.code, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("topics", ["must be two names, <family>/<module>"]),
        ("Notify/to-pics", ["its family must be lower-case", "its module must be lower-case"]),
        ("notify/class", ["its module must be no word of Python's own, got 'class'"]),
        ("dns/route53", ["its module is taken by modules/dns/route53"]),
        ("notify/acm", ["its module is taken by modules/certificates/acm"]),
        ("notify/compose", ["its module must not be 'compose', which means something else"]),
        (f"platform/{'a' * 24}", ["its module must have at most 23 characters, got 24", "must not be 'platform'"]),
    ],
)
def test_a_module_s_name_is_refused_with_everything_that_is_wrong_with_it(
    whole: Path, name: str, said: list[str]
) -> None:
    before = content(whole)
    with pytest.raises(BadInput) as refused:
        new_module(whole, name)
    messages = [problem.message for problem in refused.value.problems]
    assert [part for part in said if not any(part in message for message in messages)] == []
    assert content(whole) == before


def test_nothing_is_written_over(whole: Path) -> None:
    (whole / "examples/topics/minimal").mkdir(parents=True)
    (whole / "examples/topics/minimal/main.tf").write_text("mine\n")
    before = content(whole)
    with pytest.raises(BadInput, match=r"examples/topics/minimal/main.tf: is there already"):
        new_module(whole, "notify/topics")
    assert content(whole) == before


def test_what_cannot_be_written_whole_is_not_written(whole: Path) -> None:
    (whole / "tests" / "modules" / "topics").write_text("a file where a folder is needed\n")
    before = content(whole)
    with pytest.raises(OSError):
        new_module(whole, "notify/topics")
    assert content(whole) == before
    assert not (whole / "modules" / "notify").exists()


@given(st.text("ab_-9A.\n", max_size=6) | st.sampled_from(keyword.kwlist))
def test_a_name_that_is_taken_for_a_module_s_is_one_of_python_and_of_terraform(word: str) -> None:
    from groundplan.cli.making.files import word_problems

    if not list(word_problems("x", "module", word)):
        ast.parse(f"import modules.{word}")
        # https://developer.hashicorp.com/terraform/language/syntax/configuration#identifiers
        assert re.fullmatch("[a-z][a-z0-9_-]*", word)
        assert ResourceName.__metadata__[0].accepts(f"prod-{word.replace('_', '-')}")


# --- A rule


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A project with what rules share, and one rule."""
    for name in ("lib", "testing", "parameters", "exceptions"):
        shutil.copytree(PROJECT / "policies" / name, tmp_path / "small" / "policies" / name)
    for test in (tmp_path / "small" / "policies").rglob("*_test.rego"):
        test.unlink()
    shutil.copy(PROJECT / "policies" / "main.rego", tmp_path / "small" / "policies" / "main.rego")
    return tmp_path / "small"


RULES = {
    "messaging/topic_signed": RULE,
    "images/tag_stays": RULE
    | {
        "type_name": "aws_ecr_repository",
        "argument": "image_tag_mutability",
        "value": "IMMUTABLE",
        "title": 'A "title"',
    },
    "keys/rotated": RULE
    | {"type_name": "aws_kms_key", "argument": "enable_key_rotation", "value": "true", "severity": "critical"},
}
"""A number, a text, a flag."""


def test_new_rules_pass_their_own_tests_and_do_what_their_documentation_says(policies: Path) -> None:
    for name, case in RULES.items():
        assert "make docs" in new_rule(policies, name, **case).then

    report = run_rego_tests(policies / "policies")
    assert len(report.tests) == 4 * len(RULES)
    assert report.failed == ()
    library = load_library(policies / "policies")
    found = {item.rule.id: item for item in read_rules(policies / "policies") if item.rule.id in RULES}
    assert found["images/tag_stays"].rule.title == 'A "title"'
    documents = {
        (name, good): example_document(rule, good=good) for name, rule in found.items() for good in (False, True)
    }
    questions = [Question(str(key), json.dumps(each), each["exceptions"]) for key, each in documents.items()]
    answers = engine_called("regorus").ask(library, questions)
    verdicts = {
        key: {found["verdict"] for found in answer.findings if found["rule"] == key[0]}
        for key, answer in zip(documents, answers, strict=True)
    }
    assert verdicts == {(name, good): set() if good else {"deny"} for name in RULES for good in (False, True)}


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("topic_signed", {}, ["must be two names, <category>/<rule>"]),
        ("messaging/default", {}, ["its rule must not be 'default'"]),
        ("lib/plan", {}, ["its category must not be 'lib'", "its rule must not be 'plan'"]),
        ("a/b", {"type_name": "aws_sns_topik"}, ["no resource type aws_sns_topik"]),
        ("a/b", {"argument": "signature_versio"}, ["aws_sns_topic has no argument signature_versio"]),
        ("a/b", {"argument": "arn"}, ["arn of aws_sns_topic is no text, number or flag that an author writes"]),
        ("a/b", {"argument": "fifo_topic", "value": "7"}, ["must be true or false, as fifo_topic"]),
        ("a/b", {"why": "", "controls": []}, ["must say something", "must say something"]),
    ],
)
def test_a_rule_that_could_not_work_is_refused(
    policies: Path, name: str, changed: dict[str, Any], said: list[str]
) -> None:
    before = content(policies)
    with pytest.raises(BadInput) as refused:
        new_rule(policies, name, **(RULE | changed))
    messages = [problem.message for problem in refused.value.problems]
    assert len(messages) == len(said)
    assert [part for part in said if not any(part in message for message in messages)] == []
    assert content(policies) == before


# --- An environment


def jobs(project: Path) -> dict[str, Any]:
    text = (project / ".gitlab-ci.yml").read_text().replace("!reference ", "")
    return {name: job for name, job in yaml.safe_load(text).items() if name.startswith("deploy ")}


def test_a_new_family_and_a_new_environment_with_all_its_facts_are_synthesized(whole: Path, cache: Path) -> None:
    made = new_module(whole, "notify/topics")
    new_environment(whole, "qa", like="staging", place=WHOLE)

    done = run_main_here(whole, settings(cache, GROUNDPLAN_SELECT="qa,staging"))

    assert done.returncode == 0, done.stderr
    stacks = whole / "cdktf.out" / "stacks"
    families = ("alerting", "cluster", "dns", "notify")
    assert {path.name for path in stacks.iterdir()} == {
        f"{env}-{name}" for env in ("qa", "staging") for name in families
    }
    stack = (stacks / "qa-dns" / "cdk.tf.json").read_text()
    provider = json.loads(stack)["provider"]["aws"][0]
    assert (provider["allowed_account_ids"], provider["region"]) == (["555566667777"], "us-east-1")
    assert provider["default_tags"][0]["tags"]["Environment"] == "qa"
    assert [text for text in (*THEIRS, "staging") if text in stack] == []
    theirs = (stacks / "staging-dns" / "cdk.tf.json").read_text()
    assert [text for text in THEIRS if text not in theirs] == []
    assert "environments/families/notify.py" in made.files
    assert json.loads((stacks / "qa-notify" / "cdk.tf.json").read_text())["module"]["topics"]["name"] == "qa-topics"


def test_what_nobody_said_of_a_new_environment_is_refused_at_its_line(whole: Path, cache: Path) -> None:
    made = new_environment(whole, "qa", like="staging", place=Place())

    done = run_main_here(whole, settings(cache, GROUNDPLAN_SELECT="qa"))

    assert done.returncode == 2
    for path, old in (
        ("qa.account_id", "222233334444"),
        ("qa.network.vpc_id", "vpc-0b1c2d3e4f5a60001"),
        ("qa.network.private_subnet_ids[0]", "subnet-0b1c2d3e4f5a60001"),
    ):
        assert f"{path}: must be " in done.stderr
        assert f'"{FILL_IN}{old}"' in done.stderr
        assert f"{FILL_IN}{old}" in made.then[0]
    assert "environments/qa/__init__.py:" in done.stderr


@pytest.mark.parametrize(
    ("name", "like", "order"),
    [
        ("qa", "staging", ["dev", "qa", "staging", "prod"]),
        ("alpha", "dev", ["alpha", "dev", "staging", "prod"]),
        ("test-eu", "staging", ["dev", "staging", "test-eu", "prod"]),
        ("prod-eu", "prod", ["dev", "staging", "prod", "prod-eu"]),
    ],
)
def test_the_pipeline_deploys_a_new_environment_in_its_order(
    whole: Path, name: str, like: str, order: list[str]
) -> None:
    before = jobs(whole)

    made = new_environment(whole, name, like=like, place=Place(account_id="555566667777"))

    found = jobs(whole)
    assert made.changed == (".gitlab-ci.yml",)
    assert list(found) == [f"deploy {each}" for each in order]
    for index, each in enumerate(order):
        job = found[f"deploy {each}"]
        assert job.get("needs", []) == ([f"deploy {order[index - 1]}"] if index else [])
        assert job["environment"]["name"] == each
        assert job["resource_group"] == f"deploy-{each}"
    assert found[f"deploy {name}"]["rules"] == before[f"deploy {like}"]["rules"]
    folder = whole / "environments" / name.replace("-", "_")
    for file in folder.glob("*.py"):
        ast.parse(file.read_text())
    assert f'name="{name}"' in (folder / "__init__.py").read_text()


def test_regions_and_their_zones_are_exchanged_at_once(whole: Path) -> None:
    new_environment(whole, "qa", like="staging", place=Place(region="us-west-2", dr_region="us-east-1"))
    text = (whole / "environments" / "qa" / "__init__.py").read_text()
    assert '    region="us-west-2",\n    dr_region="us-east-1",\n' in text
    assert 'availability_zones=["us-west-2a", "us-west-2b", "us-west-2c"]' in text


def test_a_new_environment_in_another_partition_is_named_as_there(whole: Path) -> None:
    new_environment(whole, "qa", like="staging", place=Place(region="cn-north-1", dr_region="cn-northwest-1"))
    text = (whole / "environments" / "qa" / "__init__.py").read_text()
    assert 'oidc_provider_arn=(\n            f"arn:aws-cn:iam::' in text
    assert "oidc.eks.cn-north-1.amazonaws.com.cn/id/" in text
    assert "arn:aws:" not in text


def test_a_pipeline_of_another_form_is_left_alone_and_its_job_told(whole: Path) -> None:
    (whole / ".gitlab-ci.yml").unlink()
    (whole / ".gitlab-ci.yml").write_text("include: elsewhere.yml\n")
    made = new_environment(whole, "qa", like="staging", place=Place())
    assert (whole / ".gitlab-ci.yml").read_text() == "include: elsewhere.yml\n"
    assert any("add to .gitlab-ci.yml a job that runs groundplan deploy qa" in step for step in made.then)
    commands = [step for step in made.then if step.partition(" ")[0] in ("make", "groundplan")]
    assert commands == ["make format", "groundplan synth qa", "groundplan policies --write"]


@pytest.mark.parametrize(
    ("name", "like", "place", "said"),
    [
        ("staging", "dev", Place(), ["its environment is taken by environments/staging"]),
        ("families", "dev", Place(), ["must not be 'families'"]),
        ("Q A", "dev", Place(), ["must be lower-case letters and digits"]),
        ("class", "dev", Place(), ["must be lower-case letters and digits"]),
        ("a" * 17, "dev", Place(), ["at most 16 characters, got 17"]),
        ("qa", "stagin", Place(), ["stagin is no folder of environments/"]),
        (
            "qa",
            "dev",
            Place(account_id="1", region="mars", vpc_id="vpc", oidc_id="x"),
            ["twelve digits", "name of an AWS region", "id of a VPC", "OIDC provider"],
        ),
        ("qa", "staging", Place(region="us-west-2"), ["must be another region than --region, got 'us-west-2'"]),
        ("qa", "staging", Place(subnet_ids=("subnet-0123456789abcdef0",)), ["must be given 3 times"]),
    ],
)
def test_an_environment_that_cannot_be_is_refused(
    whole: Path, name: str, like: str, place: Place, said: list[str]
) -> None:
    before = content(whole)
    with pytest.raises(BadInput) as refused:
        new_environment(whole, name, like=like, place=place)
    messages = [problem.message for problem in refused.value.problems]
    assert len(messages) == len(said)
    assert [part for part in said if not any(part in message for message in messages)] == []
    assert content(whole) == before


# --- The command


def test_the_command_says_what_it_made_and_what_is_left(groundplan: Groundplan, project: Path) -> None:
    said = groundplan("new", "module", "notify/topics")
    assert said.code == 0
    assert "made  modules/notify/topics/module.py" in said.out
    assert "groundplan publish topics" in said.out.partition("then:")[2]
    again = groundplan("new", "module", "notify/topics", "--json")
    assert again.code == 2
    assert [problem["path"] for problem in again.json["problems"]] == ["notify/topics"]


def test_the_command_refuses_what_is_no_pair(groundplan: Groundplan) -> None:
    said = groundplan("new", "environment", "qa", "--like", "live", "--set", "old")
    assert said.code == 2
    assert "--set: must be OLD=NEW, got 'old'" in said.err
