"""`groundplan teardown`: how an environment is taken down."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Groundplan

pytestmark = pytest.mark.usefixtures("planned")


def test_it_says_what_refuses_to_go_and_what_stays_and_destroys_nothing(groundplan: Groundplan) -> None:
    machine = groundplan("teardown", "live", "--only", "--json")
    assert machine.code == 0, machine.err
    (step,) = machine.json
    assert (step["stack"], step["goes"], step["unknown"]) == ("live-storage", [], [])
    assert [(one["what"], one["says"]) for one in step["first"]] == [
        (
            "module.archive.aws_s3_bucket.archive",
            "AWS refuses to delete it while anything is in it: empty it, all versions too",
        )
    ]
    assert [one["what"] for one in step["stays"]] == ["module.archive.aws_kms_key.archive"]

    people = groundplan("teardown", "live", "--only")
    assert people.code == 0, people.err
    assert "1. live-storage" in people.out
    assert "stays: waits for 30 days, until which it can be taken back, and costs nothing" in people.out
    assert "kubectl get services,ingresses,pvc" in people.err


def test_a_stack_is_no_environment(groundplan: Groundplan) -> None:
    said = groundplan("teardown", "live-storage", "--only")
    assert said.code == 2
    assert "live-storage: is no environment, and teardown takes one environment whole" in said.err
