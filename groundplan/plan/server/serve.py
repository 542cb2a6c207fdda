"""Runs the providers in this process, each on a local port, for one Terraform at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from groundplan.bindings import PROVIDERS

from ..registries import REGISTRIES
from ..schema import ProviderSchema
from ..schema.utility import UTILITIES
from .calls import CallServer
from .servicer import Servicer
from .utility import UtilityServicer

__all__ = ["ProviderServer"]


class ProviderServer:
    """Serves providers on 127.0.0.1 while it is entered, one for each schema. `answers` may change between runs."""

    def __init__(self, schemas: Mapping[str, ProviderSchema]) -> None:
        self.answers: Mapping[str, Any] = {}
        self._schemas = schemas
        self._calls = CallServer("providers")
        self._ports: dict[str, int] = {}

    def __enter__(self) -> ProviderServer:
        for name, schema in self._schemas.items():
            self._ports[name] = self._calls.listen(self._servicer(schema).answers())
        self._calls.start()
        return self

    def _servicer(self, schema: ProviderSchema) -> Servicer:
        kind = UtilityServicer if schema.name in UTILITIES else Servicer
        return kind(schema, lambda: self.answers)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.close()

    @property
    def reattach(self) -> str:
        """What TF_REATTACH_PROVIDERS must be for a Terraform or OpenTofu that shall use these providers.

        Each provider is there under both registries' addresses: a core passes over those that nothing needs.
        """
        return json.dumps(
            {
                f"{registry}{_source(name)}": {
                    "Protocol": "grpc",
                    "ProtocolVersion": 6,
                    "Pid": self._id(),
                    "Test": True,
                    "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
                }
                for name, port in self._ports.items()
                for registry in REGISTRIES
            }
        )

    def _id(self) -> int:
        """What a core looks for each second, to see whether the provider is still there.

        Once more after the command, for each provider that it used, as long as the core lives:
        https://github.com/hashicorp/go-plugin/blob/v1.7.0/internal/cmdrunner/process.go. Of a process Linux gives Go
        a file each time, which stays open until Go collects garbage, in an idle core for minutes; of a thread it gives
        none, and a signal finds both: https://github.com/golang/go/blob/go1.25.0/src/os/exec_unix.go.
        """
        thread = self._calls.thread_id
        if sys.platform != "linux" or thread is None:
            return os.getpid()
        try:
            os.kill(thread, 0)
        except OSError:
            return os.getpid()
        return thread


def _source(name: str) -> str:
    return PROVIDERS[name].source if name in PROVIDERS else f"hashicorp/{name}"
