"""ExternalDNS's access: the zones that it is given, and no other."""

from __future__ import annotations

import pytest

from groundplan.iam import document, evaluate, problems
from modules.dns.service_discovery import access

ZONES = ["arn:aws:route53:::hostedzone/Z0PUBLIC000000000001", "arn:aws:route53:::hostedzone/Z0PUBLIC000000000002"]
STRANGER = "arn:aws:route53:::hostedzone/Z0STRANGER0000000001"


def test_aws_would_accept_the_policy() -> None:
    assert problems(access.zones(ZONES), "identity") == []


@pytest.mark.parametrize("action", ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"])
def test_records_of_the_named_zones_alone_are_changed_and_read(action: str) -> None:
    policy = document(*access.zones(ZONES))
    assert all(evaluate(policy, action, zone) for zone in ZONES)
    assert not evaluate(policy, action, STRANGER)


def test_all_that_is_allowed_everywhere_is_to_list_zones() -> None:
    everywhere = [statement.actions for statement in access.zones(ZONES) if "*" in statement.resources]
    assert everywhere == [("route53:ListHostedZones",)]
