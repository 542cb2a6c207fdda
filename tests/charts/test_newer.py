from __future__ import annotations

import json
from dataclasses import replace

import pytest
import requests
import responses

from groundplan.charts import chart, list_charts, newer_versions
from groundplan.charts.sources import web

VAULT = chart("vault")
KARPENTER = chart("karpenter")
TAGS = "https://public.ecr.aws/v2/karpenter/karpenter/tags/list"


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """What passes by itself is tried again at once."""
    monkeypatch.setattr(web, "_WAITS_SECONDS", (0.0, 0.0))


def index_of(name, *versions):
    return json.dumps(
        {"apiVersion": "v1", "entries": {name: [{"name": name, "version": version} for version in versions]}}
    )


@responses.activate
def test_the_newest_stable_release_of_a_repository_is_found():
    body = index_of("vault", "0.9.1", VAULT.version, "0.100.0", "0.101.0-rc.1", "nonsense")
    responses.get("https://helm.releases.hashicorp.com/index.yaml", body=body)
    (found,) = newer_versions([VAULT])
    assert (found.chart, found.locked, found.newest, found.error) == ("vault", VAULT.version, "0.100.0", "")
    assert found.is_newer


@responses.activate
@pytest.mark.parametrize(
    ("locked", "offered", "newest", "is_newer"),
    [
        ("9.9.9", ["9.10.0", "10.0.0", "9.99.99"], "10.0.0", True),
        ("10.0.0", ["9.99.99", "v2.0.0"], "9.99.99", False),
        ("2.0.0-rc.1", ["1.9.0", "2.0.0-rc.2"], "1.9.0", False),
        ("2.0.0-rc.1", ["2.0.0", "3.0.0-alpha"], "2.0.0", True),
        ("1.0.0", ["1.0.0+build.7"], "1.0.0+build.7", False),
    ],
)
def test_versions_are_ordered_across_majors_and_pre_releases_are_no_news(locked, offered, newest, is_newer):
    responses.get("https://helm.releases.hashicorp.com/index.yaml", body=index_of("vault", *offered))
    (found,) = newer_versions([replace(VAULT, version=locked)])
    assert (found.newest, found.is_newer) == (newest, is_newer)
    assert found.is_major == (is_newer and locked[:2] != newest[:2])


@responses.activate
def test_a_chart_whose_newest_release_is_deprecated_is_told_so():
    old, new = {"version": "1.0.0", "deprecated": True}, {"version": "2.0.0"}
    for releases, deprecated in (([old], True), ([old, new], False)):
        body = json.dumps({"entries": {"vault": releases}})
        responses.get("https://helm.releases.hashicorp.com/index.yaml", body=body)
        (found,) = newer_versions([VAULT])
        assert found.deprecated is deprecated
    responses.get(TAGS, json={"tags": ["1.0.0"]})
    (found,) = newer_versions([KARPENTER])
    assert found.deprecated is None, "tags do not tell"


@responses.activate
def test_who_goes_on_with_a_chart_that_is_given_up_is_told():
    tempo = next(
        chart(name) for name in list_charts() if chart(name).repository.endswith("grafana.github.io/helm-charts")
    )
    own = f"{tempo.repository}/index.yaml"
    others = sorted({chart(name).repository for name in list_charts()} - {tempo.repository})
    theirs = [f"{home}/index.yaml" for home in others if home.startswith("https://")]
    made_of = {"sources": ["https://example.com/shop.git", "https://example.com/charts"]}
    goes_on = {"version": "9.0.0", "sources": ["https://example.com/shop"]}
    for offered, moved in (
        ([goes_on, {**goes_on, "version": "10.0.0-rc.1"}], (others[0], "9.0.0")),
        ([{**goes_on, "sources": ["https://example.com/another"]}], ("", "")),
        ([{**goes_on, "deprecated": True}], ("", "")),
    ):
        for releases, is_gone in (([{"version": tempo.version, "deprecated": True, **made_of}], False), ([], True)):
            known = {tempo.chart: releases} if releases else {}
            responses.reset()
            responses.get(own, body=json.dumps({"entries": known}))
            responses.get(theirs[0], body=json.dumps({"entries": {tempo.chart: offered}}))
            for url in theirs[1:]:
                responses.get(url, status=503)
            (found,) = newer_versions([tempo])
            # of a chart that is gone nobody knows the sources any more but the lock
            assert (found.moved_to, found.moved_version) == (("", "") if is_gone else moved)
            assert bool(found.error) is is_gone
    responses.reset()
    responses.get(own, status=503)
    (found,) = newer_versions([tempo])
    assert "503" in found.error
    assert {call.request.url for call in responses.calls} == {own}, "whoever is not there has given up nothing"


