"""The cache: damaged, unwritable, shared, and what is in it."""

from __future__ import annotations

import io
import json
import os
import tarfile
import time
from pathlib import Path

import pytest

from groundplan import bindings
from groundplan.bindings import store
from groundplan.bindings.cut import UnexpectedLayout, write_cut
from groundplan.bindings.packages import package
from groundplan.problems import BadInput

HELM = package("helm")
IMPORT_HELM = """
from groundplan import bindings
bindings.install()
from cdktf_cdktf_provider_helm.release import Release
print(Release.__name__)
"""


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def contents(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as opened:
        return {member.name: opened.extractfile(member).read() for member in opened}


def truncated(archive: Path) -> None:
    os.truncate(archive, archive.stat().st_size // 2)


def one_bit_changed(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)


def without_record(archive: Path) -> None:
    (archive.parent / "cut.json").unlink()


def with_a_broken_record(archive: Path) -> None:
    (archive.parent / "cut.json").write_text("[]")


@pytest.mark.parametrize("damage", [truncated, one_bit_changed, without_record, with_a_broken_record, Path.unlink])
def test_a_damaged_cut_is_made_again(cache, heard, damage):
    entry = store.prepared(HELM, {"release"}, heard.append)
    archive = entry / HELM.archive.name
    good = archive.read_bytes()
    damage(archive)
    assert store.prepared(HELM, {"release"}, heard.append) == entry
    assert archive.read_bytes() == good
    assert len(heard) == 2, "the second preparation is announced like the first"
    store.prepared(HELM, {"release"}, heard.append)
    assert len(heard) == 2


def test_a_program_survives_a_damaged_cut(run, tmp_path, unpacked):
    run(IMPORT_HELM, cache=tmp_path / "cache", **unpacked)
    (archive,) = (tmp_path / "cache" / "bindings").glob("helm-*/*.tgz")
    truncated(archive)
    again = run(IMPORT_HELM, cache=tmp_path / "cache", **unpacked)
    assert again.stdout == "Release\n", again.stderr
    assert "Preparing the helm bindings" in again.stderr


def test_each_set_of_submodules_has_its_own_cut(cache, heard):
    first = store.prepared(HELM, {"release"}, heard.append)
    second = store.prepared(HELM, {"release", "provider"}, heard.append)
    assert first != second
    assert store.is_intact(first, HELM)
    assert store.prepared(HELM, ["provider", "release"], heard.append) == second
    assert len(heard) == 2
    # the folder is called by a digest: what the cut is of stands in it, for people
    assert json.loads((second / "cut.json").read_bytes())["submodules"] == ["provider", "release"]


def test_cuts_that_nothing_used_for_long_are_forgotten(cache, heard):
    old = store.prepared(HELM, {"release"}, heard.append)
    os.utime(old, (time.time() - 40 * 86_400,) * 2)
    store.prepared(HELM, {"provider"}, heard.append)
    assert not old.exists()


def test_a_cache_that_cannot_be_written_is_replaced_for_one_run(run, tmp_path):
    (tmp_path / "file").write_text("a file where a folder should be")
    done = run(IMPORT_HELM, cache=tmp_path / "file" / "cache")
    assert done.stdout == "Release\n", done.stderr
    assert done.stderr.count("cannot be used") == 1
    assert "GROUNDPLAN_CACHE_DIR" in done.stderr
    substitute = Path(done.stderr.split("this run uses ")[1].split(" and the next")[0])
    assert not substitute.exists(), "the temporary folder must be gone at the end"


def test_a_substitute_that_somebody_removed_is_no_failure_at_the_end(run, tmp_path):
    (tmp_path / "file").write_text("a file where a folder should be")
    tidied = "from groundplan.bindings import cache_folder\nimport shutil\nshutil.rmtree(cache_folder())\n"
    done = run(tidied, cache=tmp_path / "file" / "cache")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "", 1), done.stderr


def test_a_cache_that_refuses_halfway_is_replaced_too(cache, heard):
    store.prepared(HELM, {"release"}, heard.append)
    entry = store.entry_folder(cache, HELM, {"provider"})
    Path(f"{entry}.lock").mkdir()  # as on a disk that knows no locks
    made = store.prepared(HELM, {"provider"}, heard.append)
    assert store.is_intact(made, HELM)
    assert not made.is_relative_to(cache)
    assert "cannot be used" in heard[1]


def test_the_same_cut_has_the_same_bytes(tmp_path):
    first, second = tmp_path / "first.tgz", tmp_path / "second.tgz"
    write_cut(HELM.archive, ["release", "provider"], first)
    write_cut(HELM.archive, {"provider", "release"}, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_cut_of_everything_has_every_type_of_the_stock_assembly(tmp_path):
    target = tmp_path / "all.tgz"
    count = write_cut(HELM.archive, HELM.submodules, target)
    stock, cut = (json.loads(contents(archive)["package/.jsii"]) for archive in (HELM.archive, target))
    assert count == len(stock["types"])
    stock.pop("fingerprint"), cut.pop("fingerprint")
    assert cut == stock


def test_submodules_with_odd_names_and_split_code_are_cut_whole(tmp_path):
    odd = ["s3_control_bucket", "lexv2_models_slot", "route53_domains_delegation_signer_record", "medialive_channel"]
    target = tmp_path / "odd.tgz"
    write_cut(package("aws").archive, odd, target)
    files = contents(target)
    index = files["package/lib/index.js"].decode()
    assert 'exports.lexv2ModelsSlot = require("./lexv2models-slot");' in index
    assert index.count("require(") == 4
    assert "package/lib/medialive-channel/index-structs/structs0.js" in files
    types = json.loads(files["package/.jsii"])["types"]
    assert {name.split(".")[1] for name in types} == {
        "lexv2ModelsSlot",
        "medialiveChannel",
        "route53DomainsDelegationSignerRecord",
        "s3ControlBucket",
    }


def stock_like(target: Path, changes: dict[str, bytes | None]) -> Path:
    files = {**contents(HELM.archive), **changes}
    with tarfile.open(target, "w:gz") as archive:
        for name, content in sorted(files.items()):
            if content is not None:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"package/.jsii": b"{}"}, "no block of types"),
        ({"package/.jsii": None}, "no package/.jsii"),
        ({"package/.jsii": b'{\n  "types": {\n  },\n  "version": "1"\n}'}, "line by line"),
        ({"package/.jsii": b'{\n  "types": {\n  },\n  "version": \n}'}, "line by line"),
        ({"package/lib/index.js": b"module.exports = {};"}, "does not load release"),
        ({"package/lib/release/index.js": None}, "no lib/release/index.js"),
        ({"package/lib/release/index.js": b'require("../provider");'}, "its neighbour provider"),
        ({"package/package.json": None}, "no package/package.json"),
    ],
)
def test_an_assembly_laid_out_otherwise_is_not_cut(tmp_path, changes, said):
    with pytest.raises(UnexpectedLayout, match=said):
        write_cut(stock_like(tmp_path / "stock.tgz", changes), ["release"], tmp_path / "cut.tgz")


