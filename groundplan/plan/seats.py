"""Provider servers and Terraforms, in pairs: as many as stacks may be planned at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING

from groundplan.problems import BadInput

from .schema import ProviderSchema, joined
from .stacks import Stack
from .terraform import Terraform, offline_environment, open_terraform

if TYPE_CHECKING:
    from .server import ProviderServer

__all__ = ["KeptSeats", "Seat", "Seats", "open_seats"]


@dataclass(frozen=True)
class Seat:
    """A provider server and a Terraform that uses it: whoever holds it has both alone."""

    server: ProviderServer
    terraform: Terraform
    folder: Path


class Seats:
    """As many seats as stacks may be planned at once: each begins when the first stack takes it.

    A run in which every plan is kept starts none, and does not even load what serves providers.
    """

    def __init__(self, begin: Callable[[], Seat], jobs: int, version: str) -> None:
        self.version = version
        self.have_begun = False
        self._begin = begin
        self._free: SimpleQueue[Seat | None] = SimpleQueue()
        for _ in range(jobs):
            self._free.put(None)

    @contextmanager
    def take(self, stack: Stack) -> Iterator[tuple[Seat, Path]]:
        """Waits for a free seat, and gives it with an empty folder that goes away afterwards."""
        seat = self._free.get()
        self.have_begun = True
        try:
            seat = seat or self._begin()
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
    """Seats for `jobs` stacks, which serve these schemas; those that have begun are stopped at the end.

    `variables` of the environment are those that the cores see beside the ones that they need.
    """
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="groundplan-")))
        config_file = folder / "terraform.rc"
        config_file.write_text("", encoding="utf-8")

        def core(reattach: str) -> Terraform:
            return open_terraform(program, {**offline_environment(reattach, config_file), **variables})

        def begin() -> Seat:
            from .server import ProviderServer

            server = cleanup.enter_context(ProviderServer(schemas))
            terraform = core(server.reattach)
            cleanup.callback(terraform.close)
            return Seat(server, terraform, folder)

        with closing(core("{}")) as asked:
            version = asked.known_version(folder)
        yield Seats(begin, jobs, version)


class KeptSeats:
    """Seats that stay open from one plan to the next, for as long as they serve what is asked for."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._jobs = 0
        self._key: tuple[Path | None, Mapping[str, str]] | None = None
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
        key = (program, variables)
        if self._seats is None or self._key != key or self._jobs < jobs or not _includes(self._schemas, schemas):
            self.close()
            # what was asked for before will be asked for again
            served = joined(self._schemas, schemas)
            opened = open_seats(served, program, jobs, variables=variables)
            self._seats = self._open.enter_context(opened)
            self._key, self._jobs, self._schemas = key, jobs, served
        try:
            yield self._seats
        except BadInput:
            # an answer as any, after which Terraform waits for the next command
            raise
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
