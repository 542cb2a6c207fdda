"""What answers a core's calls, asked by a client of grpcio: another's reading of the same protocol."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tf.gen import tfplugin_pb2 as pb

from groundplan.plan.schema import Block, ProviderSchema
from groundplan.plan.server.calls import CallFailed, CallServer
from groundplan.plan.server.servicer import Servicer

# what a connection of HTTP/2 begins with, RFC 9113, section 3.4, and no settings of one's own
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
OPTIONS = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
SECONDS = 20
Call = Callable[..., bytes]


def said_back(message: bytes, _peer: str) -> bytes:
    return message


def refused(_message: bytes, _peer: str) -> bytes:
    raise CallFailed("aws_s3_bucket: 50 % of “this”\nis wrong: ä")


class Served:
    """A server of these calls."""

    def __init__(self) -> None:
        self.peers: list[str] = []
        self.waits = threading.Event()
        self.server = CallServer("calls of a test")
        self.port = self.server.listen(
            {
                "/a.Provider/Back": said_back,
                "/a.Provider/Large": lambda message, _: message * 1000,
                "/a.Provider/Who": lambda _, peer: peer.encode(),
                "/a.Provider/Refuse": refused,
            }
        )
        self.other = self.server.listen({"/a.Provider/Back": lambda message, _: message[::-1]})
        self.server.start()
        self.clients: list[grpc.Channel] = []

    def call(self, name: str, *, port: int | None = None, **settings: Any) -> Call:
        """A call over a connection of its own."""
        # grpcio has one connection for all channels that are alike
        options = (*OPTIONS, ("grpc.use_local_subchannel_pool", 1))
        client = grpc.insecure_channel(f"127.0.0.1:{port or self.port}", options=options, **settings)
        self.clients.append(client)
        method = client.unary_unary(f"/a.Provider/{name}")
        return lambda message: bytes(method(message, timeout=SECONDS))

    def connect(self, *said: bytes) -> socket.socket:
        """A connection that says this, and is read by nobody."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        # it may be ended before all is said
        with suppress(ConnectionError):
            for each in said:
                connection.sendall(each)
        return connection

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.server.close()


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served()
    yield server
    server.close()


@pytest.mark.parametrize("message", [b"", b"x", bytes(range(256)) * 1000], ids=["empty", "small", "large"])
def test_a_call_is_answered_with_what_its_path_says(served: Served, message: bytes) -> None:
    assert served.call("Back")(message) == message
    assert served.call("Back", port=served.other)(message) == message[::-1]


def test_a_message_of_many_megabytes_goes_both_ways(served: Served) -> None:
    """Far beyond what either side takes before it has read: as the schemas of a provider are."""
    message = b"a schema" * 1000
    assert served.call("Large")(message) == message * 1000
    assert served.call("Back")(message * 1000) == message * 1000


def test_calls_at_once_get_each_its_own_answer(served: Served) -> None:
    calls = [served.call(name) for name in ("Back", "Back", "Large")]

    def ask(number: int) -> tuple[bytes, bytes]:
        message = f"{number}".encode()
        call = calls[number % 3]
        return call(message), message * (1000 if number % 3 == 2 else 1)

    with ThreadPoolExecutor(12) as pool:
        for said, wanted in pool.map(ask, range(600)):
            assert said == wanted


def test_a_peer_is_a_connection(served: Served) -> None:
    one, other = served.call("Who"), served.call("Who")
    assert one(b"") == one(b"")
    assert one(b"") != other(b"")


def test_what_failed_is_told_in_its_own_words_and_the_next_call_is_answered(served: Served) -> None:
    call = served.call("Refuse")
    for _ in range(2):
        with pytest.raises(grpc.RpcError) as failed:
            call(b"")
        assert failed.value.code() is grpc.StatusCode.INTERNAL
        assert failed.value.details() == "aws_s3_bucket: 50 % of “this”\nis wrong: ä"


def test_a_provider_that_fails_names_the_call() -> None:
    answers = Servicer(ProviderSchema("aws", Block()), dict).answers()
    with pytest.raises(CallFailed, match="ReadDataSource : "):
        answers["/tfplugin6.Provider/ReadDataSource"](b"no message of that kind", "a core")
    request = pb.PlanResourceChange.Request(type_name="aws_nothing").SerializeToString()
    with pytest.raises(CallFailed, match="PlanResourceChange aws_nothing: "):
        answers["/tfplugin6.Provider/PlanResourceChange"](request, "a core")


def test_a_call_that_nobody_knows_is_not_implemented(served: Served) -> None:
    """go-plugin asks for streams of its own, and goes on without those that are not there."""
    with pytest.raises(grpc.RpcError) as failed:
        served.call("Nothing")(b"")
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "/a.Provider/Nothing" in failed.value.details()


def test_a_compressed_message_is_refused_in_words(served: Served) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        served.call("Back", compression=grpc.Compression.Gzip)(b"a" * 10_000)
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert "not compressed" in failed.value.details()


def test_a_call_that_is_given_up_leaves_its_connection_to_the_others(served: Served) -> None:
    client = grpc.insecure_channel(f"127.0.0.1:{served.port}", options=OPTIONS)
    served.clients.append(client)
    large, back = client.unary_unary("/a.Provider/Large"), client.unary_unary("/a.Provider/Back")
    for _ in range(50):
        large.future(b"a schema" * 1000).cancel()
        assert back(b"still there", timeout=SECONDS) == b"still there"


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=60), max_size=3), st.booleans())
def test_whatever_a_connection_says_the_others_are_answered(said: Sequence[bytes], begins_well: bool) -> None:
    served = Served()
    try:
        call = served.call("Back")
        with served.connect(*([PREFACE] if begins_well else []), *said):
            assert call(b"and now") == b"and now"
        assert call(b"and then") == b"and then"
    finally:
        served.close()


def test_a_connection_of_another_protocol_is_ended(served: Served) -> None:
    with served.connect(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as connection, suppress(ConnectionResetError):
        while connection.recv(1024):
            pass


def test_who_reads_nothing_keeps_nobody_waiting(served: Served) -> None:
    """Its answers wait for it, in memory."""
    headers = bytes.fromhex("83 86 44 11") + b"/a.Provider/Large"
    message = b"\0" + (60_000).to_bytes(4) + b"x" * 60_000

    def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
        return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload

    chunks = [message[start : start + 16_000] for start in range(0, len(message), 16_000)]
    asked = [frame(1, 4, 1, headers), *(frame(0, chunk is chunks[-1], 1, chunk) for chunk in chunks)]
    # as much room as there can be, for the answer of 60 MB: SETTINGS_INITIAL_WINDOW_SIZE, and WINDOW_UPDATE
    room = [frame(4, 0, 0, bytes.fromhex("0004 7fffffff")), frame(8, 0, 0, (2**31 - 1 - 65_535).to_bytes(4))]
    with served.connect(PREFACE, *room, *asked):
        call = served.call("Back")
        for _ in range(20):
            assert call(b"meanwhile") == b"meanwhile"


def test_after_its_end_nobody_answers_and_no_thread_is_left() -> None:
    before = set(threading.enumerate())
    served = Served()
    with served.connect(PREFACE) as connection:
        served.close()
        with pytest.raises(ConnectionRefusedError):
            served.connect()
        with suppress(ConnectionResetError):
            while connection.recv(1024):
                pass
    assert set(threading.enumerate()) <= before
