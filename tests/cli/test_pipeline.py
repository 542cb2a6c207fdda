"""The pipeline is one that GitLab reads, deploys every environment there is, and its scripts run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import PLATFORM
from tests.cli.small_project import open_a_bucket, write_project
from tests.support import forking
from tests.synth.programs import PROJECT, settings

FILE = PROJECT / ".gitlab-ci.yml"
Job = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """GitLab's YAML: with references to other jobs' keys."""


_Loader.add_constructor("!reference", lambda loader, node: ("reference", *loader.construct_sequence(node)))


@pytest.fixture(scope="module")
def pipeline() -> dict[str, Any]:
    """The file as YAML."""
    found: dict[str, Any] = yaml.load(FILE.read_text(), Loader=_Loader)
    return found


def resolved(pipeline: dict[str, Any], name: str) -> Job:
    """A job with what it extends: keys of the job win, variables and other maps are joined.

    https://docs.gitlab.com/ci/yaml/yaml_optimization/#merge-details
    """
    own = dict(pipeline[name])
    base = own.pop("extends", None)
    below = resolved(pipeline, base) if base else {}
    return below | {
        key: below[key] | value if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in own.items()
    }


def lines(pipeline: dict[str, Any], job: Job, key: str) -> list[str]:
    """A job's script, its references put in their places."""
    found: list[str] = []
    for line in [job[key]] if isinstance(job[key], str) else job[key]:
        if isinstance(line, tuple):
            found += lines(pipeline, pipeline[line[1]], line[2])
        else:
            found.append(line)
    return found


def deployments(pipeline: dict[str, Any]) -> dict[str, Job]:
    """The jobs that deploy, by their environments' names, in the file's order."""
    jobs = [
        resolved(pipeline, name) | {"name": name}
        for name in pipeline
        if not name.startswith(".") and isinstance(pipeline[name], dict) and pipeline[name].get("extends") == ".deploy"
    ]
    return {job["environment"]["name"]: job for job in jobs}


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    schema = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_gitlabs_own_schema_takes_it(tmp_path: Path) -> None:
    done = checked(FILE)
    assert done.returncode == 0, done.stdout + done.stderr

    wrong = tmp_path / "wrong.yml"
    wrong.write_text(FILE.read_text().replace("when: manual", "when: by_hand"))
    assert checked(wrong).returncode == 1


def test_every_environment_is_deployed_in_order_one_after_the_other(pipeline: dict[str, Any]) -> None:
    jobs = deployments(pipeline)

    assert list(jobs) == [environment.name for environment in PLATFORM.environments]
    before = None
    for name, job in jobs.items():
        assert job["name"] == f"deploy {name}"
        assert job.get("needs", []) == ([before] if before else [])
        before = job["name"]


def test_an_environment_is_deployed_by_one_job_at_a_time_which_nobody_interrupts(pipeline: dict[str, Any]) -> None:
    jobs = deployments(pipeline)

    assert len({job["resource_group"] for job in jobs.values()}) == len(jobs)
    for name, job in jobs.items():
        assert job["resource_group"] == f"deploy-{name}"
        assert job["interruptible"] is False
        assert job["stage"] == "deploy"


def test_only_the_protected_default_branch_is_deployed_and_production_by_hand(pipeline: dict[str, Any]) -> None:
    for job in deployments(pipeline).values():
        (rule,) = job["rules"]
        assert rule["if"] == '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"'
        assert rule.get("when") == ("manual" if job["environment"]["deployment_tier"] == "production" else None)
        assert "allow_failure" not in job


def test_policies_stand_where_terraform_cloud_looks_for_them_and_the_page_says_where(pipeline: dict[str, Any]) -> None:
    page = (PROJECT / "docs" / "terraform-cloud.md").read_text()
    path = re.search(r"\| policies path \| `(.+)` \|", page)

    # at the root of the policies path: https://developer.hashicorp.com/terraform/cloud-docs/policy-enforcement/opa/vcs
    assert path
    assert (PROJECT / path[1] / "policies.hcl").is_file()
    for name, job in deployments(pipeline).items():
        assert f"`{job['resource_group']}`" in page, f"{name}'s resource group is not on the page"


