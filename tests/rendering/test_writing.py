"""What people and other tools find in out/objects and out/images.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.objects import KubernetesObject
from groundplan.objects.changes import ReleaseChange, object_changes
from groundplan.rendering import writing
from groundplan.rendering.releases import Release
from groundplan.rendering.rendering import Outcome
from groundplan.rendering.run import Renders
from groundplan.rendering.writing import images_json, write_definitions, write_objects

ADDRESS = 'module.dns.helm_release.external_dns["public"]'
LONG = "a note of more than eighty characters, which whoever looks for it wants to find as it was written"


def _rendered(*documents: Mapping[str, Any], address: str = ADDRESS) -> Renders:
    release = Release("prod-dns", address, "dns", "dns", "", "dns", "1.0.0", None, (), {})
    made = tuple(KubernetesObject(address, "dns/templates/all.yaml", "dns", document) for document in documents)
    return Renders("helm", {"prod-dns": (Outcome(release, made),)}, {}, {})


def _written(out: Path, *documents: Mapping[str, Any]) -> str:
    [path] = write_objects(_rendered(*documents), out, lambda _, text: text.replace("hunter2", "(sensitive)"))
    assert path == out / "objects/prod-dns/dns.external_dns.public.yaml"
    return path.read_text(encoding="utf-8")


def test_the_values_of_a_secret_are_never_written_and_their_names_are(tmp_path: Path) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "credentials"},
        "data": {"password": "c3dvcmRmaXNo"},
        "stringData": {"user": "swordfish"},
    }
    text = _written(tmp_path, secret, {**secret, "data": None, "stringData": {}})
    assert "swordfish" not in text
    assert "c3dvcmRmaXNo" not in text
    first, second = yaml.safe_load_all(text)
    assert first["data"] == {"password": "(sensitive)"}
    assert first["stringData"] == {"user": "(sensitive)"}
    assert (second["data"], second["stringData"]) == (None, {})


def test_a_custom_resource_that_is_called_secret_is_written_and_what_the_plan_hides_is_not(tmp_path: Path) -> None:
    text = _written(
        tmp_path, {"apiVersion": "example.com/v1", "kind": "Secret", "data": {"from": "vault", "p": "hunter2"}}
    )
    assert yaml.safe_load(text)["data"] == {"from": "vault", "p": "(sensitive)"}


def test_an_object_is_written_as_kubernetes_people_write_one_and_the_same_every_time(tmp_path: Path) -> None:
    document = {
        "spec": {"b": 1, "a": {"d": 2, "c": LONG}},
        "metadata": {"name": "größe"},
        "data": {},
        "kind": "Widget",
        "apiVersion": "example.com/v1",
    }
    assert _written(tmp_path, document) == (
        "---\n# Source: dns/templates/all.yaml\n"
        "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: größe\ndata: {}\n"
        f"spec:\n  a:\n    c: {LONG}\n    d: 2\n  b: 1\n"
    )


def test_a_release_that_makes_nothing_any_more_leaves_no_file(tmp_path: Path) -> None:
    _written(tmp_path, {"apiVersion": "v1", "kind": "ConfigMap"})
    assert write_objects(_rendered(), tmp_path, lambda _, text: text) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_definition_is_the_same_whether_it_was_written_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    definition = {
        "spec": {"scope": "Cluster", "group": "example.com"},
        "metadata": {"name": "widgets.example.com"},
        "kind": "CustomResourceDefinition",
        "apiVersion": "apiextensions.k8s.io/v1",
    }
    secret = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "hunter2"}}
    first = _written(tmp_path / "one", secret, definition, secret)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_yaml", lambda document: yaml.safe_dump(document))
        again = _written(tmp_path / "two", definition)
    _, before, one, after = first.split("---\n")

    assert again == f"---\n{one}"
    assert one.startswith("# Source: dns/templates/all.yaml\napiVersion: apiextensions.k8s.io/v1\nkind: Custom")
    assert before == after
    assert "(sensitive)" in before


def test_definitions_that_helm_leaves_as_they_are_are_written_to_be_applied(tmp_path: Path) -> None:
    def definition(name: str, group: str, template: str = "dns/crds/all.yaml") -> KubernetesObject:
        document = {"kind": "CustomResourceDefinition", "metadata": {"name": name}, "apiVersion": "a/v1", "spec": group}
        return KubernetesObject(ADDRESS, template, "", document)

    before = [definition("changed", "a"), definition("same", "a"), definition("gone", "a")]
    after = [definition("changed", "b"), definition("same", "a"), definition("new", "b")]
    upgraded = definition("upgraded", "b", "dns/templates/all.yaml")
    changes = object_changes(before, [*after, upgraded])
    renders = replace(_rendered(), changes={"prod-dns": (ReleaseChange(ADDRESS, "dns 1", "dns 2", changes),)})

    [path] = write_definitions(renders, tmp_path)

    assert path == tmp_path / "definitions/prod-dns/dns.external_dns.public.yaml"
    documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    assert [(each["metadata"]["name"], each["spec"]) for each in documents] == [("changed", "b"), ("new", "b")]
    assert write_definitions(_rendered(), tmp_path) == []
    assert not path.exists(), "nothing is left to be applied"


def test_an_image_is_told_once_an_environment_with_everywhere_that_it_runs() -> None:
    def pod(name: str, image: str) -> dict[str, Any]:
        containers = [{"name": "main", "image": image}]
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers}}

    pinned = f"registry.example.com/b@sha256:{'a' * 64}"
    renders = _rendered(pod("one", pinned), pod("two", "registry.example.com/a:1"), pod("three", pinned))

    def place(name: str) -> dict[str, str]:
        return {"stack": "prod-dns", "release": ADDRESS, "object": f"Pod dns/{name}", "container": "main"}

    wanted = [
        {"image": "registry.example.com/a:1", "has_digest": False, "used_by": [place("two")]},
        {"image": pinned, "has_digest": True, "used_by": [place("one"), place("three")]},
    ]
    assert images_json(renders, {"prod-dns": "prod"}) == {"prod": wanted}
    # a stack of no environment stands for itself
    assert images_json(renders, {}) == {"prod-dns": wanted}
