"""Against a base that counts as applied, a plan shows what a merge would change, and what it would replace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan import Replacement, plan_all
from groundplan.plan.removed import removed_metas
from groundplan.problems import BadInput
from tests.plan.conftest import changes, module, stack

Synth = Callable[..., Path]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)
BOX = module(
    variable={"buckets": {"type": "map(string)"}, "queue": {"type": "string"}},
    resource={
        "aws_s3_bucket": {
            "data": {"for_each": "${var.buckets}", "bucket": "acme-${each.key}", "tags": {"Class": "${each.value}"}}
        },
        "aws_s3_bucket_versioning": {
            "data": {
                "for_each": "${aws_s3_bucket.data}",
                "bucket": "${each.value.id}",
                "versioning_configuration": {"status": "Enabled"},
            }
        },
        "aws_sqs_queue": {"q": {"name": "${var.queue}"}},
        "aws_iam_role": {"r": {"name_prefix": "acme-", "assume_role_policy": TRUST}},
        "aws_wafv2_web_acl": {
            "edge": {
                "name": "edge",
                "scope": "REGIONAL",
                "default_action": {"allow": {}},
                "visibility_config": {
                    "cloudwatch_metrics_enabled": True,
                    "metric_name": "edge",
                    "sampled_requests_enabled": True,
                },
                "rule": [
                    {
                        "name": "r",
                        "priority": 1,
                        "action": {"block": {}},
                        "statement": {"geo_match_statement": {"country_codes": ["AQ"]}},
                        "visibility_config": {
                            "cloudwatch_metrics_enabled": True,
                            "metric_name": "r",
                            "sampled_requests_enabled": True,
                        },
                    }
                ],
            }
        },
        "helm_release": {
            "x": {
                "name": "x",
                "chart": "x",
                "repository": "https://example.com/charts",
                "values": ["${yamlencode({ role = aws_iam_role.r.arn })}"],
                "set": [{"name": "a", "value": "b"}],
            }
        },
        "kubernetes_secret_v1": {"s": {"metadata": {"name": "s"}, "data": {"a": "b"}}},
        "kubernetes_manifest": {
            "m": {"manifest": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}}
        },
        "aws_acm_certificate": {"c": {"domain_name": "example.com", "validation_method": "DNS"}},
        "aws_route53_record": {
            "c": {
                "zone_id": "Z0123456789ABCDEFGHIJ",
                "name": "${tolist(aws_acm_certificate.c.domain_validation_options)[0].resource_record_name}",
                "type": "CNAME",
                "ttl": 60,
                "records": ["${tolist(aws_acm_certificate.c.domain_validation_options)[0].resource_record_value}"],
            }
        },
    },
    output={"role_arn": {"value": "${aws_iam_role.r.arn}"}, "queue": {"value": "${aws_sqs_queue.q.name}"}},
)


def make(buckets: dict[str, str], queue: str = "q") -> dict[str, Any]:
    """The stack that makes things."""
    return stack(
        "dev-make",
        provider={"aws": [{"region": "eu-west-1", "default_tags": [{"tags": {"Environment": "dev"}}]}]},
        module={"box": {"source": "./modules/box", "buckets": buckets, "queue": queue}},
        output={"role_arn": {"value": "${module.box.role_arn}"}, "queue": {"value": "${module.box.queue}"}},
    )


def use() -> dict[str, Any]:
    """The stack that reads its outputs."""
    config = {"organization": "example", "workspaces": {"name": "dev-make"}}
    return stack(
        "dev-use",
        data={"terraform_remote_state": {"make": {"backend": "remote", "config": config}}},
        resource={
            "aws_sqs_queue": {
                "d": {"name": "d", "tags": {"role": "${data.terraform_remote_state.make.outputs.role_arn}"}}
            }
        },
    )


def test_the_same_again_changes_nothing(synth: Synth, tmp_path: Path) -> None:
    stacks = {"dev-make": make({"a": "x"}), "dev-use": use()}
    base = synth(stacks, {"box": BOX}, name="base")
    report = plan_all(synth(stacks, {"box": BOX}), tmp_path / "out", base=base)
    for path in report.plans.values():
        found = changes(path)
        assert found
        assert [address for address, change in found.items() if change["actions"] != ["no-op"]] == []
    assert report.metas["dev-use"].placeholders == ()
    assert report.metas["dev-make"].base == str(base)


def test_create_update_replace_and_delete_are_told_apart(synth: Synth, tmp_path: Path) -> None:
    base = synth({"dev-make": make({"kept": "x", "dropped": "x"}), "dev-gone": stack("dev-gone")}, {"box": BOX}, "base")
    head = synth({"dev-make": make({"kept": "y", "added": "y"}, queue="other"), "dev-use": use()}, {"box": BOX})
    report = plan_all(head, tmp_path / "out", base=base)
    plan = changes(report.plans["dev-make"])
    assert {
        key: plan[f'module.box.aws_s3_bucket.data["{key}"]']["actions"] for key in ("kept", "dropped", "added")
    } == {
        "kept": ["update"],
        "dropped": ["delete"],
        "added": ["create"],
    }
    assert plan['module.box.aws_s3_bucket_versioning.data["kept"]']["actions"] == ["no-op"]
    assert set(plan["module.box.aws_sqs_queue.q"]["actions"]) == {"delete", "create"}
    assert report.metas["dev-make"].replacements == (
        Replacement(address="module.box.aws_sqs_queue.q", attributes=("name",), holds_data=True),
    )
    assert report.gone == ("dev-gone",)
    assert {change["actions"][0] for change in changes(report.plans["dev-use"]).values()} == {"create"}


def test_an_update_keeps_what_identifies_and_invents_no_setting(synth: Synth, tmp_path: Path) -> None:
    base = synth({"dev-make": make({"kept": "x"})}, {"box": BOX}, "base")
    report = plan_all(synth({"dev-make": make({"kept": "y"})}, {"box": BOX}), tmp_path / "out", base=base)
    bucket = changes(report.plans["dev-make"])['module.box.aws_s3_bucket.data["kept"]']
    assert bucket["before"]["arn"] == bucket["after"]["arn"] == "arn:aws:s3:::acme-kept"
    assert bucket["before"]["tags_all"] == {"Class": "x", "Environment": "dev"}
    assert bucket["after"]["tags_all"] == {"Class": "y", "Environment": "dev"}
    assert bucket["after_unknown"]["policy"] is True
    assert "policy" not in bucket["after"]


def test_a_stack_that_only_the_base_has_is_destroyed_with_what_it_holds(synth: Synth, tmp_path: Path) -> None:
    keeps = stack(
        "dev-keeps",
        locals={"region": "eu-west-1"},
        provider={
            "aws": [{"region": "${local.region}"}, {"alias": "dr", "region": "eu-central-1"}],
            "helm": [{"kubernetes": {"host": "${data.aws_region.here.name}"}}],
        },
        data={"aws_region": {"here": {}}},
        resource={
            "aws_s3_bucket": {
                "claims": {"bucket": "acme-claims", "lifecycle": {"prevent_destroy": True}},
                "copy": {"bucket": "acme-copy", "provider": "aws.dr"},
            },
            "helm_release": {"x": {"name": "x", "chart": "x", "set_sensitive": [{"name": "a", "value": "hunter2"}]}},
        },
    )
    both = {"dev-make": make({"a": "x"}), "dev-use": use(), "dev-keeps": keeps}
    base = synth(both | {"dev-stays": stack("dev-stays")}, {"box": BOX}, "base")
    head = synth({"dev-stays": stack("dev-stays")})

    report = plan_all(head, tmp_path / "out", ["dev-stays"], base=base)

    assert report.gone == ("dev-keeps", "dev-make", "dev-use")
    assert set(report.plans) == {"dev-keeps", "dev-make", "dev-stays", "dev-use"}
    found = changes(report.plans["dev-keeps"])
    assert {address: change["actions"] for address, change in found.items()} == {
        "aws_s3_bucket.claims": ["delete"],
        "aws_s3_bucket.copy": ["delete"],
        "helm_release.x": ["delete"],
    }
    assert found["aws_s3_bucket.claims"]["before"]["bucket"] == "acme-claims"
    assert found["helm_release.x"]["before_sensitive"]["set_sensitive"]
    made = changes(report.plans["dev-make"])
    assert 'module.box.aws_s3_bucket.data["a"]' in made
    assert {tuple(change["actions"]) for change in made.values()} == {("delete",)}
    assert [change["actions"] for change in changes(report.plans["dev-use"]).values()] == [["delete"]]
    removed = report.metas["dev-make"].removed
    assert removed is not None
    assert [record.name for record in removed.stacks] == ["dev-make"]
    assert [each.name for each in removed.modules] == ["box"]
    assert report.metas["dev-stays"].removed is None


def test_names_say_which_removed_stacks_are_meant_and_stale_ones_are_forgotten(synth: Synth, tmp_path: Path) -> None:
    base = synth({"dev-a": stack("dev-a"), "dev-b": stack("dev-b"), "dev-c": stack("dev-c")}, name="base")
    head = synth({"dev-a": stack("dev-a")})
    out = tmp_path / "out"

    assert plan_all(head, out, ["dev-a"], base=base, names=["dev-b"]).gone == ("dev-b",)
    assert plan_all(head, out, ["dev-a"], base=base, names=["dev"]).gone == ("dev-b", "dev-c")
    assert plan_all(head, out, ["dev-a"], base=base, names=["prod"]).gone == ()
    assert set(removed_metas(out, ())) == {"dev-b", "dev-c"}
    assert plan_all(head, out, ["dev-a"], base=base, names=["dev-c"]).gone == ("dev-c",)
    assert set(removed_metas(out, ())) == {"dev-b", "dev-c"}
    plan_all(head, out, ["dev-a"])
    assert set(removed_metas(out, ())) == set()
    assert not (out / "plans" / "dev-b.json").exists()


def test_a_base_that_is_wrong_says_that_it_is_the_base(synth: Synth, tmp_path: Path) -> None:
    base = synth({"dev-make": stack("dev-make", resource={"aws_s3_bucket": {"b": {"nope": "x"}}})}, name="base")
    head = synth({"dev-make": make({"a": "x"})}, {"box": BOX})
    with pytest.raises(BadInput, match=r"base\.dev-make\.aws_s3_bucket\.b"):
        plan_all(head, tmp_path / "out", base=base)
