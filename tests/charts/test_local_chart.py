from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
import yaml

from groundplan.charts import local_chart_files, write_local_chart

HELM = os.environ.get("GROUNDPLAN_HELM") or shutil.which("helm")
OBJECTS = {
    "b-plugin": {
        "apiVersion": "configuration.konghq.com/v1",
        "kind": "KongClusterPlugin",
        "metadata": {"name": "template", "annotations": {"example.com/on": "yes"}},
        "plugin": "request-transformer",
        "config": {
            "body": '{{ .Values.secret }} {{- fail "no" }} ${HOME}',
            "text": "two\nlines\n",
            "octal": "0777",
            "version": "1.10",
            "big": 12345678901,
            "million": 1000000,
            "ratio": 0.25,
            "off": False,
            "none": [],
            "empty": {},
        },
    },
    "a-class": {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": "ebs"},
        "driver": "ebs.csi.aws.com",
        "deletionPolicy": "Retain",
    },
}


def test_the_chart_is_small_valid_yaml_and_has_no_object_of_its_own():
    files = local_chart_files()
    assert sorted(files) == ["Chart.yaml", "templates/objects.yaml", "values.yaml"]
    about = yaml.safe_load(files["Chart.yaml"])
    assert (about["apiVersion"], about["name"], about["type"]) == ("v2", "resources", "application")
    assert yaml.safe_load(files["values.yaml"]) == {"objects": {}}
    assert b"toYaml $object" in files["templates/objects.yaml"]
    assert b"tpl" not in files["templates/objects.yaml"]


def test_writing_the_chart_twice_leaves_the_same_files(tmp_path):
    write_local_chart(tmp_path / "charts" / "resources")
    write_local_chart(tmp_path / "charts" / "resources")
    folder = tmp_path / "charts" / "resources"
    written = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert written == local_chart_files()


@pytest.fixture
def render(tmp_path):
    """Renders objects with the chart by the real helm."""

    def with_helm(helm, objects):
        write_local_chart(tmp_path / "resources")
        (tmp_path / "values.yaml").write_text(json.dumps({"objects": objects}))
        command = [helm, "template", "x", str(tmp_path / "resources"), "--values", str(tmp_path / "values.yaml")]
        home = {
            **os.environ,
            "HOME": str(tmp_path),
            "HELM_CACHE_HOME": str(tmp_path),
            "HELM_CONFIG_HOME": str(tmp_path),
        }
        done = subprocess.run(command, capture_output=True, text=True, env=home, timeout=60)
        assert done.returncode == 0, done.stderr
        return [document for document in yaml.safe_load_all(done.stdout) if document is not None]

    return with_helm


if HELM:  # a second opinion where there is one: a user needs no helm
    by_kind = sorted(OBJECTS.values(), key=lambda obj: obj["kind"])

    @pytest.mark.parametrize("objects", [OBJECTS, list(OBJECTS.values())], ids=["map", "list"])
    def test_helm_renders_every_object_exactly_as_given(render, objects):
        assert sorted(render(HELM, objects), key=lambda obj: obj["kind"]) == by_kind

    @pytest.mark.parametrize("objects", [{}, [], None, {"gone": None}], ids=["map", "list", "null", "removed"])
    def test_helm_renders_nothing_for_no_objects(render, objects):
        assert render(HELM, objects) == []

    def test_helm_renders_a_map_in_the_order_of_its_names(render):
        same = OBJECTS["a-class"]
        objects = {name: {**same, "metadata": {"name": name}} for name in ("c", "a", "b")}
        assert [obj["metadata"]["name"] for obj in render(HELM, objects)] == ["a", "b", "c"]
