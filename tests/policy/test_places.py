"""A finding leads to the line that said the wrong value, as far as the configuration tells which one it is."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.policy.places import Places, places_of
from groundplan.problems import Line
from groundplan.synth.manifest import Manifest, ModuleRecord, StackRecord

OWN, COMMON = "environments/prod/secrets.py", "environments/families/secrets.py"
SAID = {
    "recovery_days": Line(OWN, 16),
    "key.arn": Line(OWN, 20),
    'secrets["claims"].note': Line(COMMON, 40),
    'secrets["claims"].replica_days': Line(OWN, 31),
    'secrets["claims-old"].note': Line(COMMON, 50),
    "name": Line(COMMON, 9),
}
MANIFEST = Manifest(
    stacks=(
        StackRecord(
            name="prod-secrets",
            environment="prod",
            family="secrets",
            folder="stacks/prod-secrets",
            depends_on=(),
            calls={"module.manager": Line(COMMON, 142)},
            call_modules={"module.manager": "secrets_manager"},
            answers={},
            settings={"module.manager": SAID},
        ),
    ),
    modules=(
        ModuleRecord(
            name="secrets_manager",
            family="secrets",
            lines={"aws_secretsmanager_secret.secret": Line("modules/secrets/secrets_manager/module.py", 82)},
        ),
    ),
)
EXPRESSIONS: dict[str, Any] = {
    "recovery_window_in_days": {"references": ["var.recovery_days"]},
    "kms_key_id": {"references": ["var.key", "aws_kms_key.secrets"]},
    "description": {"references": ["each.value.note", "each.value"]},
    "name": {"references": ["local.name", "each.key"]},
    "force": {"constant_value": True},
    "replica": [{"region": {"references": ["var.recovery_days"]}}],
}
PLAN = {
    "configuration": {
        "root_module": {
            "module_calls": {
                "manager": {
                    "module": {
                        "resources": [{"address": "aws_secretsmanager_secret.secret", "expressions": EXPRESSIONS}]
                    }
                }
            }
        }
    }
}
ADDRESS = 'module.manager.aws_secretsmanager_secret.secret["claims"]'


def setting(advice: str, address: str = ADDRESS, plan: dict[str, Any] = PLAN) -> str:
    return str(places_of("prod-secrets", address, advice, plan, MANIFEST).setting)


@pytest.mark.parametrize(
    ("advice", "place"),
    [
        ("Leave recovery_window_in_days out, or set it to 30.", f"{OWN}:16"),
        ("Set kms_key_id to a key of one's own.", f"{OWN}:20"),
        ("Say in description what it is for.", f"{COMMON}:40"),
        # what the configuration does not lead to a setting leads to the entry, in the environment first
        ("Give it another name.", f"{OWN}:31"),
        ("Set force and replica.", f"{OWN}:31"),
        ("Do something about it.", f"{OWN}:31"),
    ],
)
def test_the_argument_that_the_advice_names_leads_to_the_setting_that_it_is_made_of(advice: str, place: str) -> None:
    assert setting(advice) == place


def test_a_setting_of_another_entry_is_not_taken_for_this_one() -> None:
    other = ADDRESS.replace("claims", "claims-old")
    assert setting("Say in description what it is for.", other) == f"{COMMON}:50"
    assert setting("Say in description what it is for.", ADDRESS.replace("claims", "old")) == "None"


def test_a_plan_without_configuration_still_leads_to_the_entry() -> None:
    assert setting("Leave recovery_window_in_days out.", plan={}) == f"{OWN}:31"
    assert setting("Leave recovery_window_in_days out.", ADDRESS.partition("[")[0], {}) == "None"


def test_what_no_python_made_leads_nowhere() -> None:
    advice = "Leave recovery_window_in_days out."
    for stack, address, manifest in (
        ("prod-secrets", "aws_s3_bucket.own", MANIFEST),
        ("prod-other", ADDRESS, MANIFEST),
        ("prod-secrets", ADDRESS, None),
    ):
        assert places_of(stack, address, advice, PLAN, manifest) == Places()