def test_two_pipelines_of_a_merge_request_write_their_note_one_after_the_other(pipeline: dict[str, Any]) -> None:
    assert "$CI_MERGE_REQUEST_IID" in resolved(pipeline, "review")["resource_group"]


def test_resource_groups_have_names_that_gitlab_takes(pipeline: dict[str, Any]) -> None:
    groups = [job["resource_group"] for job in pipeline.values() if isinstance(job, dict) and "resource_group" in job]

    assert groups
    # https://docs.gitlab.com/ci/yaml/#resource_group
    assert all(re.fullmatch(r"[A-Za-z0-9_/${}. -]+", group) and group.strip("/") == group for group in groups)


def test_every_script_is_one_that_the_shell_reads(pipeline: dict[str, Any]) -> None:
    jobs = [name for name, job in pipeline.items() if isinstance(job, dict) and ("script" in job or "extends" in job)]
    assert {"lint", "test", "synth", "plan", "check", "review", "publish", ".deploy"} <= set(jobs)
    for name in jobs:
        job = resolved(pipeline, name)
        for key in ("before_script", "script"):
            text = "\n".join(lines(pipeline, job, key))
            done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{name}.{key}: {done.stderr}"


def run(script: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a job's lines as GitLab's shell executor does: one bash that ends with the first line that fails."""
    return subprocess.run(
        ["bash"],
        input="\n".join(["set -eo pipefail", *script]),
        cwd=folder,
        env=variables,
        pass_fds=[forking.door()],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a repository with two commits, as the job finds it."""
    origin = write_project(tmp_path / "origin")
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "first"]):
        git(origin, *arguments)
    (origin / "README.md").write_text("second\n")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "second")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    return tmp_path / "clone"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.com"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def variables(cache: Path, tmp_path: Path, environment: str, before: str) -> dict[str, str]:
    """What GitLab sets, with a cdktf and a terraform that only write down how they are called."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("cdktf", "terraform"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >> "{tmp_path}/calls"\n')
        (programs / name).chmod(0o755)
    return forked(programs, settings(cache, CI_ENVIRONMENT_NAME=environment, CI_COMMIT_BEFORE_SHA=before))


def forked(programs: Path, given: dict[str, str]) -> dict[str, str]:
    """The variables of a script whose `groundplan` begins where its imports end."""
    programs.mkdir(exist_ok=True)
    forking.command("groundplan", programs / "groundplan")
    return {**given, "PATH": f"{programs}{os.pathsep}{given['PATH']}"}


def test_every_test_runs_with_the_oldest_python_and_with_the_newest(pipeline: dict[str, Any]) -> None:
    job = resolved(pipeline, "test")
    (given,) = job["parallel"]["matrix"]
    assert job["image"] == "python:$PYTHON"
    assert pipeline["default"]["image"] == f"python:{given['PYTHON'][0]}"
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: "
    allowed = [each.removeprefix(prefix) for each in project["classifiers"] if each.startswith(prefix)]
    assert [image.partition("-")[0] for image in given["PYTHON"]] == [allowed[0], allowed[-1]]


def test_the_jobs_after_the_plan_are_given_what_all_its_parallel_jobs_left(pipeline: dict[str, Any]) -> None:
    plan = resolved(pipeline, "plan")

    # 1 to 200: https://docs.gitlab.com/ci/yaml/#parallel
    assert 1 <= plan["parallel"] <= 200
    assert plan["artifacts"]["paths"] == ["out/plans/"]
    stages = pipeline["stages"]
    for name in ("check", "review"):
        job = resolved(pipeline, name)
        assert stages.index(job["stage"]) > stages.index(plan["stage"])
        # either key would choose among the artifacts; without them a job has those of all earlier stages:
        # https://docs.gitlab.com/ci/jobs/job_artifacts/#prevent-a-job-from-fetching-artifacts
        assert not {"needs", "dependencies"} & job.keys()


def artifacts(job: Job, folder: Path) -> dict[str, bytes]:
    """The files that a job leaves for those after it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for kept in job["artifacts"]["paths"]
        for found in [folder / kept]
        for path in ([found] if found.is_file() else sorted(found.rglob("*")))
        if path.is_file()
    }


