"""The probe: it has Kong take a rotated password and a renewed certificate, and fails when Kong does not answer."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.support.shell import Shell

PROBE = Path(__file__).parents[3] / "modules/gateway/kong/files/reload.sh"


class Status(BaseHTTPRequestHandler):
    """Kong's status API."""

    code = 200

    def do_GET(self) -> None:
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: it would be noise in the tests."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Status)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(tmp_path: Path) -> Shell:
    """A replica that was started with the password `first`; `kong` says how it was called, and with which."""
    for name in ("kong-admin", "kong-proxy"):
        (tmp_path / "secrets" / name).mkdir(parents=True)
        (tmp_path / "secrets" / name / "tls.crt").write_text(f"{name}, the first\n")
    (tmp_path / "prefix").mkdir()
    (tmp_path / "password").write_text("first")
    shell = Shell(tmp_path)
    shell.fake("kong", 'printf %s "$KONG_PG_PASSWORD" >"$HERE/used"; [ ! -f "$HERE/broken" ]')
    return shell


def probe(gateway: Shell, port: int) -> int:
    here = gateway.folder
    done = subprocess.run(
        ["bash", str(PROBE), str(here / "password"), str(here / "secrets"), str(port)],
        env={
            "PATH": f"{here / 'bin'}:/usr/bin:/bin",
            "HERE": str(here),
            "KONG_PREFIX": f"{here / 'prefix'}/",
            "KONG_PG_PASSWORD": "first",
        },
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.returncode


def test_while_nothing_changes_kong_is_left_in_peace(gateway: Shell, port: int) -> None:
    assert [probe(gateway, port), probe(gateway, port)] == [0, 0]
    assert gateway.calls == []


def test_a_rotated_password_is_taken_once_even_before_the_first_probe(gateway: Shell, port: int) -> None:
    (gateway.folder / "password").write_text("second")
    assert [probe(gateway, port), probe(gateway, port)] == [0, 0]
    assert gateway.calls == [f"kong reload --prefix {gateway.folder}/prefix/"]
    assert (gateway.folder / "used").read_text() == "second"


def test_a_renewed_certificate_is_taken(gateway: Shell, port: int) -> None:
    assert probe(gateway, port) == 0
    (gateway.folder / "secrets/kong-admin/tls.crt").write_text("the second\n")
    assert probe(gateway, port) == 0
    assert len(gateway.calls) == 1


def test_a_reload_that_fails_is_tried_again_and_told(gateway: Shell, port: int) -> None:
    (gateway.folder / "password").write_text("second")
    (gateway.folder / "broken").touch()
    assert probe(gateway, port) == 1
    (gateway.folder / "broken").unlink()
    assert probe(gateway, port) == 0
    assert len(gateway.calls) == 2


@pytest.mark.parametrize("lost", ["password", "secrets/*/tls.crt"])
def test_files_that_are_not_there_are_told(gateway: Shell, port: int, lost: str) -> None:
    for path in gateway.folder.glob(lost):
        path.unlink()
    assert probe(gateway, port) == 1
    assert gateway.calls == []


def test_kong_that_does_not_answer_or_says_that_it_is_unwell_is_told(
    gateway: Shell, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Status, "code", 503)
    assert probe(gateway, port) == 1
    assert probe(gateway, 1) == 1
