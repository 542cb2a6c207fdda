"""What the README says of adding an environment and a module works when it is done to the letter."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from environments.staging import STAGING
from tests.support.here import run_main_here
from tests.synth.programs import PROJECT, copy_project, settings

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def shown_files() -> dict[str, str]:
    """The Python that the README shows, by the name of the file that it is for."""
    blocks = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    parts = re.split(r"^# ([\w/]+\.py)\b.*\n", blocks, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def add_module(project: Path) -> None:
    files = shown_files()
    folder = project / "modules" / "notify" / "topic"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    for name in ("__init__.py", "inputs.py", "module.py"):
        (folder / name).write_text(files[name])
    family = "environments/families/notify.py"
    (project / family).write_text(files[family])


def add_environment(project: Path) -> None:
    folder = project / "environments"
    shutil.copytree(folder / "staging", folder / "qa")
    for file in (folder / "qa").glob("*.py"):
        text = file.read_text().replace("staging", "qa").replace("STAGING", "QA")
        # an account of its own, as it is asked for: what an account has once, staging makes
        file.write_text(text.replace(STAGING.account_id, "555566667777"))


def test_a_module_and_an_environment_added_as_the_readme_says_are_synthesized(cache: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    add_module(project)
    add_environment(project)

    done = run_main_here(project, settings(cache, GROUNDPLAN_SELECT="qa,staging"))

    assert done.returncode == 0, done.stderr
    stacks = project / "cdktf.out" / "stacks"
    assert {path.name for path in stacks.glob("qa-*")} == {
        path.name.replace("staging", "qa") for path in stacks.glob("staging-*")
    }
    call = json.loads((stacks / "qa-notify" / "cdk.tf.json").read_text())["module"]["topic"]
    assert call["name"] == "qa-topic"
    made = json.loads((stacks / "qa-notify" / "modules" / "topic" / "main.tf.json").read_text())["resource"]
    assert made["aws_sns_topic_subscription"]["person"]["for_each"] == "${var.subscribers}"
    assert made["aws_sns_topic"]["topic"]["kms_master_key_id"]


def test_the_line_that_the_readme_s_error_names_is_the_one_that_says_the_value() -> None:
    file, number = re.findall(r"It is said at ([\w/]+\.py):(\d+)\.", README)[0]

    assert "replicas=" in (PROJECT / file).read_text(encoding="utf-8").splitlines()[int(number) - 1]