@pytest.mark.parametrize("merge_request", [True, False])
def test_the_scripts_from_synth_to_review_run_in_folders_of_their_own(
    pipeline: dict[str, Any], clone: Path, cache: Path, tmp_path: Path, merge_request: bool
) -> None:
    given = forked(tmp_path / "programs", settings(cache))
    if merge_request:
        given["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = git(clone, "rev-parse", "HEAD~1")
    left: dict[str, bytes] = {}

    def job(name: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs it in a fresh clone, with the artifacts of the earlier stages."""
        folder = tmp_path / "-".join([name, *more.values()])
        git(tmp_path, "clone", "-q", str(tmp_path / "origin"), str(folder))
        for path, file in left.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(file)
        found = resolved(pipeline, name)
        done = run(lines(pipeline, found, "script"), folder, **given, **more)
        if done.returncode == 0:
            made.update(artifacts(found, folder))
        return done

    made: dict[str, bytes] = {}
    assert job("synth").returncode == 0
    left = dict(made)
    total = resolved(pipeline, "plan")["parallel"]
    for index in range(1, total + 1):
        done = job("plan", CI_NODE_INDEX=str(index), CI_NODE_TOTAL=str(total))
        assert done.returncode == 0, done.stdout + done.stderr
        # the second commit changes no stack
        assert ("-storage: 9 to add" in done.stderr) is not merge_request
    left = dict(made)
    assert {"out/plans/live-storage.json", "out/plans/test-storage.json"} <= left.keys()
    done = job("check")
    assert done.returncode == 0, done.stdout + done.stderr
    left = dict(made)
    done = job("review")
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"live-storage" in made["out/review.md"]

    left = {path: file for path, file in left.items() if f"{total}-of-{total}" not in path}
    done = job("check", CI_JOB_ID="2")
    assert done.returncode != 0
    assert f"retry the job plan {total}/{total}" in done.stderr


@pytest.mark.parametrize("first_push", [True, False])
def test_the_deploy_jobs_script_deploys_the_stacks_of_its_environment(
    pipeline: dict[str, Any], clone: Path, cache: Path, tmp_path: Path, first_push: bool
) -> None:
    before = "0" * 40 if first_push else git(clone, "rev-parse", "HEAD~1")
    job = deployments(pipeline)["dev"]

    done = run(lines(pipeline, job, "script"), clone, **variables(cache, tmp_path, "live", before))

    assert done.returncode == 0, done.stdout + done.stderr
    assert [call.split()[:3] for call in (tmp_path / "calls").read_text().splitlines()] == [
        ["cdktf", "deploy", "live-storage"]
    ]
    assert (f"synthesizing {before}" in done.stderr) is not first_push
    for path in job["artifacts"]["paths"]:
        assert (clone / path).is_file()


def test_the_deploy_jobs_script_stops_at_what_is_denied(
    pipeline: dict[str, Any], clone: Path, cache: Path, tmp_path: Path
) -> None:
    open_a_bucket(clone)
    given = variables(cache, tmp_path, "test", "0" * 40)
    # with the command that is installed
    (tmp_path / "programs" / "groundplan").unlink()

    done = run(lines(pipeline, deployments(pipeline)["prod"], "script"), clone, **given)

    assert done.returncode == 1
    assert not (tmp_path / "calls").exists()
    assert (clone / "out" / "review.html").is_file()
