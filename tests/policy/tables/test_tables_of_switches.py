"""Switches: values that a service knows, at places that the provider has."""

from __future__ import annotations

from functools import cache
from typing import Any

from groundplan.plan.schema.model import walk
from tests.policy.tables.provider import LIBRARY, fault_of, schema_of

SWITCHES = [
    ("compute", "metadata"),
    ("compute", "upgrades"),
    ("compute", "volumes_by_default"),
    ("exposure", "public_addresses"),
    ("exposure", "shared"),
    ("logging", "detectors"),
    ("logging", "trail"),
    ("recovery", "tables"),
    ("transit", "distribution"),
    ("transit", "services"),
]


def _switches() -> list[tuple[str, dict[str, Any]]]:
    tables = (LIBRARY.data["parameters"][topic][table] for topic, table in SWITCHES)
    return [(name, fact) for table in tables for name, facts in table.items() for fact in facts]


def test_switches_say_what_is_wanted_and_what_the_provider_does_or_what_never_stands_there() -> None:
    for name, fact in _switches():
        assert {"path", "fault"} < set(fact), name
        assert {"wanted", "default"} <= set(fact) or "never" in fact, name
        assert set(fact) <= {"path", "wanted", "default", "never", "fault", "when"}, name


# Which service of AWS answers for a type, by how the type is called; as its SDK calls the service.
SERVICES = {
    "aws_api_gateway_": "apigateway",
    "aws_apigatewayv2_": "apigatewayv2",
    "aws_cloudfront_": "cloudfront",
    "aws_cloudsearch_": "cloudsearch",
    "aws_dax_": "dax",
    "aws_ebs_": "ec2",
    "aws_ec2_": "ec2",
    "aws_ecs_": "ecs",
    "aws_elasticache_": "elasticache",
    "aws_elasticsearch_": "es",
    "aws_guardduty_": "guardduty",
    "aws_instance": "ec2",
    "aws_keyspaces_": "keyspaces",
    "aws_launch_": "ec2",
    "aws_macie2_": "macie2",
    "aws_msk_": "kafka",
    "aws_opensearch_": "opensearch",
    "aws_sagemaker_": "sagemaker",
    "aws_ses_": "ses",
    "aws_sesv2_": "sesv2",
    "aws_spot_instance_": "ec2",
    "aws_transfer_": "transfer",
}


# Texts that no service lists: switches as a template has them, and versions that are a number.
NOT_OF_A_SERVICE = frozenset({"", "1", "2", "true", "false"})


# Its documentation says in words who may reach a broker from outside.
ONLY_DOCUMENTED = {"kafka": {"DISABLED"}}


@cache
def _words(service: str) -> frozenset[str]:
    """Every value that a service of AWS lists for something, as its SDK has them."""
    from botocore.loaders import Loader

    shapes = Loader().load_service_model(service, "service-2")["shapes"].values()
    return frozenset(word for shape in shapes for word in shape.get("enum", ())) | ONLY_DOCUMENTED.get(service, set())


def test_switches_speak_of_values_that_the_service_lists() -> None:
    """What nobody says is judged by its default: a word that no service knows would be judged by accident."""
    wrong = []
    for name, fact in _switches():
        said = [*fact.get("wanted", ()), *([fact["default"]] if "default" in fact else ())]
        words = {word for word in said if isinstance(word, str)} - NOT_OF_A_SERVICE
        if words:
            service = next(found for start, found in SERVICES.items() if name.startswith(start))
            wrong += [f"{name}: {word} is no word of {service}" for word in sorted(words - _words(service))]
    assert wrong == []


def test_switches_name_attributes_that_their_types_have() -> None:
    wrong = []
    for name, fact in _switches():
        places = {tuple(place.split(".")): attribute for place, attribute in walk(schema_of(name))}
        for path in [fact["path"], fact.get("when", {"path": fact["path"]})["path"]]:
            steps = tuple(step for step in path if isinstance(step, str) and step != "*")
            # an attribute of a map or object is a step that the schema does not have
            if steps not in places and steps[:-1] not in places:
                wrong.append(f"{name}.{'.'.join(steps)}")
    assert wrong == []


def test_switches_stand_at_attributes_position_by_position() -> None:
    """The first block of a kind is 0, every one is `*`; without either a path leads nowhere, and nothing is asked."""
    named = [(name, fact["path"]) for name, fact in _switches()]
    named += [(name, fact["when"]["path"]) for name, fact in _switches() if "when" in fact]
    faults = [f"{name} {path}: {fault}" for name, path in named if (fault := fault_of(name, path))]
    assert faults == []
