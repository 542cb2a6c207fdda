"""The way to the provider, against a real TLS server: only trusted ones, no redirects, an end to everything."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rotate_api_key.errors import RotationFailed
from rotate_api_key.transport import LIMIT_BYTES, Request, https


class Answers(BaseHTTPRequestHandler):
    """Answers by path, and remembers what came."""

    seen: list[tuple[str, str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.seen.append((self.command, self.path, self.headers.get("Authorization", ""), body))
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        if self.path == "/slow":
            threading.Event().wait(1.5)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (LIMIT_BYTES + 1) if self.path == "/endless" else b'{"key": "new"}')

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class Quiet(ThreadingHTTPServer):
    """A server that expects its clients to hang up in the middle: that is what is tested."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing."""


@dataclass
class Site:
    url: str
    trusted: ssl.SSLContext
    seen: list[tuple[str, str, str, bytes]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "api.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    seen: list[tuple[str, str, str, bytes]] = []
    server = Quiet(("127.0.0.1", 0), type("Handler", (Answers,), {"seen": seen}))
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Site(f"https://127.0.0.1:{server.server_port}", ssl.create_default_context(cafile=folder / "tls.crt"), seen)
    server.shutdown()
    server.server_close()
    thread.join()


def ask(url: str, *, timeout_seconds: float = 5, body: bytes | None = None) -> Request:
    return Request("create a key", "POST", url, {"Authorization": "Bearer live-0"}, body, timeout_seconds)


def test_a_request_arrives_with_its_headers_query_and_body(site: Site) -> None:
    answer = https(site.trusted)(ask(f"{site.url}/keys?scope=read", body=b"{}"))
    assert (answer.status, answer.body) == (200, b'{"key": "new"}')
    assert site.seen[-1] == ("POST", "/keys?scope=read", "Bearer live-0", b"{}")


def test_a_redirect_is_not_followed(site: Site) -> None:
    before = len(site.seen)
    assert https(site.trusted)(ask(f"{site.url}/moved")).status == 307
    assert len(site.seen) == before + 1


def test_a_certificate_that_is_not_trusted_ends_it_before_the_key_is_sent(site: Site) -> None:
    before = len(site.seen)
    with pytest.raises(RotationFailed, match=r"could not be reached: .*certificate verify failed"):
        https()(ask(f"{site.url}/keys"))
    assert len(site.seen) == before


def test_a_certificate_for_another_name_ends_it(site: Site) -> None:
    with pytest.raises(RotationFailed, match="could not be reached"):
        https(site.trusted)(ask(site.url.replace("127.0.0.1", "localhost") + "/keys"))


def test_a_provider_that_does_not_answer_is_given_up(site: Site) -> None:
    with pytest.raises(RotationFailed, match=r"could not be reached: .*timed out"):
        https(site.trusted)(ask(f"{site.url}/slow", timeout_seconds=0.3))


def test_an_answer_without_end_is_given_up(site: Site) -> None:
    with pytest.raises(RotationFailed, match=f"more than {LIMIT_BYTES} bytes"):
        https(site.trusted)(ask(f"{site.url}/endless"))


def test_a_closed_port_is_said_with_its_host_and_without_the_key() -> None:
    with pytest.raises(RotationFailed) as caught:
        https()(ask("https://127.0.0.1:9/keys"))
    assert "127.0.0.1:9" in str(caught.value)
    assert "live-0" not in str(caught.value)
