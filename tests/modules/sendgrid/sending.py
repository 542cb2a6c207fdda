"""A queue full of mail, a server in SendGrid's place that fails in every way, and AWS's services emulated.

The server fails by the number of the request: at random, and all the time in an outage. It keeps what it accepted, and
tells of it by events, as SendGrid's webhook does: most come at once, some only after a while.

    python -m tests.modules.sendgrid.sending 10000      says what became of so many mails, and how long things took
"""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore.client
import urllib3
from moto import mock_aws

FILES = Path(__file__).parents[3] / "modules/email/sendgrid/files"
SENDER = "claims@notify.example.com"
LEDGER, SUPPRESSION = "prod-sendgrid-ledger", "prod-ses-suppression"
FAULTS = ("500", "503", "429", "429-long", "slow", "slow-body", "reset", "reset-after")
"""A server error; a limit for a moment, and for long; an answer that comes too late, after the mail was taken; one
whose body does not end; a connection that ends before, and after the mail was taken."""
TIMEOUT_SECONDS = 0.15
COOLDOWN_SECONDS = 0.5
UNCERTAIN_SECONDS = 1.5
"""How long a mail waits for its event, which comes after 0.3 s at most, and after as long as the machine is busy."""


@dataclass
class Server:
    """SendGrid's place. `share` of the requests fail; `outage()` says whether all do."""

    share: float
    outage: Callable[[], bool]
    seed: int = 1
    accepted: Counter[str] = field(default_factory=Counter)
    first_after_outage: float = 0
    faults: Counter[str] = field(default_factory=Counter)
    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    pushed: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random, self.lock = random.Random(self.seed), threading.Lock()

    def fault(self) -> str:
        """What goes wrong with the next request: empty for nothing."""
        with self.lock:
            if self.outage():
                kind = self.random.choice(("500", "503", "reset"))
            elif self.random.random() < self.share:
                kind = self.random.choice(FAULTS)
            else:
                return ""
            self.faults[kind] += 1
            return kind

    def accept(self, body: Mapping[str, Any]) -> None:
        """The mail is SendGrid's now, and its event comes."""
        (person,) = body["personalizations"]
        mail_id = person["custom_args"]["mail_id"]
        with self.lock:
            self.accepted[mail_id] += 1
            late = 0.3 if self.random.random() < 0.1 else 0.0
            self.events.append((time.monotonic() + late, {"event": "processed", "mail_id": mail_id}))

    def due(self) -> list[dict[str, Any]]:
        """The events whose time has come, once."""
        now = time.monotonic()
        with self.lock:
            come = [event for at, event in self.events if at <= now]
            self.events = [(at, event) for at, event in self.events if at > now]
        return come

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address."""
        there = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path != "/v3/mail/send":
                    there.pushed.append({"path": self.path, **body})
                    return self.answer(201, json.dumps({"id": f"d-{len(there.pushed)}"}))
                kind = there.fault()
                if kind in ("500", "503"):
                    return self.answer(int(kind))
                if kind == "429":
                    return self.answer(429, headers={"Retry-After": "0.01"})
                if kind == "429-long":
                    return self.answer(429, headers={"X-RateLimit-Reset": str(int(time.time()) + 60)})
                if kind == "reset":
                    return self.reset()
                there.accept(body)
                if kind == "slow":
                    time.sleep(2 * TIMEOUT_SECONDS)
                if kind == "reset-after":
                    return self.reset()
                if kind == "slow-body":
                    self.send_response(202)
                    self.send_header("Content-Length", "10")
                    self.end_headers()
                    return time.sleep(2 * TIMEOUT_SECONDS)
                return self.answer(202)

            def answer(self, status: int, said: str = "", headers: Mapping[str, str] | None = None) -> None:
                try:
                    self.send_response(status)
                    for name, value in (headers or {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    self.wfile.write(said.encode())
                except OSError:
                    """Nobody waits for it any more."""

            def reset(self) -> None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True

        class Quiet(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A connection that was reset has nobody to answer to."""

        server = Quiet(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


@contextmanager
def aws() -> Iterator[None]:
    """The emulator, whose calls come one after the other: what AWS promises of conditions, it does not for threads."""
    lock = threading.RLock()
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def one_by_one(self: Any, *arguments: Any) -> Any:
        with lock:
            return call(self, *arguments)

    settings = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    with (
        mock.patch.dict(os.environ, settings),
        mock.patch.object(botocore.client.BaseClient, "_make_api_call", one_by_one),
        mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}}),
    ):
        yield


