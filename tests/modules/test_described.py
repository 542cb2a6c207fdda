"""What the description of a plan shows and what it leaves out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.modules.described import described
from tests.support.planning import ModulePlan

KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"


def plan(**resources: dict[str, Any]) -> ModulePlan:
    changes = [
        {
            "address": f"module.it.{name.replace('__', '.')}",
            "mode": "managed",
            "type": name.partition("__")[0],
            "change": {"after": values},
        }
        for name, values in resources.items()
    ]
    return ModulePlan({"resource_changes": changes})


def text(folder: Path, configured: dict[str, dict[str, Any]], *, day: date | None = None, **resources: Any) -> str:
    blocks: dict[str, Any] = {}
    for name, block in configured.items():
        kind, _, own = name.partition("__")
        blocks.setdefault(kind, {})[own] = block
    return described(plan(**resources), {"resource": blocks}, folder, counted_from=day)


def resources(folder: Path, configured: dict[str, dict[str, Any]], **made: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text(folder, configured, **made))["resources"]
    return found


def test_what_is_set_is_there_and_what_the_cloud_gives_is_not(tmp_path: Path) -> None:
    made = {"alarm_name": "late", "period": 300, "unit": None, "metric_query": [], "arn": "arn:aws:made-up:1"}
    block = {"alarm_name": "late", "period": 300, "metric_query": "${var.queries}"}
    shown = resources(tmp_path, {"aws_cloudwatch_metric_alarm__a": block}, aws_cloudwatch_metric_alarm__a=made)
    assert shown == {"aws_cloudwatch_metric_alarm.a": {"alarm_name": "late", "period": 300}}


def test_what_belongs_to_another_resource_is_called_after_it(tmp_path: Path) -> None:
    shown = resources(
        tmp_path,
        {"aws_kms_key__k": {"description": "x"}, "aws_sqs_queue__q": {"kms_master_key_id": "${...}"}},
        aws_kms_key__k={"description": "x", "arn": KEY_ARN, "key_id": KEY_ARN.rpartition("/")[2]},
        aws_sqs_queue__q={"kms_master_key_id": KEY_ARN},
    )
    assert shown["aws_sqs_queue.q"] == {"kms_master_key_id": "<aws_kms_key.k.arn>"}


def test_a_document_in_a_text_is_shown_as_what_it_says(tmp_path: Path) -> None:
    policy = json.dumps({"Statement": [{"Sid": "Read", "Action": ["s3:GetObject"]}]})
    values = "image:\n  tag: v1\n"
    shown = resources(
        tmp_path,
        {"aws_iam_role_policy__p": {"policy": ""}, "helm_release__h": {"values": []}},
        aws_iam_role_policy__p={"policy": policy},
        helm_release__h={"values": [values]},
    )
    assert shown["aws_iam_role_policy.p"]["policy"] == {"Statement": [{"Sid": "Read", "Action": ["s3:GetObject"]}]}
    assert shown["helm_release.h"]["values"] == [{"image": {"tag": "v1"}}]


def test_how_terraform_treats_a_block_is_shown(tmp_path: Path) -> None:
    meta = {"lifecycle": {"create_before_destroy": True}, "depends_on": ["aws_kms_key.k"], "count": "${1}"}
    shown = text(tmp_path, {"aws_sqs_queue__q": {"name": "q", **meta}}, aws_sqs_queue__q={"name": "q"})
    assert yaml.safe_load(shown)["blocks"] == {"aws_sqs_queue.q": meta}


@pytest.mark.parametrize("indent", ["", "      "])
def test_a_file_of_the_module_is_shown_by_its_name(tmp_path: Path, indent: str) -> None:
    (tmp_path / "files").mkdir()
    script = "#!/bin/sh\nset -eu\n\necho done\n"
    (tmp_path / "files/run.sh").write_text(script, encoding="utf-8")
    inside = "before\n" + "".join(f"{indent}{line}\n" for line in script.splitlines()) + "after\n"
    configured = {"kubernetes_config_map_v1__c": {"data": {}}}
    shown = resources(tmp_path, configured, kubernetes_config_map_v1__c={"data": {"run": inside}})
    assert shown["kubernetes_config_map_v1.c"]["data"]["run"] == f"before\n{indent}<files/run.sh>\nafter\n"
    changed = inside.replace("echo done", "echo DONE")
    shown = resources(tmp_path, configured, kubernetes_config_map_v1__c={"data": {"run": changed}})
    assert "echo DONE" in shown["kubernetes_config_map_v1.c"]["data"]["run"]


def test_days_that_move_are_counted_from_the_one_they_belong_to(tmp_path: Path) -> None:
    def shown(day: date, told: date) -> str:
        made = {
            "description": f"until {day.isoformat()}",
            "schedule_expression": f"cron(0 6 {told.day} {told.month} ? {told.year})",
        }
        block = dict.fromkeys(made, "")
        return text(tmp_path, {"aws_scheduler_schedule__s": block}, day=day, aws_scheduler_schedule__s=made)

    here = shown(date(2027, 2, 27), date(2027, 2, 13))
    assert here == shown(date(2028, 1, 5), date(2027, 12, 22))
    assert here != shown(date(2028, 1, 5), date(2027, 12, 23))
