"""When versions of Kubernetes' APIs come and go, held against what each version has."""

from __future__ import annotations

from itertools import pairwise

import pytest

from groundplan.objects import apis, lifecycle
from groundplan.objects.schemas import schemas_of, served_kinds, versions_at_hand

needs_schemas = pytest.mark.skipif(not versions_at_hand(), reason="the package kubernetes-validate is missing")
Kinds = dict[int, set[tuple[str, str]]]


@pytest.fixture(scope="module")
def served() -> Kinds:
    """What each version can serve, without lists."""
    found = {}
    for minor in versions_at_hand():
        schemas = schemas_of(minor)
        assert schemas is not None
        # Status is an answer, no object
        found[minor] = {key for key in schemas.kinds if not key[1].endswith("List") and key[1] != "Status"}
    return found


@needs_schemas
def test_each_kind_is_there_until_it_is_removed_and_not_afterwards(served: Kinds) -> None:
    wrong = [
        (key, minor)
        for key, said in apis.lifecycles().items()
        for minor, kinds in served.items()
        if said.removed and (key in kinds) and said.is_removed(minor)
    ]
    too_early = [
        key
        for key, said in apis.lifecycles().items()
        if said.removed
        and said.removed - 1 in served
        and said.removed in served
        and key not in served[said.removed - 1]
    ]
    assert (wrong, too_early) == ([], [])


@needs_schemas
def test_whatever_goes_from_one_version_to_the_next_is_told(served: Kinds) -> None:
    gone = {(key, after) for before, after in pairwise(served) for key in served[before] - served[after]}
    known = {(key, said.removed) for key, said in apis.lifecycles().items()}
    assert gone
    assert gone - known == set()


@needs_schemas
def test_whatever_is_not_stable_is_known(served: Kinds) -> None:
    unstable = {key for kinds in served.values() for key in kinds if "alpha" in key[0] or "beta" in key[0]}
    assert unstable - set(apis.lifecycles()) == set()


@needs_schemas
def test_what_to_write_instead_is_there(served: Kinds) -> None:
    newest = served[max(served)]
    missing = []
    for (_, kind), said in apis.lifecycles().items():
        api_version, _, other_kind = said.instead.partition(" ")
        if api_version and (api_version, other_kind or kind) not in newest:
            missing.append((said.api_version, kind, said.instead))
    assert missing == []


def test_a_beta_of_before_1_24_is_served_and_a_later_one_where_it_is_switched_on() -> None:
    asked = [
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity"),
        ("networking.k8s.io/v1beta1", "IPAddress"),
        ("internal.apiserver.k8s.io/v1alpha1", "StorageVersion"),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"),
    ]
    found = [apis.lifecycles()[key].is_off_by_default for key in asked]
    assert found == [False, True, True, False]
    assert lifecycle("apps/v1", "Deployment") is None


def test_a_stable_kind_can_be_deprecated_and_stay() -> None:
    endpoints = lifecycle("v1", "Endpoints")
    assert endpoints
    assert (endpoints.is_deprecated(32), endpoints.is_deprecated(33), endpoints.is_removed(99)) == (False, True, False)
    assert endpoints.instead == "discovery.k8s.io/v1 EndpointSlice"


@needs_schemas
def test_a_cluster_has_the_kinds_that_its_api_server_lists() -> None:
    had = {minor: served_kinds(minor) for minor in (33, 34)}
    assert {("v1", "Pod"), ("networking.k8s.io/v1", "IngressClass"), ("batch/v1", "CronJob")} <= had[33]
    # it came in 1.34, and its beta before was off
    device_classes = {version for version, kind in had[34] | had[33] if kind == "DeviceClass"}
    assert device_classes == {"resource.k8s.io/v1"}
    assert ("resource.k8s.io/v1", "DeviceClass") not in had[33]
    sent = {"PodList", "DeleteOptions", "Status", "Scale", "Eviction", "TokenRequest", "PodExecOptions"}
    assert not {kind for _, kind in had[34]} & sent
    assert len(had[34]) == 66


def test_of_a_version_that_nobody_knows_no_kind_is_said_to_be_there() -> None:
    assert served_kinds(3) == frozenset()