def tables() -> None:
    """Those of mails and of suppressed addresses."""
    for name, keys in ((LEDGER, ("id",)), (SUPPRESSION, ("address", "event"))):
        boto3.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        )


@dataclass
class Outcome:
    """What became of the mails: how often each was taken and by whom, and when what happened, in seconds."""

    sendgrid: Counter[str]
    ses: Counter[str]
    suppressed: set[str]
    dead: list[str]
    told: Counter[str]
    times: dict[str, list[float]]
    faults: Counter[str]
    seconds: float

    def taken(self) -> Counter[str]:
        """How often each mail was taken by anybody."""
        return self.sendgrid + self.ses


def run(count: int, *, share: float, outage: tuple[float, float], threads: int = 8) -> Outcome:
    """Sends `count` mails through the queue; SendGrid is out between two shares of the mails. Time is compressed.

    After the outage mails come one by one, when SendGrid is due to be tried again, until it is used again: on a quick
    machine all of them would be gone by SES before.
    """
    sys.path.insert(0, str(FILES / "dispatcher")) if str(FILES / "dispatcher") not in sys.path else None
    from dispatcher.dispatch import Dispatcher, Mail
    from dispatcher.errors import Refused, Waits
    from dispatcher.ledger import Circuit, Ledger
    from dispatcher.sendgrid import SendGrid

    begun = time.monotonic()
    told: Counter[str] = Counter()
    times: dict[str, list[float]] = {"CircuitOpened": [], "CircuitClosed": [], "outage": [], "back": []}
    ses: Counter[str] = Counter()
    taken_from_queue = [0]

    def is_out() -> bool:
        out = outage[0] * count <= taken_from_queue[0] < outage[1] * count
        if out and not times["outage"]:
            times["outage"].append(time.monotonic() - begun)
        if not out and times["outage"] and not times["back"]:
            times["back"].append(time.monotonic() - begun)
        return out

    def is_back() -> bool:
        closed, back = times["CircuitClosed"], times["back"]
        return not times["CircuitOpened"] or bool(closed and back and closed[-1] > back[0])

    def tell(metric: str, **_: str) -> None:
        told[metric] += 1
        if metric in times:
            times[metric].append(time.monotonic() - begun)

    server = Server(share, is_out)
    with aws(), server.running() as url:
        tables()
        resource, sqs = boto3.resource("dynamodb"), boto3.client("sqs")
        boto3.client("sesv2").create_email_identity(EmailIdentity="notify.example.com")
        emulated = boto3.client("sesv2")

        class Ses:
            """The emulator, which is asked once a mail and counts it."""

            def send_email(self, **said: Any) -> None:
                if random.Random(said["EmailTags"][0]["Value"] + str(told["SES"])).random() < share / 4:
                    told["SES"] += 1
                    raise _throttled()
                emulated.send_email(**said)
                ses[said["EmailTags"][0]["Value"]] += 1

        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="prod/sendgrid", SecretString=json.dumps({"api_key": "SG.testing"}))
        queue = sqs.create_queue(QueueName="mail", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
        dead = sqs.create_queue(QueueName="mail-dead")["QueueUrl"]
        ledger = resource.Table(LEDGER)
        ledger.put_item(
            Item={
                "id": "template#claim@1",
                "sendgrid_id": "d-1",
                "subject": "{{number}}",
                "html": "<p>{{number}}</p>",
                "text": "{{number}}",
            }
        )
        unwanted = {f"mail-{number}" for number in range(0, count, 50)}
        suppression = resource.Table(SUPPRESSION)
        for id in unwanted:
            suppression.put_item(Item={"address": f"{id}@example.com", "event": "suppressed"})
        value = secrets.get_secret_value(SecretId="prod/sendgrid")["SecretString"]
        dispatcher = Dispatcher(
            ledger=Ledger(ledger, lease_seconds=5, uncertain_seconds=UNCERTAIN_SECONDS, retention_days=1),
            circuit=Circuit(ledger, failures=5, cooldown_seconds=COOLDOWN_SECONDS, believed_seconds=0.05),
            sendgrid=SendGrid(
                url,
                lambda _anew: str(json.loads(value)["api_key"]),
                connect_seconds=1,
                total_seconds=TIMEOUT_SECONDS,
                rate_budget_seconds=0.05,
                pool=urllib3.PoolManager(),
            ),
            ses=Ses(),
            suppression=suppression,
            sender=SENDER,
            configuration_set="prod-ses",
            tell=tell,
        )
        bodies = [
            json.dumps({"id": f"mail-{n}", "template": "claim@1", "to": f"mail-{n}@example.com", "data": {"number": n}})
            for n in range(count)
        ]
        # some come twice, as SQS may give them
        bodies += bodies[::40]

        def take(message: dict[str, Any]) -> None:
            taken_from_queue[0] += 1
            try:
                dispatcher.deliver(Mail.of(message["Body"]))
            except Waits:
                return
            except Refused:
                sqs.send_message(QueueUrl=dead, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            done.append(message["MessageId"])

        webhook = _webhook()
        done: list[str] = []
        put, due = 0, 0.0
        ended = threading.Event()

        def events() -> None:
            """They come whatever the queue does, as requests to the webhook do."""
            while not ended.wait(0.02):
                for event in server.due():
                    webhook._taken(ledger, event["mail_id"])

        telling = threading.Thread(target=events)
        telling.start()
        with ThreadPoolExecutor(threads) as pool:
            while len(done) < len(bodies):
                # the emulator looks at every message of a queue whenever it is asked for one
                while put < len(bodies) and put - len(done) < 4 * threads:
                    is_trying = put >= outage[1] * count and not is_back()
                    if is_trying and time.monotonic() < due:
                        break
                    some = bodies[put : put + (1 if is_trying else 10)]
                    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(some)]
                    sqs.send_message_batch(QueueUrl=queue, Entries=entries)
                    put += len(entries)
                    if is_trying:
                        # a mail that nobody wants, or one that fails, tries nothing or in vain
                        due = time.monotonic() + 1.2 * COOLDOWN_SECONDS
                        break
                messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
                list(pool.map(take, messages))
                if not messages:
                    time.sleep(0.05)
        ended.set()
        telling.join()
        lost = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
    return Outcome(
        server.accepted,
        ses,
        unwanted,
        [json.loads(each["Body"])["id"] for each in lost],
        told,
        times,
        server.faults,
        time.monotonic() - begun,
    )


def _throttled() -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}, "SendEmail")


