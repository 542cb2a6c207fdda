"""Equal projects give equal bytes, whoever synthesizes them, and a module is built again only when it changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synth.programs import PROJECT, content, copy_project, run_main, settings


def synth_again(cache: Path, out: Path, **more: str) -> dict[str, str]:
    done = run_main(cache, out=out, **more)
    assert done.returncode == 0, done.stderr
    return content(out)


def test_modules_built_anew_with_another_hash_seed_give_the_same_bytes(
    synthesized: Path, cache: Path, tmp_path: Path
) -> None:
    assert synth_again(cache, tmp_path / "out", GROUNDPLAN_FRESH="1", PYTHONHASHSEED="3") == content(synthesized)


def test_an_empty_cache_gives_the_same_bytes(synthesized: Path, tmp_path: Path) -> None:
    assert synth_again(tmp_path / "cache", tmp_path / "out", PYTHONHASHSEED="4") == content(synthesized)


def test_another_working_folder_gives_the_same_bytes(synthesized: Path, cache: Path, tmp_path: Path) -> None:
    done = run_main(cache, cwd=tmp_path, out=tmp_path / "out", PYTHONPATH="")

    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "out") == content(synthesized)


def test_no_file_tells_where_it_was_made(synthesized: Path) -> None:
    for path in synthesized.rglob("*"):
        if path.is_file():
            assert str(PROJECT).encode() not in path.read_bytes(), path
            assert str(synthesized.parent).encode() not in path.read_bytes(), path


def run_cdktf(cache: Path, *arguments: str) -> str:
    """Runs the real cdktf command in the project, with the Node.js of the virtual environment."""
    program = PROJECT / "node_modules" / ".bin" / "cdktf"
    assert program.exists(), "the cdktf command is not installed here: run `make node_modules/.made`"
    done = subprocess.run(
        [str(Path(sys.executable).parent / "node"), str(program), *arguments],
        cwd=PROJECT,
        env=settings(cache),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_real_cdktf_command_synthesizes_the_same_bytes(synthesized: Path, cache: Path, tmp_path: Path) -> None:
    run_cdktf(cache, "synth", "--output", str(tmp_path / "out"))

    assert content(tmp_path / "out") == content(synthesized)


def test_the_real_cdktf_command_lists_the_same_stacks(synthesized: Path, cache: Path, tmp_path: Path) -> None:
    listed = run_cdktf(cache, "list", "--output", str(tmp_path / "out"))

    # long paths go on in further lines, below the column of paths
    table = listed[listed.index("Stack name") :].splitlines()[1:]
    names = [line.split()[0] for line in table if line[:1].strip()]
    assert names == sorted(path.name for path in (synthesized / "stacks").iterdir())


class TestTheModuleCache:
    """A copy of the project, changed as a person would change it."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        return copy_project(tmp_path / "project")

    @staticmethod
    def built(cache: Path) -> set[str]:
        return {path.name for path in (cache / "modules").iterdir()}

    def synth(self, project: Path, cache: Path) -> dict[str, str]:
        done = run_main(cache, main=project / "main.py")
        assert done.returncode == 0, done.stderr
        return content(project / "cdktf.out")

    def test_an_edited_module_is_built_again_and_no_other(self, project: Path, synthesized: Path, cache: Path) -> None:
        before = self.built(cache)
        same = self.synth(project, cache)
        assert self.built(cache) == before, "a copy elsewhere is the same project"
        assert same == content(synthesized)
        module = project / "modules" / "backup" / "velero" / "module.py"
        source = module.read_text()
        assert "return VeleroOutputs(" in source
        module.write_text(source.replace("return VeleroOutputs(", "\n        return VeleroOutputs(", 1))

        self.synth(project, cache)

        assert {name.partition("-")[0] for name in self.built(cache) - before} == {"velero"}

    def test_an_edited_setting_builds_nothing_and_changes_its_environment_alone(
        self, project: Path, synthesized: Path, cache: Path
    ) -> None:
        before = self.built(cache)
        settings_file = project / "environments" / "prod.py"
        source = settings_file.read_text()
        assert "data_volume_gib=50" in source
        settings_file.write_text(source.replace("data_volume_gib=50", "data_volume_gib=60"))

        after = self.synth(project, cache)

        assert self.built(cache) == before
        changed = {name for name, digest in content(synthesized).items() if after.get(name) != digest}
        assert changed == {"stacks/prod-secrets/cdk.tf.json"}
        read = json.loads((project / "cdktf.out" / "stacks" / "prod-secrets" / "cdk.tf.json").read_bytes())
        assert read["module"]["vault"]["data_volume_gib"] == 60

    def test_a_damaged_entry_is_built_again(self, project: Path, synthesized: Path, cache: Path) -> None:
        for entry in (cache / "modules").glob("vault-*"):
            (entry / "definition.json").write_text("{")

        assert self.synth(project, cache) == content(synthesized)
