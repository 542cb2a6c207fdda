"""A message tells what is wrong with the value that it shows: none quotes a rule that the value keeps."""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.framework import Inputs, field
from groundplan.framework.checking import problems_of
from groundplan.framework.types import (
    BucketName,
    CertifiedName,
    DnsName,
    Domain,
    HttpsUrl,
    KubernetesName,
    NamespaceName,
    ResourceName,
    TagValue,
)


class Words(Inputs):
    """A value of each type."""

    bucket: BucketName = field("a bucket", default="reports")
    certified: CertifiedName = field("a name", default="api.example.com")
    dns_name: DnsName = field("a name", default="api.example.com")
    domain: Domain = field("a domain", default="example.com")
    kubernetes: KubernetesName = field("a name", default="api")
    namespace: NamespaceName = field("a namespace", default="claims")
    owner: TagValue = field("an owner", default="platform")
    resource: ResourceName = field("a name", default="prod")
    url: HttpsUrl = field("an address", default="https://example.com")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"bucket": "reports-"}, "no hyphen at its beginning or end"),
        ({"certified": "api.example.com."}, "without underscores or a dot at its end"),
        ({"dns_name": "api.example.com."}, "without a dot at its end"),
        ({"domain": "example.com."}, "without a wildcard or a dot at its end"),
        ({"kubernetes": "-api"}, "a letter or digit at its beginning and end"),
        ({"namespace": "claims-"}, "no - at its beginning or end"),
        ({"owner": "   "}, "blanks alone tell nobody anything"),
        ({"resource": "prod-"}, "not ending in a hyphen"),
        ({"resource": "p"}, "2 to 63"),
        ({"url": "https://example.com/a b"}, "has no spaces"),
    ],
    ids=str,
)
def test_a_message_says_which_part_of_the_rule_the_value_breaks(wrong: dict[str, Any], why: str) -> None:
    ((setting, value),) = wrong.items()

    (problem,) = problems_of(Words(**wrong))

    assert problem.path == setting
    assert why in problem.message
    assert problem.message.endswith(f', got "{value}"')