def _webhook() -> Any:
    import importlib.util

    found = importlib.util.spec_from_file_location("webhook_handler", FILES / "webhook/handler.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def main() -> None:
    """Sends as many as the command line says, and says what became of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    outcome = run(count, share=0.1, outage=(0.4, 0.6))
    taken = outcome.taken()
    wanted = {f"mail-{number}" for number in range(count)} - outcome.suppressed
    print(f"{count} mails, {len(outcome.suppressed)} of them to suppressed addresses, in {outcome.seconds:.1f} s")
    print(f"by SendGrid {len(outcome.sendgrid)}, by SES {len(outcome.ses)}, dead letters {len(outcome.dead)}")
    print(
        f"lost {len(wanted - taken.keys())}, sent twice {sum(1 for times in taken.values() if times > 1)}, "
        f"sent to suppressed addresses {len(outcome.suppressed & taken.keys())}"
    )
    print(
        f"faults of SendGrid {dict(outcome.faults)}; without an answer, so settled by an event or a wait: "
        f"{outcome.told['Uncertain']}"
    )
    out, back = outcome.times["outage"][0], outcome.times["back"][0]
    opened = next(at for at in outcome.times["CircuitOpened"] if at >= out)
    closed = next(at for at in outcome.times["CircuitClosed"] if at >= back)
    print(
        f"outage from {out:.2f} s to {back:.2f} s; failed over after {opened - out:.2f} s, back {closed - back:.2f} s "
        f"after it ended (timeout {TIMEOUT_SECONDS} s, probe every {COOLDOWN_SECONDS} s)"
    )


if __name__ == "__main__":
    main()
