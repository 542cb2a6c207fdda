"""Answers unary gRPC calls over HTTP/2, as Terraform's core makes them: one thread, one call after another.

h2 speaks HTTP/2; what gRPC adds to it are a path, five bytes before a message, and a status behind it. The server of
grpcio hands each step of a call from thread to thread, for more than what all answers take together:
docs/decisions/0050-calls-of-providers.md. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from threading import Thread
from typing import TypeAlias
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    DataReceived,
    Event,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

__all__ = ["Answer", "CallFailed", "CallServer"]

Answer: TypeAlias = Callable[[bytes, str], bytes]
"""What is said to a message of a peer. A peer is a connection: `127.0.0.1:40312`."""

_HOST = "127.0.0.1"
_AT_ONCE = 256 * 1024
# a message is read whole in any case, so as much room as HTTP/2 has: RFC 9113, section 6.9.1
_WINDOW = 2**31 - 1
_BEFORE_SETTINGS = 2**16 - 1
_PREFIX = 5
_INTERNAL, _UNIMPLEMENTED = 13, 12
_BEGINNING = [(":status", "200"), ("content-type", "application/grpc")]
_RIGHT = [("grpc-status", "0")]
# Who asks is a core that we have started, and of its headers the path alone is read.
_UNCHECKED = H2Configuration(
    client_side=False,
    header_encoding=None,
    validate_inbound_headers=False,
    normalize_inbound_headers=False,
    validate_outbound_headers=False,
    normalize_outbound_headers=False,
)


class CallFailed(Exception):
    """A call that has no answer. Whoever made it is told this text."""


class CallServer:
    """Answers on ports of 127.0.0.1 from `start` to `close`."""

    def __init__(self, name: str) -> None:
        self._selector = DefaultSelector()
        self._open, closed = socket.socketpair()
        self._selector.register(closed, EVENT_READ, _Ended(closed))
        self._thread = Thread(target=self._serve, name=name, daemon=True)

    def listen(self, answers: Mapping[str, Answer]) -> int:
        """The port on which calls are answered by their paths: `/package.Service/Method`. Before `start` only."""
        listening = socket.create_server((_HOST, 0))
        self._selector.register(listening, EVENT_READ, _Port(listening, answers, self._selector))
        port: int = listening.getsockname()[1]
        return port

    def start(self) -> None:
        """Answers from now on."""
        self._thread.start()

    @property
    def thread_id(self) -> int | None:
        """The system's number of the thread that answers, where the system gives threads numbers."""
        return self._thread.native_id

    def close(self) -> None:
        """Answers nothing more: who still waits for an answer is told that the connection has ended."""
        self._open.close()
        if self._thread.is_alive():
            self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.data.close()
        self._selector.close()

    def _serve(self) -> None:
        while True:
            for key, ready in self._selector.select():
                if isinstance(key.data, _Ended):
                    return
                key.data.go_on(ready)


class _Ended:
    """Is readable once there is nothing more to do."""

    def __init__(self, closed: socket.socket) -> None:
        self._socket = closed

    def close(self) -> None:
        self._socket.close()


class _Port:
    """Where cores connect."""

    def __init__(self, listening: socket.socket, answers: Mapping[str, Answer], selector: DefaultSelector) -> None:
        self._socket = listening
        self._answers = answers
        self._selector = selector

    def go_on(self, _ready: int) -> None:
        # who has given up already is no longer there
        with suppress(OSError):
            accepted, (host, port) = self._socket.accept()
            _Connection(accepted, f"{host}:{port}", self._answers, self._selector)

    def close(self) -> None:
        self._socket.close()


