from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.applications import judge_resource

COREFILE = """.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    log . {
        class error denial
    }
    rewrite stop {
        name regex ^.+\\.a\\.$ b.example.com
        answer auto
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf {
        max_concurrent 1000
    }
    cache 30 {
        success 9984 30
        serve_stale 60s
    }
    loop
    reload # as it changes
    loadbalance
}
tls://corp.example.com, example.com:53 {
    import shared
    forward . 10.0.0.2 10.0.0.3 {
        force_tcp
    }
}
"""


def _said(text: str) -> list[str]:
    attributes = {"addon_name": "coredns", "configuration_values": json.dumps({"corefile": text, "replicaCount": 2})}
    found = judge_resource("aws_eks_addon", attributes, where="addon")
    assert found.warnings == []
    start = "addon.configuration_values, corefile, "
    return [f"{each.path.removeprefix(start)}: {each.message}; {each.cure}" for each in found.problems]


def test_a_corefile_of_an_add_on_or_a_config_map_that_coredns_reads_is_let_be() -> None:
    assert _said(COREFILE) == []
    assert _said(".:53\nerrors\nforward . /etc/resolv.conf\n") == []
    for key in ("Corefile", "Corefile.base"):
        config_map = {"data": {key: COREFILE, "other": "} {"}}
        assert judge_resource("kubernetes_config_map_v1", config_map, where="x").problems == []
        assert judge_resource("kubernetes_config_map_v1", {"data": {key: "}"}}, where="x").problems
    assert (
        judge_resource("aws_eks_addon", {"addon_name": "vpc-cni", "configuration_values": "{"}, where="x").problems
        == []
    )


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            "    loop\n",
            "    looop\n",
            "line 26: .:53 looop: CoreDNS 1.13.2 knows no looop here: CoreDNS refuses it and keeps what it has; did "
            "you mean loop?",
        ),
        (
            "fallthrough",
            "falltrough",
            "line 16: .:53 kubernetes falltrough: CoreDNS 1.13.2 knows no falltrough here: CoreDNS refuses it and "
            "keeps what it has; did you mean fallthrough?",
        ),
        (
            "pods insecure",
            "pods insecur",
            "line 15: .:53 kubernetes pods: must be one of disabled, insecure, verified, got 'insecur'; did you mean "
            "insecure?",
        ),
        (
            "lameduck 5s",
            "lameduck 5",
            "line 4: .:53 health lameduck: must be a duration with its unit, such as 30s or 1h30m, got '5'; give a "
            "duration with its unit, such as 30s or 1h30m",
        ),
        ("forward . 10.0.0.2 10.0.0.3", "forward .", "line 32: tls://corp.example.com forward: takes at least 2 words"),
        ("name regex", "nam regex", "line 11: .:53 rewrite nam: CoreDNS 1.13.2 knows no nam here"),
        (
            "    ready\n",
            "    ready\n    ready\n",
            "line 6: .:53 ready: stands 2 times in one server block, and CoreDNS",
        ),
        (
            "    loadbalance\n",
            "    autopath @kubernets\n",
            "line 28: .:53 autopath: CoreDNS 1.13.2 has no kubernets among its plugins of this server block, and does "
            "not start; did you mean kubernetes?",
        ),
        ("tls://", "tlss://", "line 30: tlss://corp.example.com: must be one of dns, grpc, https, https3, quic, tls"),
        ("example.com:53 ", "example.com:530000 ", "line 30: example.com:530000: must be at least 1 and at most 65535"),
        ("    force_tcp\n    }\n}\n", "    force_tcp\n    }\n", "line 30: is not a Corefile: the block of"),
        ("}\ntls", "}\n}\ntls", "line 30: is not a Corefile: } closes nothing; mend it there"),
        ("}\ntls", "}\nerrors\ntls", "line 30: errors: stands outside of all server blocks"),
    ],
)
def test_a_corefile_that_coredns_refuses_is_an_error_with_its_line(was: str, now: str, said: str) -> None:
    assert was in COREFILE
    (found,) = _said(COREFILE.replace(was, now))
    assert found.startswith(said)


def test_a_version_of_the_add_on_that_nobody_has_looked_at_makes_warnings() -> None:
    def found(version: str) -> tuple[int, int]:
        values = json.dumps({"corefile": COREFILE.replace("    loop\n", "    looop\n")})
        attributes = {"addon_name": "coredns", "addon_version": version, "configuration_values": values}
        judged = judge_resource("aws_eks_addon", attributes, where="addon")
        assert all(
            "(not sure: what is known is of CoreDNS 1.12, 1.13 or 1.14, and" in str(each) for each in judged.warnings
        )
        return len(judged.problems), len(judged.warnings)

    assert found("v1.14.2-eksbuild.4") == found("${var.version}") == (1, 0)
    assert found("v1.15.0-eksbuild.1") == (0, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["errors", ".:53", "{", "}", "\n", " ", '"', "#", "log", ",", "import"]), max_size=20))
def test_any_text_is_read_or_refused(parts: list[str]) -> None:
    for found in _said("".join(parts)):
        assert found.startswith("line ")
