"""Stand-ins for what only apply will know have the shape that a reader's validation asks for, and differ."""

from __future__ import annotations

import json
import re
from pathlib import Path

from groundplan.plan import plan_all, schema_for
from groundplan.plan.server import Place
from groundplan.plan.upstream import outputs_of_plan

UPSTREAM = {
    "terraform": {"cloud": {"organization": "example", "workspaces": {"name": "prod-dns"}}},
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": {
        "aws_route53_zone": {"it": {"for_each": '${toset(["public", "private"])}', "name": "${each.key}.example.com"}}
    },
    "output": {"zone_ids": {"value": "${{for name, zone in aws_route53_zone.it : name => zone.zone_id}}"}},
}
READER = {
    "terraform": {"cloud": {"organization": "example", "workspaces": {"name": "prod-web"}}},
    "data": {
        "terraform_remote_state": {
            "dns": {"backend": "remote", "config": {"organization": "example", "workspaces": {"name": "prod-dns"}}}
        }
    },
    "output": {"zone_ids": {"value": "${data.terraform_remote_state.dns.outputs.zone_ids}"}},
}


def test_ids_of_hosted_zones_are_marked_and_differ_by_name(tmp_path: Path) -> None:
    for name, document in (("prod-dns", UPSTREAM), ("prod-web", READER)):
        folder = tmp_path / "synth" / "stacks" / name
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(document))
    report = plan_all(tmp_path / "synth", tmp_path / "out")
    after = json.loads(report.plans["prod-web"].read_bytes())["output_changes"]["zone_ids"]["after"]
    assert set(after) == {"public", "private"}
    assert all(
        re.fullmatch("Z[A-Z0-9]{1,31}", zone_id) and "GROUNDPLANUNKNOWN" in zone_id for zone_id in after.values()
    )
    assert after["public"] != after["private"]
    assert [item.output for item in report.metas["prod-web"].placeholders] == ["zone_ids"]


def test_what_ends_in_an_expression_is_shaped_by_the_name_that_its_module_has_for_it() -> None:
    # cdktf joins module and output into one name, in which nobody can tell where the one ends
    name = "cross-stack-output-moduleacmcertificate_arns"
    change = {"actions": ["create"], "after": {}, "after_unknown": {"claims": True}, "after_sensitive": False}
    inside = {"outputs": {"certificate_arns": {"expression": {"references": ["local.issued"]}}}}
    root = {
        "outputs": {name: {"expression": {"references": ["module.acm.certificate_arns", "module.acm"]}}},
        "module_calls": {"acm": {"module": inside}},
    }
    plan = {"output_changes": {name: change}, "configuration": {"root_module": root}}
    made = outputs_of_plan(plan, {}, Place("111122223333", "us-east-1"))[name]
    assert re.fullmatch("arn:aws:acm:us-east-1:111122223333:certificate/[!-~]*", made.value["claims"])


def test_what_depends_on_a_condition_is_shaped_by_what_it_gives_and_not_by_what_it_asks() -> None:
    kind = "aws_acmpca_certificate_authority_certificate"
    change = {"actions": ["create"], "after": None, "after_unknown": True, "after_sensitive": False}
    inside = {"outputs": {"root_arn": {"expression": {"references": ["var.root", f"{kind}.root", "var.parent"]}}}}
    root = {
        "outputs": {"it": {"expression": {"references": ["module.ca.root_arn", "module.ca"]}}},
        "module_calls": {"ca": {"module": inside}},
    }
    plan = {"output_changes": {"it": change}, "configuration": {"root_module": root}}
    made = outputs_of_plan(plan, {kind: schema_for(kind)}, Place("111122223333", "us-east-1"))["it"]
    assert re.fullmatch("arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/[A-Za-z0-9-]+", made.value)
    assert "groundplan-unknown" in made.value