class _Connection:
    """One core's connection, with the calls that it has begun."""

    def __init__(
        self, accepted: socket.socket, peer: str, answers: Mapping[str, Answer], selector: DefaultSelector
    ) -> None:
        self._socket = accepted
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer = peer
        self._answers = answers
        self._selector = selector
        self._heard: dict[int, tuple[Answer, bytearray]] = {}
        self._unsaid: dict[int, memoryview] = {}
        self._unsent = bytearray()
        self._http = H2Connection(_UNCHECKED)
        self._http.local_settings = Settings(client=False, initial_values={SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW})
        self._http.initiate_connection()
        self._http.increment_flow_control_window(_WINDOW - _BEFORE_SETTINGS)
        self._waits_for = EVENT_READ
        self._selector.register(self._socket, EVENT_READ, self)
        self._send()

    def go_on(self, ready: int) -> None:
        """Hears what there is, answers what is whole, and sends as much as is taken."""
        try:
            if ready & EVENT_READ:
                received = self._socket.recv(_AT_ONCE)
                if not received:
                    self.close()
                    return
                self._hear(self._http.receive_data(received))
            self._send()
        except (OSError, ProtocolError):
            self.close()

    def close(self) -> None:
        """Ends it."""
        self._selector.unregister(self._socket)
        self._socket.close()

    def _hear(self, events: Sequence[Event]) -> None:
        # nothing can be said any more to a call that was given up, not even what it asked for just before
        given_up = {event.stream_id for event in events if isinstance(event, StreamReset)}
        for stream in given_up:
            self._heard.pop(stream, None)
            self._unsaid.pop(stream, None)
        for event in events:
            if isinstance(event, DataReceived):
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if isinstance(event, (WindowUpdated, RemoteSettingsChanged)):
                for stream in list(self._unsaid):
                    self._say(stream)
            elif getattr(event, "stream_id", None) not in given_up:
                self._hear_of_call(event)

    def _hear_of_call(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            path = next((value for name, value in event.headers if name == b":path"), b"").decode(errors="replace")
            if path in self._answers:
                self._heard[event.stream_id] = (self._answers[path], bytearray())
            else:
                self._fail(event.stream_id, _UNIMPLEMENTED, f"nobody answers {path}")
        elif isinstance(event, DataReceived) and event.stream_id in self._heard:
            self._heard[event.stream_id][1].extend(event.data)
        elif isinstance(event, StreamEnded) and event.stream_id in self._heard:
            self._answer(event.stream_id, *self._heard.pop(event.stream_id))

    def _answer(self, stream: int, answer: Answer, heard: bytearray) -> None:
        try:
            said = answer(_message(heard), self._peer)
        except CallFailed as failed:
            self._fail(stream, _INTERNAL, str(failed))
            return
        self._http.send_headers(stream, _BEGINNING)
        self._unsaid[stream] = memoryview(b"\0" + len(said).to_bytes(_PREFIX - 1) + said)
        self._say(stream)

    def _say(self, stream: int) -> None:
        """As much of an answer as the other side has room for; what is left is said once it has more."""
        unsaid = self._unsaid.pop(stream)
        while unsaid:
            size = min(self._http.local_flow_control_window(stream), self._http.max_outbound_frame_size)
            if size <= 0:
                self._unsaid[stream] = unsaid
                return
            self._http.send_data(stream, unsaid[:size].tobytes())
            unsaid = unsaid[size:]
        self._http.send_headers(stream, _RIGHT, end_stream=True)

    def _fail(self, stream: int, status: int, text: str) -> None:
        told = [("grpc-status", str(status)), ("grpc-message", quote(text, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~"))]
        self._http.send_headers(stream, [*_BEGINNING, *told], end_stream=True)

    def _send(self) -> None:
        self._unsent += self._http.data_to_send()
        if self._unsent:
            with suppress(BlockingIOError):
                del self._unsent[: self._socket.send(self._unsent)]
        waits_for = EVENT_READ | EVENT_WRITE if self._unsent else EVENT_READ
        if waits_for != self._waits_for:
            self._selector.modify(self._socket, waits_for, self)
            self._waits_for = waits_for


def _message(heard: bytearray) -> bytes:
    """The one message of a unary call."""
    if heard[:1] != b"\0" or int.from_bytes(heard[1:_PREFIX]) != len(heard) - _PREFIX:
        raise CallFailed(f"a call must be one message that is not compressed; got {len(heard)} bytes")
    return bytes(heard[_PREFIX:])