def test_a_broken_stock_archive_is_not_cut(tmp_path):
    stock = tmp_path / "stock.tgz"
    stock.write_bytes(HELM.archive.read_bytes()[:50_000])
    with pytest.raises(UnexpectedLayout, match="cannot be read"):
        write_cut(stock, ["release"], tmp_path / "cut.tgz")


def test_types_that_others_refer_to_come_along(tmp_path):
    specification = contents(HELM.archive)["package/.jsii"].decode()
    changed = specification.replace(
        '"base": "cdktf.TerraformResource"', '"base": "@cdktf/provider-helm.provider.HelmProvider"'
    )
    assert changed != specification
    stock = stock_like(tmp_path / "stock.tgz", {"package/.jsii": changed.encode()})
    write_cut(stock, ["release"], tmp_path / "cut.tgz")
    types = json.loads(contents(tmp_path / "cut.tgz")["package/.jsii"])["types"]
    assert {name.split(".")[1] for name in types} == {"release", "provider"}


def test_when_nothing_can_be_cut_the_stock_assembly_serves(run):
    spoilt = "from groundplan.bindings import cut\ndef write_cut(*_):\n    raise cut.UnexpectedLayout('it is new')\n"
    done = run(
        spoilt
        + "cut.write_cut = write_cut\n"
        + IMPORT_HELM.replace("release", "data_helm_template").replace("Release", "DataHelmTemplate")
    )
    assert done.stdout == "DataHelmTemplate\n", done.stderr
    assert "The helm bindings are loaded whole, which takes longer: it is new." in done.stderr


def test_the_packages_say_where_they_are(cache):
    assert bindings.package_root("aws") == bindings.package_root("cdktf_cdktf_provider_aws")
    assert (bindings.package_root("aws") / "s3_bucket" / "__init__.py").is_file()
    assert bindings.archive("kubernetes").name == f"provider-kubernetes@{bindings.versions()['kubernetes']}.jsii.tgz"
    assert sorted(bindings.versions()) == ["aws", "gitlab", "helm", "kubernetes", "vault"]
    assert bindings.submodules("helm") == {"data_helm_template", "provider", "release"}
    with pytest.raises(BadInput, match="aws, gitlab, helm, kubernetes, vault"):
        bindings.package_root("azure")


def test_the_cache_folder_is_private(cache):
    assert bindings.cache_folder() == cache
    assert cache.stat().st_mode & 0o077 == 0


def test_the_status_tells_what_the_next_run_will_find(cache, project, monkeypatch, heard):
    for name in ("JSII_NODE", "JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT", "GROUNDPLAN_BINDINGS"):
        monkeypatch.delenv(name, raising=False)
    (project / "main.py").write_text("from cdktf_cdktf_provider_helm.release import Release\n")
    before = {found.provider: found for found in bindings.status(project).packages}["helm"]
    assert "release" in before.submodules
    assert not before.prepared
    store.prepared(HELM, before.submodules, heard.append)
    after = bindings.status(project)
    helm = {found.provider: found for found in after.packages}["helm"]
    assert helm.prepared
    assert 0 < helm.cut_bytes <= after.cuts_bytes
    assert (after.node_is_bundled, after.cache_folder, after.jsii_cache) == (True, cache, cache / "jsii")
    assert after.node_version is not None
    assert after.node_version.startswith("v2")
    monkeypatch.setenv("GROUNDPLAN_BINDINGS", "full")
    assert all(found.full and not found.submodules for found in bindings.status(project).packages)
