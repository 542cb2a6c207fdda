"""Which submodules a project's Python asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.bindings.scan import EVERYTHING, imported_names, project_root, used_submodules

PROVIDERS = st.sampled_from(["aws", "gitlab", "helm", "kubernetes", "vault"])
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
FORMS = st.sampled_from(
    [
        "import {package}.{name}",
        "import os, {package}.{name} as thing",
        "from {package}.{name} import Thing",
        "from {package} import {name}",
        "from {package} import (\n    first,  # a comment\n    {name} as thing,\n)",
        "from {package} import first, \\\n    {name}",
        "import {package} as short\nthing = short.{name}.Thing",
        "import {package}\nthing = {package}.{name}.Thing",
        "def later():\n    from {package}.{name} import Thing\n    return Thing",
        "thing = importlib.import_module('{package}.{name}')",
        "if TYPE_CHECKING:\n    import {package}.{name}",
    ]
)


@given(st.lists(st.tuples(FORMS, PROVIDERS, st.text(LETTERS, min_size=1, max_size=30).map("n_".__add__)), max_size=8))
def test_every_import_of_a_file_is_found(imports):
    source = "\n".join(
        form.format(package=f"cdktf_cdktf_provider_{provider}", name=name) for form, provider, name in imports
    )
    found = set(imported_names(source.encode()))
    asked = {(provider, name) for _, provider, name in imports}
    assert asked <= found
    assert {name for _, name in found} <= {name for _, name in asked} | {"first"}


@given(st.binary(max_size=200))
def test_no_file_stops_the_scan(source):
    assert list(imported_names(source)) == []
    list(imported_names(b"import cdktf_cdktf_provider_aws\n" + source))


def used_by(folder: Path, files: dict[str, str]) -> frozenset[str]:
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)
    return used_submodules(folder)["aws"]


def test_the_whole_project_counts_but_no_environment_and_no_output(tmp_path):
    statement = "from cdktf_cdktf_provider_aws.{} import Thing\n".format
    used = used_by(
        tmp_path,
        {
            "main.py": statement("xray_group"),
            "modules/deep/down/module.py": statement("fsx_backup"),
            "tools/notes.txt": statement("fsx_ontap_volume"),
            ".venv/lib/a.py": statement("fsx_windows_file_system"),
            "env/pyvenv.cfg": "",
            "env/a.py": statement("fsx_file_cache"),
            "env/lib/a.py": statement("fsx_lustre_file_system"),
            "node_modules/a.py": statement("fsx_openzfs_snapshot"),
            "cdktf.out/a.py": statement("fsx_openzfs_volume"),
        },
    )
    assert {"xray_group", "fsx_backup"} <= used
    assert not {name for name in used if name.startswith("fsx_")} - {"fsx_backup"}


def test_names_that_do_not_exist_are_left_to_the_import(tmp_path):
    assert "no_such_thing" not in used_by(tmp_path, {"a.py": "import cdktf_cdktf_provider_aws.no_such_thing"})


def test_a_star_asks_for_everything(tmp_path):
    assert used_by(tmp_path, {"a.py": "from cdktf_cdktf_provider_aws import *"}) == {EVERYTHING}


def test_a_file_with_a_syntax_error_counts_as_far_as_it_can_be_read(tmp_path):
    assert "xray_group" in used_by(tmp_path, {"a.py": "import cdktf_cdktf_provider_aws.xray_group\ndef ("})


@pytest.mark.parametrize("marker", ["cdktf.json", "pyproject.toml"])
def test_the_project_is_found_from_below(tmp_path, marker):
    (tmp_path / marker).write_text("")
    below = tmp_path / "modules" / "storage"
    below.mkdir(parents=True)
    assert project_root(below) == tmp_path
