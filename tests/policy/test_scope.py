"""Which types the rules read: it is told to people, so it must not go stale."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdktf_cdktf_provider_aws

from groundplan.policy import read_rules
from groundplan.policy.engines import Question, engine_called
from groundplan.policy.library import Library, load_library
from groundplan.policy.scope import NOT_THE_SETTINGS, tables_of_types, types_read

POLICIES = Path(__file__).parents[2] / "policies"
LIBRARY = load_library(POLICIES)
EVERY_RESOURCE = {"tags/required_tags", "regions/allowed_region", "secrets/no_secret_value"}
DOCUMENT = json.loads((POLICIES / "selftest" / "bad_plan.json").read_text(encoding="utf-8"))


def asked(document: dict[str, Any], library: Library = LIBRARY) -> list[dict[str, Any]]:
    (answer,) = engine_called("regorus").ask(library, [Question("x", json.dumps(document), DOCUMENT["exceptions"])])
    return [dict(each) for each in answer.findings]


def test_every_type_that_a_rule_finds_fault_with_is_one_that_rules_read() -> None:
    kinds = {change["address"]: change["type"] for change in DOCUMENT["plan"]["resource_changes"]}
    general = {*EVERY_RESOURCE, "protection/data_deletion_permitted", "protection/purchase_permitted"}
    found = {
        kinds[each["address"]] for each in asked(DOCUMENT) if each["rule"] not in general if each["address"] in kinds
    }
    assert len(found) >= 20
    assert found - types_read(LIBRARY) == set()


def test_of_a_type_that_no_rule_reads_only_the_rules_about_every_resource_say_anything() -> None:
    """All such types of AWS, each with every attribute that any rule asks for, set to what a rule would not like.

    The rules about every resource, which look at each text of them all, are left out.
    """
    read = types_read(LIBRARY)
    tables = tables_of_types(LIBRARY)
    elsewhere = set().union(*(tables[name] for name in NOT_THE_SETTINGS))
    bindings = Path(next(iter(cdktf_cdktf_provider_aws.__path__)))
    names = {
        f"aws_{path.name}" for path in bindings.iterdir() if path.is_dir() and not path.name.startswith(("_", "data_"))
    }
    kinds = sorted(names - read - elsewhere)
    assert len(kinds) > 500
    attributes = {
        name: value
        for rule in read_rules(POLICIES)
        for body in rule.avoid.values()
        if isinstance(body, dict)
        for name, value in body.items()
    }
    changes = [
        {
            "address": f"{kind}.x",
            "mode": "managed",
            "type": kind,
            "name": "x",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": ["create"], "before": None, "after": attributes, "after_unknown": {}},
        }
        for kind in [*kinds, "aws_s3_bucket", "aws_instance"]
    ]
    document = {
        "plan": {"format_version": "1.2", "resource_changes": changes, "configuration": {"root_module": {}}},
        "groundplan": DOCUMENT["groundplan"],
    }
    others = {path: text for path, text in LIBRARY.sources.items() if path.removesuffix(".rego") not in EVERY_RESOURCE}
    assert len(others) == len(LIBRARY.sources) - len(EVERY_RESOURCE)
    said = {each["address"] for each in asked(document, replace(LIBRARY, sources=others))} & {
        change["address"] for change in changes
    }
    # these two are read, and show that whatever is wrong is found
    assert said == {"aws_s3_bucket.x", "aws_instance.x"}


def test_the_tables_that_do_not_read_settings_are_there_and_asked_for() -> None:
    tables = tables_of_types(LIBRARY)
    assert set(tables) >= NOT_THE_SETTINGS
    code = "\n".join(LIBRARY.sources.values())
    used = {name for name in tables if re.search(rf"data\.parameters\.{re.escape(name.split('.')[0])}\b", code)}
    assert used == set(tables)


def test_names_in_comments_and_of_parameters_that_are_no_types_are_not_read() -> None:
    library = Library(
        {"a.rego": '# "aws_comment"\nx := "aws_read" # "aws_read_too"\ny := `aws_raw`\nz := "say \\"aws_quoted\\""\n'},
        {"parameters": {"t": {"list": [{"aws_deep": 1}], "holds": "aws_text"}, "stores": {"holds_data": ["aws_data"]}}},
    )
    assert types_read(library) == {"aws_read", "aws_read_too", "aws_raw", "aws_deep"}
