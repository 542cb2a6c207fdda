"""A GitLab on this machine that keeps one merge request's notes, and fails as told."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = ["BOT", "Fault", "GitLab", "gitlab"]

BOT = {"id": 42, "username": "project_7_bot_0a1b2c"}
PROJECT, IID = "7", "3"


@dataclass(frozen=True)
class Fault:
    """What happens to one request: `status` instead of an answer, or a connection that is `dropped`.

    `done`: the request was carried out all the same, and only its answer is lost.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    done: bool = False


@dataclass
class GitLab:
    """The merge request's notes, the token's user, and what goes wrong next for each method."""

    url: str = ""
    user: dict[str, Any] | None = field(default_factory=lambda: dict(BOT))
    tells_token: bool = True
    maintainer: bool = False
    notes: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def add(self, body: str, author: dict[str, Any] | None = None, *, system: bool = False) -> int:
        """A note that somebody wrote, the bot when left out."""
        number = max((note["id"] for note in self.notes), default=100) + 1
        note = {"id": number, "body": body.strip(), "author": author or dict(BOT), "system": system}
        self.notes.append(note | {"noteable_iid": 3})
        return number

    def fail(self, method: str, *faults: Fault) -> None:
        """The next requests of this method meet these faults, one each."""
        self.faults.setdefault(method, deque()).extend(faults)

    def body(self, number: int) -> str:
        """What the note says now."""
        return next(str(note["body"]) for note in self.notes if note["id"] == number)

    @property
    def ids(self) -> list[int]:
        """The notes that are there."""
        return [note["id"] for note in self.notes]

    def answer(self, method: str, path: str, query: dict[str, list[str]], sent: Any) -> tuple[int, Any, dict[str, str]]:
        """What GitLab says to a request."""
        if path == "/api/v4/user":
            return (200, self.user, {}) if self.user else (403, {"message": "insufficient_scope"}, {})
        if path == "/api/v4/personal_access_tokens/self":
            return (200, {"id": 1, "user_id": BOT["id"]}, {}) if self.tells_token else (403, {"message": "no"}, {})
        notes = f"/api/v4/projects/{PROJECT}/merge_requests/{IID}/notes"
        if path == notes and method == "GET":
            page, size = int(query.get("page", ["1"])[0]), int(query["per_page"][0])
            rows = self.notes[(page - 1) * size : page * size]
            more = page * size < len(self.notes)
            link = f'<{self.url}{notes}?page={page + 1}&per_page={size}>; rel="next"'
            return 200, rows, {"Link": link, "X-Next-Page": str(page + 1)} if more else {}
        if path == notes and method == "POST":
            number = self.add(sent["body"], self.user or dict(BOT))
            return 201, next(note for note in self.notes if note["id"] == number), {}
        found = [note for note in self.notes if path == f"{notes}/{note['id']}"]
        if not found:
            return 404, {"message": "404 Not found"}, {}
        (note,) = found
        if note["author"]["id"] != BOT["id"] and not self.maintainer:
            return 403, {"message": "403 Forbidden"}, {}
        if method == "DELETE":
            self.notes.remove(note)
            return 204, None, {}
        note["body"] = sent["body"].strip()
        return 200, note, {}


class _Handler(BaseHTTPRequestHandler):
    server_of_the_test: GitLab

    def do_GET(self) -> None:
        """Every method is answered alike."""
        server = self.server_of_the_test
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length) or "null")
        server.calls.append(f"{self.command} {parts.path.rpartition('/v4')[2]}")
        waiting = server.faults.get(self.command)
        fault = waiting.popleft() if waiting else None
        if not fault or fault.done:
            said = server.answer(self.command, parts.path, parse_qs(parts.query), sent)
        self._say(*((fault.status, {"message": "it fails"}, fault.headers) if fault else said))

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 (the names that http.server asks for)

    def _say(self, status: int, said: Any, headers: dict[str, str]) -> None:
        self.close_connection = True
        if not status:
            return
        body = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""


@contextmanager
def gitlab() -> Iterator[GitLab]:
    """The stand-in, answering at its `url`."""
    server = GitLab()
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_of_the_test": server}))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
