"""Provider servers and Terraforms, in pairs: as many as stacks may be planned at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from .schema import ProviderSchema
from .server import ProviderServer
from .stacks import Stack
from .terraform import Terraform, offline_environment, open_terraform

__all__ = ["Seat", "Seats", "open_seats"]


@dataclass(frozen=True)
class Seat:
    """A provider server and a Terraform that uses it: whoever holds it has both alone."""

    server: ProviderServer
    terraform: Terraform
    folder: Path


class Seats:
    """As many seats as stacks may be planned at once."""

    def __init__(self, seats: Sequence[Seat], version: str) -> None:
        self.version = version
        self._free: SimpleQueue[Seat] = SimpleQueue()
        for seat in seats:
            self._free.put(seat)

    @contextmanager
    def take(self, stack: Stack) -> Iterator[tuple[Seat, Path]]:
        """Waits for a free seat, and gives it with an empty folder that goes away afterwards."""
        seat = self._free.get()
        try:
            seat.server.answers = stack.answers
            with tempfile.TemporaryDirectory(dir=seat.folder, prefix="stack-") as folder:
                yield seat, Path(folder)
        finally:
            self._free.put(seat)


@contextmanager
def open_seats(schemas: Mapping[str, ProviderSchema], program: Path | None, jobs: int) -> Iterator[Seats]:
    """Starts `jobs` seats that serve these schemas, and stops them at the end."""
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="groundplan-")))
        config_file = folder / "terraform.rc"
        config_file.write_text("", encoding="utf-8")
        seats = []
        for _index in range(jobs):
            server = cleanup.enter_context(ProviderServer(schemas))
            terraform = open_terraform(program, offline_environment(server.reattach, config_file))
            cleanup.callback(terraform.close)
            seats.append(Seat(server, terraform, folder))
        yield Seats(seats, seats[0].terraform.known_version(folder))
