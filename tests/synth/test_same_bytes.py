"""Equal projects give equal bytes, whoever synthesizes them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from groundplan.publish.modules import find_modules
from groundplan.synth.definitions import Definitions
from groundplan.synth.manifest import Manifest
from tests.support.here import run_main_here
from tests.synth.programs import PROJECT, content, name_every_type, run_cdktf, settings

MAIN = f"""
from pathlib import Path
from environments.dev import DEV
from environments.staging import STAGING
from groundplan.synth.project import main
from modules.backup.velero import Schedule, Velero, VeleroInputs

def compose(stacks, env):
    daily = Schedule(cron="0 2 * * *", ttl_hours=48, alarm_after_hours=28)
    inputs = VeleroInputs(
        name=f"{{env.name}}-velero",
        cluster=env.cluster,
        alarm_topic_arn=env.alarm_topic_arn,
        schedules={{"daily": daily}},
    )
    Velero(stacks.family("backup"), "velero", inputs)

main(compose, (DEV, STAGING), project=Path({str(PROJECT)!r}))
"""
"""One of the real project's modules in two stacks."""


@pytest.mark.usefixtures("own_cache")
def test_modules_that_another_process_with_another_hash_seed_has_built_are_the_same_bytes(first: Path) -> None:
    theirs = {path.name.rpartition("-")[0]: path for path in (first / "cache" / "modules").iterdir()}
    definitions = Definitions(PROJECT)
    ours = {kind.name: definitions.folder(kind).parent for kind in find_modules(PROJECT, sorted(theirs))}

    # that process had one that is its own
    assert os.environ.get("PYTHONHASHSEED") != "4"
    assert theirs.keys() == {module.name for module in Manifest.read(first / "cdktf.out").modules}
    assert {name: content(folder) for name, folder in ours.items()} == {
        name: content(folder) for name, folder in theirs.items()
    }


def test_what_the_cache_holds_is_taken_unless_modules_are_to_be_built_anew(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    shutil.copy(PROJECT / "cdktf.json", tmp_path)
    name_every_type(tmp_path)
    (held,) = (cache / "modules").glob("velero-*")
    main = shutil.copytree(held, tmp_path / "cache" / "modules" / held.name) / "module" / "main.tf.json"
    shutil.copytree(cache / "bindings", tmp_path / "cache" / "bindings")
    right = main.read_text()
    main.write_text(right + "\n")
    out = tmp_path / "cdktf.out"
    made = out / "stacks" / "dev-backup" / "modules" / "velero" / "main.tf.json"

    for fresh, expected in (("", right + "\n"), ("1", right)):
        seen = settings(tmp_path / "cache", GROUNDPLAN_FRESH=fresh, CDKTF_OUTDIR=str(out))
        done = run_main_here(tmp_path, seen)
        assert done.returncode == 0, done.stderr
        assert made.read_text() == expected
    assert main.read_text() == right + "\n"


def test_the_real_cdktf_command_with_an_empty_cache_and_main_py_with_a_full_one_elsewhere_write_the_same_bytes(
    first: Path, synthesized: Path
) -> None:
    assert content(first / "cdktf.out") == content(synthesized)


def test_no_file_tells_where_it_was_made(synthesized: Path) -> None:
    for path in synthesized.rglob("*"):
        if path.is_file():
            assert str(PROJECT).encode() not in path.read_bytes(), path
            assert str(synthesized.parent).encode() not in path.read_bytes(), path


def test_the_real_cdktf_command_lists_the_same_stacks(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    shutil.copy(PROJECT / "cdktf.json", tmp_path)
    name_every_type(tmp_path)

    listed = run_cdktf(cache, "list", "--output", str(tmp_path / "out"), cwd=tmp_path)

    # long paths go on in further lines, below the column of paths
    table = listed[listed.index("Stack name") :].splitlines()[1:]
    names = [line.split()[0] for line in table if line[:1].strip()]
    assert names == ["dev-backup", "staging-backup"]
    assert names == sorted(path.name for path in (tmp_path / "out" / "stacks").iterdir())
