"""Terraform Cloud's hosts and names: what exists is taken, what cannot exist is refused before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environments.dev import DEV
from groundplan.framework.checking import problems_of
from groundplan.problems import BadInput
from groundplan.synth.cloud import comparable_host, host_fault, workspace_fault
from groundplan.synth.environment import TerraformCloud
from groundplan.synth.project import synth
from groundplan.synth.stack import Stacks
from tests.synth.programs import PROJECT

# what terraform-svchost v0.1.1 makes of them, which is the library that Terraform itself asks
HOSTS = {
    "app.terraform.io": "app.terraform.io",
    "tfe.example.com:8443": "tfe.example.com:8443",
    "TFE.Example.com": "tfe.example.com",
    "localhost": "localhost",
    "localhost:8080": "localhost:8080",
    "tfe": "tfe",
    "tfe.example.com:443": "tfe.example.com",
    "10.0.0.5": "10.0.0.5",
    "10.0.0.5:8443": "10.0.0.5:8443",
    "bücher.example": "xn--bcher-kva.example",
    "straße.example": "xn--strae-oqa.example",
    "例え.example": "xn--r8jz45g.example",
}
NO_HOSTS = {
    "https://tfe.example.com": "an address, not a host",
    "tfe.example.com/app": "a path",
    "tfe.example.com:": "a port that is none",
    "tfe.example.com:65536": "a port that is none",
    "tfe.example.com:0": "a port that is none",
    "tfe.example.com:-1": "a port that is none",
    "tfe.example.com:8443:1": "a port that is none",
    "[::1]": "a port that is none",
    "xn--bcher-kva.example": "punycode",
    "tfe..example.com": "empty label",
    "tfe.example.com.": "ends in a dot",
    "-tfe.example.com": "hyphen",
    "tf_e.example.com": "a character that no host has",
    "*.example.com": "a character that no host has",
    "tfe example.com": "a character that no host has",
    " tfe.example.com": "a character that no host has",
}


def said(**settings: Any) -> list[str]:
    return [str(problem) for problem in problems_of(TerraformCloud(**{"organization": "example", **settings}), "cloud")]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_terraform_takes_is_taken(host: str) -> None:
    assert said(hostname=host) == []
    assert comparable_host(host) == HOSTS[host]


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_host_that_cannot_be_is_refused_with_the_reason_and_how_to_write_it(host: str) -> None:
    (problem,) = said(hostname=host)

    assert problem.startswith("cloud.hostname: must be the host of a Terraform Cloud, got ")
    assert NO_HOSTS[host] in problem
    assert "tfe.example.com:8443" in problem


def test_an_empty_host_is_refused() -> None:
    assert said(hostname="") == ['cloud.hostname: must have 1 or more characters, got ""']


@given(st.text(max_size=80))
def test_any_text_is_a_host_or_has_a_fault_and_comparing_is_settled_at_once(text: str) -> None:
    same = comparable_host(text)
    if host_fault(text):
        assert same == text
    elif "xn--" not in same:
        assert host_fault(same) is None
        assert comparable_host(same) == same


@pytest.mark.parametrize("name", ["example-insurance", "Example_Insurance-EU", "abc", "a" * 40])
def test_an_organization_that_may_exist_is_taken(name: str) -> None:
    assert said(organization=name) == []


@pytest.mark.parametrize(
    "name", ["Example Insurance / EU", "Example Insurance", "example.insurance", "example/eu", "exämple", "example\n"]
)
def test_an_organization_that_cannot_exist_is_refused(name: str) -> None:
    (problem,) = said(organization=name)

    assert problem.startswith("cloud.organization: must be the organization's name as it stands in its address")
    assert "letters, digits, - and _" in problem


@pytest.mark.parametrize("name", ["ab", "a" * 41])
def test_an_organization_has_3_to_40_characters(name: str) -> None:
    (problem,) = said(organization=name)

    assert problem.startswith("cloud.organization: must have 3 to 40 characters")


def refused(compose: Any, out: Path, *environments: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        synth(compose, environments or (DEV,), project=PROJECT, out=out)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("family", "fault"),
    [
        ("claims / eu", "may hold letters, digits, - and _ only"),
        ("x" * 87, "has 91 characters, and Terraform Cloud takes 90"),
    ],
    ids=["a space and a slash", "too long"],
)
def test_a_family_whose_workspace_cannot_exist_is_refused(family: str, fault: str, tmp_path: Path) -> None:
    def compose(stacks: Stacks[Any], _: Any) -> None:
        stacks.family(family)

    if family:
        (problem,) = refused(compose, tmp_path / "out")
        assert problem.startswith(
            f'dev.{family}: would have the Terraform Cloud workspace "dev-{family}", which {fault}'
        )
        assert not (tmp_path / "out").exists()


def test_a_workspace_has_at_most_90_characters() -> None:
    assert workspace_fault("x" * 90) is None
    assert workspace_fault("x" * 91) is not None


def test_one_server_under_two_spellings_is_one_server(tmp_path: Path) -> None:
    def compose(_: Stacks[Any], __: Any) -> None:
        pass

    elsewhere = DEV.but(terraform_cloud=DEV.terraform_cloud.but(hostname="App.Terraform.io:443"))
    problems = refused(compose, tmp_path / "out", DEV, elsewhere)

    assert any("shares the Terraform Cloud workspace dev-<family>" in problem for problem in problems)
