"""Provider servers and Terraforms, in pairs: as many as stacks may be planned at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

from .schema import ProviderSchema, joined
from .server import ProviderServer
from .stacks import Stack
from .terraform import Terraform, offline_environment, open_terraform

__all__ = ["KeptSeats", "Seat", "Seats", "open_seats"]


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
def open_seats(
    schemas: Mapping[str, ProviderSchema],
    program: Path | None,
    jobs: int,
    *,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Seats]:
    """Starts `jobs` seats that serve these schemas, and stops them at the end.

    `variables` of the environment are those that the cores see beside the ones that they need.
    """
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="groundplan-")))
        config_file = folder / "terraform.rc"
        config_file.write_text("", encoding="utf-8")
        seats = []
        for _index in range(jobs):
            server = cleanup.enter_context(ProviderServer(schemas))
            terraform = open_terraform(program, {**offline_environment(server.reattach, config_file), **variables})
            cleanup.callback(terraform.close)
            seats.append(Seat(server, terraform, folder))
        yield Seats(seats, seats[0].terraform.known_version(folder))


class KeptSeats:
    """Seats that stay open from one plan to the next, for as long as they serve what is asked for."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._key: tuple[Path | None, int, Mapping[str, str]] | None = None
        self._schemas: Mapping[str, ProviderSchema] = {}
        self._seats: Seats | None = None

    @contextmanager
    def open(
        self,
        schemas: Mapping[str, ProviderSchema],
        program: Path | None,
        jobs: int,
        *,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[Seats]:
        """As `open_seats`, but they are stopped when others are needed, when they fail, and by `close`."""
        key = (program, jobs, variables)
        if self._seats is None or self._key != key or not _includes(self._schemas, schemas):
            self.close()
            # what was asked for before will be asked for again
            served = joined(self._schemas, schemas)
            self._seats = self._open.enter_context(open_seats(served, program, jobs, variables=variables))
            self._key, self._schemas = key, served
        try:
            yield self._seats
        except BaseException:
            # whoever failed may have left a Terraform in the middle of something
            self.close()
            raise

    def close(self) -> None:
        """Stops what is open."""
        self._seats = None
        self._open.close()


def _includes(served: Mapping[str, ProviderSchema], wanted: Mapping[str, ProviderSchema]) -> bool:
    """Whether the ones are served already."""
    return all(
        name in served
        and schema.resources.keys() <= served[name].resources.keys()
        and schema.data_sources.keys() <= served[name].data_sources.keys()
        for name, schema in wanted.items()
    )
