"""The sidecar that rotates the audit log and has Vault read renewed certificates."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shell import Shell

FILES = Path(__file__).parents[3] / "modules/secrets/vault/files"


@pytest.fixture
def hang_ups() -> Iterator[list[int]]:
    """The SIGHUPs that reach Vault, whose place this process takes."""
    received: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _: received.append(number))
    yield received
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def pod(shell: Shell, hang_ups: list[int]) -> Shell:
    """A server's files and its process. `sleep` takes no time, and does what the file `between` says."""
    for name in ("tls.crt", "tls.key", "audit.log"):
        (shell.folder / name).write_text(f"{name}, the first\n")
    shell.fake("pidof", f'[ "$1" = vault ] && echo {os.getpid()}')
    shell.fake("sleep", '[ ! -f "$HERE/between" ] || (cd "$HERE" && sh ./between)')
    return shell


def keep(pod: Shell, between: str = "", **changes: str) -> str:
    """Runs the sidecar for three rounds with `between` after each, and gives what it said."""
    (pod.folder / "between").write_text(between)
    environment = {
        "TLS_FOLDER": str(pod.folder),
        "AUDIT_LOG": str(pod.folder / "audit.log"),
        "MAX_BYTES": "1000",
        "ROUNDS": "3",
        **changes,
    }
    done = pod.run(FILES / "reload.sh", **environment)
    assert done.returncode == 0, done.stderr
    return done.stderr


def logs(pod: Shell) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(pod.folder.glob("audit.log*"))}


def test_while_nothing_changes_vault_is_left_in_peace(pod: Shell, hang_ups: list[int]) -> None:
    assert keep(pod) == ""
    assert hang_ups == []


@pytest.mark.parametrize("name", ["tls.crt", "tls.key"])
def test_a_renewed_certificate_is_read_by_vault(pod: Shell, hang_ups: list[int], name: str) -> None:
    assert keep(pod, f"echo renewed >{name}").count("The certificate is new.") == 1
    assert hang_ups


def test_a_certificate_that_is_away_for_a_moment_is_no_renewal(pod: Shell, hang_ups: list[int]) -> None:
    swap = "if [ -f tls.crt ]; then mkdir away; mv tls.crt tls.key away; else mv away/* .; fi"
    assert keep(pod, swap) == ""
    assert hang_ups == []


def test_a_long_audit_log_is_renamed_and_vault_opens_a_new_one(pod: Shell, hang_ups: list[int]) -> None:
    (pod.folder / "audit.log").write_text("x" * 1000)
    assert "The audit log is rotated." in keep(pod)
    assert logs(pod) == {"audit.log.1": "x" * 1000}
    assert hang_ups


def test_a_short_audit_log_stays(pod: Shell, hang_ups: list[int]) -> None:
    (pod.folder / "audit.log").write_text("x" * 999)
    keep(pod)
    assert list(logs(pod)) == ["audit.log"]
    assert hang_ups == []


def test_only_so_many_old_logs_are_kept_and_the_oldest_goes(pod: Shell) -> None:
    (pod.folder / "audit.log").write_text("a" * 1000)
    grow = 'n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n; printf "%01000d" "$n" >audit.log'
    keep(pod, grow, ROUNDS="5", KEEP_FILES="2")
    assert {name: text[-1] for name, text in logs(pod).items()} == {"audit.log.1": "3", "audit.log.2": "2"}


def test_an_audit_log_that_is_not_there_yet_is_waited_for(pod: Shell, hang_ups: list[int]) -> None:
    (pod.folder / "audit.log").unlink()
    assert keep(pod) == ""
    assert hang_ups == []


def test_a_signal_that_nobody_got_is_sent_again(pod: Shell, hang_ups: list[int]) -> None:
    pod.fake("pidof", f'if [ -f "$HERE/up" ]; then echo {os.getpid()}; else exit 1; fi')
    (pod.folder / "audit.log").write_text("x" * 1000)
    said = keep(pod, "touch up")
    assert said.count("There is no Vault process to signal") == 1
    assert hang_ups
    assert len([call for call in pod.calls if call.startswith("pidof")]) == 2
