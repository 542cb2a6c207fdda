"""Uploading to GitLab's Terraform module registry, and how modules are called there."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
import responses

from groundplan.problems import BadInput, ToolFailed
from groundplan.publish import upload
from groundplan.publish.sources import calls, from_registry, registry_of

URL = "https://gitlab.example.com/api/v4/projects/platform%2Fplan/packages/terraform/modules/aws-backup/aws/1.4.0/file"
TOKEN = "not-a-real-token"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "aws_backup-1.4.0.tgz"
    path.write_bytes(b"content")
    return path


def send(package: Path, version: str = "1.4.0") -> None:
    upload(
        package,
        name="aws_backup",
        system="aws",
        version=version,
        url="https://gitlab.example.com/",
        project_id="platform/plan",
        token=TOKEN,
    )


@responses.activate
def test_a_package_goes_to_its_name_system_and_version(package: Path) -> None:
    responses.put(URL, status=201, json={"message": "201 Created"})
    send(package)
    (call,) = responses.calls
    assert call.request.body == b"content"
    assert call.request.headers["JOB-TOKEN"] == TOKEN


@responses.activate
@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (401, "token is not valid"),
        (403, "version may exist already"),
        (404, "project's id"),
        (302, "later"),
        (500, "later"),
    ],
)
def test_a_refused_package_is_told_with_what_to_do_and_without_the_token(package: Path, status: int, cure: str) -> None:
    responses.put(URL, status=status, body=f"refused {TOKEN}", headers={"Location": "https://other.example.com"})
    with pytest.raises(ToolFailed) as error:
        send(package)
    assert f"aws_backup-1.4.0.tgz was not uploaded: GitLab answered {status}" in str(error.value)
    assert cure in str(error.value)
    assert "refused ..." in str(error.value)
    assert TOKEN not in str(error.value)


@responses.activate
def test_a_gitlab_that_is_away_is_told(package: Path) -> None:
    responses.put(URL, body=requests.ConnectionError(TOKEN))
    with pytest.raises(ToolFailed, match="GitLab could not be reached") as error:
        send(package)
    assert TOKEN not in str(error.value)


def test_a_version_that_is_none_is_not_sent(package: Path) -> None:
    with pytest.raises(BadInput):
        send(package, "../../7")


@pytest.mark.parametrize(
    ("environment", "registry"),
    [
        ({"GROUNDPLAN_REGISTRY": "https://git.example.com/team/"}, "git.example.com/team"),
        ({"CI_SERVER_FQDN": "git.example.com:8443", "CI_PROJECT_ROOT_NAMESPACE": "team"}, "git.example.com:8443/team"),
        ({"CI_SERVER_HOST": "git.example.com", "CI_PROJECT_ROOT_NAMESPACE": "team"}, "git.example.com/team"),
        ({"CI_SERVER_HOST": "git.example.com"}, "gitlab.example.com/platform"),
        ({}, "gitlab.example.com/platform"),
    ],
)
def test_the_registry_is_the_pipelines_own_unless_somebody_says_otherwise(
    environment: dict[str, str], registry: str
) -> None:
    assert registry_of(environment) == registry


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"GROUNDPLAN_REGISTRY": "git.example.com/my.team"}, "GROUNDPLAN_REGISTRY"),
        ({"GROUNDPLAN_REGISTRY": "git.example.com/team/platform"}, "GROUNDPLAN_REGISTRY"),
        ({"GROUNDPLAN_REGISTRY": "git.example.com"}, "GROUNDPLAN_REGISTRY"),
        ({"CI_SERVER_HOST": "git.example.com", "CI_PROJECT_ROOT_NAMESPACE": "my.team"}, "CI_PROJECT_ROOT_NAMESPACE"),
    ],
)
def test_a_group_that_terraform_takes_for_no_namespace_is_refused(environment: dict[str, str], variable: str) -> None:
    with pytest.raises(BadInput) as refused:
        registry_of(environment)
    (problem,) = refused.value.problems
    assert problem.path == variable
    assert "without dots" in problem.message
    assert (environment.get(variable) or "") in problem.message


REGISTRY = "git.example.com/team"


def test_a_source_becomes_the_registrys_in_the_format_of_its_surroundings() -> None:
    text = 'module "a" {\n  for_each = local.names\n  source   = "../../../out/modules/aws_backup"\n\n  x = 1\n}\n'
    expected = (
        'module "a" {\n  for_each = local.names\n  source   = "git.example.com/team/aws-backup/aws"\n'
        '  version  = "1.4.0"\n\n  x = 1\n}\n'
    )
    assert from_registry(text, registry=REGISTRY, version="1.4.0") == expected


def test_every_module_that_an_example_calls_comes_from_the_registry() -> None:
    text = '  source = "../../../out/modules/vault"\n}\n  source = "../../../out/modules/velero/"\n  values = {\n  }\n'
    expected = (
        '  source  = "git.example.com/team/vault/aws"\n  version = "1.4.0"\n}\n'
        '  source  = "git.example.com/team/velero/aws"\n  version = "1.4.0"\n  values = {\n  }\n'
    )
    assert from_registry(text, registry=REGISTRY, version="1.4.0") == expected


def test_other_sources_and_other_texts_stay_as_they_are() -> None:
    text = 'source = "../../modules/vault"\n# source = "../../../out/modules/vault"\nsource\u2028\r\n'
    assert from_registry(text, registry=REGISTRY, version="1.4.0") == text


def test_a_module_whose_name_begins_alike_is_another() -> None:
    assert not calls('source = "../../../out/modules/aws_backup_vault"', "aws_backup")
    assert calls('  source   = "../../../out/modules/aws_backup"', "aws_backup")
