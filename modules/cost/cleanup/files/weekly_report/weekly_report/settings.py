"""What the function is told: SETTINGS, which the module writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["Mail", "Settings", "read"]


@dataclass(frozen=True)
class Mail:
    """Whom Amazon SES sends the page to, from which address."""

    from_address: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """`families` are modules, as the tag Service names them, by their family; `region` is where bills are asked for."""

    bucket: str
    region: str
    families: Mapping[str, tuple[str, ...]]
    mail: Mail | None

    def family_of(self, service: str) -> str:
        """The family that a value of the tag Service belongs to."""
        if not service:
            return "untagged"
        return next((family for family, services in self.families.items() if service in services), "other")


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of a function's environment; ValueError with what is missing in it or not known."""
    said: dict[str, Any] = json.loads(environment["SETTINGS"])
    wanted = {field.name for field in fields(Settings)}
    if set(said) != wanted:
        wrong = ", ".join(sorted(set(said) ^ wanted))
        raise ValueError(f"SETTINGS: {wrong}: missing or unknown. The module writes SETTINGS: apply it.")
    mail = said["mail"]
    return Settings(
        bucket=said["bucket"],
        region=said["region"],
        families={family: tuple(services) for family, services in said["families"].items()},
        mail=Mail(mail["from_address"], tuple(mail["recipients"])) if mail else None,
    )