@responses.activate
def test_a_chart_with_pre_releases_alone_offers_nothing_stable():
    responses.get("https://helm.releases.hashicorp.com/index.yaml", body=index_of("vault", "1.0.0-rc.1"))
    (found,) = newer_versions([VAULT])
    assert "offers no stable version of vault" in found.error


@responses.activate
def test_the_locked_version_itself_is_not_newer_with_or_without_a_v():
    issuer = chart("cert-manager")
    responses.get("https://charts.jetstack.io/index.yaml", body=index_of("cert-manager", issuer.version.lstrip("v")))
    (found,) = newer_versions([issuer])
    assert not found.is_newer


@responses.activate
def test_a_repository_with_several_charts_is_read_once():
    body = json.dumps({"entries": {name: [{"version": "99.0.0"}] for name in ("base", "cni", "gateway")}})
    responses.get("https://istio-release.storage.googleapis.com/charts/index.yaml", body=body)
    found = newer_versions([chart("istio-base"), chart("istio-cni"), chart("istiod")])
    assert [one.newest for one in found] == ["99.0.0", "99.0.0", ""]
    assert "has no chart istiod" in found[2].error
    assert responses.assert_call_count("https://istio-release.storage.googleapis.com/charts/index.yaml", 1)


@responses.activate
def test_an_oci_registry_is_read_with_an_anonymous_token_and_page_by_page():
    challenge = 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"'
    with_token = [responses.matchers.header_matcher({"Authorization": "Bearer abc"})]
    responses.get(TAGS, status=401, headers={"WWW-Authenticate": challenge})
    responses.get("https://public.ecr.aws/token/", json={"token": "abc"})
    following = {"Link": f'<{TAGS.removeprefix("https://public.ecr.aws")}?last=1.0.0>; rel="next"'}
    responses.get(TAGS, json={"tags": ["1.0.0", "1.99.0_build5"]}, headers=following, match=with_token)
    page = [responses.matchers.query_param_matcher({"last": "1.0.0"}), *with_token]
    responses.get(TAGS, json={"tags": ["1.98.0", "sha256-abc"]}, match=page)
    (found,) = newer_versions([KARPENTER])
    assert (found.newest, found.error) == ("1.99.0+build5", "")
    assert found.is_newer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"body": requests.Timeout()}, "no answer in time"),
        ({"body": requests.ConnectionError()}, "no connection"),
        ({"status": 503}, "503"),
        ({"body": "<html>sign in</html>"}, "not what a chart repository sends"),
        ({"body": "entries: [1"}, "not what a chart repository sends"),
        ({"body": "entries: {vault: 5}"}, "not what a chart repository sends"),
    ],
)
@responses.activate
def test_what_goes_wrong_is_said_in_words_and_the_other_charts_are_still_read(answer, words):
    responses.get("https://helm.releases.hashicorp.com/index.yaml", **answer)
    responses.get(TAGS, json={"tags": [KARPENTER.version]})
    vault, karpenter = newer_versions([VAULT, KARPENTER], timeout_seconds=1)
    assert vault.newest == ""
    assert not vault.is_newer
    assert words in vault.error
    assert "https://helm.releases.hashicorp.com" in vault.error
    assert karpenter.newest == KARPENTER.version


@responses.activate
def test_a_registry_that_refuses_is_an_error_in_words():
    responses.get(TAGS, status=401)
    (found,) = newer_versions([KARPENTER])
    assert "401" in found.error
